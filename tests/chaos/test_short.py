"""The campaign in short: every kind of blow once, and the judge who has to see each wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa

from batchly_admin.models.billing import Invoice
from batchly_admin.models.sync import SyncQueueRow
from tests.chaos import campaigns
from tests.chaos.checker import judge
from tests.chaos.money import MODES, Till
from tests.chaos.stage import Stage, stage

pytestmark = pytest.mark.processes

SEED = 20261121


@pytest.fixture
def one() -> Iterator[Stage]:
    with stage(seed=SEED) as made:
        yield made


def test_killed_at_every_point(one: Stage) -> None:
    killed = campaigns.kill(one, repeat=1)
    one.settle()
    assert set(killed) == set(campaigns.PUSH_POINTS)
    assert all(killed.values()), killed
    verdict = judge(one)
    assert verdict.broken == 0, verdict.words
    assert verdict.documents > 80


def test_every_kind_of_fault(one: Stage) -> None:
    broken = campaigns.faults(one, each=1)
    assert sum(broken.values()) >= len(campaigns.FAULTS)
    verdict = judge(one)
    assert verdict.broken == 0, verdict.words


def test_redis_gone_and_workers_racing(one: Stage) -> None:
    campaigns.infra(one, flushes=2, stops=1, restarts=0, server=None)
    campaigns.races(one, rounds=1)
    verdict = judge(one)
    assert verdict.broken == 0, verdict.words


@pytest.mark.parametrize("mode", MODES)
def test_both_sides_add_up_to_the_same_cents(one: Stage, mode: str) -> None:
    found = Till(one.quickbooks, mode, SEED).compare(1_500)
    assert dict(found) == {"compared": 1_500, "total_off": 0, "tax_off": 0}


def test_the_judge_sees_what_is_wrong(one: Stage) -> None:
    lost, doubled, off, fine = one.work(4)
    one.settle()
    assert judge(one).broken == 0
    found = {key: one.shop.get(Invoice, key) for key in (lost, doubled, off, fine)}
    books = one.quickbooks
    books.delete("Invoice", found[lost].qb_invoice_id)
    copy = books.read("Invoice", found[doubled].qb_invoice_id)
    for name in ("Id", "SyncToken", "MetaData", "DocNumber"):
        copy.pop(name, None)
    body = {name: copy[name] for name in ("CustomerRef", "PrivateNote", "TxnDate")}
    lines = [line for line in copy["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    for line in lines:
        line["Amount"] = float(line["Amount"])
        detail = line["SalesItemLineDetail"]
        line["SalesItemLineDetail"] = {"ItemRef": detail["ItemRef"]}
    books.create("Invoice", {**body, "Line": lines})
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail"}
    item = books.find("Item")[0]["Id"]
    line["SalesItemLineDetail"] = {"ItemRef": {"value": item}}
    books.update("Invoice", found[off].qb_invoice_id, {"Line": [line]})
    with one.shop.uows.sessions.begin() as session:
        session.execute(
            sa.update(SyncQueueRow).where(SyncQueueRow.entity_id == fine).values(qbo_id=None)
        )
    verdict = judge(one)
    assert (verdict.lost, verdict.doubled, verdict.cents_off) == (1, 1, 1)
    assert verdict.completed_without_id == 1
    assert found[off].total_amount != Decimal(1)
