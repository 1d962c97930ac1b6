"""What each entity is, as data: its fields, lengths, enumerations and references.

Sources: Intuit's API reference of each entity and its schema (IntuitBaseTypes.xsd, Finance.xsd).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from batchly_admin.qbo.simulator import fields
from batchly_admin.qbo.simulator.fields import Shape


@dataclass(frozen=True, slots=True)
class Spec:
    """One entity. `family` is name (a list), transaction, or config."""

    kind: str
    family: str
    name_field: str = ""
    # Entities that share one space of names.
    name_space: str = ""
    shape: Shape = field(default_factory=dict)
    required: tuple[str, ...] = ()
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    read_only: bool = False
    can_void: bool = False
    in_cdc: bool = True
    # Names may stand below one another: Parent:Child.
    is_tree: bool = False

    @property
    def path(self) -> str:
        """Give the entity's segment of the address."""
        return self.kind.lower()


SALE_REFERENCES = {
    "CustomerRef": "Customer",
    "SalesTermRef": "Term",
    "TxnTaxDetail.TxnTaxCodeRef": "TaxCode",
    "PaymentMethodRef": "PaymentMethod",
    "DepositToAccountRef": "Account",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}
SALE_ENUMS: dict[str, tuple[str, ...]] = {
    "EmailStatus": ("NotSet", "NeedToSend", "EmailSent"),
    "PrintStatus": ("NotSet", "NeedToPrint", "PrintComplete"),
    "GlobalTaxCalculation": ("TaxExcluded", "TaxInclusive", "NotApplicable"),
}
ACCOUNTS = {
    "IncomeAccountRef": ("Income", "Other Income"),
    "AssetAccountRef": ("Other Current Asset",),
    "ExpenseAccountRef": ("Expense", "Cost of Goods Sold", "Other Expense"),
    "DepositToAccountRef": ("Bank", "Other Current Asset"),
    "APAccountRef": ("Accounts Payable",),
    "ARAccountRef": ("Accounts Receivable",),
}
"""Which types of accounts a reference may lead to."""
SALE_FILTERS = ("DocNumber", "TxnDate", "DueDate", "Balance", "TotalAmt", "CustomerRef")
ACCOUNT_TYPES = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
)

CUSTOMER_FILTERS = (
    *("DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName", "PrintOnCheckName"),
    *("FullyQualifiedName", "Active", "Balance", "PrimaryEmailAddr"),
)


def _people() -> tuple[Spec, ...]:
    return (
        Spec(
            "Customer",
            "name",
            "DisplayName",
            "person",
            fields.CUSTOMER,
            enums={"PreferredDeliveryMethod": ("Print", "Email", "None")},
            references={
                "SalesTermRef": "Term",
                "PaymentMethodRef": "PaymentMethod",
                "DefaultTaxCodeRef": "TaxCode",
                "ParentRef": "Customer",
                "ARAccountRef": "Account",
            },
            filters=CUSTOMER_FILTERS,
            is_tree=True,
        ),
        Spec(
            "Vendor",
            "name",
            "DisplayName",
            "person",
            fields.VENDOR,
            references={"TermRef": "Term", "APAccountRef": "Account"},
            filters=("DisplayName", "CompanyName", "Active"),
        ),
        Spec(
            "Employee",
            "name",
            "DisplayName",
            "person",
            fields.EMPLOYEE,
            filters=("DisplayName", "GivenName", "FamilyName", "Active"),
        ),
    )


def _goods_and_accounts() -> tuple[Spec, ...]:
    return (
        Spec(
            "Item",
            "name",
            "Name",
            "item",
            fields.ITEM,
            required=("Name", "Type"),
            enums={"Type": ("Inventory", "NonInventory", "Service", "Group", "Category")},
            references={
                "IncomeAccountRef": "Account",
                "ExpenseAccountRef": "Account",
                "AssetAccountRef": "Account",
                "ParentRef": "Item",
                "PrefVendorRef": "Vendor",
                "ClassRef": "Class",
            },
            filters=("Name", "Type", "Sku", "Active", "FullyQualifiedName"),
            is_tree=True,
        ),
        Spec(
            "Account",
            "name",
            "Name",
            "account",
            fields.ACCOUNT,
            required=("Name", "AccountType"),
            enums={"AccountType": ACCOUNT_TYPES},
            references={"ParentRef": "Account"},
            filters=("Name", "AccountType", "AccountSubType", "Active", "Classification"),
            is_tree=True,
        ),
    )


