"""The guided set-up with a company that has a history: check, match, start date, rehearse, live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
import sqlalchemy as sa

from batchly_admin.domain.setup import TaskKind
from batchly_admin.domain.statuses import SyncState
from batchly_admin.jobs import tasks
from batchly_admin.jobs.runtime import bind
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.matching import MatchCandidate, RehearsalRow, SetupTask
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.services import (
    customers,
    match_deciding,
    numbering,
    outbox,
    pushing,
    setup_tasks,
)
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork
from tests.functional.desk import Desk, open_desk
from tests.functional.quickbooks import Quickbooks
from tests.servers import simulator_process

PAGE = "/admin/quickbooks/setup"
DAY = date(2026, 3, 4)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A simulated company with a year of history."""
    with simulator_process(tmp_path / "simulator", company="demo") as details:
        yield details


@pytest.fixture
def desk(
    simulator: dict[str, Any], quickbooks: Quickbooks, shop_folder: Path, redis_url: str
) -> Iterator[Desk]:
    """A desk that has just been connected: nothing is set up yet."""
    del quickbooks
    with open_desk(simulator, shop_folder, redis_url) as found:
        with found.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
            uow.session.get_one(QbConnection, found.connection.id).went_live_at = None
        yield found


def begin(desk: Desk) -> Any:
    return desk.runtime.uows.begin(actor=SYSTEM, source="form")


def customer(desk: Desk, name: str, **values: Any) -> UUID:
    with begin(desk) as uow:
        return customers.create_customer(uow, {"display_name": name, **values}).id


def product(desk: Desk, name: str, **values: Any) -> UUID:
    with begin(desk) as uow:
        made = Product(name=name, unit_price=Decimal("2.0000"), **values)
        uow.session.add(made)
        uow.session.flush()
        return made.id


def invoice(desk: Desk, customer_id: UUID, product_id: UUID, **values: Any) -> UUID:
    with begin(desk) as uow:
        made = _invoice(uow, customer_id, product_id, values)
        pushing.push_invoice(uow, made)
        return made.id


def _invoice(uow: UnitOfWork, buyer: UUID, product_id: UUID, values: dict[str, Any]) -> Invoice:
    made = Invoice(
        invoice_number=values.pop("number", None) or numbering.document_number(uow, "INV-"),
        customer_id=buyer,
        customer_name="Buyer",
        invoice_date=values.pop("day", DAY),
        status="draft",
        subtotal=Decimal("20.00"),
        total_amount=Decimal("20.00") + values.get("tax_amount", Decimal(0)),
        **values,
    )
    made.lines = [
        InvoiceLineItem(
            line_number=1,
            product_id=product_id,
            description="Work",
            quantity=Decimal(10),
            unit_price=Decimal("2.0000"),
        )
    ]
    uow.session.add(made)
    uow.session.flush()
    made.status, made.issued_at = "sent", uow.now()
    uow.session.flush()
    return made


def started(desk: Desk, name: str) -> None:
    desk.post(f"{PAGE}/start/{name}")
    desk.work()


def pairs(desk: Desk, name: str) -> list[MatchCandidate]:
    return [one for one in desk.all(MatchCandidate) if one.label == name]


def decide(desk: Desk, act: Any, *keys: UUID) -> None:
    for key in keys:
        with begin(desk) as uow:
            act(uow, key)


def skip_the_rest(desk: Desk) -> None:
    for one in desk.all(MatchCandidate):
        if one.decision == "open" and one.entity_id is not None:
            decide(desk, match_deciding.skip, one.id)


def rehearsed(desk: Desk) -> dict[str, RehearsalRow]:
    started(desk, "rehearse")
    return {row.label: row for row in desk.all(RehearsalRow)}


def vendor_name(quickbooks: Quickbooks) -> str:
    return str(quickbooks.find("Vendor")[0]["DisplayName"])


def some_customer(quickbooks: Quickbooks) -> dict[str, Any]:
    return next(
        body for body in quickbooks.find("Customer") if ":" not in body["FullyQualifiedName"]
    )


# --- nothing leaves and nothing comes before the end of the set-up -----------------------------


def test_nothing_is_pushed_before_going_live(desk: Desk, quickbooks: Quickbooks) -> None:
    customer(desk, "A new customer")
    assert desk.runtime.engine.drain(seconds=10).completed == 0
    assert quickbooks.find("Customer", "DisplayName = 'A new customer'") == []
    [row] = desk.all(SyncQueueRow)
    assert (row.status, row.attempts) == ("pending", 0)
    assert "set it up" in desk.see("/customers")


