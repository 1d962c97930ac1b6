"""Credit memos: never more than the invoice, never twice, and the parts make the whole."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, DocumentLocked, InvalidInput, UserError
from batchly_admin.models.billing import CreditMemo, Invoice
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import credit_drafts, credit_memos, invoicing, payments, reversing
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN, DAY


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    return caught.value.message


def draft(uows: UnitOfWorks, invoice_id: UUID) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        return credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": "Misprint"}).id


def credit(uows: UnitOfWorks, invoice_id: UUID) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        return credit_memos.credit_rest(uow, invoice_id=invoice_id, reason="Misprint").id


def invoice_of(uows: UnitOfWorks, invoice_id: UUID) -> Invoice:
    with uows.read() as session:
        return session.get_one(Invoice, invoice_id)


def test_a_full_credit_settles_its_invoice(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    memo_id = credit(uows, invoice_id)
    with uows.read() as session:
        memo = session.get_one(CreditMemo, memo_id)
        invoice = session.get_one(Invoice, invoice_id)
        assert (memo.credit_memo_number, memo.status) == ("CM-0001", "applied")
        assert memo.total_amount == invoice.total_amount == invoice.amount_credited
        assert invoice.balance_due == 0
        kinds = set(session.scalars(sa.select(SyncQueueRow.entity_type)))
        assert {"credit_memo", "credit_application"} <= kinds


def test_nothing_is_credited_twice(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    first, second = draft(uows, invoice_id), draft(uows, invoice_id)
    with uows.begin(actor=ANN, source="form") as uow:
        credit_memos.issue(uow, memo_id=first)
    words = refused(uows, Conflict, lambda uow: credit_memos.issue(uow, memo_id=second))
    assert "is left to credit of INV-0001" in words
    words = refused(uows, Conflict, lambda uow: credit_memos.issue(uow, memo_id=first))
    assert words == "CM-0001 is issued already."


def test_a_credited_invoice_cannot_be_voided_and_a_void_one_not_credited(
    uows: UnitOfWorks,
) -> None:
    credited, void = given.issued_invoice(uows), given.issued_invoice(uows)
    credit(uows, credited)
    words = refused(
        uows, Conflict, lambda uow: invoicing.void(uow, invoice_id=credited, reason="Oops")
    )
    assert "correct it with a credit memo" in words
    with uows.begin(actor=ANN, source="form") as uow:
        assert reversing.reverse(uow, invoice_id=void, reason="Oops") is None
    refused(
        uows,
        Conflict,
        lambda uow: credit_memos.credit_rest(uow, invoice_id=void, reason="Oops"),
    )


def test_a_replaced_invoice_keeps_its_credit(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        reversing.correct(uow, invoice_id=invoice_id, reason="Price")
        memo_id = uow.session.scalars(sa.select(CreditMemo.id)).one()
    words = refused(
        uows, Conflict, lambda uow: credit_memos.cancel(uow, memo_id=memo_id, reason="No")
    )
    assert "took its invoice's place; delete it first" in words


def test_a_cancelled_credit_lets_the_invoice_be_owed_again(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    memo_id = credit(uows, invoice_id)
    refused(uows, InvalidInput, lambda uow: credit_memos.cancel(uow, memo_id=memo_id, reason=" "))
    with uows.begin(actor=ANN, source="form") as uow:
        credit_memos.cancel(uow, memo_id=memo_id, reason="Wrong one")
    invoice = invoice_of(uows, invoice_id)
    assert invoice.balance_due == invoice.total_amount
    assert invoice.amount_credited == 0
    words = refused(
        uows, Conflict, lambda uow: credit_memos.cancel(uow, memo_id=memo_id, reason="Again")
    )
    assert words == "CM-0001 is cancelled already."


def test_an_open_credit_is_used_once_and_never_beyond_itself(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    paid, other = (
        given.issued_invoice(uows, customer_id=buyer),
        given.issued_invoice(uows, customer_id=buyer),
    )
    foreign = given.issued_invoice(uows)
    amount = invoice_of(uows, paid).total_amount
    with uows.begin(actor=ANN, source="form") as uow:
        payments.record_payment(
            uow,
            customer_id=buyer,
            amount=amount,
            payment_date=DAY,
            allocations={paid: amount},
        )
    memo_id = credit(uows, paid)

    def use(invoice_id: UUID, value: Decimal) -> Any:
        return lambda uow: credit_memos.apply(
            uow, memo_id=memo_id, invoice_id=invoice_id, amount=value
        )

    assert "belongs to" in refused(uows, Conflict, use(foreign, amount))
    assert "is left of CM-0001" in refused(uows, Conflict, use(other, amount + 1))
    with uows.begin(actor=ANN, source="form") as uow:
        credit_memos.apply_rest(uow, memo_id=memo_id)
    assert invoice_of(uows, other).balance_due == 0
    refused(uows, Conflict, lambda uow: credit_memos.apply_rest(uow, memo_id=memo_id))


def test_an_issued_credit_is_frozen_here_and_in_the_database(uows: UnitOfWorks) -> None:
    memo_id = credit(uows, given.issued_invoice(uows))

    def change(uow: Any) -> None:
        memo = uow.session.get_one(CreditMemo, memo_id)
        memo.total_amount = Decimal(1)
        uow.session.flush()

    refused(uows, DocumentLocked, change)
    changes = (
        "UPDATE credit_memos SET discount_amount = discount_amount + 1",
        "UPDATE credit_memo_line_items SET quantity = quantity + 1",
        "DELETE FROM credit_memo_line_items",
        "DELETE FROM credit_memos",
    )
    for text in changes:
        with pytest.raises(sa.exc.DBAPIError, match="frozen"), uows.sessions.begin() as session:
            session.execute(sa.text(text))


@pytest.mark.parametrize("seed", range(12))
def test_parts_credited_one_after_the_other_make_exactly_the_invoice(
    uows: UnitOfWorks, seed: int
) -> None:
    dice = random.Random(seed)
    lines = [(str(dice.randint(2, 40)), f"{dice.randint(1, 99999) / 10000:.4f}") for _ in range(4)]
    given.tax_code(uows, f"Code {seed}", "4", "4.875")
    invoice_id = given.issued_invoice(uows, lines=lines)
    for _step in range(3):
        memo_id = draft(uows, invoice_id)
        with uows.begin(actor=ANN, source="form") as uow:
            memo = uow.session.get_one(CreditMemo, memo_id)
            for line in list(memo.lines):
                part = dice.randint(0, int(line.quantity))
                if part == 0 and len(memo.lines) > 1:
                    credit_drafts.delete_line(uow, line)
                elif part:
                    credit_drafts.update_line(uow, line, {"quantity": Decimal(part)})
            if memo.total_amount <= 0:
                continue
            is_all = memo.total_amount >= invoice_of(uows, invoice_id).balance_due
            credit_memos.issue(uow, memo_id=memo_id)
        if is_all:
            break
    if invoice_of(uows, invoice_id).balance_due:
        credit(uows, invoice_id)
    with uows.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        issued = session.scalars(
            sa.select(CreditMemo).where(CreditMemo.issued_at.is_not(None))
        ).all()
        for column in ("subtotal", "discount_amount", "shipping_amount", "tax_amount"):
            credited = sum((getattr(memo, column) for memo in issued), Decimal(0))
            assert credited == getattr(invoice, column), column
        assert sum(memo.total_amount for memo in issued) == invoice.total_amount
        assert invoice.balance_due == 0
