"""Push credit memos, and how they are used on invoices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Session, joinedload, selectinload

from batchly_admin.errors import Rejected
from batchly_admin.models.billing import CreditApplication, CreditMemo, CreditMemoLineItem
from batchly_admin.qbo.client import Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.credit_memo import to_qbo_credit_memo, to_qbo_use
from batchly_admin.qbo.push import base
from batchly_admin.qbo.push.documents import (
    DocumentPusher,
    closed,
    refuse,
    taxed_there,
)
from batchly_admin.qbo.verify import Finding, check_before, expected, item_of


class CreditMemoPusher(DocumentPusher):
    """Credit memos; QuickBooks cannot void one, so a cancelled one is deleted there."""

    kind = base.kind("credit_memo")
    entity = "CreditMemo"

    def load(self, session: Session, record_id: UUID) -> CreditMemo | None:
        """Give the credit memo with its lines and products, in two queries."""
        return session.get(
            CreditMemo,
            record_id,
            options=[
                joinedload(CreditMemo.customer),
                joinedload(CreditMemo.invoice),
                joinedload(CreditMemo.tax_code),
                selectinload(CreditMemo.lines).joinedload(CreditMemoLineItem.product),
                selectinload(CreditMemo.lines).joinedload(CreditMemoLineItem.invoice_line),
            ],
        )

    def parents(self, record: CreditMemo) -> Iterable[Any]:
        """The customer, the invoice it credits, and products that are not in QuickBooks yet."""
        if record.qb_credit_memo_id:
            return
        yield record.customer
        if record.invoice is not None:
            yield record.invoice
        for line in record.lines:
            if line.product is not None and not item_of(line):
                yield line.product

    def prepare(
        self, session: Session, record: CreditMemo, operation: str, facts: Facts
    ) -> base.Sending:
        """Check the credit memo and build the call."""
        if operation == base.VOID:
            return self.ending(record)
        if record.issued_at is None:
            raise Rejected("Only issued credit memos go to QuickBooks.", hint="Issue it first.")
        if record.qb_credit_memo_id or record.voided_at is not None:
            return self.nothing(record, "There is nothing to send.")
        check_before(session, record, facts)
        customer_ref = str(record.customer.qb_customer_id)
        payload = to_qbo_credit_memo(
            record,
            customer_ref=customer_ref,
            item_refs={line.id: item_of(line) for line in record.lines},
            quickbooks_taxes=taxed_there(session),
        )
        return base.Sending(
            self.entity,
            base.CREATE,
            payload,
            record.id,
            record.credit_memo_number,
            expected=expected(record, customer_ref),
        )


class CreditApplicationPusher(DocumentPusher):
    """Uses of credit memos; a payment of nothing is voided like any other."""

    kind = base.kind("credit_application")
    entity = "Payment"
    end: ClassVar[str] = base.VOID

    def parents(self, record: CreditApplication) -> Iterable[Any]:
        """The credit memo and the invoice it is used on."""
        if not record.qb_payment_id:
            yield record.invoice
            yield record.credit_memo

    def prepare(
        self, session: Session, record: CreditApplication, operation: str, facts: Facts
    ) -> base.Sending:
        """Check the use and build the call."""
        del session
        customer_ref = str(record.credit_memo.customer.qb_customer_id or "")
        if operation == base.VOID:
            day = record.application_date.isoformat()
            if not customer_ref:
                return self.nothing(record, "Nothing of it can be in QuickBooks.")
            return self.ending(record, {"CustomerRef": {"value": customer_ref}, "TxnDate": day})
        if record.qb_payment_id or record.voided_at is not None:
            return self.nothing(record, "There is nothing to send.")
        refuse([closed(record.application_date, facts)])
        payload = to_qbo_use(
            record,
            customer_ref=customer_ref,
            memo_ref=str(record.credit_memo.qb_credit_memo_id),
            invoice_ref=str(record.invoice.qb_invoice_id),
        )
        return base.Sending(self.entity, base.CREATE, payload, record.id, record.label)

    def find(self, client: Client, sending: base.Sending) -> dict[str, Any] | None:
        """Look among the customer's payments of that day for our marker."""
        told = sending.known or sending.payload
        customer = fields.ref_id(told, "CustomerRef") or ""
        where = f"{equals('CustomerRef', customer)} AND {equals('TxnDate', told['TxnDate'])}"
        for page in client.pages("Payment", where):
            for body in page:
                if fields.marked_id(body.get("PrivateNote")) == sending.entity_id:
                    return dict(body)
        return None

    def check(self, sending: base.Sending, answer: Mapping[str, Any]) -> list[Finding]:
        """Compare what was used on which document, and that no money moved."""
        left = fields.amount(answer.get("TotalAmt"))
        found = [Finding("total", "0.00", f"{left:.2f}")] if left else []
        if sending.verb == base.CREATE:
            ours, theirs = _links(sending.payload), _links(answer)
            if ours != theirs:
                found.append(Finding("lines", ", ".join(ours), ", ".join(theirs)))
        return found


def _links(body: Mapping[str, Any]) -> list[str]:
    return sorted(
        f"{link.get('TxnType')} {link.get('TxnId')}: {fields.amount(line.get('Amount')):.2f}"
        for line in body.get("Line") or []
        for link in line.get("LinkedTxn") or []
    )
