"""Our side of each type: one statement that gives every record as it should stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus
from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
    InvoiceLineItem,
    Payment,
    PaymentAllocation,
    Refund,
)
from batchly_admin.models.catalogue import Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.reconcile.records import Line, Ours, Shares, Side

CHUNK = 500
HERE = "batchly"
_THEIR_CUSTOMER = Customer.qb_customer_id


def select(id_: Any, qbo_id: Any, label: Any, **more: Any) -> sa.Select[Any]:
    """Give the statement of one type; what it does not say is left out of the comparison."""
    named = {"id": id_, "qbo_id": qbo_id, "label": label, **more}
    return sa.select(*(column.label(name) for name, column in named.items()))


CUSTOMERS = select(
    Customer.id, Customer.qb_customer_id, Customer.display_name, is_active=Customer.is_active
)
ITEMS = select(Product.id, Product.qb_item_id, Product.name, is_active=Product.is_active)
TAX_CODES = select(
    TaxCode.id,
    TaxCode.qb_tax_code_id,
    TaxCode.name,
    is_active=TaxCode.is_active,
    rate=TaxCode.combined_rate,
)
INVOICES = (
    select(
        Invoice.id,
        Invoice.qb_invoice_id,
        Invoice.invoice_number,
        day=Invoice.invoice_date,
        amount=Invoice.total_amount,
        tax=Invoice.tax_amount,
        balance=Invoice.balance_due,
        customer=_THEIR_CUSTOMER,
        number=Invoice.invoice_number,
        is_void=Invoice.status == InvoiceStatus.VOID,
        is_wanted=Invoice.status != InvoiceStatus.VOID,
    )
    .join(Customer, Customer.id == Invoice.customer_id)
    .where(Invoice.issued_at.is_not(None))
)
CREDIT_MEMOS = (
    select(
        CreditMemo.id,
        CreditMemo.qb_credit_memo_id,
        CreditMemo.credit_memo_number,
        day=CreditMemo.credit_date,
        amount=CreditMemo.total_amount,
        tax=CreditMemo.tax_amount,
        balance=CreditMemo.total_amount - CreditMemo.amount_applied,
        customer=_THEIR_CUSTOMER,
        number=CreditMemo.credit_memo_number,
        is_void=CreditMemo.status == CreditMemoStatus.VOID,
        is_wanted=CreditMemo.status != CreditMemoStatus.VOID,
    )
    .join(Customer, Customer.id == CreditMemo.customer_id)
    .where(CreditMemo.issued_at.is_not(None))
)
PAYMENTS = select(
    Payment.id,
    Payment.qb_payment_id,
    Payment.payment_number,
    day=Payment.payment_date,
    amount=Payment.amount,
    customer=_THEIR_CUSTOMER,
    is_void=Payment.voided_at.is_not(None),
    is_wanted=sa.and_(Payment.voided_at.is_(None), Payment.source == HERE),
).join(Customer, Customer.id == Payment.customer_id)
REFUNDS = select(
    Refund.id,
    Refund.qb_refund_id,
    Refund.refund_number,
    day=Refund.refund_date,
    amount=Refund.amount,
    customer=_THEIR_CUSTOMER,
    is_void=Refund.voided_at.is_not(None),
    is_wanted=sa.and_(Refund.voided_at.is_(None), Refund.source == HERE),
).join(Customer, Customer.id == Refund.customer_id)
CREDIT_USES = (
    select(
        CreditApplication.id,
        CreditApplication.qb_payment_id,
        CreditApplication.label,
        day=CreditApplication.application_date,
        customer=_THEIR_CUSTOMER,
        is_void=CreditApplication.voided_at.is_not(None),
        is_wanted=sa.and_(CreditApplication.voided_at.is_(None), CreditApplication.source == HERE),
    )
    .join(Invoice, Invoice.id == CreditApplication.invoice_id)
    .join(Customer, Customer.id == Invoice.customer_id)
)


def read(session: Session, statement: sa.Select[Any]) -> list[Ours]:
    """Give the records of a statement."""
    return list(scan(session, statement))


def scan(session: Session, statement: sa.Select[Any]) -> Iterator[Ours]:
    """Give the records of a statement, a thousand in memory at a time."""
    rows = session.execute(statement.execution_options(yield_per=1000)).mappings()
    for row in rows:
        says = dict(row)
        id_, qbo_id = says.pop("id"), says.pop("qbo_id")
        is_wanted = bool(says.pop("is_wanted", False))
        yield Ours(id_, qbo_id, Side(**says), is_wanted)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Give values in pieces that fit into one statement."""
    every = list(values)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def invoice_lines(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[Line, ...]]:
    """Give the lines of invoices, in their order."""
    return _lines(session, InvoiceLineItem, InvoiceLineItem.invoice_id, ids)


def credit_memo_lines(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[Line, ...]]:
    """Give the lines of credit memos, in their order."""
    return _lines(session, CreditMemoLineItem, CreditMemoLineItem.credit_memo_id, ids)


def _lines(
    session: Session, model: Any, parent: Any, ids: Sequence[UUID]
) -> dict[UUID, tuple[Line, ...]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    columns = (parent, model.quantity, model.unit_price, model.line_total)
    for part in chunks(ids):
        query = sa.select(*columns).where(parent.in_(part)).order_by(parent, model.line_number)
        for key, quantity, price, amount in session.execute(query):
            found[key].append(Line(quantity, price, amount))
    return {key: tuple(found[key]) for key in ids}


def payment_shares(session: Session, ids: Sequence[UUID]) -> dict[UUID, Shares]:
    """Give what payments went to, of the invoices that QuickBooks has."""
    query = sa.select(
        PaymentAllocation.payment_id, Invoice.qb_invoice_id, PaymentAllocation.amount
    ).join(Invoice, Invoice.id == PaymentAllocation.invoice_id)
    return _shares(session, query, PaymentAllocation.payment_id, ids)


def use_shares(session: Session, ids: Sequence[UUID]) -> dict[UUID, Shares]:
    """Give what credits were used on, of the invoices that QuickBooks has."""
    query = sa.select(CreditApplication.id, Invoice.qb_invoice_id, CreditApplication.amount).join(
        Invoice, Invoice.id == CreditApplication.invoice_id
    )
    return _shares(session, query, CreditApplication.id, ids)


def _shares(session: Session, query: Any, key: Any, ids: Sequence[UUID]) -> dict[UUID, Shares]:
    found: dict[UUID, list[tuple[str, Any]]] = defaultdict(list)
    for part in chunks(ids):
        live = query.where(key.in_(part), Invoice.qb_invoice_id.is_not(None))
        for record_id, qbo_id, amount in session.execute(live):
            found[record_id].append((qbo_id, amount))
    return {key: tuple(sorted(found[key])) for key in ids}


def known_invoices(session: Session, qbo_ids: Iterable[str]) -> set[str]:
    """Give which of QuickBooks' invoices are live ones of ours."""
    return _known(session, Invoice.qb_invoice_id, qbo_ids, Invoice.voided_at.is_(None))


def known_customers(session: Session, qbo_ids: Iterable[str]) -> set[str]:
    """Give which of QuickBooks' customers are ours too."""
    return _known(session, Customer.qb_customer_id, qbo_ids, sa.true())


def _known(
    session: Session, column: Any, qbo_ids: Iterable[str], also: sa.ColumnElement[bool]
) -> set[str]:
    found: set[str] = set()
    for part in chunks(set(qbo_ids)):
        found.update(session.scalars(sa.select(column).where(column.in_(part), also)))
    return found
