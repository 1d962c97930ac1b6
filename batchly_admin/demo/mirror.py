"""Write the demo shop's past into the simulated QuickBooks, and what it answers into ours.

What the demo shows as synced has to stand there with the same number, lines and totals, so the
bodies are built by the same functions as the engine's, and their ids and versions are read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from batchly_admin.demo.billing import Desk
from batchly_admin.demo.calendar import at
from batchly_admin.demo.lists import COMPANY, TAXES
from batchly_admin.demo.sales import Directory
from batchly_admin.demo.simulated import Books
from batchly_admin.demo.story import Story
from batchly_admin.demo.troubles import Troubles
from batchly_admin.domain.statuses import InvoiceStatus, SyncState
from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment, PaymentAllocation
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.synced import kind_of
from batchly_admin.qbo import facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.customer import owned_by_quickbooks, to_qbo_customer
from batchly_admin.qbo.mapping.invoice import to_qbo_invoice
from batchly_admin.qbo.mapping.item import to_qbo_item
from batchly_admin.qbo.mapping.payment import to_qbo_payment
from batchly_admin.services import outbox
from batchly_admin.services.payments import QUICKBOOKS
from batchly_admin.services.unit_of_work import UnitOfWork

PUSH_SECONDS = 40
INCOME = {
    "Name": "Print sales",
    "AccountType": "Income",
    "AccountSubType": "SalesOfProductIncome",
    "Classification": "Revenue",
}
VENDORS = ("Northeast Blanks", "Union Ink Supply", "Harlow Power and Light", "Pallet Freight")


def mirror_lists(story: Story, books: Books) -> None:
    """Give the empty books the shop's name and taxes, and pull the lists they came with."""
    books.seed([("CompanyInfo", {"Id": "1", "SyncToken": "0", "CompanyName": COMPANY})])
    names = list(dict.fromkeys(agency for draft in TAXES for _name, _rate, agency in draft.rates))
    made = books.seed([("TaxAgency", {"DisplayName": name}) for name in names])
    agencies = {name: body["Id"] for name, body in zip(names, made, strict=True)}
    for draft in TAXES:
        rates = [
            {"TaxRateName": name, "RateValue": percent, "TaxAgencyId": agencies[agency]}
            for name, percent, agency in draft.rates
        ]
        books.add_tax_code(draft.code, rates)
    books.pull("terms", "payment_methods", "tax_rates")
    [account] = books.seed([("Account", INCOME)])
    with story.chapter("admin", story.present, "QuickBooks' income account") as uow:
        facts.keep(uow.session, books.connection.id, income_account=account["Id"])


def mirror_names(story: Story, books: Books, directory: Directory, bad: Troubles) -> None:
    """Write products and customers into the books, except the one whose name a vendor has."""
    unlucky = directory.customers[bad.customer]
    summary = "Products and customers in QuickBooks"
    with story.chapter("system", story.moment(0, 9.5), summary) as uow:
        connection = facts.connection_of(uow.session)
        account = facts.read(connection).income_account if connection is not None else None
        products = list(uow.session.scalars(sa.select(Product).order_by(Product.sku)))
        customers = list(
            uow.session.scalars(
                sa.select(Customer)
                .options(joinedload(Customer.payment_term))
                .order_by(Customer.account_number)
            )
        )
        vendor = next(one for one in customers if one.id == unlucky)
        customers.remove(vendor)
        entities = [
            *(("Vendor", {"DisplayName": name}) for name in (*VENDORS, vendor.display_name)),
            *(("Item", to_qbo_item(one, income_account=account or "")) for one in products),
            *(("Customer", to_qbo_customer(one)) for one in customers),
        ]
        with books.at(story.moment(0, 9.5)):
            bodies = books.seed(entities)[len(VENDORS) + 1 :]
        records: list[Product | Customer] = [*products, *customers]
        entered = {record.id: record.created_at for record in records}
        for record, body in zip(records, bodies, strict=True):
            link(record, body, entered[record.id])


def mirror_documents(story: Story, books: Books, desk: Desk) -> list[UUID]:
    """Write issued invoices and payments into the books; give the invoices that went out."""
    with story.chapter("system", story.present, "Invoices and payments in QuickBooks") as uow:
        invoices = _invoices(uow, desk)
        payments = _payments(uow)
        with books.at(_last_evening(story)):
            _seed_invoices(books, invoices)
            uow.session.flush()
            _seed_payments(books, payments)
            for invoice in invoices:
                if invoice.status == InvoiceStatus.VOID:
                    books.void("Invoice", str(invoice.qb_invoice_id))
        _read_back(uow, books, invoices)
        uow.session.flush()
        return [invoice.id for invoice in invoices]