def _short_lists() -> tuple[Spec, ...]:
    return (
        Spec("Term", "name", "Name", "term", fields.TERM, ("Name",), filters=("Name", "Active")),
        Spec(
            "PaymentMethod",
            "name",
            "Name",
            "method",
            fields.PAYMENT_METHOD,
            required=("Name",),
            enums={"Type": ("CREDIT_CARD", "NON_CREDIT_CARD")},
            filters=("Name", "Active"),
        ),
        Spec(
            "Class",
            "name",
            "Name",
            "class",
            fields.CLASS,
            required=("Name",),
            references={"ParentRef": "Class"},
            filters=("Name", "Active"),
            is_tree=True,
        ),
        Spec(
            "Department",
            "name",
            "Name",
            "department",
            fields.DEPARTMENT,
            required=("Name",),
            references={"ParentRef": "Department"},
            filters=("Name", "Active"),
            is_tree=True,
        ),
    )


def _config() -> tuple[Spec, ...]:
    return (
        Spec(
            "TaxAgency",
            "config",
            "DisplayName",
            "agency",
            fields.TAX_AGENCY,
            required=("DisplayName",),
            filters=("DisplayName",),
            in_cdc=False,
        ),
        Spec(
            "TaxRate",
            "config",
            "Name",
            "rate",
            read_only=True,
            filters=("Name", "Active"),
            in_cdc=False,
        ),
        Spec(
            "TaxCode",
            "config",
            "Name",
            "code",
            read_only=True,
            filters=("Name", "Active"),
            in_cdc=False,
        ),
        Spec("CompanyInfo", "config", shape=fields.COMPANY_INFO, in_cdc=False),
        Spec("Preferences", "config", shape=fields.PREFERENCES, in_cdc=False),
    )


def _sale(kind: str, shape: Shape, required: tuple[str, ...], *, can_void: bool = False) -> Spec:
    statuses = ("Pending", "Accepted", "Closed", "Rejected", "Converted")
    return Spec(
        kind,
        "transaction",
        shape=shape,
        required=required,
        enums={**SALE_ENUMS, "TxnStatus": statuses} if kind == "Estimate" else SALE_ENUMS,
        references=SALE_REFERENCES,
        filters=SALE_FILTERS,
        can_void=can_void,
    )


def _transactions() -> tuple[Spec, ...]:
    return (
        _sale("Invoice", fields.INVOICE, ("CustomerRef", "Line"), can_void=True),
        _sale("Estimate", fields.ESTIMATE, ("CustomerRef", "Line")),
        _sale("CreditMemo", fields.CREDIT_MEMO, ("CustomerRef", "Line")),
        _sale("SalesReceipt", fields.RECEIPT, ("Line",), can_void=True),
        _sale("RefundReceipt", fields.RECEIPT, ("Line", "DepositToAccountRef")),
        Spec(
            "Payment",
            "transaction",
            shape=fields.PAYMENT,
            required=("CustomerRef", "TotalAmt"),
            references={
                "CustomerRef": "Customer",
                "PaymentMethodRef": "PaymentMethod",
                "DepositToAccountRef": "Account",
                "ARAccountRef": "Account",
            },
            filters=("TxnDate", "CustomerRef", "TotalAmt", "PaymentRefNum"),
            can_void=True,
        ),
        Spec(
            "PurchaseOrder",
            "transaction",
            shape=fields.PURCHASE_ORDER,
            required=("VendorRef", "Line"),
            enums={"POStatus": ("Open", "Closed"), "EmailStatus": SALE_ENUMS["EmailStatus"]},
            references={
                "VendorRef": "Vendor",
                "APAccountRef": "Account",
                "ShipTo": "Customer",
                "SalesTermRef": "Term",
            },
            filters=("DocNumber", "TxnDate", "DueDate"),
        ),
    )


SPECS: dict[str, Spec] = {
    spec.kind: spec
    for spec in (
        *_people(),
        *_goods_and_accounts(),
        *_short_lists(),
        *_config(),
        *_transactions(),
    )
}
BY_PATH: dict[str, Spec] = {spec.path: spec for spec in SPECS.values()}
SINGLE = frozenset({"CompanyInfo", "Preferences"})
"""Of these a company has exactly one."""
