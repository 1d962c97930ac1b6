"""What is left to credit of an issued invoice, line by line: neither credited nor given back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain import crediting
from batchly_admin.domain.crediting import Billed, Parts
from batchly_admin.domain.money import ZERO, money
from batchly_admin.domain.statuses import CreditMemoStatus
from batchly_admin.models.billing import (
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
    InvoiceLineItem,
    Refund,
)

COUNTS = (CreditMemoStatus.ISSUED, CreditMemoStatus.APPLIED)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to credit of an invoice: its parts, and lines that come to its subtotal."""

    parts: Parts
    lines: tuple[dict[str, Any], ...]

    @property
    def total(self) -> Decimal:
        """The whole."""
        return self.parts.total


def rest_of(session: Session, invoice: Invoice) -> Rest:
    """Give what is neither credited nor refunded of an issued invoice."""
    credited, refunded = _credited(session, invoice), _refunded(session, invoice)
    left = parts_of(invoice).less(credited).less(refunded)
    if left.total <= 0:
        return Rest(Parts(), ())
    billed = _billed_lines(session, invoice)
    if refunded.total or not crediting.adds_up(list(billed.values()), left.subtotal):
        return _one_line(invoice, left)
    found = []
    for line in invoice.lines:
        rest = crediting.rest_of_line(billed[line.id])
        if rest is not None:
            found.append(_copy(line, *rest))
    return Rest(left, tuple(found))


def parts_of(document: Invoice | CreditMemo) -> Parts:
    """Give the amounts of a document."""
    return Parts(
        document.subtotal, document.discount_amount, document.shipping_amount, document.tax_amount
    )


def _credited(session: Session, invoice: Invoice) -> Parts:
    row = session.execute(
        sa.select(
            sa.func.sum(CreditMemo.subtotal),
            sa.func.sum(CreditMemo.discount_amount),
            sa.func.sum(CreditMemo.shipping_amount),
            sa.func.sum(CreditMemo.tax_amount),
        ).where(CreditMemo.invoice_id == invoice.id, CreditMemo.status.in_(COUNTS))
    ).one()
    return Parts(*(money(value or ZERO) for value in row))


def _refunded(session: Session, invoice: Invoice) -> Parts:
    amount, tax = session.execute(
        sa.select(sa.func.sum(Refund.amount), sa.func.sum(Refund.tax_amount)).where(
            Refund.invoice_id == invoice.id, Refund.voided_at.is_(None)
        )
    ).one()
    tax = money(tax or ZERO)
    return Parts(subtotal=money((amount or ZERO) - tax), tax=tax)


def _billed_lines(session: Session, invoice: Invoice) -> dict[UUID, Billed]:
    before = {
        key: (quantity, amount)
        for key, quantity, amount in session.execute(
            sa.select(
                CreditMemoLineItem.invoice_line_item_id,
                sa.func.sum(CreditMemoLineItem.quantity),
                sa.func.sum(CreditMemoLineItem.line_total),
            )
            .join(CreditMemo, CreditMemo.id == CreditMemoLineItem.credit_memo_id)
            .where(CreditMemo.invoice_id == invoice.id, CreditMemo.status.in_(COUNTS))
            .group_by(CreditMemoLineItem.invoice_line_item_id)
        )
    }
    return {
        line.id: Billed(
            line.quantity,
            line.unit_price,
            line.line_total,
            *before.get(line.id, (Decimal(0), ZERO)),
        )
        for line in invoice.lines
    }


def _copy(line: InvoiceLineItem, quantity: Decimal, price: Decimal) -> dict[str, Any]:
    return {
        "invoice_line_item_id": line.id,
        "product_id": line.product_id,
        "description": line.description,
        "quantity": quantity,
        "unit_price": price,
        "is_taxable": line.is_taxable,
    }


def _one_line(invoice: Invoice, left: Parts) -> Rest:
    """Give the rest as one amount, where it cannot be told apart by lines any more."""
    net = money(left.total - left.tax)
    line = next((one for one in invoice.lines if one.product_id), None)
    words = {
        "product_id": line.product_id if line is not None else None,
        "description": f"What is left of {invoice.invoice_number}",
        "quantity": crediting.ONE,
        "unit_price": net,
        "is_taxable": left.tax > 0,
    }
    return Rest(Parts(subtotal=net, tax=left.tax), (words,))
