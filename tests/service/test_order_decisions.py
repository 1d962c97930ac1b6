"""Decisions about QuickBooks' orders: what is refused first, then what each of them does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.domain.order_papers import Paper, PaperLine, priced
from batchly_admin.errors import Conflict, InvalidInput, NotFound, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.changes import ChangeItem, ChangeSet, Run
from batchly_admin.models.customers import Customer
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.queries import order_papers as queries
from batchly_admin.services import (
    customers,
    history,
    invoicing,
    order_decisions,
    order_papers,
    orders,
    production,
    runs,
)
from batchly_admin.services.actions import ACTIONS
from batchly_admin.services.order_decision_actions import fitting
from batchly_admin.services.order_papers import Outcome, Version
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks
from tests import given
from tests.given import ANN, DAY

LINES = (
    PaperLine("1", Decimal(2), Decimal(10), "Flyer"),
    PaperLine("2", Decimal(3), Decimal("5.5"), "Card"),
)


def paper(**values: Any) -> Paper:
    made = Paper(
        source="quickbooks_estimate",
        qbo_id="145",
        day=DAY,
        standing="firm",
        status="Accepted",
        lines=LINES,
        total=Decimal("36.50"),
        doc_number="E-1",
        customer_ref="7",
        customer_name="Harbor Cafe",
        customer={"display_name": "Harbor Cafe", "email": "cafe@harbor.example"},
    )
    made = replace(made, **values)
    return made if "total" in values else replace(made, total=made.parts)


def take(uows: UnitOfWorks, theirs: Paper, version: str = "0") -> Outcome:
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        return order_papers.take(uow, theirs, Version({"Id": theirs.qbo_id}, version, None))


def row_of(uows: UnitOfWorks) -> OrderPaper:
    with uows.read() as session:
        return session.scalars(sa.select(OrderPaper)).one()


def waiting(uows: UnitOfWorks, **values: Any) -> UUID:
    assert take(uows, paper(**values)) is Outcome.WAITS
    return row_of(uows).id


def buyer(uows: UnitOfWorks) -> UUID:
    return given.customer(uows, "Harbor Cafe", qb_customer_id="7")


def orders_of(uows: UnitOfWorks) -> list[PurchaseOrder]:
    with uows.read() as session:
        return list(session.scalars(sa.select(PurchaseOrder).order_by(PurchaseOrder.id)))


def lines_of(uows: UnitOfWorks) -> list[tuple[str, Decimal, Decimal]]:
    with uows.read() as session:
        found = session.scalars(sa.select(PoLineItem).order_by(PoLineItem.line_number))
        return [(line.item_name, line.quantity, line.unit_price) for line in found]


def refused(uows: UnitOfWorks, act: Any, kind: type[UserError] = Conflict) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    assert "SELECT" not in caught.value.message
    return caught.value.message


def decide(uows: UnitOfWorks, act: Any) -> UUID:
    """Decide, and give the change set."""
    with uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
        assert uow.change_set_id is not None
        return uow.change_set_id


def undo(uows: UnitOfWorks, change_set: UUID) -> None:
    with uows.begin(actor=ANN, source="undo") as uow:
        result = history.undo_change_set(uow, change_set_id=change_set)
        assert not result.conflicts


def conflict(uows: UnitOfWorks) -> tuple[UUID, UUID]:
    """An order that was changed here and in QuickBooks."""
    buyer(uows)
    take(uows, paper())
    order = orders_of(uows)[0]
    with uows.begin(actor=ANN, source="form") as uow:
        found = uow.session.get_one(PurchaseOrder, order.id)
        orders.update_order(uow, found, {"customer_notes": "By noon"})
    lines = (replace(LINES[0], quantity=Decimal(5)), LINES[1])
    assert take(uows, paper(lines=lines), "1") is Outcome.WAITS
    assert row_of(uows).reason == "conflict"
    return row_of(uows).id, order.id


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decision", ["create_customer", "import_new", "take_theirs", "keep_ours", "skip"]
)
def test_a_document_that_is_not_there_is_refused(uows: UnitOfWorks, decision: str) -> None:
    refused(uows, lambda uow: getattr(order_decisions, decision)(uow, paper_id=new_id()), NotFound)


@pytest.mark.parametrize("decision", ["create_customer", "import_new", "take_theirs", "skip"])
def test_what_is_decided_is_not_decided_again(uows: UnitOfWorks, decision: str) -> None:
    paper_id = waiting(uows)
    decide(uows, lambda uow: order_decisions.skip(uow, paper_id=paper_id))
    act = getattr(order_decisions, decision)
    assert "already" in refused(uows, lambda uow: act(uow, paper_id=paper_id))
    assert not orders_of(uows)


def test_without_a_customer_nothing_is_imported(uows: UnitOfWorks) -> None:
    paper_id = waiting(uows)
    refused(uows, lambda uow: order_decisions.import_new(uow, paper_id=paper_id))
    refused(
        uows,
        lambda uow: order_decisions.link_customer(uow, paper_id=paper_id, customer_id=None),
        InvalidInput,
    )
    assert not orders_of(uows)
    assert row_of(uows).state == "open"


def test_a_customer_is_not_made_of_a_name_that_is_taken(uows: UnitOfWorks) -> None:
    given.customer(uows, "HARBOR CAFE")
    paper_id = waiting(uows)
    words = refused(
        uows, lambda uow: order_decisions.create_customer(uow, paper_id=paper_id), InvalidInput
    )
    assert "HARBOR CAFE" in words


def test_a_vendors_document_makes_no_customer(uows: UnitOfWorks) -> None:
    paper_id = waiting(
        uows, source="quickbooks_po", customer_ref=None, customer_name=None, customers=0
    )
    assert row_of(uows).reason == "vendor"
    refused(uows, lambda uow: order_decisions.create_customer(uow, paper_id=paper_id))


def test_another_currency_is_never_imported(uows: UnitOfWorks) -> None:
    buyer(uows)
    paper_id = waiting(uows, currency="CHF")
    assert row_of(uows).reason == "currency"
    assert "CHF" in refused(uows, lambda uow: order_decisions.import_new(uow, paper_id=paper_id))


def test_an_invoiced_order_does_not_take_theirs(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    order_id = orders_of(uows)[0].id
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.approve(uow, order_id=order_id)
        invoicing.invoice_order(uow, order_id=order_id)
    take(uows, paper(lines=LINES[:1]), "1")
    row = row_of(uows)
    assert row.reason == "conflict"
    refused(uows, lambda uow: order_decisions.take_theirs(uow, paper_id=row.id))
    assert len(lines_of(uows)) == 2


def test_a_job_keeps_the_lines_it_makes(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    order_id = orders_of(uows)[0].id
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.approve(uow, order_id=order_id)
        production.create_jobs(uow, order_id=order_id)
    take(uows, paper(lines=LINES[:1]), "1")
    row = row_of(uows)
    words = refused(uows, lambda uow: order_decisions.take_theirs(uow, paper_id=row.id))
    assert "job" in words
    assert len(lines_of(uows)) == 2


def test_an_order_of_another_document_is_not_linked(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper(qbo_id="1", doc_number="E-1"))
    taken = orders_of(uows)[0].id
    assert take(uows, paper(qbo_id="2", doc_number="E-1")) is Outcome.WAITS
    with uows.read() as session:
        second = session.scalars(sa.select(OrderPaper).where(OrderPaper.qbo_id == "2")).one()
    words = refused(
        uows, lambda uow: order_decisions.link_order(uow, paper_id=second.id, order_id=taken)
    )
    assert "another estimate" in words


def test_an_order_that_stands_for_a_document_is_not_left_out(uows: UnitOfWorks) -> None:
    paper_id, _order_id = conflict(uows)
    refused(uows, lambda uow: order_decisions.skip(uow, paper_id=paper_id))
    refused(uows, lambda uow: order_decisions.import_new(uow, paper_id=paper_id))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"total": Decimal("36.51")}, "figures"),
        ({"lines": (), "total": Decimal(0)}, "figures"),
        ({"discount": Decimal(50)}, "figures"),
    ],
)
def test_what_does_not_add_up_waits(uows: UnitOfWorks, values: dict[str, Any], reason: str) -> None:
    buyer(uows)
    waiting(uows, **values)
    assert row_of(uows).reason == reason
    assert not orders_of(uows)


# --- decided -------------------------------------------------------------------------------------


def test_a_customer_is_made_linked_and_never_pushed(uows: UnitOfWorks) -> None:
    paper_id = waiting(uows)

    change_set = decide(uows, lambda uow: order_decisions.create_customer(uow, paper_id=paper_id))

    with uows.read() as session:
        made = session.scalars(sa.select(Customer)).one()
        assert (made.qb_customer_id, made.email) == ("7", "cafe@harbor.example")
        assert session.scalars(sa.select(SyncQueueRow)).all() == []
        assert session.get_one(ChangeSet, change_set).actor_name == "Ann"
    order = orders_of(uows)[0]
    assert (order.po_number, order.total_amount) == ("E-1", Decimal("36.50"))
    assert (row_of(uows).state, row_of(uows).order_id) == ("imported", order.id)
    assert "E-1" in str(row_of(uows).decision)

    with uows.begin(actor=ANN, source="undo") as uow:
        kept = history.undo_change_set(uow, change_set_id=change_set).conflicts
    # The customer is in QuickBooks, so it stays; the order goes, and no pull brings it back.
    assert [one.table for one in kept] == ["customers"]
    assert not orders_of(uows)
    assert (row_of(uows).state, row_of(uows).reason) == ("open", "customer")
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        assert order_papers.retry_waiting(uow) == 0
    assert take(uows, paper(), "1") is Outcome.UNCHANGED
    decide(uows, lambda uow: order_decisions.create_customer(uow, paper_id=paper_id))
    assert len(orders_of(uows)) == 1


def test_a_customer_that_waits_to_be_sent_is_linked_and_not_sent(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        ours = customers.create_customer(uow, {"display_name": "Harbour Café"}).id
    paper_id = waiting(uows)

    decide(
        uows,
        lambda uow: order_decisions.link_customer(uow, paper_id=paper_id, customer_id=ours),
    )

    with uows.read() as session:
        assert session.get_one(Customer, ours).qb_customer_id == "7"
        assert [row.status for row in session.scalars(sa.select(SyncQueueRow))] == ["cancelled"]
    assert orders_of(uows)[0].customer_id == ours


def test_a_customer_linked_elsewhere_is_chosen_for_this_document_only(uows: UnitOfWorks) -> None:
    ours = given.customer(uows, "Harbor Group", qb_customer_id="99")
    paper_id = waiting(uows)
    decide(
        uows,
        lambda uow: order_decisions.link_customer(uow, paper_id=paper_id, customer_id=ours),
    )
    with uows.read() as session:
        assert session.get_one(Customer, ours).qb_customer_id == "99"
    assert orders_of(uows)[0].customer_id == ours
    assert take(uows, paper(), "1") is Outcome.UNCHANGED


def test_the_proposed_customer_is_taken_when_none_is_chosen(uows: UnitOfWorks) -> None:
    ours = given.customer(uows, "harbor cafe")
    paper_id = waiting(uows)
    assert row_of(uows).customer_id == ours
    decide(
        uows,
        lambda uow: order_decisions.link_customer(uow, paper_id=paper_id, customer_id=None),
    )
    assert orders_of(uows)[0].customer_id == ours


def test_a_linked_order_stays_as_it_is_and_a_later_change_is_a_conflict(uows: UnitOfWorks) -> None:
    ours = given.order(uows, customer_id=buyer(uows), po_number="E-1", lines=[("9", "1")])
    paper_id = waiting(uows)
    assert (row_of(uows).reason, row_of(uows).similar_id) == ("number", ours)

    change_set = decide(
        uows, lambda uow: order_decisions.link_order(uow, paper_id=paper_id, order_id=None)
    )

    assert orders_of(uows)[0].qb_estimate_id == "145"
    assert lines_of(uows) == [("Item 1", Decimal(9), Decimal(1))]
    assert take(uows, paper(lines=LINES[:1]), "1") is Outcome.WAITS
    assert row_of(uows).reason == "conflict"
    assert lines_of(uows) == [("Item 1", Decimal(9), Decimal(1))]
    assert change_set


def test_a_duplicate_imported_as_new_gets_a_number_of_its_own(uows: UnitOfWorks) -> None:
    given.order(uows, customer_id=buyer(uows), po_number="E-1")
    paper_id = waiting(uows)
    change_set = decide(uows, lambda uow: order_decisions.import_new(uow, paper_id=paper_id))
    assert [order.po_number for order in orders_of(uows)] == ["E-1", "E-1-145"]
    undo(uows, change_set)
    assert [order.po_number for order in orders_of(uows)] == ["E-1"]
    assert row_of(uows).state == "open"


def test_theirs_is_taken_and_the_order_follows_again(uows: UnitOfWorks) -> None:
    paper_id, order_id = conflict(uows)

    change_set = decide(uows, lambda uow: order_decisions.take_theirs(uow, paper_id=paper_id))

    assert lines_of(uows)[0] == ("Flyer", Decimal(5), Decimal(10))
    assert orders_of(uows)[0].total_amount == Decimal("66.50")
    assert take(uows, paper(lines=LINES[:1]), "2") is Outcome.UPDATED
    assert [order.id for order in orders_of(uows)] == [order_id]
    assert lines_of(uows) == [("Flyer", Decimal(2), Decimal(10))]
    assert change_set


def test_taking_theirs_can_be_taken_back(uows: UnitOfWorks) -> None:
    paper_id, _order_id = conflict(uows)
    change_set = decide(uows, lambda uow: order_decisions.take_theirs(uow, paper_id=paper_id))
    undo(uows, change_set)
    assert lines_of(uows)[0] == ("Flyer", Decimal(2), Decimal(10))
    assert orders_of(uows)[0].total_amount == Decimal("36.50")
    assert (row_of(uows).state, row_of(uows).reason) == ("open", "conflict")


def test_ours_is_kept_until_theirs_changes_again(uows: UnitOfWorks) -> None:
    paper_id, _order_id = conflict(uows)
    decide(uows, lambda uow: order_decisions.keep_ours(uow, paper_id=paper_id))
    assert row_of(uows).state == "kept"
    assert lines_of(uows)[0] == ("Flyer", Decimal(2), Decimal(10))
    lines = (replace(LINES[0], quantity=Decimal(5)), LINES[1])
    assert take(uows, paper(lines=lines), "2") is Outcome.UNCHANGED
    assert take(uows, paper(lines=LINES[:1]), "3") is Outcome.WAITS


def test_what_is_left_out_stays_out_until_it_changes(uows: UnitOfWorks) -> None:
    paper_id = waiting(uows)
    decide(uows, lambda uow: order_decisions.skip(uow, paper_id=paper_id))
    buyer(uows)
    assert take(uows, paper(), "1") is Outcome.UNCHANGED
    assert take(uows, paper(lines=LINES[:1]), "2") is Outcome.WAITS
    assert row_of(uows).reason == "left_out"
    decide(uows, lambda uow: order_decisions.import_new(uow, paper_id=paper_id))
    assert orders_of(uows)[0].total_amount == Decimal("20.00")


def test_an_ended_document_cancels_its_order_when_a_person_says_so(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    over = paper(standing="ended", status="Rejected", ending="was rejected")
    assert take(uows, over, "1") is Outcome.ENDED
    assert orders_of(uows)[0].status == "pending"
    assert "rejected" in str(orders_of(uows)[0].warning)
    row = row_of(uows)
    decide(uows, lambda uow: order_decisions.take_theirs(uow, paper_id=row.id))
    assert orders_of(uows)[0].status == "cancelled"


def test_an_ended_document_is_kept_and_its_flag_goes(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        assert order_papers.end(uow, "quickbooks_estimate", "145") is Outcome.ENDED
    row = row_of(uows)
    decide(uows, lambda uow: order_decisions.keep_ours(uow, paper_id=row.id))
    order = orders_of(uows)[0]
    assert (order.status, order.warning) == ("pending", None)
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        assert order_papers.end(uow, "quickbooks_estimate", "145") is Outcome.UNCHANGED


def test_an_estimate_that_is_accepted_again_clears_the_flag(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    take(uows, paper(standing="ended", status="Rejected", ending="was rejected"), "1")
    assert take(uows, paper(), "2") is Outcome.UPDATED
    assert orders_of(uows)[0].warning is None
    assert row_of(uows).state == "imported"


def test_every_line_may_come_go_and_move(uows: UnitOfWorks) -> None:
    buyer(uows)
    three = (*LINES, PaperLine("3", Decimal(1), Decimal(7), "Poster", description="A2"))
    take(uows, paper(lines=three))
    moved = (
        PaperLine("9", Decimal(4), Decimal(1), "New"),
        replace(three[2], description=None),
        three[0],
    )
    assert take(uows, paper(lines=moved), "1") is Outcome.UPDATED
    assert [name for name, _quantity, _price in lines_of(uows)] == ["New", "Poster", "Flyer"]
    with uows.read() as session:
        assert (
            session.scalars(
                sa.select(PoLineItem.description).where(PoLineItem.item_name == "Poster")
            ).one()
            is None
        )


def test_a_bulk_run_decides_row_by_row(uows: UnitOfWorks) -> None:
    buyer(uows)
    given.order(uows, po_number="A")
    given.order(uows, po_number="B")
    for number in "AB":
        take(uows, paper(qbo_id=number, doc_number=number))
    with uows.read() as session:
        rows = [(row.id, row.label) for row in session.scalars(sa.select(OrderPaper))]
        action = ACTIONS["order_papers", "import-new"]
        assert action.preview(session, [key for key, _label in rows], {}).will == 2
        assert (
            ACTIONS["order_papers", "create-customer"]
            .preview(session, [key for key, _label in rows], {})
            .will
            == 0
        )
    with uows.begin(actor=ANN, source="grid") as uow:
        run = runs.start_run(
            uow, table="order_papers", action="import-new", label="Import", targets=rows
        )
        run_id = run.id
    assert runs.work_slice(uows, run_id, seconds=60)
    with uows.read() as session:
        found = session.get_one(Run, run_id)
        assert (found.ok, found.failed) == (2, 0)
    assert [order.po_number for order in orders_of(uows)] == ["A", "B", "A-A", "B-B"]


def test_both_sides_stand_beside_each_other(uows: UnitOfWorks) -> None:
    paper_id, _order_id = conflict(uows)
    with uows.read() as session:
        both = queries.comparison(session, paper_id)
        assert both is not None
        assert [row.label for row in both.lines if row.differs] == ["Line 1"]
        assert "Total" in [row.label for row in both.head if row.differs]
        assert queries.comparison(session, new_id()) is None
        assert queries.counts(session)["open"] == 1


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "expected"),
    [
        ("3", "3.3333333", "10.00", ("3", "3.3333")),
        ("1000", "0.0123456", "12.35", ("1", "12.35")),
        (None, None, "5.55", ("1", "5.55")),
        ("-2", "5", "10.00", ("1", "10.00")),
        ("0.00001", "100000", "1.00", ("1", "1.00")),
    ],
)
def test_a_price_of_four_places_gives_the_amount_or_the_line_is_one_piece(
    quantity: str | None, price: str | None, amount: str, expected: tuple[str, str]
) -> None:
    found = priced(
        Decimal(quantity) if quantity else None, Decimal(price) if price else None, Decimal(amount)
    )
    assert found == (Decimal(expected[0]), Decimal(expected[1]))


def test_a_kept_document_reads_as_it_was_written() -> None:
    made = paper(due_date=date(2026, 4, 1), discount=Decimal("1.00"), shipping=Decimal("2.00"))
    assert Paper.from_dict(made.as_dict()) == made


def test_an_unchanged_document_writes_no_history(uows: UnitOfWorks) -> None:
    buyer(uows)
    take(uows, paper())
    with uows.read() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(ChangeItem))
    assert take(uows, paper(), "1") is Outcome.UNCHANGED
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangeItem)) == before


def test_only_decisions_that_fit_are_offered(uows: UnitOfWorks) -> None:
    paper_id, _order_id = conflict(uows)
    assert fitting(row_of(uows)) == {"take-theirs", "keep-ours"}
    decide(uows, lambda uow: order_decisions.keep_ours(uow, paper_id=paper_id))
    assert fitting(row_of(uows)) == frozenset()


def test_a_vendors_document_offers_a_link_or_nothing(uows: UnitOfWorks) -> None:
    waiting(uows, source="quickbooks_po", customer_ref=None, customer_name=None, customers=0)
    assert fitting(row_of(uows)) == {"link-customer", "link-order", "skip"}
