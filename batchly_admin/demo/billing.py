"""Live through the story in the office: invoices go out, money comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.demo.bills import BillDraft, PayDraft
from batchly_admin.demo.events import Event
from batchly_admin.demo.story import Story
from batchly_admin.demo.troubles import TRACKING, Troubles
from batchly_admin.domain.money import money
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import PaymentMethod
from batchly_admin.services import invoicing, payments
from batchly_admin.services.unit_of_work import UnitOfWork

VOID_REASONS = ("Billed to the wrong department", "The customer asked for one bill for both orders")
EMAILED = 0.7
VIEWED = 0.45


@dataclass(slots=True)
class Desk:
    """What the accountant remembers from one day to the next."""

    FIRST_PHASE: ClassVar[int] = 4

    story: Story
    bills: Sequence[BillDraft]
    troubles: Troubles
    order_ids: dict[int, UUID]
    invoice_ids: dict[int, UUID] = field(default_factory=dict)
    methods: dict[str, UUID] = field(default_factory=dict)

    def bill(self, uow: UnitOfWork, event: Event) -> None:
        """Invoice an order; the last ones stay drafts."""
        bill = self.bills[event.place]
        invoice = invoicing.draft_from_order(uow, order_id=self.order_ids[bill.order])
        self.invoice_ids[event.place] = invoice.id
        if bill.issued is None:
            return
        invoicing.issue(uow, invoice_id=invoice.id)
        self._tell(uow, event, invoice)

    def _tell(self, uow: UnitOfWork, event: Event, invoice: Invoice) -> None:
        """Note whether the customer was mailed, and how the goods were sent."""
        rng = self.story.rng
        if rng.random() < EMAILED:
            invoice.emailed_at = uow.now() + timedelta(minutes=2)
            if rng.random() < VIEWED:
                viewed = invoice.emailed_at + timedelta(hours=rng.uniform(1, 60))
                invoice.viewed_at = viewed if viewed < self.story.present else None
        if event.place == self.troubles.refused:
            invoice.shipping_method = "Freight"
            invoice.tracking_number = TRACKING

    def void(self, uow: UnitOfWork, event: Event) -> None:
        """Void an invoice nobody paid."""
        reason = VOID_REASONS[event.place % len(VOID_REASONS)]
        invoicing.void(uow, invoice_id=self.invoice_ids[event.place], reason=reason)

    def pay(self, uow: UnitOfWork, event: Event) -> None:
        """Record money for an invoice: typed here, or recorded in QuickBooks and pulled."""
        draft: PayDraft = event.detail
        invoice = uow.session.get_one(Invoice, self.invoice_ids[event.place])
        amount = money(invoice.total_amount * draft.share)
        if not amount:
            return
        method_id = self._methods(uow)[draft.method]
        if draft.is_from_quickbooks:
            payments.record_pulled_payment(
                uow,
                payment_id=None,
                customer_id=invoice.customer_id,
                payment_date=uow.today(),
                amount=amount,
                applied={invoice.id: amount},
                payment_method_id=method_id,
                reference=draft.reference,
            )
            return
        payments.record_payment(
            uow,
            customer_id=invoice.customer_id,
            amount=amount,
            payment_date=uow.today(),
            allocations={invoice.id: amount},
            method_id=method_id,
            reference=draft.reference,
        )

    def _methods(self, uow: UnitOfWork) -> dict[str, UUID]:
        if not self.methods:
            rows = uow.session.execute(sa.select(PaymentMethod.name, PaymentMethod.id))
            self.methods.update((name, key) for name, key in rows)
        return self.methods
