"""Random invoices, added up by us and by QuickBooks, in both tax modes: equal to the cent or not.

What is compared is what really leaves: the payload of our mapping, without the tax we computed, so
that QuickBooks computes it for itself.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

from batchly_admin.domain.money import money
from batchly_admin.domain.totals import Extras, Line, Taxation, add_up
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import to_qbo_invoice
from tests.functional.quickbooks import Quickbooks

BATCH = 25
MODES = ("manual", "automated")
DAY = date(2026, 3, 4)
NEW_YORK = {"Line1": "1 Main St", "City": "Albany", "CountrySubDivisionCode": "NY"}
RATES = {
    "manual": (Decimal("0.04"), Decimal("0.048750")),
    "automated": (Decimal("0.04"), Decimal("0.04")),
}


class Till:
    """Makes random invoices and has QuickBooks add them up."""

    def __init__(self, quickbooks: Quickbooks, mode: str, seed: int) -> None:
        self.quickbooks = quickbooks
        self.mode = mode
        self.chance = Random(seed)
        self.taxation = Taxation(RATES[mode])
        self.item = quickbooks.item("Anything", kind="Service")["Id"]
        self.customer = quickbooks.create(
            "Customer", {"DisplayName": "Anybody", "ShipAddr": NEW_YORK}
        )["Id"]
        self.code = TaxCode(name="Both", qb_tax_code_id=self._set_up())
        self._number = 0

    def _set_up(self) -> str | None:
        if self.mode == "automated":
            preferences = {"TaxPrefs.UsingSalesTax": True, "TaxPrefs.PartnerTaxEnabled": True}
            self.quickbooks.control("POST", "preferences", preferences)
            return None
        self.quickbooks.tax_code("Both", {"State": "4", "City": "4.875"})
        (code,) = self.quickbooks.find("TaxCode", "Name = 'Both'")
        return str(code["Id"])

    def compare(self, count: int) -> Counter[str]:
        """Compare so many invoices; count them, and those that are off, by what is off."""
        found: Counter[str] = Counter()
        while found["compared"] < count:
            made = [self._invoice() for _ in range(min(BATCH, count - found["compared"]))]
            answers = self.quickbooks.batch(
                [(f"{place}", "Invoice", self._payload(one)) for place, one in enumerate(made)]
            )
            for place, one in enumerate(made):
                found["compared"] += 1
                body = answers[f"{place}"]["Invoice"]
                found["total_off"] += fields.amount(body["TotalAmt"]) != one.total_amount
                tax = fields.amount((body.get("TxnTaxDetail") or {}).get("TotalTax"))
                found["tax_off"] += tax != one.tax_amount
        return found

    def _payload(self, invoice: Invoice) -> dict[str, Any]:
        payload = to_qbo_invoice(
            invoice,
            customer_ref=self.customer,
            item_refs={line.id: self.item for line in invoice.lines},
            quickbooks_taxes=True,
        )
        return {**payload, "ShipAddr": NEW_YORK}

    def _invoice(self) -> Invoice:
        self._number += 1
        lines = [self._line() for _ in range(self.chance.choice((1, 2, 3, 5, 12)))]
        most = sum((line.amount for line in lines), Decimal(0))
        extras = Extras(
            discount=money(most * self.chance.choice((0, 0, 1, 10, 100)) / 100),
            shipping=Decimal(self.chance.choice((0, 0, 1, 795, 12345))) / 100,
            shipping_taxable=self.chance.random() < 0.5,
        )
        found = add_up(lines, extras, self.taxation)
        made = Invoice(
            id=uuid4(),
            invoice_number=f"M{self._number}",
            invoice_date=DAY,
            due_date=DAY,
            subtotal=found.subtotal,
            discount_amount=found.discount,
            shipping_amount=found.shipping,
            shipping_taxable=extras.shipping_taxable,
            tax_amount=found.tax,
            total_amount=found.total,
        )
        made.customer = Customer(display_name="Anybody")
        made.tax_code = self.code
        made.lines = [_row(place, line) for place, line in enumerate(lines, 1)]
        return made

    def _line(self) -> Line:
        """Give a line as shops have them: few or many pieces, prices in cents or parts of them."""
        chance = self.chance
        quantity = Decimal(chance.choice((1, 7, 250, 10_000, chance.randint(1, 99_999)))) / (
            chance.choice((1, 1, 10, 10_000))
        )
        price = Decimal(chance.randint(0, 99_999)) / chance.choice((100, 100, 1000, 10_000))
        return Line(quantity, price, chance.random() < 0.8)


def _row(place: int, line: Line) -> InvoiceLineItem:
    return InvoiceLineItem(
        id=uuid4(),
        line_number=place,
        description=f"Line {place}",
        quantity=line.quantity,
        unit_price=line.unit_price,
        line_total=line.amount,
        is_taxable=line.is_taxable,
    )
