"""Many at one credit memo: one issues it, one number goes, and nobody waits for ever."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.clock import SystemClock
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice, Payment
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import credit_drafts, credit_memos, numbering, payments, reversing
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.concurrency.test_invoicing import at_once, in_uow
from tests.given import ANN, DAY

AT_ONCE = 4
PATIENCE = 30
"""Seconds; a dead lock would last longer than the database lets anybody wait."""


@pytest.fixture
def shop(uows: UnitOfWorks) -> UnitOfWorks:
    """Threads meet in real time; a held clock is not made for several of them."""
    uows.clock = SystemClock()
    return uows


def test_four_issue_one_draft_and_one_succeeds(shop: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(shop)
    with shop.begin(actor=ANN, source="form") as uow:
        memo_id = credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": "No"}).id

    def issue(uow: UnitOfWork) -> str:
        return credit_memos.issue(uow, memo_id=memo_id).credit_memo_number

    begun = time.monotonic()
    found = at_once([in_uow(shop, issue)] * AT_ONCE)

    assert time.monotonic() - begun < PATIENCE, "nobody waited for a dead lock"
    assert sorted(str(one) for one in found) == [
        "CM-0001",
        *["CM-0001 is issued already."] * (AT_ONCE - 1),
    ]
    with shop.read() as session:
        assert numbering.last(session, "CM-") == 1
        assert len(session.scalars(sa.select(CreditApplication)).all()) == 1
        kinds = session.execute(
            sa.select(SyncQueueRow.entity_type, sa.func.count())
            .where(SyncQueueRow.entity_type.startswith("credit"))
            .group_by(SyncQueueRow.entity_type)
        )
        assert dict(kinds.all()) == {"credit_memo": 1, "credit_application": 1}