def test_nothing_is_brought_in_before_going_live(desk: Desk) -> None:
    result = desk.runtime.engine.pull("customers")
    assert "finish the set-up" in result.words
    assert desk.all(Customer) == []


def test_going_live_too_early_says_what_is_missing(desk: Desk) -> None:
    desk.post(f"{PAGE}/go-live")
    assert desk.connection.went_live_at is None
    seen = desk.see(PAGE)
    assert "Check how QuickBooks is set up." in seen
    assert "Choose the day from which documents are sent." in seen


def test_quickbooks_down_in_the_middle_loses_nothing(desk: Desk, quickbooks: Quickbooks) -> None:
    customer(desk, "Somebody new")
    started(desk, "match")
    before = len(desk.all(MatchCandidate))
    assert before > 1
    quickbooks.fault("http503", route="query.read", count=50)
    started(desk, "match")
    assert "did not work" in desk.see(PAGE)
    assert len(desk.all(MatchCandidate)) == before
    quickbooks.heal()
    started(desk, "match")
    assert desk.all(SetupTask)[-1].state == "finished"


def test_a_second_press_finds_the_first(desk: Desk) -> None:
    desk.post(f"{PAGE}/start/checks")
    desk.post(f"{PAGE}/start/checks")
    assert len(desk.all(SetupTask)) == 1
    desk.work()
    desk.post(f"{PAGE}/start/checks")
    assert len(desk.all(SetupTask)) == 2


def test_a_worker_that_died_over_a_task_is_followed_by_another(desk: Desk) -> None:
    desk.post(f"{PAGE}/start/checks")
    hold = setup_tasks.take(desk.runtime.uows)
    assert hold is not None
    assert setup_tasks.take(desk.runtime.uows) is None
    with begin(desk) as uow:
        uow.session.get_one(SetupTask, hold.id).lease_until = uow.now()
    desk.work()
    assert desk.all(SetupTask)[0].state == "finished"
    with pytest.raises(setup_tasks.TaskLost):
        setup_tasks.finish(desk.runtime.uows, hold, {})


# --- step one ----------------------------------------------------------------------------------


def test_the_demo_company_is_checked_in_plain_words(desk: Desk) -> None:
    started(desk, "checks")
    seen = desk.see(PAGE)
    for words in (
        "This is QuickBooks Online Plus.",
        "QuickBooks keeps the numbers Batchly gives.",
        "Manual sales tax",
        "QuickBooks keeps several currencies",
        "The books are open.",
    ):
        assert words in seen


def test_what_must_be_fixed_stands_in_the_way_until_it_is(
    desk: Desk, quickbooks: Quickbooks
) -> None:
    quickbooks.control("POST", "preferences", {"SalesFormsPrefs.CustomTxnNumbers": False})
    started(desk, "checks")
    seen = desk.see(PAGE)
    assert "numbers its documents by itself" in seen
    assert "Turn on Custom transaction numbers" in seen
    assert "1 point has to be put right" in seen
    quickbooks.control("POST", "preferences", {"SalesFormsPrefs.CustomTxnNumbers": True})
    started(desk, "checks")
    assert "has to be put right" not in desk.see(PAGE)


def test_closed_books_are_weighed_against_what_waits(desk: Desk, quickbooks: Quickbooks) -> None:
    buyer = customer(desk, "Somebody new")
    invoice(desk, buyer, product(desk, "Work"))
    quickbooks.close_books("2026-06-30")
    started(desk, "checks")
    assert "The books are closed up to 2026-06-30; documents back to 2026-03-04" in desk.see(PAGE)


# --- step two ----------------------------------------------------------------------------------


def test_a_name_of_a_vendor_cannot_be_created(desk: Desk, quickbooks: Quickbooks) -> None:
    name = vendor_name(quickbooks)
    customer(desk, name)
    started(desk, "match")
    found = [one for one in pairs(desk, name) if one.kind == "name_taken"]
    assert len(found) == 1
    with pytest.raises(Exception, match="vendor"):
        decide(desk, match_deciding.create_there, found[0].id)


