"""Push invoices: number, lines and cents exactly as issued; adopt the one that is already ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Session, joinedload, selectinload

from batchly_admin.domain.statuses import InvoiceStatus
from batchly_admin.errors import AlreadyThere, Rejected
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.qbo.client import Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import to_qbo_invoice
from batchly_admin.qbo.push import base
from batchly_admin.qbo.push.documents import is_ours
from batchly_admin.qbo.verify import Finding, check_after, check_before, expected, gap_before
from batchly_admin.services import field_mapping, settings
from batchly_admin.services.unit_of_work import UnitOfWork


class InvoicePusher(base.Pusher):
    """Invoices; what is issued never changes, so there are only create and void."""

    kind = base.kind("invoice")
    entity = "Invoice"
    follows_changes: ClassVar[bool] = False

    def learn(self, client: Client, facts: Facts) -> dict[str, Any]:
        """Read the company's preferences when nobody has."""
        return {"quickbooks": client.preferences()} if facts.preferences is None else {}

    def load(self, session: Session, record_id: UUID) -> Invoice | None:
        """Give the invoice with its lines, products and customer, in two queries."""
        return session.get(
            Invoice,
            record_id,
            options=[
                joinedload(Invoice.customer),
                joinedload(Invoice.payment_term),
                joinedload(Invoice.tax_code),
                selectinload(Invoice.lines).joinedload(InvoiceLineItem.product),
            ],
        )

    def parents(self, record: Invoice) -> Iterable[Any]:
        """The customer, then every product that is not in QuickBooks yet."""
        if not record.qb_invoice_id:
            yield record.customer
            for line in record.lines:
                if line.product is not None and not line.qb_item_id:
                    yield line.product

    def prepare(
        self, session: Session, record: Invoice, operation: str, facts: Facts
    ) -> base.Sending:
        """Check the invoice and build the call."""
        if operation == base.VOID:
            return self._void(record)
        if record.issued_at is None:
            raise Rejected("Only issued invoices go to QuickBooks.", hint="Issue it first.")
        if record.qb_invoice_id or record.status == InvoiceStatus.VOID:
            words = "It is in QuickBooks already." if record.qb_invoice_id else "It is void."
            return self._sending(record, base.NOTHING, {}, words=words)
        check_before(session, record, facts)
        customer_ref = str(record.customer.qb_customer_id)
        item_refs = {
            line.id: line.qb_item_id or (line.product.qb_item_id if line.product else "") or ""
            for line in record.lines
        }
        payload = to_qbo_invoice(
            record,
            customer_ref=customer_ref,
            item_refs=item_refs,
            chosen=field_mapping.chosen(session, "invoice"),
            quickbooks_taxes=settings.get(session, "tax_mode") == "quickbooks",
        )
        return base.Sending(
            self.entity,
            base.CREATE,
            payload,
            record.id,
            record.invoice_number,
            expected=expected(record, customer_ref),
            words=gap_before(session, record),
        )

    def _void(self, record: Invoice) -> base.Sending:
        # Without an id it may still have arrived; then it is looked for and voided there.
        payload = self.version_of(record) if record.qb_invoice_id else {}
        return self._sending(record, base.VOID, payload)

    def _sending(
        self, record: Invoice, verb: str, payload: dict[str, Any], words: str = ""
    ) -> base.Sending:
        number = record.invoice_number
        return base.Sending(self.entity, verb, payload, record.id, number, words=words)

    def find(self, client: Client, sending: base.Sending) -> dict[str, Any] | None:
        """Look by number: ours carries our marker, or has the same customer and the same total."""
        number = sending.label
        found = client.query("Invoice", equals("DocNumber", number), limit=10)
        for body in found:
            if is_ours(sending, body):
                return body
        if found:
            raise AlreadyThere(
                f"QuickBooks has another invoice with the number {number}.",
                code="6140",
                hint="It keeps its number: renumber the other one and retry, or void this one.",
            )
        return None

    def check(self, sending: base.Sending, answer: Mapping[str, Any]) -> list[Finding]:
        """Compare with the invoice as issued, to the cent."""
        if sending.verb == base.VOID:
            left = fields.amount(answer.get("TotalAmt"))
            return [Finding("total", "0.00", f"{left:.2f}")] if left else []
        return check_after(sending.expected, answer) if sending.expected else []

    def record(self, uow: UnitOfWork, record: Invoice, answer: Mapping[str, Any]) -> None:
        """Write id, number and time of QuickBooks into the invoice."""
        super().record(uow, record, answer)
        number = answer.get("DocNumber")
        record.qb_doc_number = str(number) if number else None
        if record.sent_to_qb_at is None:
            record.sent_to_qb_at = uow.now()
