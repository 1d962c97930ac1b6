"""Any sequence of valid work leaves books that add up, and versions that only grow."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.wire import Wire, line

ZERO = Decimal(0)
CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("invoice", "memo", "pay", "pay", "credit", "raise", "void", "unpay", "delete")
        ),
        st.integers(0, 50),
        CENTS,
    ),
    min_size=5,
    max_size=14,
)


class Ledger:
    """One customer's documents, worked on through the API alone."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.customer = {"value": wire.customer()["Id"]}
        self.item = wire.item()["Id"]
        self.tokens: dict[tuple[str, str], int] = {}

    def all(self, kind: str) -> list[dict[str, Any]]:
        return self.wire.find(kind, f"WHERE CustomerRef = '{self.customer['value']}'")

    def body(self, amount: Decimal) -> dict[str, Any]:
        return {"CustomerRef": self.customer, "Line": [line(str(amount), self.item)]}

    def pay(self, total: Decimal, *parts: tuple[str, str, Decimal]) -> None:
        lines = [
            {"Amount": amount, "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}
            for kind, target, amount in parts
        ]
        body = {"CustomerRef": self.customer, "TotalAmt": total, "Line": lines}
        self.wire.create("Payment", body)

    def do(self, step: str, place: int, amount: Decimal) -> None:
        if step in {"invoice", "memo"}:
            kind = "Invoice" if step == "invoice" else "CreditMemo"
            self.wire.create(kind, self.body(amount))
            return
        kind = {"unpay": "Payment", "credit": "CreditMemo"}.get(step, "Invoice")
        found = self.all(kind)
        if found:
            getattr(self, f"_{step}")(found[place % len(found)], amount)

    def _pay(self, invoice: dict[str, Any], amount: Decimal) -> None:
        applied = min(amount, Decimal(invoice["Balance"]))
        parts = [("Invoice", invoice["Id"], applied)] if applied else []
        self.pay(amount, *parts)

    def _credit(self, memo: dict[str, Any], amount: Decimal) -> None:
        for invoice in self.all("Invoice"):
            used = min(amount, Decimal(memo["RemainingCredit"]), Decimal(invoice["Balance"]))
            if used > 0:
                parts = (("Invoice", invoice["Id"], used), ("CreditMemo", memo["Id"], used))
                self.pay(ZERO, *parts)
                return

    def _raise(self, invoice: dict[str, Any], amount: Decimal) -> None:
        total = invoice["TotalAmt"] + amount
        self.wire.change("Invoice", invoice, Line=[line(str(total), self.item)])

    def _void(self, invoice: dict[str, Any], _amount: Decimal) -> None:
        self.wire.end("Invoice", invoice, "void")

    def _unpay(self, payment: dict[str, Any], amount: Decimal) -> None:
        self.wire.end("Payment", payment, "void" if amount > 100 else "delete")

    def _delete(self, invoice: dict[str, Any], _amount: Decimal) -> None:
        if not invoice["LinkedTxn"]:
            self.wire.end("Invoice", invoice, "delete")

    def check(self) -> None:
        invoices, memos, payments = map(self.all, ("Invoice", "CreditMemo", "Payment"))
        applied: dict[tuple[str, str], Decimal] = {}
        for payment in payments:
            left = Decimal(payment["TotalAmt"])
            for part in payment["Line"]:
                (link,) = part["LinkedTxn"]
                key = (link["TxnType"], link["TxnId"])
                applied[key] = applied.get(key, ZERO) + part["Amount"]
                left += part["Amount"] * (1 if key[0] == "CreditMemo" else -1)
            assert payment["UnappliedAmt"] == left >= 0
        for kind, field, records in (
            ("Invoice", "Balance", invoices),
            ("CreditMemo", "RemainingCredit", memos),
        ):
            for one in records:
                paid = applied.get((kind, one["Id"]), ZERO)
                assert one[field] == one["TotalAmt"] - paid >= 0
        owed = sum((one["Balance"] for one in invoices), ZERO)
        owed -= sum((one["RemainingCredit"] for one in memos), ZERO)
        owed -= sum((one["UnappliedAmt"] for one in payments), ZERO)
        assert self.wire.read("Customer", self.customer["value"])["Balance"] == owed
        self.check_tokens({"Invoice": invoices, "CreditMemo": memos, "Payment": payments})

    def check_tokens(self, found: dict[str, list[dict[str, Any]]]) -> None:
        for kind, records in found.items():
            for one in records:
                token = int(one["SyncToken"])
                assert token >= self.tokens.get((kind, one["Id"]), 0)
                self.tokens[kind, one["Id"]] = token


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_balances_follow_from_payments_and_tokens_only_grow(
    wire: Wire, steps: list[tuple[str, int, Decimal]]
) -> None:
    ledger = Ledger(wire)
    for step in steps:
        ledger.do(*step)
        ledger.check()
