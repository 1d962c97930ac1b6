"""The money of the demo company's customers: taken, brought to the bank, and given back."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books.receivables import applied, open_invoices
from batchly_admin.qbo.simulator.companies.sales_lines import again, returned
from batchly_admin.qbo.simulator.companies.shop import YEAR, Record, Shop
from batchly_admin.qbo.simulator.wire.values import cents, reference

METHODS = ("Check", "Check", "ACH", "Credit Card", "Cash")
LEFT_LYING = frozenset({"Check", "Cash"})
"""What is paid in these ways lies ready until it is brought to the bank."""
REASONS = ("Misprinted, printed anew", "Wrong sizes delivered", "Came too late for the event")


class Takings:
    """Plans what customers pay and get back, and enters it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.till: list[tuple[str, Record]] = []

    def plan(self) -> None:
        """Plan the year."""
        at = self.shop.at
        for place, ago in enumerate((301, 214, 131, 70, 24)):
            at(ago, self.credit, place)
        for place, ago in enumerate((255, 140, 33)):
            at(ago, self.refund, place)
        for ago in range(YEAR - 18, 4, -14):
            at(ago, self.deposit)

    def expect(self, invoice: Record, place: int) -> None:
        """Let an invoice be paid after a while: in whole, in part, or too much."""
        lag = self.shop.chance.choice((6, 12, 19, 26, 28, 31, 33, 38, 47, 58))
        if place % 17 == 16:
            return
        share = "half" if place % 11 == 5 else "more" if place % 23 == 7 else "whole"
        self.shop.at(self.shop.ago - lag, self.pay, invoice, share, place)

    def pay(self, invoice: Record, share: str, place: int) -> None:
        """Take a customer's money: for one invoice, a part of it, or for all that are open."""
        customer_id = str(reference(invoice, "CustomerRef"))
        due = [self.shop.books.read("Invoice", invoice["Id"])]
        if place % 5 == 2:
            due = open_invoices(self.shop.books, customer_id)
        part = Decimal("0.5") if share == "half" else Decimal(1)
        lines = [applied(cents(one["Balance"] * part), "Invoice", one["Id"]) for one in due]
        lines = [line for line in lines if line["Amount"] > 0]
        if lines:
            extra = Decimal("25.00") if share == "more" else Decimal(0)
            total = sum((line["Amount"] for line in lines), extra)
            self._take(customer_id, total, lines, place)

    def pay_ahead(self, customer_id: str, amount: str) -> None:
        """Take money for which there is no invoice yet."""
        self._take(customer_id, Decimal(amount), [], place=0)

    def _take(self, customer_id: str, total: Decimal, lines: list[Record], place: int) -> None:
        method = METHODS[place % len(METHODS)]
        given = self.paid_by(method, place)
        customer = {"value": customer_id}
        made = self.shop.save("Payment", CustomerRef=customer, TotalAmt=total, Line=lines, **given)
        self.lay("Payment", made, method)

    def paid_by(self, method: str, place: int) -> Record:
        """Give what a document says of the way it was paid."""
        found: Record = {"PaymentMethodRef": self.shop.ref("PaymentMethod", method)}
        if method not in LEFT_LYING:
            found["DepositToAccountRef"] = self.shop.account("Checking")
        return {**found, "PaymentRefNum": str(4100 + place * 7)} if method == "Check" else found

    def lay(self, kind: str, made: Record, method: str) -> None:
        """Remember what has to be brought to the bank."""
        if method in LEFT_LYING:
            self.till.append((kind, made))

    def deposit(self) -> None:
        """Bring to the bank what was taken in checks and cash."""
        lines = [
            {
                "Amount": made["TotalAmt"],
                "LinkedTxn": [{"TxnId": made["Id"], "TxnType": kind, "TxnLineId": "0"}],
            }
            for kind, made in self.till
        ]
        if lines:
            self.shop.save("Deposit", DepositToAccountRef=self.shop.account("Checking"), Line=lines)
        self.till.clear()

    # --- what is taken back --------------------------------------------------------------------

    def credit(self, place: int) -> None:
        """Credit a customer for pieces that came back; most of it is used on the open invoice."""
        found = self._sold(open_only=True)
        if found is None:
            return
        invoice, lines = found
        memo = self.shop.save(
            "CreditMemo",
            DocNumber=self.shop.number("CreditMemo"),
            CustomerRef=invoice["CustomerRef"],
            Line=lines,
            CustomerMemo={"value": REASONS[place % len(REASONS)]},
            TxnTaxDetail=_code_of(invoice),
        )
        if place % 5 not in {1, 4}:
            amount = cents(memo["TotalAmt"] / (2 if place == 2 else 1))
            lines = [
                applied(amount, kind, one["Id"])
                for kind, one in (("Invoice", invoice), ("CreditMemo", memo))
            ]
            self.shop.save("Payment", CustomerRef=memo["CustomerRef"], TotalAmt=0, Line=lines)

    def refund(self, place: int) -> None:
        """Give a customer the money for some pieces back."""
        found = self._sold(open_only=False)
        if found is None:
            return
        invoice, lines = found
        self.shop.save(
            "RefundReceipt",
            DocNumber=self.shop.number("RefundReceipt"),
            CustomerRef=invoice["CustomerRef"],
            DepositToAccountRef=self.shop.account("Checking"),
            PaymentMethodRef=self.shop.ref("PaymentMethod", "Check"),
            PaymentRefNum=str(2200 + place),
            Line=lines,
            CustomerMemo={"value": REASONS[place % len(REASONS)]},
            TxnTaxDetail=_code_of(invoice),
        )

    def _sold(self, *, open_only: bool) -> tuple[Record, list[Record]] | None:
        """Give the newest invoice with goods to come back, open or paid, and their line."""
        for invoice in reversed(list(self.shop.books.store.all("Invoice"))):
            lines = again(returned(invoice["Line"], 24))
            if lines and (invoice["Balance"] >= 600 if open_only else invoice["Balance"] == 0):
                return invoice, lines
        return None


def _code_of(sale: Record) -> Record:
    code = reference(sale, "TxnTaxDetail.TxnTaxCodeRef")
    return {"TxnTaxCodeRef": {"value": code}} if code else {}
