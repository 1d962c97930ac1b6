"""What follows from a change: balances, links, converted estimates, credits applied."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from batchly_admin.qbo.simulator import lists, payments
from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.specs import Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import at, cents, reference, stamp, truth

ZERO = Decimal(0)
OPENING = "Opening Balance"


class Books(Protocol):
    """What consequences need of the books they happen in."""

    store: Store

    def now(self) -> datetime:
        """Give the present moment."""

    def preferences(self) -> Record:
        """Give the company's preferences."""

    def read(self, kind: str, record_id: str) -> Record:
        """Give one record."""

    def save(self, kind: str, sent: Record) -> Record:
        """Create or change a record."""

    def touch(self, kind: str, record: Record, operation: str) -> None:
        """Keep a changed record under a new token."""


class Effects:
    """The consequences of changes in one company's books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.store = books.store

    def follow(self, spec: Spec, record: Record, before: Record | None) -> None:
        """Let one change have its consequences."""
        was = before or {}
        if spec.kind == "Payment":
            for kind, target_id in payments.targets(record) | payments.targets(was):
                self.settle(kind, target_id)
        if spec.kind == "Invoice":
            self._link_estimates(record, was)
        if spec.kind == "CreditMemo" and before is None:
            self._apply_credit(record)
        if spec.kind in {"Invoice", "Payment", "CreditMemo"}:
            moment = stamp(self.books.now())
            for customer in {reference(record, "CustomerRef"), reference(was, "CustomerRef")}:
                if customer is not None:
                    lists.owe(self.store, customer, moment)

    def settle(self, kind: str, target_id: str) -> None:
        """Bring the balance of an invoice or credit memo in line with the payments on it."""
        target = self.store.copy(kind, target_id)
        if target is None:
            return
        left = target["TotalAmt"] - payments.applied_to(self.store, kind, target_id)
        left -= target.get("Deposit", ZERO)
        links = payments.links_to(self.store, kind, target_id)
        others = [one for one in target.get("LinkedTxn", []) if one.get("TxnType") != "Payment"]
        if target.get("Balance") == left and target.get("LinkedTxn", []) == [*others, *links]:
            return
        target["Balance"] = left
        if kind == "CreditMemo":
            target["RemainingCredit"] = left
        target["LinkedTxn"] = [*others, *links]
        self.books.touch(kind, target, "Update")
        customer = reference(target, "CustomerRef")
        if customer is not None:
            lists.owe(self.store, customer, stamp(self.books.now()))

    def _link_estimates(self, invoice: Record, was: Record) -> None:
        wanted, linked = _estimates(invoice), _estimates(was)
        for estimate_id in wanted:
            if estimate_id not in linked:
                self._convert(invoice, estimate_id)
        for estimate_id in linked:
            estimate = self.store.copy("Estimate", estimate_id)
            if estimate_id not in wanted and estimate is not None:
                links = estimate.get("LinkedTxn", [])
                estimate["LinkedTxn"] = [one for one in links if one["TxnId"] != was["Id"]]
                self.books.touch("Estimate", estimate, "Update")

    def _convert(self, invoice: Record, estimate_id: str) -> None:
        estimate = self.store.copy("Estimate", estimate_id)
        if estimate is None or estimate["TxnStatus"] not in {"Pending", "Accepted"}:
            raise Fault("620", "Transaction cannot be linked", element="LinkedTxn")
        customers = (reference(estimate, "CustomerRef"), reference(invoice, "CustomerRef"))
        if not payments.related(self.store, *customers):
            raise Fault("6000", "The estimate belongs to another customer", element="LinkedTxn")
        back = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
        estimate["LinkedTxn"] = [*estimate.get("LinkedTxn", []), back]
        estimate["TxnStatus"] = "Closed"
        self.books.touch("Estimate", estimate, "Update")

    def _apply_credit(self, memo: Record) -> None:
        """Apply a new credit to the oldest open invoices, where the company prefers that."""
        if not truth(at(self.books.preferences(), "SalesFormsPrefs.AutoApplyCredit")):
            return
        customer = reference(memo, "CustomerRef")
        mine = [
            one
            for one in self.store.all("Invoice")
            if one["Balance"] > 0 and reference(one, "CustomerRef") == customer
        ]
        left, lines = memo["RemainingCredit"], []
        for invoice in sorted(mine, key=lambda one: (one["TxnDate"], int(one["Id"]))):
            amount = min(left, invoice["Balance"])
            if amount > 0:
                lines.append(_applied(amount, "Invoice", invoice["Id"]))
                left -= amount
        if lines:
            used = sum((line["Amount"] for line in lines), ZERO)
            lines.append(_applied(used, "CreditMemo", memo["Id"]))
            payment = {"CustomerRef": memo["CustomerRef"], "TotalAmt": 0, "Line": lines}
            self.books.save("Payment", {**payment, "TxnDate": memo["TxnDate"]})

    def open_balance(self, customer: Record, opening: Decimal) -> None:
        """Write what a new customer owes from before as a document of its own."""
        item = next((one for one in self.store.all("Item") if one["Name"] == OPENING), None)
        if item is None:
            accounts = self.store.all("Account")
            income = next(one for one in accounts if one["AccountType"] == "Income")
            sent = {"Name": OPENING, "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}}
            item = self.books.save("Item", sent)
        line = {
            "Amount": cents(abs(opening)),
            "Description": OPENING,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}},
        }
        document = {
            "CustomerRef": {"value": customer["Id"]},
            "TxnDate": customer.get("OpenBalanceDate"),
            "Line": [line],
        }
        self.books.save("Invoice" if opening > 0 else "CreditMemo", document)

    def deposit(self, payment_id: str) -> Record:
        """Bring a payment to the bank, as the accountant does; nobody can change it then.

        Raises:
            Fault: 610 for a payment there is not.
        """
        with self.store.write():
            payment = {**self.books.read("Payment", payment_id)}
            link = {"TxnId": self.store.next_id("Deposit"), "TxnType": "Deposit"}
            payment["LinkedTxn"] = [*payment.get("LinkedTxn", []), link]
            self.books.touch("Payment", payment, "Update")
        return payment

    def unlink(self, invoice_id: str) -> None:
        """Turn what was paid on a voided invoice into unapplied credit."""
        for payer in list(self.store.indexes.paid.get(("Invoice", invoice_id), ())):
            payment = self.store.copy("Payment", payer) or {}
            link = ("Invoice", invoice_id)
            payment["Line"] = [
                line for line in payment["Line"] if link not in payments.targets({"Line": [line]})
            ]
            payments.check(self.store, payment)
            self.books.touch("Payment", payment, "Update")
            customer = payment["CustomerRef"]["value"]
            lists.owe(self.store, customer, stamp(self.books.now()))


def _estimates(invoice: Record) -> list[str]:
    links = invoice.get("LinkedTxn", [])
    return [str(one.get("TxnId")) for one in links if one.get("TxnType") == "Estimate"]


def _applied(amount: Decimal, kind: str, target_id: str) -> Record:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target_id, "TxnType": kind}]}
