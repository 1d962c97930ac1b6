"""Push refunds that were recorded in Batchly, paid out of the account that was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.models.billing import InvoiceLineItem, Refund
from batchly_admin.models.catalogue import QbAccount
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping.refund import to_qbo_refund
from batchly_admin.qbo.push import base
from batchly_admin.qbo.push.documents import (
    DocumentPusher,
    closed,
    refuse,
    taxed_there,
    untaxable,
)
from batchly_admin.qbo.verify import Expected
from batchly_admin.services import settings

SETTING = "refund_account"


class RefundPusher(DocumentPusher):
    """Refunds; QuickBooks books them as refund receipts."""

    kind = base.kind("refund")
    entity = "RefundReceipt"

    def parents(self, record: Refund) -> Iterable[Any]:
        """The customer, the sale that is taken back, and the product it is booked on."""
        if record.qb_refund_id:
            return
        yield record.customer
        if record.invoice is not None:
            yield record.invoice
        line = _line_of(record)
        if line is not None and line.product is not None and not line.qb_item_id:
            yield line.product

    def prepare(
        self, session: Session, record: Refund, operation: str, facts: Facts
    ) -> base.Sending:
        """Check the refund and build the call."""
        if operation == base.VOID:
            return self.ending(record)
        if record.qb_refund_id or record.voided_at is not None:
            return self.nothing(record, "There is nothing to send.")
        code = record.invoice.tax_code if record.invoice is not None else None
        item_ref = _item_of(record)
        refuse(
            [
                closed(record.refund_date, facts),
                untaxable(session, code, record.tax_amount),
                None if item_ref else "No line of its invoice has an item in QuickBooks.",
            ]
        )
        customer_ref = str(record.customer.qb_customer_id)
        payload = to_qbo_refund(
            record,
            customer_ref=customer_ref,
            item_ref=item_ref,
            account_ref=_account(session, record),
            quickbooks_taxes=taxed_there(session),
        )
        expected = Expected(
            number=record.refund_number,
            customer_ref=customer_ref,
            lines=(record.amount - record.tax_amount,),
            tax=record.tax_amount,
            total=record.amount,
        )
        number = record.refund_number
        return base.Sending(self.entity, base.CREATE, payload, record.id, number, expected=expected)


def _line_of(refund: Refund) -> InvoiceLineItem | None:
    lines = refund.invoice.lines if refund.invoice is not None else []
    return next((line for line in lines if line.qb_item_id or line.product is not None), None)


def _item_of(refund: Refund) -> str:
    line = _line_of(refund)
    if line is None:
        return ""
    return line.qb_item_id or (line.product.qb_item_id if line.product is not None else "") or ""


def _account(session: Session, refund: Refund) -> str:
    """Give QuickBooks' id of the account the money comes from.

    Raises:
        Rejected: none is chosen, or QuickBooks has no such account.
    """
    wanted = str(refund.account or settings.get(session, SETTING) or "").strip()
    if not wanted:
        raise Rejected(
            "Nobody has said which account refunds are paid from.",
            code="account",
            hint="Choose the refund account (refund_account) in the settings, or one on the refund,"
            " and retry.",
        )
    found: list[str] = []
    for column in (QbAccount.number, QbAccount.name, QbAccount.qb_account_id):
        query = sa.select(QbAccount.qb_account_id).where(
            column == wanted, QbAccount.is_active.is_(True)
        )
        found = found or list(session.scalars(query))
    if len(found) != 1:
        word = "several accounts" if found else "no account"
        raise Rejected(
            f"QuickBooks has {word} called {wanted}, from which the refund should be paid.",
            code="account",
            hint="Pull the accounts, put the refund account (refund_account) right, and retry.",
        )
    return found[0]
