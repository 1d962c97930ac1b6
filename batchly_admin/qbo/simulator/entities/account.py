"""Accounts: the chart on which everything is posted."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import ListEntry, Record, list_spec
from batchly_admin.qbo.simulator.books.names import children
from batchly_admin.qbo.simulator.wire.fields import COMMON, HIERARCHY, OURS, REF, TEXT, TRUTH, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import reference

ZERO = Decimal(0)
CLASSES = {
    **dict.fromkeys(
        ("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"),
        "Asset",
    ),
    **dict.fromkeys(
        (
            *("Accounts Payable", "Credit Card", "Other Current Liability"),
            "Long Term Liability",
        ),
        "Liability",
    ),
    "Equity": "Equity",
    **dict.fromkeys(("Income", "Other Income"), "Revenue"),
    **dict.fromkeys(("Cost of Goods Sold", "Expense", "Other Expense"), "Expense"),
}
"""How a type of account is classified."""
USUAL = {
    "Bank": "CashOnHand",
    "Accounts Receivable": "AccountsReceivable",
    "Other Current Asset": "EmployeeCashAdvances",
    "Fixed Asset": "FurnitureAndFixtures",
    "Other Asset": "Licenses",
    "Accounts Payable": "AccountsPayable",
    "Credit Card": "CreditCard",
    "Other Current Liability": "OtherCurrentLiabilities",
    "Long Term Liability": "NotesPayable",
    "Equity": "OwnersEquity",
    "Income": "ServiceFeeIncome",
    "Cost of Goods Sold": "SuppliesMaterialsCogs",
    "Expense": "Travel",
    "Other Income": "OtherMiscellaneousIncome",
    "Other Expense": "PenaltiesSettlements",
}
"""The subtype an account gets that was made with its type alone."""
SHAPE: Shape = (
    COMMON
    | HIERARCHY
    | {"Name": 100, "Description": 4000, "Active": TRUTH, "SubAccount": TRUTH, "AcctNum": 20}
    | {"AccountType": 60, "AccountSubType": 80, "Classification": OURS, "AccountAlias": 100}
    | {"CurrentBalance": OURS, "CurrentBalanceWithSubAccounts": OURS}
    | {"CurrencyRef": REF, "TaxCodeRef": REF, "TxnLocationType": 50}
)
SPEC = list_spec(
    "Account",
    shape=SHAPE,
    enums={"AccountType": tuple(CLASSES)},
    references={"ParentRef": "Account"},
    filters=dict.fromkeys(
        ("AccountType", "AccountSubType", "Classification", "FullyQualifiedName", "AcctNum"), TEXT
    ),
    is_tree=True,
    gaps=("an opening balance is not taken with a new account; write a journal entry",),
)


class Account(ListEntry):
    """One account of the chart."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Take the type from the subtype, or the subtype from the type.

        Raises:
            Fault: 2020 when both are missing.
        """
        super().complete(books, record, before)
        subtype = record.get("AccountSubType")
        if "AccountType" not in record:
            found = next((kind for kind, one in USUAL.items() if one == subtype), None)
            if found is None:
                detail = "Required parameter AccountType is missing in the request"
                raise Fault("2020", detail, element="AccountType")
            record["AccountType"] = found
        if subtype is None and record["AccountType"] in USUAL:
            record["AccountSubType"] = USUAL[record["AccountType"]]

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check and complete an account.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        if '"' in record["Name"]:
            raise Fault("2040", "The name contains a double quote", element="Name")
        if record.get("SubAccount") and reference(record, "ParentRef") is None:
            raise Fault("6150", "A sub-account needs its parent", element="ParentRef")
        if "AcctNum" in record:
            _check_number(books, record)
        record["Classification"] = CLASSES[record["AccountType"]]
        record.setdefault("SubAccount", False)
        currency.settle(books, record, before)

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give an account with what stands on it, and on those below it.

        What was earned and spent stands in reports; such accounts show nothing themselves.
        """
        own = whole = ZERO
        if record["Classification"] in {"Asset", "Liability", "Equity"}:
            sign = 1 if record["Classification"] == "Asset" else -1
            own = books.ledger.balance(record["Id"]) * sign + ZERO
            whole = _with_those_below(books, record["Id"]) * sign + ZERO
        return {**record, "CurrentBalance": own, "CurrentBalanceWithSubAccounts": whole}


def _with_those_below(books: Books, account_id: str) -> Decimal:
    below = children(books, "Account", account_id)
    return books.ledger.balance(account_id) + sum(
        (_with_those_below(books, one) for one in below), ZERO
    )


def _check_number(books: Books, record: Record) -> None:
    number = record["AcctNum"]
    if ":" in number:
        raise Fault("2040", "The account number contains a colon", element="AcctNum")
    for other in books.store.ids("Account", "AcctNum", number.casefold()):
        if other != record.get("Id"):
            detail = f"The account number already exists. : Id={other}"
            raise Fault("6000", detail, element="AcctNum")


ENTITY = Account(SPEC)
