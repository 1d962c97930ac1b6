"""A shop that does anything valid through the API alone, as it is told by numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.contract.wire import Wire, fresh, line

ZERO = Decimal(0)
MAY_REFUSE = frozenset({"6000", "6540", "620"})
"""What an older document may be refused with: payments, deposits and bills may hold on to it."""
ENDINGS = (
    *(("Invoice", "void"), ("Invoice", "delete"), ("Payment", "void"), ("Payment", "delete")),
    *(("CreditMemo", "delete"), ("SalesReceipt", "void"), ("SalesReceipt", "delete")),
    *(("RefundReceipt", "delete"), ("Bill", "delete"), ("VendorCredit", "delete")),
    *(("BillPayment", "void"), ("BillPayment", "delete"), ("Purchase", "delete")),
    *(("JournalEntry", "delete"), ("Deposit", "delete"), ("Transfer", "delete")),
)

VOIDED_BY_UPDATE = frozenset({"Payment", "SalesReceipt", "BillPayment"})
"""What is voided by an update with include=void."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: which, in which way, on what, and with how much."""

    action: str
    place: int
    which: int
    amount: Decimal


class Shop:
    """A company with two customers, one of them with a job, a vendor and something in stock."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        customer = wire.customer()["Id"]
        job = {"Job": True, "ParentRef": {"value": customer}}
        self.customers = [customer, wire.customer()["Id"], wire.customer(**job)["Id"]]
        self.vendor = {"value": wire.create("Vendor", {"DisplayName": fresh("Vendor")})["Id"]}
        self.bank, self.card, self.cost, self.asset = (
            {"value": wire.create("Account", {"Name": fresh(one), "AccountType": one})["Id"]}
            for one in ("Bank", "Credit Card", "Expense", "Other Current Asset")
        )
        self.owed = wire.account("AccountsReceivable")
        self.service, self.goods = wire.item()["Id"], self._goods()
        self.actions: dict[str, Callable[[Step], None]] = {
            name.removeprefix("do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }

    def _goods(self) -> str:
        body = {
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 7,
            "InvStartDate": "2026-01-01",
            "PurchaseCost": Decimal("3.33"),
            "AssetAccountRef": self.asset,
            "ExpenseAccountRef": self.wire.account("SuppliesMaterialsCogs"),
            "IncomeAccountRef": self.wire.account("SalesOfProductIncome"),
        }
        return str(self.wire.item(**body)["Id"])

    def do(self, step: Step) -> None:
        """Do one thing."""
        self.actions[step.action](step)

    # --- sending ---------------------------------------------------------------------------

    def send(self, kind: str, body: Mapping[str, Any], step: Step, **params: str) -> None:
        """Do something that has to succeed, now and then twice under one request id."""
        if step.which % 3:
            self.wire.create(kind, body, **params)
            return
        asked = {**params, "requestid": fresh("r")}
        first = self.wire.call("POST", kind.lower(), body, params=asked)
        assert first.status_code == 200, first.text
        before = self.state(kind)
        again = self.wire.call("POST", kind.lower(), body, params=asked)
        assert (again.status_code, again.content) == (200, first.content)
        assert self.state(kind) == before, "a replay changes nothing"

    def state(self, kind: str) -> str:
        """Give everything there is of an entity, and of whoever a document touches."""
        kinds = (kind, "Invoice", "Account", "Customer", "Item")
        return json.dumps([self.wire.find(one) for one in kinds], default=str)

    def try_to(self, kind: str, body: Mapping[str, Any], **params: str) -> None:
        """Change or end a document, which others may hold on to; a refusal changes nothing."""
        before = self.state(kind)
        answer = self.wire.call("POST", kind.lower(), body, params=params)
        if answer.status_code != 200:
            codes = {error["code"] for error in answer.json()["Fault"]["Error"]}
            assert codes <= MAY_REFUSE, f"{kind} {params} {body}: {answer.text}"
            assert self.state(kind) == before, f"refused, and yet done: {answer.text}"

    def some(self, kind: str, step: Step) -> dict[str, Any] | None:
        """Give one document, or none where there is none."""
        found = self.wire.find(kind)
        return found[step.which % len(found)] if found else None

    # --- sales -----------------------------------------------------------------------------

    def sale(self, step: Step) -> dict[str, Any]:
        """Give a sale: a service, goods every other time, a discount now and then."""
        lines = [line(str(step.amount), self.service)]
        if step.place % 2:
            quantity = Decimal(step.place % 4 + 1)
            detail = {"Qty": quantity, "UnitPrice": step.amount}
            lines.append(line(str(quantity * step.amount), self.goods, **detail))
        if step.place % 5 == 0:
            percent = {"PercentBased": True, "DiscountPercent": step.place % 90 + 1}
            lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": percent})
        customer = self.customers[step.which % len(self.customers)]
        return {"CustomerRef": {"value": customer}, "Line": lines}

    def do_invoice(self, step: Step) -> None:
        self.send("Invoice", self.sale(step), step)

    def do_credit_memo(self, step: Step) -> None:
        self.send("CreditMemo", self.sale(step), step)

    def do_sales_receipt(self, step: Step) -> None:
        into = {"DepositToAccountRef": self.bank} if step.place % 4 == 0 else {}
        self.send("SalesReceipt", {**self.sale(step), **into}, step)

    def do_refund(self, step: Step) -> None:
        body = {**self.sale(step), "DepositToAccountRef": self.bank}
        self.send("RefundReceipt", body, step)

    def do_payment(self, step: Step) -> None:
        """Pay all or some of the open invoices of one customer, also with its credit."""
        customer = self.customers[step.which % len(self.customers)]
        where = f"WHERE CustomerRef = '{customer}'"
        left, lines = step.amount, []
        for memo in self.wire.find("CreditMemo", where)[: step.place % 3]:
            if memo["RemainingCredit"] > 0:
                lines.append(linked("CreditMemo", memo["Id"], memo["RemainingCredit"]))
                left += memo["RemainingCredit"]
        for invoice in self.wire.find("Invoice", where):
            part = min(left, Decimal(invoice["Balance"]))
            if part > 0:
                lines.append(linked("Invoice", invoice["Id"], part))
                left -= part
        # Credit that finds no invoice would only lift what is unapplied.
        body = {"CustomerRef": {"value": customer}, "TotalAmt": step.amount, "Line": lines}
        self.send("Payment", body, step)

    # --- purchases -------------------------------------------------------------------------

    def spending(self, step: Step) -> dict[str, Any]:
        """Give what is bought: by account, goods every other time."""
        lines = [by_account(step.amount, self.cost)]
        if step.place % 2:
            detail = {"ItemRef": {"value": self.goods}, "Qty": 3, "UnitPrice": step.amount}
            kind = "ItemBasedExpenseLineDetail"
            lines.append({"Amount": step.amount * 3, "DetailType": kind, kind: detail})
        return {"VendorRef": self.vendor, "Line": lines}

    def do_bill(self, step: Step) -> None:
        self.send("Bill", self.spending(step), step)

    def do_vendor_credit(self, step: Step) -> None:
        self.send("VendorCredit", self.spending(step), step)

    def do_purchase(self, step: Step) -> None:
        way = ("Cash", "Check", "CreditCard")[step.place % 3]
        account = self.card if way == "CreditCard" else self.bank
        paid = {"AccountRef": account, "PaymentType": way}
        lines = self.spending(step)["Line"]
        self.send("Purchase", {**paid, "Line": lines}, step)

    def do_bill_payment(self, step: Step) -> None:
        left, lines = step.amount, []
        for bill in self.wire.find("Bill"):
            part = min(left, Decimal(bill["Balance"]))
            if part > 0:
                lines.append(linked("Bill", bill["Id"], part))
                left -= part
        if not lines:
            return
        body = {
            "VendorRef": self.vendor,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": self.bank},
            "TotalAmt": step.amount - (ZERO if step.place % 4 == 0 else left),
            "Line": lines,
        }
        self.send("BillPayment", body, step)

    # --- between accounts ------------------------------------------------------------------

    def do_journal_entry(self, step: Step) -> None:
        """Book something by hand, now and then onto what a customer owes."""
        sides: list[tuple[str, dict[str, str], dict[str, Any]]]
        sides = [("Debit", self.bank, {}), ("Credit", self.cost, {})]
        if step.place % 2:
            who = {"Type": "Customer", "EntityRef": {"value": self.customers[0]}}
            sides[0] = ("Debit", self.owed, {"Entity": who})
        kind = "JournalEntryLineDetail"
        lines = [
            {
                "Amount": step.amount,
                "DetailType": kind,
                kind: {"PostingType": side, "AccountRef": account, **more},
            }
            for side, account, more in sides
        ]
        self.send("JournalEntry", {"Line": lines}, step)

    def do_transfer(self, step: Step) -> None:
        ends = {"FromAccountRef": self.bank, "ToAccountRef": self.card}
        self.send("Transfer", {**ends, "Amount": step.amount}, step)

    def do_deposit(self, step: Step) -> None:
        """Bring what lies in the till to the bank, and something else with it."""
        detail = {"AccountRef": self.cost}
        kind = "DepositLineDetail"
        lines: list[dict[str, Any]] = [
            {"Amount": step.amount, "DetailType": kind, kind: detail},
        ]
        for payment in self.wire.find("Payment"):
            is_in = any(one["TxnType"] == "Deposit" for one in payment.get("LinkedTxn", []))
            if payment["TotalAmt"] > 0 and not is_in:
                link = {"TxnId": payment["Id"], "TxnType": "Payment"}
                lines.append({"Amount": payment["TotalAmt"], "LinkedTxn": [link]})
                break
        self.send("Deposit", {"DepositToAccountRef": self.bank, "Line": lines}, step)

    # --- afterwards ------------------------------------------------------------------------

    def do_rename(self, step: Step) -> None:
        customer = self.wire.read("Customer", self.customers[step.place % 3])
        self.wire.change("Customer", customer, DisplayName=fresh("Renamed"), Notes="new")

    def do_note(self, step: Step) -> None:
        """Change nothing that costs money."""
        kind = ENDINGS[step.place % len(ENDINGS)][0]
        record = self.some(kind, step)
        if record is not None:
            self.try_to(kind, {**version(record), "sparse": True, "PrivateNote": fresh("Note")})

    def do_amounts(self, step: Step) -> None:
        """Give a document other lines, as often as not below what was paid."""
        kinds = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Bill", "VendorCredit")
        kind = kinds[step.place % len(kinds)]
        record = self.some(kind, step)
        if record is None:
            return
        sells = "CustomerRef" in record
        lines = (self.sale(step) if sells else self.spending(step))["Line"]
        self.try_to(kind, {**version(record), "sparse": True, "Line": lines})

    def do_whole(self, step: Step) -> None:
        """Send a whole document back as it was read, which changes no amount."""
        kind = ENDINGS[step.place % len(ENDINGS)][0]
        record = self.some(kind, step)
        if record is not None:
            self.try_to(kind, {**record, "sparse": False})

    def do_unapply(self, step: Step) -> None:
        payment = self.some("Payment", step)
        if payment is not None:
            self.try_to("Payment", {**version(payment), "sparse": True, "Line": []})

    def do_count(self, step: Step) -> None:
        """Count the goods on the shelf."""
        goods = self.wire.read("Item", self.goods)
        self.wire.change("Item", goods, QtyOnHand=step.place)

    def do_end(self, step: Step) -> None:
        kind, operation = ENDINGS[step.place % len(ENDINGS)]
        record = self.some(kind, step)
        if record is None:
            return
        if operation == "void" and kind in VOIDED_BY_UPDATE:
            body = {**version(record), "sparse": True}
            self.try_to(kind, body, operation="update", include="void")
        else:
            self.try_to(kind, version(record), operation=operation)


def linked(kind: str, target_id: str, amount: Decimal) -> dict[str, Any]:
    """Give the line of a payment that puts an amount on a document."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target_id, "TxnType": kind}]}


def by_account(amount: Decimal, account: dict[str, str]) -> dict[str, Any]:
    """Give a line of something bought, booked on an account."""
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": account}}


def version(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give what says which version of which record is meant."""
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}
