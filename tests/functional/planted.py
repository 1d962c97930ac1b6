"""Differences between the two books, planted by the accountant or in our own database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo.mapping import fields
from batchly_admin.services import payments
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import DAY, Shop

Told = tuple[str, str, str]
"""Type, kind, and our id, or QuickBooks' where we have none."""


@dataclass(slots=True)
class Garden:
    """A shop whose books agree, and what was planted in it since."""

    shop: Shop
    quickbooks: Quickbooks
    planted: set[Told] = field(default_factory=set)
    free: list[UUID] = field(default_factory=list)

    def grow(self, count: int) -> None:
        """Issue and push some invoices of two lines each, and see that the books agree."""
        customer = self.shop.customer("Shared customer")
        products = [self.shop.product(name) for name in ("Flyer", "Poster")]
        lines = [(products[0], "3", "1.5000"), (products[1], "2", "2.2500")]
        self.free += [self.shop.invoice(customer, lines) for _ in range(count)]
        self.shop.drain()
        self.shop.engine.pull("customers")
        self.shop.engine.pull("tax_rates")
        assert self.shop.engine.reconcile()["equal"]

    def found(self) -> set[Told]:
        """Give what stands open, as it is planted."""
        return {
            (row.entity_type, row.kind, str(row.entity_id or row.qbo_id))
            for row in self.shop.all(SyncDifference)
            if row.state in ("open", "listed")
        }

    def rows(self, kind: str) -> list[SyncDifference]:
        """Give what stands open of a kind."""
        return [row for row in self.shop.all(SyncDifference) if row.kind == kind]

    def take(self) -> Invoice:
        """Give an invoice nothing was done to."""
        found: Invoice = self.shop.get(Invoice, self.free.pop())
        return found

    def own_customer(self, name: str) -> Customer:
        """Give a pushed customer with one invoice, nothing was done to either."""
        key = self.shop.customer(name)
        self.shop.invoice(key)
        self.shop.drain()
        found: Customer = self.shop.get(Customer, key)
        return found

    def invoice_of(self, row: SyncDifference) -> Invoice:
        """Give the invoice that a difference is about."""
        assert row.entity_id is not None
        found: Invoice = self.shop.get(Invoice, row.entity_id)
        return found

    def set(self, model: type[Any], key: UUID, **values: Any) -> None:
        """Write into our own database behind everybody's back."""
        with self.shop.uows.sessions.begin() as session:
            session.execute(sa.update(model).where(model.id == key).values(**values))

    def pay(self, invoice: Invoice, amount: str) -> UUID:
        """Record a payment here, as the office does it."""
        with self.shop.begin() as uow:
            made = payments.record_payment(
                uow,
                customer_id=invoice.customer_id,
                amount=Decimal(amount),
                payment_date=DAY,
                allocations={invoice.id: Decimal(amount)},
            )
            return made.id

    # --- one of each kind --------------------------------------------------------------------

    def missing_here(self) -> None:
        """A payment that was not fetched yet."""
        invoice = self.take()
        made = self.quickbooks.payment(self.ref(invoice), {invoice.qb_invoice_id: "1.00"})
        self._plant("payment", "missing_here", made["Id"])

    def missing_there(self) -> None:
        """An invoice that never arrived, and nothing is under way."""
        invoice = self.take()
        self.quickbooks.delete("Invoice", invoice.qb_invoice_id)
        self.set(Invoice, invoice.id, qb_invoice_id=None)
        self._plant("invoice", "missing_there", invoice.id)

    def unlinked(self) -> None:
        """An invoice whose id a restored back-up has forgotten."""
        invoice = self.take()
        self.set(Invoice, invoice.id, qb_invoice_id=None)
        self._plant("invoice", "unlinked", invoice.id)

    def amount(self) -> None:
        """A discount somebody gave in QuickBooks."""
        invoice = self.take()
        body = self.quickbooks.read("Invoice", invoice.qb_invoice_id)
        discount = {
            "DetailType": "DiscountLineDetail",
            "Amount": 1.0,
            "DiscountLineDetail": {"PercentBased": False},
        }
        lines = [line for line in body["Line"] if line["DetailType"] == "SalesItemLineDetail"]
        self.change(invoice, {"Line": [*plain(lines), discount]})
        self._plant("invoice", "amount", invoice.id)

    def customer(self) -> None:
        """An invoice moved to another customer."""
        invoice = self.take()
        other = self.quickbooks.find("Customer", "DisplayName = 'Somebody else'")
        if not other:
            other = [self.quickbooks.create("Customer", {"DisplayName": "Somebody else"})]
            self.shop.engine.pull("customers")
        self.change(invoice, {"CustomerRef": {"value": other[0]["Id"]}})
        self._plant("invoice", "customer", invoice.id)

    def number(self) -> None:
        """An invoice renumbered in QuickBooks."""
        invoice = self.take()
        self.change(invoice, {"DocNumber": f"X-{invoice.invoice_number}"})
        self._plant("invoice", "number", invoice.id)

    def date(self) -> None:
        """An invoice moved to another day."""
        invoice = self.take()
        self.change(invoice, {"TxnDate": "2026-03-05"})
        self._plant("invoice", "date", invoice.id)

    def lines(self) -> None:
        """The same lines in another order."""
        invoice = self.take()
        body = self.quickbooks.read("Invoice", invoice.qb_invoice_id)
        lines = [line for line in body["Line"] if line["DetailType"] == "SalesItemLineDetail"]
        self.change(invoice, {"Line": plain(list(reversed(lines)))})
        self._plant("invoice", "lines", invoice.id)

    def balance(self) -> None:
        """An invoice of which more is paid here than there."""
        invoice = self.take()
        self.set(Invoice, invoice.id, amount_paid=invoice.total_amount)
        self._plant("invoice", "balance", invoice.id)

    def voided(self) -> None:
        """An invoice voided in QuickBooks."""
        invoice = self.take()
        self.quickbooks.void("Invoice", invoice.qb_invoice_id)
        self._plant("invoice", "voided", invoice.id)

    def deleted(self) -> None:
        """An invoice deleted in QuickBooks."""
        invoice = self.take()
        self.quickbooks.delete("Invoice", invoice.qb_invoice_id)
        self._plant("invoice", "deleted", invoice.id)

    def merged(self) -> None:
        """A customer merged into another one."""
        gone = self.own_customer(f"Gone {len(self.planted)}")
        kept = self.quickbooks.create("Customer", {"DisplayName": f"Kept {len(self.planted)}"})
        body = {"type": "Customer", "keep": kept["Id"], "gone": gone.qb_customer_id}
        self.quickbooks.control("POST", "accountant/merge", body)
        self._plant("customer", "merged", gone.id)
        self._plant("customer", "missing_here", kept["Id"])

    def double(self) -> None:
        """A second copy that carries our marker."""
        invoice = self.take()
        item = self.shop.all(Product)[0].qb_item_id
        copy = self.quickbooks.invoice(
            f"C-{invoice.invoice_number}", self.ref(invoice), item, amount="9.00"
        )
        self.quickbooks.update("Invoice", copy["Id"], {"PrivateNote": fields.marker(invoice.id)})
        self._plant("invoice", "double", invoice.id)

    def inactive(self) -> None:
        """A customer deactivated in QuickBooks."""
        one = self.own_customer(f"Asleep {len(self.planted)}")
        self.quickbooks.update("Customer", one.qb_customer_id, {"Active": False})
        self._plant("customer", "inactive", one.id)

    def made_there(self) -> None:
        """An invoice somebody wrote in QuickBooks."""
        invoice = self.take()
        item = self.shop.all(Product)[0].qb_item_id
        number = f"QB-{invoice.invoice_number}"
        made = self.quickbooks.invoice(number, self.ref(invoice), item, amount="5.00")
        self._plant("invoice", "made_there", made["Id"])

    # --- helpers -----------------------------------------------------------------------------

    def ref(self, invoice: Invoice) -> str | None:
        """Give QuickBooks' id of the customer of an invoice."""
        found: Customer = self.shop.get(Customer, invoice.customer_id)
        return found.qb_customer_id

    def change(self, invoice: Invoice, changes: dict[str, Any]) -> None:
        """Change an invoice in QuickBooks."""
        self.quickbooks.update("Invoice", invoice.qb_invoice_id, changes)

    def _plant(self, entity_type: str, kind: str, key: Any) -> None:
        self.planted.add((entity_type, kind, str(key)))


def plain(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give lines as they are written anew: without their ids, with numbers as JSON has them."""
    kept = []
    for line in lines:
        detail = line["SalesItemLineDetail"]
        kept.append(
            {
                "Description": line.get("Description"),
                "Amount": float(line["Amount"]),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": detail["ItemRef"]["value"]},
                    "Qty": float(detail["Qty"]),
                    "UnitPrice": float(detail["UnitPrice"]),
                    "TaxCodeRef": {"value": detail["TaxCodeRef"]["value"]},
                },
            }
        )
    return kept


KINDS: tuple[Callable[[Garden], None], ...] = (
    Garden.missing_here,
    Garden.missing_there,
    Garden.amount,
    Garden.customer,
    Garden.number,
    Garden.date,
    Garden.lines,
    Garden.balance,
    Garden.voided,
    Garden.deleted,
    Garden.merged,
    Garden.double,
    Garden.inactive,
    Garden.unlinked,
    Garden.made_there,
)
