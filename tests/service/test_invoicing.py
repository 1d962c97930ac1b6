"""Invoices: nothing is billed twice, numbers have no gap, what is issued is frozen and queued."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from batchly_admin.clock import ManualClock
from batchly_admin.domain.money import line_total
from batchly_admin.errors import Conflict, DocumentLocked, InvalidInput, NumberTaken, UserError
from batchly_admin.models.billing import Counter, CreditMemo, Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import PaymentTerm
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import drafts, invoicing, orders, records
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN, DAY


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    return caught.value.message


def only(uow: UnitOfWork, model: Any) -> Any:
    return uow.session.scalars(sa.select(model)).one()


def queue(uows: UnitOfWorks) -> list[tuple[str, str, str]]:
    with uows.read() as session:
        rows = session.scalars(sa.select(SyncQueueRow).order_by(SyncQueueRow.id))
        return [(row.entity_type, row.operation, row.status) for row in rows]


def test_a_pending_order_is_not_invoiced(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    words = refused(uows, Conflict, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    assert words == "PO-0001 is not approved yet."


def test_an_order_is_not_invoiced_twice(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.invoice_order(uow, order_id=order_id)
    words = refused(uows, Conflict, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    assert words == "PO-0001 is invoiced already: INV-0001."


def test_what_was_added_later_is_invoiced_alone(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows, discount_amount=Decimal(5), shipping_amount=Decimal(8))
    with uows.begin(actor=ANN, source="grid") as uow:
        draft = invoicing.draft_from_order(uow, order_id=order_id)
        assert (draft.discount_amount, draft.shipping_amount) == (Decimal(5), Decimal(8))
        draft_id = draft.id
    with uows.begin(actor=ANN, source="grid") as uow:
        line = uow.session.get_one(Invoice, draft_id).lines[1]
        records.update_record(uow, line, {"quantity": Decimal(1)})
    with uows.begin(actor=ANN, source="grid") as uow:
        assert uow.session.get_one(PurchaseOrder, order_id).invoicing == "partial"
        rest = invoicing.draft_from_order(uow, order_id=order_id)
        assert [(line.quantity, line.line_number) for line in rest.lines] == [(Decimal(2), 1)]
        assert (rest.discount_amount, rest.shipping_amount) == (Decimal(0), Decimal(0))
        assert uow.session.get_one(PurchaseOrder, order_id).invoicing == "full"


def test_more_than_was_ordered_is_refused_by_the_database(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        draft = invoicing.draft_from_order(uow, order_id=order_id)
        line_id = draft.lines[0].id

    def more(uow: UnitOfWork) -> None:
        line = uow.session.get_one(InvoiceLineItem, line_id)
        records.update_record(uow, line, {"quantity": Decimal(99)})

    words = refused(uows, Conflict, more)
    assert words == "More would be invoiced or cancelled than was ordered."


def test_issuing_numbers_freezes_and_queues_in_one_transaction(
    uows: UnitOfWorks, rung: list[str]
) -> None:
    shirt = given.product(uows, "Shirt")
    buyer = given.customer(uows, "Ann's Bakery")
    with uows.begin(actor=ANN, source="form") as uow:
        order = orders.create_order(
            uow,
            customer_id=buyer,
            lines=[OrderLine(quantity=Decimal(2), product_id=shirt)],
            po_date=DAY,
        )
        orders.approve(uow, order_id=order.id)
        invoicing.invoice_order(uow, order_id=order.id)
    assert queue(uows) == [
        ("customer", "create", "pending"),
        ("item", "create", "pending"),
        ("invoice", "create", "pending"),
    ]
    assert "push" in rung
    with uows.read() as session:
        invoice = session.scalars(sa.select(Invoice)).one()
        assert invoice.invoice_number == "INV-0001"
        assert invoice.issued_at is not None
        assert invoice.sync_state == "pending"
        assert invoice.total_amount == invoice.balance_due == Decimal("20.00")
        assert invoice.lines[0].line_total == Decimal("20.00")


def test_an_issued_invoice_shows_sent_once_it_was_sent(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="push") as uow:
        invoice = uow.session.get_one(Invoice, invoice_id)
        assert invoice.status == "draft"
        invoice.sent_to_qb_at = uow.now()
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).status in {"sent", "overdue"}
        changed = session.scalars(
            sa.select(ChangeItem.column_name).where(ChangeItem.row_id == invoice_id)
        ).all()
        assert "status" in changed, "the change of the status is part of the record of change"


def test_a_failed_issue_gives_the_number_back(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        empty = drafts.create_draft(uow, {"customer_id": given_customer(uow)})
        empty_id = empty.id
    words = refused(uows, InvalidInput, lambda uow: invoicing.issue(uow, invoice_id=empty_id))
    assert words == "The invoice has no lines."

    def broken(uow: UnitOfWork) -> None:
        order_id = order_of(uow)
        invoicing.issue(uow, invoice_id=invoicing.draft_from_order(uow, order_id=order_id).id)
        raise Conflict("after the number was taken")

    order_id = given.approved_order(uows)

    def order_of(_uow: UnitOfWork) -> Any:
        return order_id

    refused(uows, Conflict, broken)
    given.issued_invoice(uows)
    with uows.read() as session:
        numbers = session.scalars(
            sa.select(Invoice.invoice_number).where(Invoice.issued_at.is_not(None))
        ).all()
        assert numbers == ["INV-0001"]


def given_customer(uow: UnitOfWork) -> Any:
    from batchly_admin.models.customers import Customer

    made = Customer(display_name="Somebody")
    uow.session.add(made)
    uow.session.flush()
    return made.id


def test_a_number_in_use_is_not_given_twice(uows: UnitOfWorks) -> None:
    given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        uow.session.execute(sa.update(Counter).values(last_number=0))
    order_id = given.approved_order(uows, po_number="PO-X")
    words = refused(uows, NumberTaken, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    assert words.startswith("INV-0001 is in use already")


def test_an_invoice_is_issued_once(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    words = refused(uows, Conflict, lambda uow: invoicing.issue(uow, invoice_id=invoice_id))
    assert words == "INV-0001 is issued already."


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("invoice_number", "INV-9999"),
        ("invoice_date", date(2020, 1, 1)),
        ("discount_amount", Decimal(1)),
        ("total_amount", Decimal(1)),
        ("customer_name", "Bob"),
    ],
)
def test_what_is_issued_is_frozen_for_services_and_for_statements(
    uows: UnitOfWorks, column: str, value: Any
) -> None:
    invoice_id = given.issued_invoice(uows)
    refused(
        uows,
        DocumentLocked,
        lambda uow: records.update_record(
            uow, uow.session.get_one(Invoice, invoice_id), {column: value}
        ),
    )
    with (
        pytest.raises(DBAPIError),
        uows.begin(actor=ANN, source="grid") as uow,
    ):
        uow.session.execute(sa.update(Invoice).values({column: value}))


def test_lines_of_an_issued_invoice_are_frozen(uows: UnitOfWorks) -> None:
    given.issued_invoice(uows)

    def line(uow: UnitOfWork) -> InvoiceLineItem:
        return uow.session.scalars(sa.select(InvoiceLineItem).limit(1)).one()

    refused(
        uows,
        DocumentLocked,
        lambda uow: records.update_record(uow, line(uow), {"quantity": Decimal(1)}),
    )
    refused(uows, DocumentLocked, lambda uow: records.delete_record(uow, line(uow)))
    refused(
        uows,
        DocumentLocked,
        lambda uow: records.create_record(
            uow,
            InvoiceLineItem,
            {
                "invoice_id": only(uow, Invoice).id,
                "description": "More",
                "quantity": Decimal(1),
                "unit_price": Decimal(1),
            },
        ),
    )


def test_shipping_facts_may_change_after_issue(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoice = uow.session.get_one(Invoice, invoice_id)
        records.update_record(uow, invoice, {"tracking_number": "1Z999"})
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).tracking_number == "1Z999"


def test_the_due_date_follows_from_the_terms(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        term = PaymentTerm(name="Net 15", due_days=15)
        uow.session.add(term)
        uow.session.flush()
        term_id = term.id
    buyer = given.customer(uows, payment_term_id=term_id)
    invoice_id = given.issued_invoice(uows, customer_id=buyer)
    with uows.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        assert (invoice.invoice_date, invoice.due_date) == (date(2026, 3, 4), date(2026, 3, 19))


def test_without_auto_issue_a_draft_waits(uows: UnitOfWorks) -> None:
    given.setting(uows, "auto_issue", value=False)
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        draft = invoicing.invoice_order(uow, order_id=order_id)
        assert draft.issued_at is None
        assert draft.invoice_number.startswith("DRAFT-")
    assert queue(uows) == []


def test_deleting_a_draft_gives_its_quantities_back(uows: UnitOfWorks) -> None:
    given.setting(uows, "auto_issue", value=False)
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.invoice_order(uow, order_id=order_id)
    with uows.begin(actor=ANN, source="grid") as uow:
        records.delete_record(uow, only(uow, Invoice))
    with uows.read() as session:
        assert session.get_one(PurchaseOrder, order_id).invoicing == "none"
        assert set(session.scalars(sa.select(PoLineItem.quantity_invoiced))) == {Decimal(0)}


def test_tax_is_taken_from_the_rates_that_were_pulled(uows: UnitOfWorks) -> None:
    code = given.tax_code(uows, "NYC", "4", "4.5", "0.375")
    buyer = given.customer(uows, default_tax_code_id=code)
    invoice_id = given.issued_invoice(uows, customer_id=buyer, lines=(("1", "19.99"),))
    with uows.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        assert invoice.tax_rate == Decimal("0.088750")
        assert invoice.tax_amount == Decimal("1.77")
        assert invoice.total_amount == Decimal("21.76")
        assert invoice.tax_code_id == code


def test_an_exempt_customer_is_not_taxed(uows: UnitOfWorks) -> None:
    code = given.tax_code(uows, "NYC", "8.875")
    given.setting(uows, "default_tax_code", str(code))
    exempt = given.customer(uows, default_tax_code_id=code, tax_exempt=True)
    other = given.customer(uows)
    free = given.issued_invoice(uows, customer_id=exempt, lines=(("1", "100"),))
    taxed = given.issued_invoice(uows, customer_id=other, lines=(("1", "100"),))
    with uows.read() as session:
        assert session.get_one(Invoice, free).tax_amount == 0
        assert session.get_one(Invoice, free).tax_code_id is None
        assert session.get_one(Invoice, taxed).tax_amount == Decimal("8.88")


def test_an_invoice_before_the_start_of_the_sync_stays_here(uows: UnitOfWorks) -> None:
    given.setting(uows, "sync_start_date", "2027-01-01")
    invoice_id = given.issued_invoice(uows)
    assert queue(uows) == []
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).sync_state == "not_synced"


def test_a_paid_or_credited_invoice_is_not_voided(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        invoice = uow.session.get_one(Invoice, invoice_id)
        uow.session.add(
            CreditMemo(
                credit_memo_number="CM-1",
                customer_id=invoice.customer_id,
                invoice_id=invoice_id,
                credit_date=DAY,
            )
        )

    def void(uow: UnitOfWork) -> None:
        invoicing.void(uow, invoice_id=invoice_id, reason="Wrong customer")

    assert "has the credit memo CM-1" in refused(uows, Conflict, void)
    with uows.begin(actor=ANN, source="form") as uow:
        uow.session.get_one(Invoice, invoice_id).amount_paid = Decimal(1)
    assert "correct it with a credit memo" in refused(uows, Conflict, void)


def test_a_void_needs_a_reason(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    refused(uows, InvalidInput, lambda uow: invoicing.void(uow, invoice_id=invoice_id, reason="  "))


def test_a_void_of_an_unsent_invoice_never_reaches_quickbooks(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.void(uow, invoice_id=invoice_id, reason="Wrong customer")
    assert [row for row in queue(uows) if row[0] == "invoice"] == [
        ("invoice", "create", "cancelled")
    ]
    with uows.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        assert (invoice.status, invoice.invoice_number) == ("void", "INV-0001")
        order = session.scalars(sa.select(PurchaseOrder)).one()
        assert order.invoicing == "none", "the order can be invoiced again"
    with uows.begin(actor=ANN, source="grid") as uow:
        again = invoicing.invoice_order(uow, order_id=order.id)
        assert again.invoice_number == "INV-0002"


def test_a_void_of_a_sent_invoice_is_queued(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="push") as uow:
        uow.session.execute(sa.update(SyncQueueRow).values(status="completed", sent_at=uow.now()))
        uow.session.get_one(Invoice, invoice_id).qb_invoice_id = "145"
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.void(uow, invoice_id=invoice_id, reason="Wrong customer")
    assert queue(uows)[-1] == ("invoice", "void", "pending")


def test_an_invoice_that_is_being_sent_is_not_voided_at_that_moment(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="push") as uow:
        uow.session.execute(sa.update(SyncQueueRow).values(status="processing"))
    words = refused(
        uows, Conflict, lambda uow: invoicing.void(uow, invoice_id=invoice_id, reason="No")
    )
    assert "on its way to QuickBooks" in words


def test_time_alone_makes_an_invoice_overdue(uows: UnitOfWorks, clock: ManualClock) -> None:
    invoice_id = given.issued_invoice(uows)
    clock.advance(datetime(2026, 5, 1, tzinfo=UTC) - clock.now())
    with uows.begin(actor=ANN, source="task") as uow:
        assert invoicing.refresh_overdue(uow) == 1
        assert invoicing.refresh_overdue(uow) == 0
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).status == "overdue"


def test_the_database_rounds_lines_as_we_do(uows: UnitOfWorks) -> None:
    pairs = [
        (Decimal(quantity), Decimal(price))
        for quantity in ("1", "3", "7", "0.3333", "1.5", "12.0001", "999.9999")
        for price in ("0", "0.005", "0.335", "1.005", "2.3333", "0.0001", "19.9950", "123.4565")
    ]
    given.order(uows, lines=[(str(quantity), str(price)) for quantity, price in pairs])
    with uows.read() as session:
        found = session.execute(
            sa.select(PoLineItem.quantity, PoLineItem.unit_price, PoLineItem.line_total)
        ).all()
    assert len(found) == len(pairs)
    wrong = [row for row in found if row[2] != line_total(row[0], row[1])]
    assert wrong == []
