"""Push payments that were typed in Batchly, linked to the invoices they pay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.models.billing import Payment
from batchly_admin.qbo.client import Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.payment import to_qbo_payment
from batchly_admin.qbo.push import base
from batchly_admin.services import field_mapping


class PaymentPusher(base.Pusher):
    """Payments; they are created and voided, never changed."""

    kind = base.kind("payment")
    entity = "Payment"
    follows_changes: ClassVar[bool] = False

    def parents(self, record: Payment) -> Iterable[Any]:
        """The customer and the invoices that are paid."""
        if not record.qb_payment_id:
            yield record.customer
            for allocation in record.allocations:
                yield allocation.invoice

    def prepare(
        self, session: Session, record: Payment, operation: str, facts: Facts
    ) -> base.Sending:
        """Check the payment and build the call."""
        label = record.payment_number
        if operation == base.VOID:
            payload = self.version_of(record) if record.qb_payment_id else {}
            known = {
                "CustomerRef": {"value": record.customer.qb_customer_id},
                "TxnDate": record.payment_date.isoformat(),
            }
            verb = base.VOID if record.customer.qb_customer_id else base.NOTHING
            return base.Sending(self.entity, verb, payload, record.id, label, known=known)
        if record.qb_payment_id or record.voided_at is not None:
            return base.Sending(
                self.entity, base.NOTHING, {}, record.id, label, words="There is nothing to send."
            )
        closed = facts.books_closed_until
        if closed and record.payment_date <= closed:
            raise Rejected(
                f"The books are closed up to {closed}.", hint="Ask the accountant to reopen them."
            )
        payload = to_qbo_payment(
            record,
            customer_ref=str(record.customer.qb_customer_id),
            invoice_refs={
                item.invoice_id: str(item.invoice.qb_invoice_id) for item in record.allocations
            },
            chosen=field_mapping.chosen(session, "payment"),
        )
        return base.Sending(self.entity, base.CREATE, payload, record.id, label)

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
