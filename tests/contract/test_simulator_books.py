"""Whatever valid work is done, the books add up."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, line

ZERO = Decimal(0)


class Shop:
    """A shop that does something valid, chosen by chance, again and again."""

    def __init__(self, wire: Wire, seed: int) -> None:
        self.wire = wire
        self.chance = random.Random(seed)
        self.customers = [wire.customer()["Id"] for _ in range(3)]
        self.item_id = wire.item()["Id"]
        self.code = wire.tax_code("8.875")

    def amount(self, most: Decimal = Decimal(200)) -> Decimal:
        return max(
            Decimal("0.01"), (most * self.chance.randint(1, 100) / 100).quantize(Decimal("0.01"))
        )

    def sale(self) -> dict[str, Any]:
        tax = {"value": self.chance.choice(("TAX", "NON"))}
        lines = [
            line(str(self.amount()), self.item_id, TaxCodeRef=tax)
            for _ in range(self.chance.randint(1, 3))
        ]
        if self.chance.random() < 0.3:
            detail = {"PercentBased": True, "DiscountPercent": self.chance.randint(1, 30)}
            lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
        if self.chance.random() < 0.3:
            lines.append(line("7.50", "SHIPPING_ITEM_ID"))
        return {
            "CustomerRef": {"value": self.chance.choice(self.customers)},
            "Line": lines,
            "TxnTaxDetail": {"TxnTaxCodeRef": {"value": self.code}},
        }

    def some(self, kind: str, **wanted: Any) -> dict[str, Any] | None:
        found = [
            one
            for one in self.wire.find(kind)
            if one["CustomerRef"]["value"] in self.customers
            and all(one["CustomerRef"]["value"] == value for value in wanted.values())
        ]
        return self.chance.choice(found) if found else None

    def step(self) -> None:
        """Do one thing."""
        steps = (
            [self.invoice] * 4
            + [self.memo, self.pay, self.pay, self.pay, self.apply_credit]
            + [self.change, self.end, self.end]
        )
        self.chance.choice(steps)()

    def invoice(self) -> None:
        self.wire.create("Invoice", self.sale())

    def memo(self) -> None:
        self.wire.create("CreditMemo", self.sale())

    def pay(self) -> None:
        invoice = self.some("Invoice")
        if invoice is None or not invoice["Balance"]:
            return
        amount = self.amount(Decimal(invoice["Balance"]))
        extra = self.chance.choice((ZERO, ZERO, Decimal("3.21")))
        self.wire.payment(invoice, str(amount), total=str(amount + extra))

    def apply_credit(self) -> None:
        memo = self.some("CreditMemo")
        if memo is None or not memo["RemainingCredit"]:
            return
        invoice = self.some("Invoice", customer=memo["CustomerRef"]["value"])
        if invoice is None or not invoice["Balance"]:
            return
        amount = min(Decimal(memo["RemainingCredit"]), Decimal(invoice["Balance"]))
        lines = [
            {"Amount": amount, "LinkedTxn": [{"TxnId": one["Id"], "TxnType": kind}]}
            for one, kind in ((invoice, "Invoice"), (memo, "CreditMemo"))
        ]
        self.wire.create(
            "Payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 0, "Line": lines}
        )

    def change(self) -> None:
        invoice = self.some("Invoice")
        if invoice is not None and invoice["Balance"] == invoice["TotalAmt"]:
            body = {**self.sale(), "CustomerRef": invoice["CustomerRef"]}
            self.wire.change("Invoice", invoice, **body)

    def end(self) -> None:
        kind, operation = self.chance.choice(
            (
                ("Payment", "void"),
                ("Payment", "delete"),
                ("Invoice", "void"),
                ("Invoice", "delete"),
                ("CreditMemo", "delete"),
            )
        )
        record = self.some(kind)
        if record is None:
            return
        version = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        answer = self.wire.call("POST", kind.lower(), version, params={"operation": operation})
        if answer.status_code != 200:
            assert operation == "delete", answer.text
            assert "payments linked" in answer.text


def receivable(wire: Wire) -> Decimal:
    found = wire.find("Account", "WHERE AccountType = 'Accounts Receivable'")
    return sum((Decimal(account["CurrentBalance"]) for account in found), ZERO)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_sequence_of_valid_work_keeps_the_books_balanced(wire: Wire, seed: int) -> None:
    before = receivable(wire)
    shop = Shop(wire, seed)
    for _ in range(5):
        for _step in range(12):
            shop.step()
        invoices, payments, memos = (
            [one for one in wire.find(kind) if one["CustomerRef"]["value"] in shop.customers]
            for kind in ("Invoice", "Payment", "CreditMemo")
        )
        customers = [one for one in wire.find("Customer") if one["Id"] in shop.customers]
        owed = sum((one["Balance"] for one in invoices), ZERO)
        credit = sum((one["RemainingCredit"] for one in memos), ZERO)
        credit += sum((one["UnappliedAmt"] for one in payments), ZERO)
        assert all(0 <= one["Balance"] <= one["TotalAmt"] for one in invoices)
        assert all(one["RemainingCredit"] >= 0 for one in memos)
        assert receivable(wire) - before == owed - credit
        assert sum((one["Balance"] for one in customers), ZERO) == owed - credit


def balance(wire: Wire, subtype: str) -> Decimal:
    found = wire.find("Account", f"WHERE AccountSubType = '{subtype}'")[0]
    return Decimal(found["CurrentBalance"])


def test_what_was_sold_is_owed_or_paid_and_its_tax_is_a_debt(wire: Wire) -> None:
    def earned() -> Decimal:
        has = receivable(wire) + balance(wire, "UndepositedFunds")
        return has - balance(wire, "SalesTaxPayable")

    # Others have worked in these books before, and not all of what they did was a sale.
    before = earned()
    shop = Shop(wire, 9)
    for _ in range(30):
        shop.step()
    sold = sum(
        (
            (one["TotalAmt"] - one.get("TxnTaxDetail", {}).get("TotalTax", ZERO)) * sign
            for kind, sign in (("Invoice", 1), ("CreditMemo", -1))
            for one in wire.find(kind)
            if one["CustomerRef"]["value"] in shop.customers
        ),
        ZERO,
    )
    assert earned() - before == sold


def test_a_sale_and_its_payment_land_on_their_accounts(wire: Wire) -> None:
    names = ("AccountsReceivable", "SalesTaxPayable", "UndepositedFunds")
    before = {name: balance(wire, name) for name in names}

    def moved() -> dict[str, Decimal]:
        return {name: balance(wire, name) - before[name] for name in names}

    lines = [
        line("100.00", wire.item()["Id"], TaxCodeRef={"value": "TAX"}),
        {
            "Amount": 10,
            "DetailType": "DiscountLineDetail",
            "DiscountLineDetail": {"PercentBased": False},
        },
    ]
    code = wire.tax_code("8")
    invoice = wire.invoice(Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": code}})
    assert moved() == dict(zip(names, (98, 8, 0), strict=True))
    wire.payment(invoice, "50.00")
    assert moved() == dict(zip(names, (48, 8, 50), strict=True))
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "void")
    assert moved() == dict(zip(names, (-50, 0, 50), strict=True))


def test_only_accounts_of_the_balance_sheet_show_a_balance(wire: Wire) -> None:
    wire.invoice("10.00")
    for account in wire.find("Account"):
        if account["Classification"] in {"Revenue", "Expense"}:
            assert account["CurrentBalance"] == 0


def test_account_balances_are_no_edits(wire: Wire) -> None:
    (before,) = wire.find("Account", "WHERE AccountType = 'Accounts Receivable'")
    wire.invoice("10.00")
    (after,) = wire.find("Account", "WHERE AccountType = 'Accounts Receivable'")
    assert after["SyncToken"] == before["SyncToken"]
    assert after["CurrentBalance"] == before["CurrentBalance"] + 10