def test_both_books_are_matched_by_name_e_mail_and_sku(desk: Desk, quickbooks: Quickbooks) -> None:
    theirs = some_customer(quickbooks)
    mailed = quickbooks.create(
        "Customer",
        {"DisplayName": "Q Ltd", "PrimaryEmailAddr": {"Address": "only@q.example"}},
    )
    sku = quickbooks.item("Odd item", sku="SKU-77")
    customer(desk, theirs["DisplayName"].upper())
    customer(desk, "Entirely different", email="Only@q.example")
    product(desk, "Something", sku="sku-77")
    started(desk, "match")
    found = {(one.kind, one.qbo_id) for one in desk.all(MatchCandidate) if one.entity_id}
    assert ("name", theirs["Id"]) in found
    assert ("email", mailed["Id"]) in found
    assert ("sku", sku["Id"]) in found
    assert "To decide" in desk.see(PAGE)
    assert desk.client.get("/admin/quickbooks/match").status_code == 200


def test_what_was_skipped_there_is_not_brought_in_later(desk: Desk, quickbooks: Quickbooks) -> None:
    theirs = some_customer(quickbooks)
    started(desk, "match")
    [one] = pairs(desk, theirs["DisplayName"])
    decide(desk, match_deciding.skip, one.id)
    with begin(desk) as uow:
        uow.session.get_one(QbConnection, desk.connection.id).went_live_at = uow.now()
    desk.runtime.engine.pull("customers")
    names = {found.display_name for found in desk.all(Customer)}
    assert theirs["DisplayName"] not in names
    assert names


# --- step three --------------------------------------------------------------------------------


def test_documents_from_before_the_start_stay_here(desk: Desk) -> None:
    buyer = customer(desk, "Somebody new")
    work = product(desk, "Work")
    old = invoice(desk, buyer, work, day=date(2026, 1, 31))
    new = invoice(desk, buyer, work, day=date(2026, 2, 1))
    desk.post(f"{PAGE}/start-date", start="2026-02-01")
    assert desk.get(Invoice, old).sync_state == "not_synced"
    assert desk.get(Invoice, new).sync_state == "pending"
    assert set(rehearsed(desk)) >= {desk.get(Invoice, new).invoice_number}
    assert desk.get(Invoice, old).invoice_number not in rehearsed(desk)


def test_a_day_that_is_none_is_refused(desk: Desk) -> None:
    desk.post(f"{PAGE}/start-date", start="31.01.2026")
    assert "Write a day" in desk.see(PAGE)
    desk.post(f"{PAGE}/start-date")
    assert "Choose the day" in desk.see(PAGE)


# --- step four ---------------------------------------------------------------------------------


def test_a_rehearsal_finds_what_would_fail_and_sends_nothing(
    desk: Desk, quickbooks: Quickbooks
) -> None:
    taken = quickbooks.find("Invoice")[0]["DocNumber"]
    invoices = len(quickbooks.find("Invoice"))
    buyer = customer(desk, "Somebody new")
    work = product(desk, "Brand new work")
    customer(desk, vendor_name(quickbooks))
    good = invoice(desk, buyer, work)
    invoice(desk, buyer, work, number=taken)
    invoice(desk, buyer, work, number="X" * 25)
    found = rehearsed(desk)
    number = desk.get(Invoice, good).invoice_number
    assert found[number].verdict == "ready"
    assert '"value": "new: Somebody new"' in (found[number].payload or "")
    assert '"Amount": 20.00' in (found[number].payload or "")
    assert found[taken].verdict == "problem"
    assert "already" in (found[taken].words or "")
    assert "longer than QuickBooks" in (found["X" * 25].words or "")
    assert found[vendor_name(quickbooks)].verdict == "problem"
    assert len(quickbooks.find("Invoice")) == invoices
    assert quickbooks.find("Customer", "DisplayName = 'Somebody new'") == []
    # What stood in for a customer's number was never kept.
    assert desk.get(Customer, buyer).qb_customer_id is None
    seen = desk.see(PAGE)
    assert "Would fail" in seen
    payload = desk.client.get(f"{PAGE}/payload/{found[number].id}")
    assert "new: Somebody new" in payload.text


def test_a_tax_that_is_not_the_codes_is_shown(desk: Desk, quickbooks: Quickbooks) -> None:
    quickbooks.tax_code("Half", {"half": "50"})
    started(desk, "checks")
    with desk.runtime.uows.read() as session:
        code = session.scalar(
            sa.text("SELECT id FROM tax_codes WHERE name = 'Half'").columns(
                sa.column("id", sa.Uuid)
            )
        )
    buyer = customer(desk, "Somebody new")
    made = invoice(
        desk,
        buyer,
        product(desk, "Brand new work"),
        tax_code_id=code,
        tax_amount=Decimal("1.00"),
    )
    row = rehearsed(desk)[desk.get(Invoice, made).invoice_number]
    assert "gives 10.00 with the rates it has now" in (row.words or "")


