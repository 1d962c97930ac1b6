"""Payments: recorded here or in QuickBooks, shared out over invoices.

What an invoice has been paid is always the sum of its allocations, so writing the same payment
twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.money import ZERO, money, total
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.base import assign
from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation
from batchly_admin.models.customers import Customer
from batchly_admin.services import deleting, invoicing, numbering, outbox, pushing
from batchly_admin.services.company import company, today
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork

HERE, QUICKBOOKS = "batchly", "quickbooks"
OPEN_COLUMNS = frozenset({"notes"})
"""What may change on a payment once it is recorded: it is in QuickBooks within seconds."""


class Details(TypedDict, total=False):
    """What else may be said of a payment recorded here."""

    method_id: UUID | None
    reference: str | None
    notes: str | None


class PulledFacts(TypedDict):
    """What QuickBooks says of a payment."""

    payment_date: date
    amount: Decimal
    payment_method_id: UUID | None
    reference: str | None


def record_payment(
    uow: UnitOfWork,
    *,
    customer_id: UUID,
    amount: Decimal,
    payment_date: date,
    allocations: Mapping[UUID, Decimal],
    **details: Unpack[Details],
) -> Payment:
    """Record money a customer paid, share it out over invoices, and queue it for QuickBooks.

    Raises:
        InvalidInput: when an amount is not usable or more is shared out than was paid.
        Conflict: when an invoice is another customer's, not issued, void, or owes less.
    """
    customer = uow.session.get(Customer, customer_id) if customer_id else None
    if customer is None:
        raise InvalidInput("A payment needs a customer.", field="customer_id")
    amount = money(amount)
    if amount <= 0:
        raise InvalidInput("A payment is above zero.", field="amount")
    shares = {key: money(share) for key, share in allocations.items() if money(share)}
    _check_shares(uow, customer, amount, shares)
    payment = Payment(
        id=new_id(),
        payment_number=_next_number(uow),
        customer_id=customer.id,
        payment_date=payment_date,
        amount=amount,
        payment_method_id=details.get("method_id"),
        reference=details.get("reference"),
        notes=details.get("notes"),
        source=HERE,
    )
    payment.allocations = [
        PaymentAllocation(id=new_id(), invoice_id=key, amount=share)
        for key, share in shares.items()
    ]
    uow.session.add(payment)
    uow.session.flush()
    _refresh(uow, shares)
    if not pushing.is_before_start(uow.session, payment_date):
        outbox.enqueue(uow, payment, "create")
    return payment


def record_from_cells(uow: UnitOfWork, values: Mapping[str, Any]) -> Payment:
    """Record a payment that names no invoices: it pays the customer's oldest ones first.

    What is left over stays as the customer's credit, as QuickBooks does it too.

    Raises:
        InvalidInput: when a value is missing or not usable.
    """
    given = dict(values)
    customer_id, amount = given.get("customer_id"), given.get("amount")
    if customer_id is None or amount is None:
        field = "customer_id" if customer_id is None else "amount"
        raise InvalidInput("A payment needs a customer and an amount.", field=field)
    return record_payment(
        uow,
        customer_id=customer_id,
        amount=amount,
        payment_date=given.get("payment_date") or today(uow),
        allocations=_oldest_first(uow, customer_id, money(amount)),
        method_id=given.get("payment_method_id"),
        reference=given.get("reference"),
        notes=given.get("notes"),
    )


def update_payment(_uow: UnitOfWork, payment: Payment, values: Mapping[str, Any]) -> None:
    """Change what may change on a payment: its notes.

    Raises:
        Conflict: for anything else; it can be cancelled and recorded anew.
    """
    for name, value in values.items():
        if name not in OPEN_COLUMNS and getattr(payment, name) != value:
            words = "A recorded payment stays as it is; cancel it and record it anew."
            raise Conflict(words, field=name)
        setattr(payment, name, value)


def record_pulled_payment(
    uow: UnitOfWork,
    *,
    payment_id: UUID | None,
    customer_id: UUID,
    applied: Mapping[UUID, Decimal],
    **facts: Unpack[PulledFacts],
) -> tuple[Payment, bool]:
    """Write a payment as QuickBooks has it; tell whether anything changed.

    Without `payment_id` it is new here. Doing it twice changes nothing the second time.

    Raises:
        NotFound: when `payment_id` names no payment.
    """
    shares = {key: money(share) for key, share in applied.items() if money(share) > 0}
    values: dict[str, Any] = {**facts, "customer_id": customer_id, "voided_at": None}
    values["amount"] = money(facts["amount"])
    if payment_id is None:
        payment = Payment(
            id=new_id(), payment_number=_next_number(uow), source=QUICKBOOKS, **values
        )
        uow.session.add(payment)
        changed, before = True, {}
    else:
        payment = lock_payment(uow, payment_id)
        if payment.source == HERE:
            # Our own number went there as the reference; it is not news.
            values.pop("reference")
        changed = assign(payment, values)
        before = {one.invoice_id: one.amount for one in payment.allocations}
    if before != shares:
        changed = True
        _allocate(uow, payment, shares)
    uow.session.flush()
    if changed:
        _refresh(uow, {*before, *shares})
    return payment, changed


def void_pulled_payment(uow: UnitOfWork, *, payment_id: UUID) -> Payment:
    """Take note that a payment was cancelled in QuickBooks; its invoices are open again.

    Raises:
        NotFound: when there is no such payment.
    """
    payment = lock_payment(uow, payment_id)
    if payment.voided_at is None:
        payment.voided_at = uow.now()
        uow.session.flush()
        _refresh(uow, [one.invoice_id for one in payment.allocations])
    return payment


def remove_unsent(uow: UnitOfWork, payment: Payment) -> None:
    """Delete a payment that never left for QuickBooks; its invoices are open again.

    Raises:
        Conflict: when it is in QuickBooks, or may be.
    """
    paid = [one.invoice_id for one in payment.allocations]
    deleting.delete(uow, payment)
    _refresh(uow, paid)


def _check_shares(
    uow: UnitOfWork, customer: Customer, amount: Decimal, shares: Mapping[UUID, Decimal]
) -> None:
    if any(share < 0 for share in shares.values()):
        raise InvalidInput("An invoice is paid with an amount above zero.", field="allocations")
    shared = total(shares.values())
    if shared > amount:
        raise InvalidInput(
            f"{shared} are shared out, but only {amount} were paid.", field="allocations"
        )
    for key in sorted(shares, key=str):
        invoice = invoicing.lock_invoice(uow, key)
        number = invoice.invoice_number
        if invoice.customer_id != customer.id:
            raise Conflict(f"{number} belongs to {invoice.customer_name}.", field="allocations")
        if invoice.issued_at is None or invoice.voided_at is not None:
            word = "void" if invoice.voided_at is not None else "not issued yet"
            raise Conflict(f"{number} is {word}.", field="allocations")
        owed = invoice.total_amount - invoice.amount_paid - invoice.amount_credited
        if shares[key] > owed:
            raise Conflict(f"{number} owes only {owed}.", field="allocations")


def _oldest_first(uow: UnitOfWork, customer_id: UUID, amount: Decimal) -> dict[UUID, Decimal]:
    query = (
        sa.select(Invoice.id, Invoice.balance_due)
        .where(
            Invoice.customer_id == customer_id,
            Invoice.issued_at.is_not(None),
            Invoice.voided_at.is_(None),
            Invoice.balance_due > ZERO,
        )
        .order_by(Invoice.invoice_date, Invoice.id)
    )
    shares: dict[UUID, Decimal] = {}
    left = amount
    for key, balance in uow.session.execute(query):
        if left <= 0:
            break
        shares[key] = min(left, balance)
        left -= shares[key]
    return shares


def _next_number(uow: UnitOfWork) -> str:
    return numbering.document_number(uow, company(uow.session).payment_prefix)


def lock_payment(uow: UnitOfWork, payment_id: UUID) -> Payment:
    """Give a payment as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    return locked(uow, Payment, payment_id, "payment")


def _allocate(uow: UnitOfWork, payment: Payment, shares: Mapping[UUID, Decimal]) -> None:
    known = {one.invoice_id: one for one in payment.allocations}
    for key, one in known.items():
        if key not in shares:
            payment.allocations.remove(one)
    for key, share in shares.items():
        if key in known:
            known[key].amount = share
        else:
            payment.allocations.append(PaymentAllocation(id=new_id(), invoice_id=key, amount=share))
    uow.session.flush()


def _refresh(uow: UnitOfWork, ids: Iterable[UUID]) -> None:
    for key in sorted(ids, key=str):
        invoicing.refresh_payment_state(uow, invoicing.lock_invoice(uow, key))
