"""The demo company's year with its customers: offers, invoices, sales over the counter."""

from __future__ import annotations

from typing import Any

from batchly_admin.qbo.simulator.companies.lists import COUNTER
from batchly_admin.qbo.simulator.companies.sales_lines import (
    Orders,
    again,
    discount,
    remark,
    shipping,
)
from batchly_admin.qbo.simulator.companies.shop import YEAR, Record, Shop
from batchly_admin.qbo.simulator.companies.takings import METHODS, Takings

INVOICES, ESTIMATES, RECEIPTS = 76, 34, 20
RECENT = 90
"""Of older estimates it is known what became of them."""
OLD_FATES = ("closed", "rejected", "closed", "closed", "rejected")
NEW_FATES = ("Pending", "Accepted", "closed", "Pending")
VOIDED, DELETED = 21, 34


class Sales:
    """Plans what happens with customers, and lets it happen."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.orders = Orders(shop)
        people = [one for one in shop.books.store.all("Customer") if one["Active"]]
        self.customers = [one for one in people if one["DisplayName"] != COUNTER]
        self.takings = Takings(shop)

    def plan(self) -> None:
        """Plan the year."""
        at = self.shop.at
        for place in range(INVOICES):
            at(YEAR - 4 - place * 355 // INVOICES, self.invoice, place)
        for place in range(ESTIMATES):
            at(YEAR - 8 - place * 350 // ESTIMATES, self.estimate, place)
        for place in range(RECEIPTS):
            at(YEAR - 11 - place * 345 // RECEIPTS, self.receipt, place)
        at(29, self.takings.pay_ahead, self.customers[-1]["Id"], "1200.00")
        self.takings.plan()

    def invoice(self, place: int) -> None:
        """Write an invoice; most are paid in time."""
        customer = self.shop.chance.choice(self.customers)
        lines = self.orders.order(taxed=customer["Taxable"])
        if place % 6 == 0:
            lines.insert(0, remark("Sizes as in your list of sizes; samples come along."))
        if place % 9 == 2:
            name = "Team Kit" if place % 2 else "Opening Day Set"
            lines.append(self.orders.bundle(name, 8 if place % 2 else 1))
        if place % 4 == 1:
            lines.append(shipping(f"{18 + place % 5 * 6}.50"))
        if place % 7 == 3:
            lines.append(discount(self.shop, percent=10))
        elif place % 13 == 6:
            lines.append(discount(self.shop, amount="75.00"))
        made = self._invoice(customer, lines, place)
        if place == VOIDED:
            self.shop.at(self.shop.ago - 3, self.void, made)
        elif place == DELETED:
            self.shop.at(self.shop.ago - 2, self.delete, made)
        else:
            self.takings.expect(made, place)

    def _invoice(self, customer: Record, lines: list[Record], place: int, **more: Any) -> Record:
        fields: Record = {
            "DocNumber": self.shop.number("Invoice"),
            "SalesTermRef": self._of(customer, "SalesTermRef"),
            "EmailStatus": "EmailSent" if place % 3 else "NotSet",
            "PrintStatus": "NotSet" if place % 3 else "NeedToPrint",
            "ApplyTaxAfterDiscount": place % 2 == 1,
            "CustomField": [_purchase_number(place)],
            **self._form(customer),
            **more,
        }
        if place % 4 == 1:
            fields |= {"ShipDate": self.shop.day(), "TrackingNum": f"PP{7_000_311 + place * 83}"}
            fields["ShipMethodRef"] = {"value": "Parcel Partners", "name": "Parcel Partners"}
        return self.shop.save("Invoice", Line=lines, **fields)

    def _form(self, customer: Record) -> Record:
        """Give what every document for a customer says."""
        school = "School" in customer["FullyQualifiedName"]
        place = "Online:School Stores" if school else "Workshop"
        found: Record = {
            "CustomerRef": {"value": customer["Id"]},
            "BillEmail": self._of(customer, "PrimaryEmailAddr"),
            "BillAddr": self._of(customer, "BillAddr"),
            "ShipAddr": self._of(customer, "ShipAddr"),
            "DepartmentRef": self.shop.ref("Department", place),
            "CustomerMemo": {"value": "Thank you for your business."},
        }
        code = self._of(customer, "DefaultTaxCodeRef")
        return {**found, "TxnTaxDetail": {"TxnTaxCodeRef": code}} if code else found

    def _of(self, customer: Record, field: str) -> Any:
        """Give a field of a customer; a job takes it from the customer it belongs to."""
        if field in customer or "ParentRef" not in customer:
            return customer.get(field)
        return self._of(self.shop.books.read("Customer", customer["ParentRef"]["value"]), field)

    def estimate(self, place: int) -> None:
        """Write an offer; some become invoices."""
        customer = self.shop.chance.choice(self.customers)
        lines = self.orders.order(taxed=customer["Taxable"])
        fates = OLD_FATES if self.shop.ago > RECENT else NEW_FATES
        fate = fates[place % len(fates)]
        made = self.shop.save(
            "Estimate",
            DocNumber=self.shop.number("Estimate"),
            ExpirationDate=self.shop.day(30),
            Line=lines,
            **self._form(customer),
        )
        if fate == "closed":
            self.shop.at(self.shop.ago - 9, self.accept, made, customer, place)
        elif fate == "rejected":
            self.shop.at(
                self.shop.ago - 14, self.shop.change, "Estimate", made, {"TxnStatus": "Rejected"}
            )
        elif fate == "Accepted":
            self._accepted(made)

    def _accepted(self, estimate: Record) -> None:
        accepted = {
            "TxnStatus": "Accepted",
            "AcceptedBy": "The office",
            "AcceptedDate": self.shop.day(),
        }
        self.shop.change("Estimate", estimate, accepted)

    def accept(self, estimate: Record, customer: Record, place: int) -> None:
        """Make an invoice of an offer the customer took."""
        self._accepted(estimate)
        links = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
        made = self._invoice(customer, again(estimate["Line"]), place, LinkedTxn=links)
        self.takings.expect(made, place + 3)

    def receipt(self, place: int) -> None:
        """Sell something over the counter."""
        method = METHODS[place % len(METHODS)]
        lines = self.orders.handful()
        if place % 6 == 5:
            lines.append(discount(self.shop, percent=5))
        code = self.shop.ref("TaxCode", "Albany")
        made = self.shop.save(
            "SalesReceipt",
            DocNumber=self.shop.number("SalesReceipt"),
            CustomerRef=self.shop.ref("Customer", COUNTER),
            DepartmentRef=self.shop.ref("Department", "Storefront"),
            Line=lines,
            TxnTaxDetail={"TxnTaxCodeRef": code},
            **self.takings.paid_by(method, place),
        )
        self.takings.lay("SalesReceipt", made, method)

    def void(self, invoice: Record) -> None:
        """Void an invoice that was written twice."""
        self.shop.change("Invoice", invoice, {"PrivateNote": "Written twice"})
        self.shop.books.void("Invoice", self.shop.books.read("Invoice", invoice["Id"]))

    def delete(self, invoice: Record) -> None:
        """Delete an invoice that should never have been."""
        self.shop.books.delete("Invoice", self.shop.books.read("Invoice", invoice["Id"]))


def _purchase_number(place: int) -> Record:
    value = f"PO-{5200 + place * 13}" if place % 3 else ""
    return {
        "DefinitionId": "1",
        "Name": "P.O. Number",
        "Type": "StringType",
        **({"StringValue": value} if value else {}),
    }
