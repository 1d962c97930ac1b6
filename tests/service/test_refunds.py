"""Money given back: never more than was paid, of the right sale, on a day that can be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, InvalidInput, NotFound, Rejected, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, Refund
from batchly_admin.models.catalogue import QbAccount
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.push.refunds import RefundPusher
from batchly_admin.services import (
    cancelling,
    credit_memos,
    invoicing,
    orders,
    payments,
    records,
    refunds,
)
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN, DAY


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> UserError:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="form") as uow:
        act(uow)
    return caught.value


def refund(payment_id: UUID, amount: str, **more: Any) -> Any:
    values = {"payment_id": payment_id, "amount": Decimal(amount), "refund_date": DAY, **more}
    return lambda uow: refunds.record_refund(uow, **values)


def record(uows: UnitOfWorks, payment_id: UUID, amount: str, **more: Any) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        made: Refund = refund(payment_id, amount, **more)(uow)
        return made.id


def test_nothing_below_a_cent_no_unknown_and_no_cancelled_payment(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    for amount in ("0", "-1", "0.004"):
        error = refused(uows, InvalidInput, refund(payment_id, amount))
        assert (error.message, error.field) == ("A refund is above zero.", "amount")
    refused(uows, NotFound, refund(new_id(), "1"))
    with uows.begin(actor=ANN, source="form") as uow:
        cancelling.cancel_payment(uow, payment_id=payment_id, reason="Bounced")
    error = refused(uows, Conflict, refund(payment_id, "1"))
    assert (error.message, error.field) == ("PAY-0001 is cancelled.", "payment_id")


def test_never_more_than_was_paid_in_one_or_in_several(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)  # 36.50
    payment_id = given.payment(uows, invoice_id)
    error = refused(uows, Conflict, refund(payment_id, "36.51"))
    assert error.message == "Only 36.50 is left of what PAY-0001 paid of INV-0001."
    assert error.field == "amount"
    record(uows, payment_id, "30")
    error = refused(uows, Conflict, refund(payment_id, "6.51"))
    assert error.message == "Only 6.50 is left of what PAY-0001 paid of INV-0001."
    record(uows, payment_id, "6.50")
    error = refused(uows, Conflict, refund(payment_id, "0.01"))
    assert error.message == "Only 0.00 is left of what PAY-0001 paid of INV-0001."


def test_what_was_credited_is_not_given_back_too(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    payment_id = given.payment(uows, invoice_id)
    with uows.begin(actor=ANN, source="form") as uow:
        credit_memos.credit_rest(uow, invoice_id=invoice_id, reason="Misprint")
    error = refused(uows, Conflict, refund(payment_id, "1"))
    assert error.message == "Only 0.00 of INV-0001 is not credited or refunded yet."


def test_of_several_invoices_one_has_to_be_named(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    first, second = (given.issued_invoice(uows, customer_id=buyer) for _ in range(2))
    other = given.issued_invoice(uows, customer_id=buyer)
    payment_id = given.payment(uows, first, second)
    error = refused(uows, Conflict, refund(payment_id, "1"))
    assert error.message == "PAY-0001 paid several invoices; say which one is given back."
    assert error.field == "invoice_id"
    error = refused(uows, Conflict, refund(payment_id, "1", invoice_id=other))
    assert error.message == "PAY-0001 did not pay this invoice."
    error = refused(uows, Conflict, refund(payment_id, "40", invoice_id=second))
    assert error.message == "Only 36.50 is left of what PAY-0001 paid of INV-0002."
    made = record(uows, payment_id, "36.50", invoice_id=second)
    with uows.read() as session:
        assert session.get_one(Refund, made).invoice_id == second
        # A refund opens no invoice again.
        assert session.get_one(Invoice, second).balance_due == 0


def test_a_payment_of_no_invoice_is_a_credit_and_not_given_back(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        payment = payments.record_payment(
            uow,
            customer_id=buyer,
            amount=Decimal(10),
            payment_date=DAY,
            allocations={},
        )
        payment_id = payment.id
    error = refused(uows, Conflict, refund(payment_id, "1"))
    assert "PAY-0001 pays no invoice" in error.message


def test_not_before_it_was_paid(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    early = DAY - timedelta(days=1)
    error = refused(uows, InvalidInput, refund(payment_id, "1", refund_date=early))
    assert error.message == f"PAY-0001 was paid only on {DAY}."
    assert error.field == "refund_date"


def test_not_to_another_customer_and_not_without_payment_or_amount(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    stranger = given.customer(uows)

    def typed(**values: Any) -> Any:
        return lambda uow: records.create_record(uow, Refund, values)

    error = refused(
        uows,
        Conflict,
        typed(payment_id=payment_id, amount=Decimal(1), customer_id=stranger),
    )
    assert (error.message, error.field) == ("PAY-0001 is another customer's.", "customer_id")
    error = refused(uows, InvalidInput, typed(amount=Decimal(1)))
    assert error.field == "payment_id"
    error = refused(uows, InvalidInput, typed(payment_id=payment_id))
    assert error.field == "amount"


def test_it_takes_its_share_of_the_tax_and_the_last_takes_the_rest(uows: UnitOfWorks) -> None:
    given.tax_code(uows, "Albany", "4", "4.875")
    given.setting(uows, "default_tax_code", "Albany")
    invoice_id = given.issued_invoice(uows)
    payment_id = given.payment(uows, invoice_id)
    with uows.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
    assert invoice.tax_amount > 0
    rest = invoice.total_amount - 20
    made = [record(uows, payment_id, "20"), record(uows, payment_id, str(rest))]
    with uows.read() as session:
        taxes = [session.get_one(Refund, key).tax_amount for key in made]
    assert taxes[0] == Decimal("1.63")  # 20.00 * 3.24 / 39.74
    assert sum(taxes, Decimal(0)) == invoice.tax_amount


def test_once_it_is_recorded_only_words_change(uows: UnitOfWorks) -> None:
    refund_id = record(
        uows, given.payment(uows, given.issued_invoice(uows)), "5", account="Checking"
    )

    def change(**values: Any) -> Any:
        def act(uow: Any) -> None:
            records.update_record(uow, uow.session.get_one(Refund, refund_id), values)

        return act

    error = refused(uows, Conflict, change(amount=Decimal(6)))
    assert (error.message, error.field) == ("A recorded refund stays as it is.", "amount")
    with uows.begin(actor=ANN, source="grid") as uow:
        change(account="Savings", reason="Torn")(uow)
    with uows.sessions.begin() as session:
        session.execute(sa.update(Refund).values(qb_refund_id="9"))
    assert refused(uows, Conflict, change(account="Checking")).field == "account"
    with uows.begin(actor=ANN, source="grid") as uow:
        change(reason="Torn at a corner")(uow)


@pytest.mark.parametrize(
    ("wanted", "accounts", "words"),
    [
        (None, [], "Nobody has said which account refunds are paid from."),
        ("Checking", [], "QuickBooks has no account called Checking"),
        ("Checking", [("35", "Checking", False)], "QuickBooks has no account called Checking"),
        (
            "Checking",
            [("35", "Checking", True), ("36", "Checking", True)],
            "QuickBooks has several accounts called Checking",
        ),
    ],
)
def test_an_account_nobody_can_name_stops_it_before_it_leaves(
    uows: UnitOfWorks, wanted: str | None, accounts: list[tuple[str, str, bool]], words: str
) -> None:
    shirt = given.product(uows, qb_item_id="12")
    buyer = given.customer(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        line = OrderLine(quantity=Decimal(1), product_id=shirt)
        order_id = orders.create_order(uow, customer_id=buyer, lines=[line], po_date=DAY).id
        orders.approve(uow, order_id=order_id)
        draft = invoicing.draft_from_order(uow, order_id=order_id)
        invoice_id = invoicing.issue(uow, invoice_id=draft.id).id
    refund_id = record(uows, given.payment(uows, invoice_id), "5", account=wanted)
    with uows.begin(actor=ANN, source="pull") as uow:
        for qbo_id, name, is_active in accounts:
            uow.session.add(QbAccount(qb_account_id=qbo_id, name=name, is_active=is_active))
    with uows.begin(actor=ANN, source="push") as uow:
        made = uow.session.get_one(Refund, refund_id)
        with pytest.raises(Rejected) as caught:
            RefundPusher().prepare(uow.session, made, "create", Facts())
    assert words in caught.value.message


def test_it_is_queued_once(uows: UnitOfWorks) -> None:
    refund_id = record(uows, given.payment(uows, given.issued_invoice(uows)), "5")
    with uows.read() as session:
        rows = session.scalars(
            sa.select(SyncQueueRow.operation).where(SyncQueueRow.entity_id == refund_id)
        ).all()
    assert rows == ["create"]