# --- step five ---------------------------------------------------------------------------------


def ready(desk: Desk) -> None:
    started(desk, "checks")
    started(desk, "match")
    for one in desk.all(MatchCandidate):
        if one.decision == "open" and one.kind == "only_here":
            decide(desk, match_deciding.create_there, one.id)
    skip_the_rest(desk)
    desk.post(f"{PAGE}/start-date", everything="yes")
    started(desk, "rehearse")


def test_problems_have_to_be_accepted(desk: Desk, quickbooks: Quickbooks) -> None:
    taken = quickbooks.find("Invoice")[0]["DocNumber"]
    invoice(desk, customer(desk, "Somebody new"), product(desk, "Brand new work"), number=taken)
    ready(desk)
    desk.post(f"{PAGE}/go-live")
    assert "1 record would fail" in desk.see(PAGE)
    assert desk.connection.went_live_at is None
    desk.post(f"{PAGE}/go-live", accept_problems="yes")
    assert desk.connection.went_live_at is not None


def test_a_decision_after_the_rehearsal_asks_for_another(desk: Desk) -> None:
    buyer = customer(desk, "Somebody new")
    ready(desk)
    [one] = [row for row in desk.all(MatchCandidate) if row.entity_id == buyer]
    decide(desk, match_deciding.reopen, one.id)
    decide(desk, match_deciding.skip, one.id)
    desk.post(f"{PAGE}/go-live")
    assert desk.connection.went_live_at is None
    assert "Rehearse again" in desk.see(PAGE)


def test_going_live_sends_what_was_rehearsed(desk: Desk, quickbooks: Quickbooks) -> None:
    theirs = some_customer(quickbooks)
    known = customer(desk, theirs["DisplayName"])
    buyer = customer(desk, "Somebody new")
    work = product(desk, "Brand new work")
    ids = [invoice(desk, one, work) for one in (known, buyer)]
    started(desk, "checks")
    started(desk, "match")
    [pair] = [one for one in desk.all(MatchCandidate) if one.entity_id == known]
    decide(desk, match_deciding.link, pair.id)
    ready(desk)
    assert "Go live" in desk.see(PAGE)
    bind(desk.runtime)
    desk.post(f"{PAGE}/go-live")
    tasks.work_setup()
    tasks.drain_push()
    desk.runtime.engine.drain(seconds=30)
    for record_id in ids:
        found = desk.get(Invoice, record_id)
        body = quickbooks.read("Invoice", found.qb_invoice_id)
        assert body["DocNumber"] == found.invoice_number
        assert body["TotalAmt"] == Decimal("20.00")
    assert desk.get(Customer, known).qb_customer_id == theirs["Id"]
    assert desk.all(SetupTask)[-1].kind == TaskKind.BACKLOG
    assert "Live since" in desk.see(PAGE)


def test_what_is_live_can_be_paused_and_resumed(desk: Desk) -> None:
    ready(desk)
    desk.post(f"{PAGE}/go-live")
    desk.work()
    desk.post(f"{PAGE}/pause")
    customer(desk, "A late customer")
    assert desk.runtime.engine.drain(seconds=10).completed == 0
    assert "Paused" in desk.see(PAGE)
    desk.post(f"{PAGE}/resume")
    assert desk.runtime.engine.drain(seconds=10).completed == 1
    desk.post(f"{PAGE}/start-date", everything="yes")
    assert "live already" in desk.see(PAGE)


def test_what_was_not_queued_is_queued_when_going_live(desk: Desk) -> None:
    buyer = customer(desk, "Somebody new")
    made = invoice(desk, buyer, product(desk, "Brand new work"))
    with begin(desk) as uow:
        pushing.withdraw(uow, uow.session.get_one(Invoice, made), "test")
        outbox.set_badge(uow.session.get_one(Invoice, made), SyncState.NOT_SYNCED, None)
    ready(desk)
    desk.post(f"{PAGE}/go-live")
    desk.work()
    desk.runtime.engine.drain(seconds=30)
    assert desk.get(Invoice, made).qb_invoice_id


def test_the_page_of_an_unconnected_shop_leads_to_the_connection(
    desk: Desk, simulator: dict[str, Any]
) -> None:
    desk.post("/admin/quickbooks/disconnect")
    assert "Connect again" in desk.see(PAGE)
    desk.post(f"{PAGE}/start/checks")
    assert "not connected" in desk.see(PAGE)
    assert requests.get(simulator["control_url"], timeout=5).ok
