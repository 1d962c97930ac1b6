"""What stands on the accounts of the balance sheet: worked out whenever somebody asks.

Only sales and what is paid for them are posted. An account's balance is no part of its record: it
changes without an edit, and nobody's token with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.sales import DISCOUNT, SALES, SHIPPING
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import at, reference

ZERO = Decimal(0)
SIGNS = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
ON_ACCOUNT = frozenset({"Invoice", "CreditMemo"})


class Ledger:
    """The balances of one company's accounts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: tuple[int, dict[str, Decimal]] = (-1, {})

    def shown(self, account: Record) -> Record:
        """Give an account with what stands on it."""
        debit, kind = self._balances().get(account["Id"], ZERO), account["Classification"]
        # What was earned and spent stands in reports; such accounts show nothing themselves.
        balance = {"Asset": debit, "Liability": -debit, "Equity": -debit}.get(kind, ZERO) + ZERO
        return {**account, "CurrentBalance": balance, "CurrentBalanceWithSubAccounts": balance}

    def _balances(self) -> dict[str, Decimal]:
        with self.store.lock:
            version, found = self._known
            if version != self.store.version:
                sums: defaultdict[str, Decimal] = defaultdict(Decimal)
                for account_id, amount in self._postings():
                    sums[account_id] += amount
                found = dict(sums)
                self._known = (self.store.version, found)
            return found

    def _postings(self) -> Iterator[tuple[str, Decimal]]:
        """Give every posting, debit above zero."""
        accounts = {one["AccountSubType"]: one["Id"] for one in self._accounts()}
        for payment in self.store.all("Payment"):
            yield self._money(payment, accounts), payment["TotalAmt"]
            yield accounts["AccountsReceivable"], -payment["TotalAmt"]
        for kind, sign in SIGNS.items():
            for sale in self.store.all(kind):
                for account_id, amount in self._of_sale(kind, sale, accounts):
                    yield account_id, amount * sign

    def _accounts(self) -> list[Record]:
        # The oldest account of a type is the company's own.
        found = (one for one in self.store.all("Account") if "AccountSubType" in one)
        return sorted(found, key=lambda one: -int(one["Id"]))

    def _money(self, record: Record, accounts: dict[str, str]) -> str:
        return reference(record, "DepositToAccountRef") or accounts["UndepositedFunds"]

    def _of_sale(
        self, kind: str, sale: Record, accounts: dict[str, str]
    ) -> Iterator[tuple[str, Decimal]]:
        paid = sale["TotalAmt"] if kind not in ON_ACCOUNT else sale.get("Deposit", ZERO)
        yield accounts["AccountsReceivable"], sale["TotalAmt"] - paid
        yield self._money(sale, accounts), paid
        yield accounts["SalesTaxPayable"], -(at(sale, "TxnTaxDetail.TotalTax") or ZERO)
        for line in sale["Line"]:
            if line["DetailType"] == DISCOUNT:
                yield accounts["DiscountsRefundsGiven"], line["Amount"]
            elif line["DetailType"] == SALES:
                yield self._income(line, accounts), -line["Amount"]

    def _income(self, line: Record, accounts: dict[str, str]) -> str:
        item_id = reference(line, f"{SALES}.ItemRef")
        item = self.store.get("Item", item_id) or {}
        usual = accounts["OtherPrimaryIncome" if item_id == SHIPPING else "SalesOfProductIncome"]
        return reference(item, "IncomeAccountRef") or usual