def _last_evening(story: Story) -> datetime:
    """Give a moment that no pull of the last night would find new."""
    return at(story.today - timedelta(days=1), 20, story.zone)


def _invoices(uow: UnitOfWork, desk: Desk) -> list[Invoice]:
    left_out = [desk.invoice_ids[place] for place in sorted(desk.troubles.bills)]
    query = (
        sa.select(Invoice)
        .where(Invoice.issued_at.is_not(None), Invoice.id.not_in(left_out))
        .options(
            selectinload(Invoice.lines).joinedload(InvoiceLineItem.product),
            joinedload(Invoice.customer).joinedload(Customer.payment_term),
            joinedload(Invoice.payment_term),
            joinedload(Invoice.tax_code),
        )
        .order_by(Invoice.invoice_number)
    )
    return list(uow.session.scalars(query))


def _payments(uow: UnitOfWork) -> list[Payment]:
    query = (
        sa.select(Payment)
        .options(
            selectinload(Payment.allocations).joinedload(PaymentAllocation.invoice),
            joinedload(Payment.customer),
            joinedload(Payment.payment_method),
        )
        .order_by(Payment.payment_number)
    )
    return list(uow.session.scalars(query))


def _seed_invoices(books: Books, invoices: Sequence[Invoice]) -> None:
    bodies = books.seed([("Invoice", invoice_body(invoice)) for invoice in invoices])
    for invoice, body in zip(invoices, bodies, strict=True):
        sent = (invoice.issued_at or invoice.created_at) + timedelta(seconds=PUSH_SECONDS)
        link(invoice, body, sent)
        invoice.qb_doc_number = body.get("DocNumber")
        invoice.sent_to_qb_at = sent


def invoice_body(invoice: Invoice) -> dict[str, Any]:
    """Give an invoice as the engine would send it."""
    return to_qbo_invoice(
        invoice,
        customer_ref=str(invoice.customer.qb_customer_id),
        item_refs={line.id: str(line.product.qb_item_id) for line in invoice.lines if line.product},
    )


def _seed_payments(books: Books, payments: Sequence[Payment]) -> None:
    bodies = books.seed([("Payment", _payment_body(payment)) for payment in payments])
    for payment, body in zip(payments, bodies, strict=True):
        link(payment, body, payment.created_at + timedelta(seconds=PUSH_SECONDS))


def _payment_body(payment: Payment) -> dict[str, Any]:
    body = to_qbo_payment(
        payment,
        customer_ref=str(payment.customer.qb_customer_id),
        invoice_refs={
            part.invoice_id: str(part.invoice.qb_invoice_id) for part in payment.allocations
        },
    )
    if payment.source == QUICKBOOKS:
        # The accountant typed it: it knows nothing of our number and our marker.
        del body["PrivateNote"]
        if payment.reference is None:
            del body["PaymentRefNum"]
    return body


def link(record: Any, body: dict[str, Any], moment: datetime) -> None:
    """Write down which record of QuickBooks this is, and that both agree."""
    setattr(record, kind_of(record).id_column, str(body["Id"]))
    record.last_synced_at = moment
    _stamp(record, body)
    outbox.set_badge(record, SyncState.SYNCED, None)


def _stamp(record: Any, body: dict[str, Any]) -> None:
    record.qb_sync_token = str(body["SyncToken"])
    record.qb_created_time = fields.created_at(body)
    record.qb_last_updated_time = fields.changed_at(body)


def _read_back(uow: UnitOfWork, books: Books, invoices: Iterable[Invoice]) -> None:
    """Take over the versions that payments and voids left, and what customers owe."""
    theirs = {body["Id"]: body for body in books.query("Invoice")}
    for invoice in invoices:
        _stamp(invoice, theirs[str(invoice.qb_invoice_id)])
    owed = {body["Id"]: owned_by_quickbooks(body) for body in books.query("Customer")}
    for customer in uow.session.scalars(
        sa.select(Customer).where(Customer.qb_customer_id.is_not(None))
    ):
        customer.balance = owed[str(customer.qb_customer_id)]["balance"] or Decimal(0)
