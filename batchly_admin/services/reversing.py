"""Take an issued invoice back the right way: void it, or credit it, never both.

An invoice nobody paid or credited, in a period that is open, is voided. Any other is credited. To
correct one, it is credited in full and a new draft, a copy of it, takes its place: the order counts
what the new one bills.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain import invoices
from batchly_admin.domain.statuses import InvoiceStatus
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.billing import CreditMemo, Invoice, InvoiceLineItem
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import (
    closing,
    credit_memos,
    credit_rests,
    drafts,
    invoicing,
    settling,
)
from batchly_admin.services.company import today
from batchly_admin.services.unit_of_work import UnitOfWork

COPIED = (
    "customer_id",
    "customer_name",
    "po_id",
    "job_id",
    "payment_term_id",
    "discount_amount",
    "shipping_amount",
    "shipping_taxable",
    "tax_code_id",
    "qb_private_note",
    "qb_customer_memo",
    "shipping_date",
    "tracking_number",
    "shipping_method",
)
COPIED_OF_LINE = (
    "line_number",
    "job_line_item_id",
    "po_line_item_id",
    "product_id",
    "description",
    "quantity",
    "unit_price",
    "is_taxable",
    "qb_item_id",
)


def reverse(uow: UnitOfWork, *, invoice_id: UUID, reason: str) -> CreditMemo | None:
    """Void an invoice, or give the credit memo that takes it back where voiding is not allowed.

    Raises:
        NotFound: when there is no such invoice.
        Conflict: when it is a draft, void, or credited in full already.
        InvalidInput: without a reason.
    """
    words = _reason(reason)
    _, invoice = _lock(uow, invoice_id)
    if may_void(uow, invoice):
        invoicing.void(uow, invoice_id=invoice_id, reason=words)
        return None
    _check_issued(invoice)
    uow.summary = uow.summary or f"Credited {invoice.invoice_number}: {words}"[:300]
    return credit_memos.credit_rest(uow, invoice_id=invoice_id, reason=words)


def may_void(uow: UnitOfWork, invoice: Invoice) -> bool:
    """Tell whether an invoice is unpaid, uncredited and in an open period."""
    credits_ = sa.select(CreditMemo.id).where(
        CreditMemo.invoice_id == invoice.id, CreditMemo.voided_at.is_(None)
    )
    return (
        invoice.issued_at is not None
        and invoice.voided_at is None
        and not invoice.amount_paid
        and not invoice.amount_credited
        and not closing.is_closed(uow.session, invoice.invoice_date)
        and uow.session.scalar(credits_.limit(1)) is None
    )


def correct(uow: UnitOfWork, *, invoice_id: UUID, reason: str) -> Invoice:
    """Credit an invoice in full and give the new draft that takes its place.

    Raises:
        NotFound: when there is no such invoice.
        Conflict: when it is a draft, void, or another one took its place already.
        InvalidInput: without a reason.
    """
    words = _reason(reason)
    order, invoice = _lock(uow, invoice_id)
    _check_issued(invoice)
    number = invoice.invoice_number
    later = uow.session.scalar(
        sa.select(Invoice.invoice_number).where(
            Invoice.corrects_id == invoice.id, Invoice.voided_at.is_(None)
        )
    )
    if later is not None:
        raise Conflict(f"{later} took the place of {number} already.")
    uow.summary = uow.summary or f"Corrected {number}: {words}"[:300]
    if credit_rests.rest_of(uow.session, invoice).total > 0:
        credit_memos.credit_rest(uow, invoice_id=invoice_id, reason=words)
    draft = _copy(uow, invoice)
    if order is not None:
        settling.settle_invoicing(uow, order)
    return draft


def _copy(uow: UnitOfWork, invoice: Invoice) -> Invoice:
    key, day = new_id(), today(uow)
    term = invoice.payment_term
    draft = Invoice(
        id=key,
        invoice_number=f"{invoices.DRAFT_PREFIX}{key.hex[-12:]}",
        corrects_id=invoice.id,
        invoice_date=day,
        due_date=invoices.due_date(day, term.due_days if term else None),
        status=InvoiceStatus.DRAFT.value,
        **{name: getattr(invoice, name) for name in COPIED},
    )
    draft.customer = invoice.customer
    draft.lines = [
        InvoiceLineItem(id=new_id(), **{name: getattr(line, name) for name in COPIED_OF_LINE})
        for line in invoice.lines
    ]
    # Before it is added: the row is written once, with all its figures.
    drafts.recalculate(uow, draft)
    uow.session.add(draft)
    uow.session.flush()
    return draft


def _lock(uow: UnitOfWork, invoice_id: UUID) -> tuple[PurchaseOrder | None, Invoice]:
    # The order before the invoice, as everybody locks them.
    order_id = uow.session.scalar(sa.select(Invoice.po_id).where(Invoice.id == invoice_id))
    order = settling.lock_order(uow, order_id) if order_id is not None else None
    return order, invoicing.lock_invoice(uow, invoice_id)


def _check_issued(invoice: Invoice) -> None:
    number = invoice.invoice_number
    if invoice.issued_at is None:
        raise Conflict(f"{number} is a draft; change or delete it instead.")
    if invoice.voided_at is not None:
        raise Conflict(f"{number} is void already.")


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise InvalidInput("Say why the invoice is taken back.", field="reason")
    return words
