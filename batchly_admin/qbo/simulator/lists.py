"""What QuickBooks asks of the entries of its lists: customers, items, accounts, terms and more."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator import names
from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.specs import Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import at, reference, truth

ZERO = Decimal(0)
CLASSES = {
    **dict.fromkeys(
        ("Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"),
        "Asset",
    ),
    "Equity": "Equity",
    **dict.fromkeys(("Income", "Other Income"), "Revenue"),
    **dict.fromkeys(("Cost of Goods Sold", "Expense", "Other Expense"), "Expense"),
}
"""How a type of account is classified; what is not here is a liability."""


def prepare(store: Store, spec: Spec, record: Record, before: Record | None) -> None:
    """Check a list entry and complete it.

    Raises:
        Fault: what QuickBooks would refuse.
    """
    record.setdefault("Active", True)
    if spec.kind == "Customer":
        _customer(store, record, before)
    elif spec.kind == "Item":
        _item(record, before)
    elif spec.kind == "Account":
        _account(store, record)
    elif spec.kind == "Term":
        _term(record)
    elif spec.kind == "Vendor":
        record.setdefault("Balance", before.get("Balance", ZERO) if before else ZERO)
    elif spec.kind == "PaymentMethod":
        record.setdefault("Type", "NON_CREDIT_CARD")


def home_currency(store: Store, record: Record, before: Record | None) -> None:
    """Give a record the company's currency; there is no other here, and it never changes.

    Raises:
        Fault: 6000 for a change, 2220 for another currency.
    """
    preferences = store.get("Preferences", "1") or {}
    home = at(preferences, "CurrencyPrefs.HomeCurrency.value") or "USD"
    was, asked = reference(before or {}, "CurrencyRef"), reference(record, "CurrencyRef")
    if was is not None and asked is not None and asked != was:
        raise Fault("6000", "The currency cannot be changed once it is set", element="CurrencyRef")
    if asked is not None and asked != home:
        detail = f"Invalid currency : {asked}; multicurrency is not enabled"
        raise Fault("2220", detail, element="CurrencyRef")
    record["CurrencyRef"] = {"value": str(home)}


def _customer(store: Store, record: Record, before: Record | None) -> None:
    record.setdefault("Taxable", True)
    record.setdefault("Job", False)
    record.setdefault("BillWithParent", False)
    record.setdefault("PreferredDeliveryMethod", "None")
    if record["Job"] and reference(record, "ParentRef") is None:
        raise Fault("6150", "A job needs the customer it belongs to", element="ParentRef")
    if not record["Taxable"]:
        record.pop("DefaultTaxCodeRef", None)
    balance = before.get("Balance", ZERO) if before else ZERO
    record["Balance"] = balance
    record["BalanceWithJobs"] = before.get("BalanceWithJobs", balance) if before else balance
    home_currency(store, record, before)


def _item(record: Record, before: Record | None) -> None:
    kind = record["Type"]
    if before is not None and before["Type"] == "Inventory" and kind != "Inventory":
        raise Fault("6000", "An inventory item stays one", element="Type")
    if record.get("SubItem") and reference(record, "ParentRef") is None:
        raise Fault("6150", "A sub-item needs its parent", element="ParentRef")
    if kind == "Category":
        record.pop("UnitPrice", None)
        return
    if kind in {"Inventory", "Service"}:
        _need_account(record, "IncomeAccountRef")
    if kind == "Inventory":
        _inventory(record)
    elif record.get("PurchaseCost"):
        _need_account(record, "ExpenseAccountRef")
    record.setdefault("UnitPrice", ZERO)
    record.setdefault("Taxable", False)
    record["TrackQtyOnHand"] = kind == "Inventory"


def _inventory(record: Record) -> None:
    _need_account(record, "AssetAccountRef")
    _need_account(record, "ExpenseAccountRef")
    for name in ("QtyOnHand", "InvStartDate"):
        if name not in record:
            raise Fault("2020", f"Required parameter {name} is missing", element=name)


def _need_account(record: Record, name: str) -> None:
    if reference(record, name) is None:
        detail = f"Business Validation Error: {name} is needed for this item"
        raise Fault("6000", detail, element=name)


def _account(store: Store, record: Record) -> None:
    if '"' in record["Name"]:
        raise Fault("2040", "The name contains a double quote", element="Name")
    if record.get("SubAccount") and reference(record, "ParentRef") is None:
        raise Fault("6150", "A sub-account needs its parent", element="ParentRef")
    number = record.get("AcctNum")
    if number is not None:
        _check_account_number(store, record, number)
    record["Classification"] = CLASSES.get(record["AccountType"], "Liability")
    record.setdefault("SubAccount", False)
    record.setdefault("CurrentBalance", ZERO)
    record.setdefault("CurrentBalanceWithSubAccounts", ZERO)


def _check_account_number(store: Store, record: Record, number: str) -> None:
    if ":" in number:
        raise Fault("2040", "The account number contains a colon", element="AcctNum")
    for other in store.all("Account"):
        if other.get("AcctNum") == number and other["Id"] != record.get("Id"):
            detail = f"The account number already exists. : Id={other['Id']}"
            raise Fault("6000", detail, element="AcctNum")


def _term(record: Record) -> None:
    for name, least, most in (
        ("DueDays", 0, 999),
        ("DiscountDays", 0, 999),
        ("DiscountPercent", 0, 100),
        ("DayOfMonthDue", 1, 31),
        ("DueNextMonthDays", 0, 999),
        ("DiscountDayOfMonth", 1, 31),
    ):
        if name in record and not least <= record[name] <= most:
            detail = f"{name} {record[name]} is not between {least} and {most}"
            raise Fault("2240", detail, element=name)
    if "DueDays" in record:
        record["Type"] = "STANDARD"
    elif "DayOfMonthDue" in record:
        record["Type"] = "DATE_DRIVEN"
    else:
        detail = "Required parameter DueDays or DayOfMonthDue is missing"
        raise Fault("2020", detail, element="DueDays")


def rename_below(store: Store, spec: Spec, record: Record, moment: str) -> None:
    """Carry a new name down to what stands below it."""
    for child_id in list(store.indexes.children.get((spec.kind, record["Id"]), ())):
        child = store.copy(spec.kind, child_id) or {}
        old = child.get("FullyQualifiedName")
        child["FullyQualifiedName"] = f"{record['FullyQualifiedName']}:{child[spec.name_field]}"
        child["Level"] = int(record["Level"]) + 1
        if child["FullyQualifiedName"] != old:
            store.put(spec.kind, child, operation="Balance", at=moment)
            rename_below(store, spec, child, moment)


def owe(store: Store, customer_id: str, moment: str) -> None:
    """Bring a customer's balance, and those above it, in line with the open documents."""
    customer = store.get("Customer", customer_id)
    if customer is None:
        return
    own = store.indexes.owed.get(customer_id, ZERO)
    jobs = store.indexes.children.get(("Customer", customer_id), ())
    below = [store.get("Customer", job) or {} for job in jobs]
    whole = own + sum((one.get("BalanceWithJobs", ZERO) for one in below), ZERO)
    if customer.get("Balance") != own or customer.get("BalanceWithJobs") != whole:
        # A balance is not an edit: token and time stay.
        changed = {**customer, "Balance": own, "BalanceWithJobs": whole}
        store.put("Customer", changed, operation="Balance", at=moment)
    parent = reference(customer, "ParentRef")
    if parent is not None:
        owe(store, parent, moment)


def has_name_rules(spec: Spec, record: Record, before: Record | None) -> bool:
    """Tell whether the name of a record has to be settled again."""
    watched = (spec.name_field, "Active", "ParentRef")
    return before is None or any(record.get(name) != before.get(name) for name in watched)


def settle_name(store: Store, spec: Spec, record: Record, before: Record | None) -> None:
    """Check and mark a name, where something of it changed."""
    if has_name_rules(spec, record, before):
        names.settle(store, spec, record, before)
    elif before is not None:
        for name in ("FullyQualifiedName", "Level"):
            if name in before:
                record[name] = before[name]


def feature_is_missing(edition: object, spec: Spec, record: Record) -> bool:
    """Tell whether the company's edition lacks what a record needs."""
    if edition not in {"simple_start", "essentials"}:
        return False
    return spec.kind in {"PurchaseOrder", "Class", "Department"} or (
        spec.kind == "Item" and truth(record.get("Type") == "Inventory")
    )
