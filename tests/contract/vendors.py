"""Vendors, what is bought of them, and what that moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.contract.wire import Wire, fresh

BY_ITEM, BY_ACCOUNT = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
CARD, BANK, PAYABLE, COSTS = "CreditCard", "Checking", "AccountsPayable", "Insurance"


def vendor(wire: Wire, **fields: Any) -> dict[str, str]:
    return {"value": wire.create("Vendor", {"DisplayName": fresh("Vendor"), **fields})["Id"]}


def spent(wire: Wire, amount: str, subtype: str = COSTS, **detail: Any) -> dict[str, Any]:
    """Give a line by account."""
    return {
        "Amount": Decimal(amount),
        "DetailType": BY_ACCOUNT,
        BY_ACCOUNT: {"AccountRef": wire.account(subtype), **detail},
    }


def bought(item_id: str, quantity: str, price: str, **detail: Any) -> dict[str, Any]:
    """Give a line by item."""
    amount = Decimal(quantity) * Decimal(price)
    numbers = {"Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
    return {
        "Amount": amount,
        "DetailType": BY_ITEM,
        BY_ITEM: {"ItemRef": {"value": item_id}, **numbers, **detail},
    }


def goods(wire: Wire, **fields: Any) -> dict[str, Any]:
    """Make an item of which nothing is there yet."""
    body = {
        "Type": "Inventory",
        "QtyOnHand": 0,
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": wire.account("SalesOfProductIncome"),
        "ExpenseAccountRef": wire.account("SuppliesMaterialsCogs"),
        "AssetAccountRef": wire.account("Inventory"),
    }
    return wire.item(**{**body, **fields})


def bill_of(wire: Wire, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"VendorRef": vendor(wire), "Line": list(lines) or [spent(wire, "80.00")]}
    return wire.create("Bill", {**body, **fields})


def pay(
    wire: Wire, bill: dict[str, Any], amount: str, *more: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    """Give what is sent to pay a bill."""
    link = {"TxnId": bill["Id"], "TxnType": "Bill"}
    return {
        "VendorRef": bill["VendorRef"],
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": wire.account(BANK)},
        "TotalAmt": Decimal(amount),
        "Line": [{"Amount": Decimal(amount), "LinkedTxn": [link]}, *more],
        **fields,
    }


class Moves:
    """What changes on some accounts between its making and the question."""

    def __init__(self, wire: Wire, *subtypes: str) -> None:
        self.wire = wire
        self.ids = [wire.account(one)["value"] for one in subtypes]
        self.before = self._now()

    def _now(self) -> list[Decimal]:
        return [Decimal(self.wire.read("Account", one)["CurrentBalance"]) for one in self.ids]

    def __call__(self) -> list[Decimal]:
        return [now - was for now, was in zip(self._now(), self.before, strict=True)]


def owed(wire: Wire, ref: dict[str, str]) -> Decimal:
    return Decimal(wire.read("Vendor", ref["value"])["Balance"])


def fields_of(record: dict[str, Any]) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
