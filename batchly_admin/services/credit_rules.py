"""What credit memos must fulfil to be issued, used or cancelled, and what is left of them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.money import ZERO, money
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice
from batchly_admin.services import closing, credit_rests, pushing
from batchly_admin.services.unit_of_work import UnitOfWork

QUICKBOOKS = "quickbooks"


def live(memo: CreditMemo) -> list[CreditApplication]:
    """Give what a credit memo is used on."""
    return [one for one in memo.applications if one.voided_at is None]


def left_of(memo: CreditMemo) -> Decimal:
    """Give what is left of a credit memo."""
    return money(memo.total_amount - memo.amount_applied)


def check_issue(uow: UnitOfWork, memo: CreditMemo, invoice: Invoice | None) -> None:
    """Let a draft be issued.

    Raises:
        InvalidInput: when it credits nothing or its date lies in a closed period.
        Conflict: when more would be credited than is left of the invoice.
    """
    # What is left may be the shipping alone.
    if not (memo.lines or memo.shipping_amount) or memo.total_amount <= 0:
        raise InvalidInput("A credit memo needs lines that come to more than zero.", field="lines")
    closing.refuse_closed(uow.session, memo.credit_date, "credit_date")
    if invoice is None:
        return
    number = invoice.invoice_number
    if invoice.issued_at is None or invoice.voided_at is not None:
        raise Conflict(f"{number} is void or a draft; there is nothing to credit.")
    left = credit_rests.rest_of(uow.session, invoice).parts
    for name, amount, most in (
        ("", memo.total_amount, left.total),
        (" in tax", memo.tax_amount, left.tax),
        (" in shipping", memo.shipping_amount, left.shipping),
    ):
        if amount > max(most, ZERO):
            raise Conflict(f"Only {max(most, ZERO)}{name} is left to credit of {number}.")


def check_use(memo: CreditMemo, invoice: Invoice, amount: Decimal) -> None:
    """Let some of a credit memo be used on an invoice.

    Raises:
        InvalidInput: when the amount is not above zero.
        Conflict: when either has less left, or they are not each other's.
    """
    number, used = invoice.invoice_number, memo.credit_memo_number
    if amount <= 0:
        raise InvalidInput("An amount above zero is used.", field="amount")
    if memo.issued_at is None or memo.voided_at is not None:
        raise Conflict(f"{used} is cancelled or a draft.")
    if invoice.customer_id != memo.customer_id:
        raise Conflict(f"{number} belongs to {invoice.customer_name}.", field="invoice_id")
    if invoice.issued_at is None or invoice.voided_at is not None:
        raise Conflict(f"{number} is void or a draft.", field="invoice_id")
    if amount > left_of(memo):
        raise Conflict(f"Only {left_of(memo)} is left of {used}.", field="amount")
    owed = invoice.balance_due
    if amount > owed:
        raise Conflict(f"{number} owes only {owed}.", field="amount")


def check_cancellable(uow: UnitOfWork, memo: CreditMemo) -> None:
    """Let a credit memo be cancelled.

    Raises:
        Conflict: saying what speaks against it.
    """
    number = memo.credit_memo_number
    if memo.issued_at is None:
        raise Conflict(f"{number} is a draft; delete it instead.")
    if memo.voided_at is not None:
        raise Conflict(f"{number} is cancelled already.")
    if closing.is_closed(uow.session, memo.credit_date):
        raise Conflict(f"{closing.up_to(uow.session)}; {number} stays.")
    foreign = next((one for one in live(memo) if one.source == QUICKBOOKS), None)
    if foreign is not None:
        raise Conflict(f"{foreign.label} was done in QuickBooks; take it off there first.")
    replaced = uow.session.scalar(
        sa.select(Invoice).where(
            Invoice.corrects_id == memo.invoice_id,
            Invoice.voided_at.is_(None),
            Invoice.corrects_id.is_not(None),
        )
    )
    if replaced is not None:
        word = "delete" if replaced.issued_at is None else "void"
        raise Conflict(f"{replaced.invoice_number} took its invoice's place; {word} it first.")


def open_invoices(session: Session, memo: CreditMemo) -> list[UUID]:
    """Give the open invoices of its customer: its own first, then the oldest."""
    own = sa.case((Invoice.id == memo.invoice_id, 0), else_=1)
    query = (
        sa.select(Invoice.id)
        .where(
            Invoice.customer_id == memo.customer_id,
            Invoice.issued_at.is_not(None),
            Invoice.voided_at.is_(None),
            Invoice.balance_due > ZERO,
        )
        .order_by(own, Invoice.invoice_date, Invoice.id)
    )
    return list(session.scalars(query))


def stays_here(session: Session, memo: CreditMemo, invoice: Invoice | None) -> bool:
    """Tell whether a credit memo or its use is from before the day QuickBooks is kept."""
    if memo.qb_credit_memo_id is None and pushing.is_before_start(session, memo.credit_date):
        return True
    return (
        invoice is not None
        and invoice.qb_invoice_id is None
        and pushing.is_before_start(session, invoice.invoice_date)
    )
