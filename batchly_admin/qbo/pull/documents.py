"""What became in QuickBooks of the invoices, credit memos and refunds we made.

An issued document never changes here because somebody changed its copy: the difference is written
down, the badge says so, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus, SyncState
from batchly_admin.models.billing import CreditMemo, Invoice, Refund
from batchly_admin.models.sync import SyncDifference
from batchly_admin.models.synced import kind_of
from batchly_admin.qbo import differences
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.pull import base, linked
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork

FIELDS = {"amount": "total", "customer": "customer", "number": "number"}

Document = Invoice | CreditMemo | Refund
Found = tuple[str, str, str]
"""Kind of difference, our value, theirs."""


def apply_invoice(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Keep an invoice's version; say aloud when QuickBooks voided, deleted or changed it."""
    invoice = uow.session.scalar(
        sa.select(Invoice).where(Invoice.qb_invoice_id == str(body["Id"])).limit(1)
    )
    is_void = invoice is not None and invoice.status == InvoiceStatus.VOID
    _apply(uow, invoice, body, result, is_void=is_void)


def apply_credit_memo(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Do the same for a credit memo."""
    memo = uow.session.scalar(
        sa.select(CreditMemo).where(CreditMemo.qb_credit_memo_id == str(body["Id"])).limit(1)
    )
    is_void = memo is not None and memo.status == CreditMemoStatus.VOID
    _apply(uow, memo, body, result, is_void=is_void)


def apply_refund(uow: UnitOfWork, refund: Refund, body: base.Body, result: base.PullResult) -> None:
    """Do the same for a refund that was recorded here."""
    _apply(uow, refund, body, result, is_void=refund.voided_at is not None)


def _apply(
    uow: UnitOfWork,
    document: Document | None,
    body: base.Body,
    result: base.PullResult,
    *,
    is_void: bool,
) -> None:
    if document is not None and fields.is_deleted(body):
        _delete(uow, document, body, result, is_void=is_void)
        return
    result.unchanged += 1
    if document is None or base.is_older(document, body):
        return
    for kind, ours, theirs in _differences(document, body, is_void=is_void):
        _differ(uow, document, result, (kind, ours, theirs))
    base.stamp(uow, document, body)


def _delete(
    uow: UnitOfWork,
    document: Document,
    body: base.Body,
    result: base.PullResult,
    *,
    is_void: bool,
) -> None:
    if is_void:
        # Void here and gone there: nobody owes anything in either book.
        linked.bury(document, body)
        result.unchanged += 1
        return
    result.differences += linked.lose(uow, document, body)
    result.removed += 1


def _differences(document: Document, body: base.Body, *, is_void: bool) -> Iterator[Found]:
    if is_void or fields.is_voided(body):
        if not is_void:
            yield "voided", "open" if isinstance(document, Refund) else document.status, "void"
        return
    theirs = fields.amount(body.get("TotalAmt"))
    ours = document.amount if isinstance(document, Refund) else document.total_amount
    if theirs != ours:
        yield "amount", f"{ours:.2f}", f"{theirs:.2f}"
    number, taken = str(body.get("DocNumber") or ""), _number(document)
    if number != taken:
        yield "number", taken, number
    customer, known = fields.ref_id(body, "CustomerRef"), document.customer.qb_customer_id
    if known and customer != known:
        yield "customer", known, customer or ""


def _number(document: Document) -> str:
    """Give the number QuickBooks took, which was compared with ours when it was pushed."""
    taken = document.qb_doc_number if isinstance(document, Invoice) else None
    return taken or kind_of(document).label(document)


def _differ(
    uow: UnitOfWork, document: Any, result: base.PullResult, found: tuple[str, str, str]
) -> None:
    kind, ours, theirs = found
    synced = kind_of(document)
    name = synced.entity_type.replace("_", " ")
    row = SyncDifference(
        entity_type=synced.entity_type,
        entity_id=document.id,
        qbo_id=synced.qbo_id(document),
        label=synced.label(document)[:200],
        kind=kind,
        field=FIELDS.get(kind),
        ours=ours,
        theirs=theirs,
    )
    result.differences += differences.note(uow, row)
    words = {
        "voided": f"This {name} was voided in QuickBooks.",
        "amount": f"QuickBooks says {theirs}, ours is {ours}.",
        "number": f"QuickBooks calls it {theirs or 'nothing'}, ours is {ours}.",
        "customer": f"In QuickBooks this {name} belongs to another customer, number {theirs}.",
    }
    outbox.set_badge(document, SyncState.WARNING, words[kind])
