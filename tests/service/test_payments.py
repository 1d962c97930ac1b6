"""Payments: shared out exactly, pulled any number of times, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, InvalidInput, UserError
from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import payments, records
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN, DAY

TOTAL = Decimal("36.50")


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    return caught.value.message


def state(uows: UnitOfWorks, invoice_id: UUID) -> tuple[Decimal, Decimal, str]:
    with uows.read() as session:
        found = session.get_one(Invoice, invoice_id)
        return found.amount_paid, found.balance_due, found.status


def buyer_of(uows: UnitOfWorks, invoice_id: UUID) -> UUID:
    with uows.read() as session:
        return session.get_one(Invoice, invoice_id).customer_id


def pay(uow: UnitOfWork, invoice_id: UUID, amount: str, share: str | None = None) -> Payment:
    invoice = uow.session.get_one(Invoice, invoice_id)
    return payments.record_payment(
        uow,
        customer_id=invoice.customer_id,
        amount=Decimal(amount),
        payment_date=DAY,
        allocations={invoice_id: Decimal(share or amount)},
    )


@pytest.mark.parametrize(
    ("amount", "share", "words"),
    [
        ("0", "0", "A payment is above zero."),
        ("-1", "-1", "A payment is above zero."),
        ("10", "11", "11.00 are shared out, but only 10.00 were paid."),
        ("99", "36.51", "INV-0001 owes only 36.50."),
        ("10", "-1", "An invoice is paid with an amount above zero."),
    ],
)
def test_a_payment_that_does_not_add_up_is_refused(
    uows: UnitOfWorks, amount: str, share: str, words: str
) -> None:
    invoice_id = given.issued_invoice(uows)
    assert refused(uows, UserError, lambda uow: pay(uow, invoice_id, amount, share)) == words


def test_another_customers_invoice_is_not_paid(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    stranger = given.customer(uows)

    def act(uow: UnitOfWork) -> None:
        payments.record_payment(
            uow,
            customer_id=stranger,
            amount=Decimal(1),
            payment_date=DAY,
            allocations={invoice_id: Decimal(1)},
        )

    assert "belongs to" in refused(uows, Conflict, act)


def test_a_payment_pays_in_parts_and_in_full(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        assert pay(uow, invoice_id, "10").payment_number == "PAY-0001"
    assert state(uows, invoice_id) == (Decimal(10), Decimal("26.50"), "partial")
    with uows.begin(actor=ANN, source="form") as uow:
        pay(uow, invoice_id, "26.50")
    assert state(uows, invoice_id) == (TOTAL, Decimal(0), "paid")
    with uows.read() as session:
        rows = session.scalars(sa.select(SyncQueueRow).filter_by(entity_type="payment")).all()
        assert [row.operation for row in rows] == ["create", "create"]


def test_a_payment_typed_into_the_grid_pays_the_oldest_first(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    first = given.issued_invoice(uows, customer_id=buyer)
    second = given.issued_invoice(uows, customer_id=buyer)
    with uows.begin(actor=ANN, source="grid") as uow:
        records.create_record(uow, Payment, {"customer_id": buyer, "amount": Decimal(40)})
    assert state(uows, first)[2] == "paid"
    assert state(uows, second)[0] == Decimal("3.50")


def test_a_recorded_payment_stays_as_it_is(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        payment_id = pay(uow, invoice_id, "10").id

    def change(uow: UnitOfWork) -> None:
        records.update_record(uow, uow.session.get_one(Payment, payment_id), {"amount": Decimal(1)})

    assert "stays as it is" in refused(uows, Conflict, change)
    with uows.begin(actor=ANN, source="grid") as uow:
        payment = uow.session.get_one(Payment, payment_id)
        records.update_record(uow, payment, {"notes": "by cheque"})


def pulled(
    uows: UnitOfWorks, payment_id: UUID | None, invoice_id: UUID, amount: str
) -> tuple[UUID, bool]:
    with uows.begin(actor=ANN, source="pull") as uow:
        payment, changed = payments.record_pulled_payment(
            uow,
            payment_id=payment_id,
            customer_id=uow.session.get_one(Invoice, invoice_id).customer_id,
            applied={invoice_id: Decimal(amount)},
            payment_date=DAY,
            amount=Decimal(amount),
            payment_method_id=None,
            reference="1234",
        )
        return payment.id, changed


def test_a_pulled_payment_is_written_once_however_often_it_comes(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    payment_id, changed = pulled(uows, None, invoice_id, "10")
    assert changed
    assert pulled(uows, payment_id, invoice_id, "10") == (payment_id, False)
    assert state(uows, invoice_id)[0] == Decimal(10)
    assert pulled(uows, payment_id, invoice_id, "12") == (payment_id, True)
    assert state(uows, invoice_id)[0] == Decimal(12)
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PaymentAllocation)) == 1
        assert session.get_one(Payment, payment_id).source == "quickbooks"
        queued = session.scalars(sa.select(SyncQueueRow.entity_type)).all()
        assert "payment" not in queued, "what came from QuickBooks does not go back"


def test_a_payment_that_moved_to_another_invoice_leaves_the_first(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    first = given.issued_invoice(uows, customer_id=buyer)
    second = given.issued_invoice(uows, customer_id=buyer)
    payment_id, _ = pulled(uows, None, first, "10")
    pulled(uows, payment_id, second, "10")
    assert state(uows, first)[0] == 0
    assert state(uows, second)[0] == Decimal(10)


def test_a_payment_cancelled_there_opens_the_invoice_here(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    payment_id, _ = pulled(uows, None, invoice_id, "36.50")
    assert state(uows, invoice_id)[2] == "paid"
    for _ in range(2):
        with uows.begin(actor=ANN, source="pull") as uow:
            payments.void_pulled_payment(uow, payment_id=payment_id)
    assert state(uows, invoice_id)[:2] == (Decimal(0), TOTAL)
    pulled(uows, payment_id, invoice_id, "36.50")
    assert state(uows, invoice_id)[2] == "paid", "a payment can come back to life"


def test_our_own_payment_coming_back_is_no_news(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        payment_id = pay(uow, invoice_id, "10").id
    assert pulled(uows, payment_id, invoice_id, "10") == (payment_id, False)
    with uows.read() as session:
        assert session.get_one(Payment, payment_id).reference is None


def test_a_payment_of_nobody_is_refused(uows: UnitOfWorks) -> None:
    refused(
        uows, InvalidInput, lambda uow: records.create_record(uow, Payment, {"amount": Decimal(1)})
    )
