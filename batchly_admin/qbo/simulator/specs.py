"""What each entity is, as data: its fields, lengths, enumerations and references.

Sources: Intuit's API reference of each entity and its schema (IntuitBaseTypes.xsd, Finance.xsd).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Spec:
    """One entity. `family` is name (a list), transaction, or config."""

    kind: str
    family: str
    name_field: str = ""
    # Entities that share one space of names.
    name_space: str = ""
    required: tuple[str, ...] = ()
    lengths: dict[str, int] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    read_only: bool = False
    can_void: bool = False
    in_cdc: bool = True

    @property
    def path(self) -> str:
        """Give the entity's segment of the address."""
        return self.kind.lower()


CONTACT = {
    "DisplayName": 500,
    "Title": 16,
    "GivenName": 100,
    "MiddleName": 100,
    "FamilyName": 100,
    "Suffix": 16,
    "CompanyName": 100,
    "PrintOnCheckName": 110,
    "Notes": 2000,
    "PrimaryEmailAddr.Address": 100,
    "PrimaryPhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30,
    "Fax.FreeFormNumber": 30,
    "WebAddr.URI": 1000,
    "ResaleNum": 16,
}
SALE = {"DocNumber": 21, "PrivateNote": 4000, "CustomerMemo.value": 1000, "TrackingNum": 31}
SALE_REFERENCES = {
    "CustomerRef": "Customer",
    "SalesTermRef": "Term",
    "TxnTaxDetail.TxnTaxCodeRef": "TaxCode",
    "PaymentMethodRef": "PaymentMethod",
    "DepositToAccountRef": "Account",
}
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

SPECS: dict[str, Spec] = {
    spec.kind: spec
    for spec in (
        Spec(
            "Customer",
            "name",
            "DisplayName",
            "person",
            lengths=CONTACT,
            enums={"PreferredDeliveryMethod": ("Print", "Email", "None")},
            references={"SalesTermRef": "Term", "PaymentMethodRef": "PaymentMethod"},
            filters=(
                *("DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName"),
                *("PrintOnCheckName", "FullyQualifiedName", "Active", "Balance"),
                "PrimaryEmailAddr",
            ),
        ),
        Spec(
            "Vendor",
            "name",
            "DisplayName",
            "person",
            lengths=CONTACT,
            filters=("DisplayName", "CompanyName", "Active"),
        ),
        Spec(
            "Employee",
            "name",
            "DisplayName",
            "person",
            lengths=CONTACT,
            filters=("DisplayName", "GivenName", "FamilyName", "Active"),
        ),
        Spec(
            "Item",
            "name",
            "Name",
            "item",
            required=("Name", "Type"),
            lengths={"Name": 100, "Sku": 100, "Description": 4000, "PurchaseDesc": 1000},
            enums={"Type": ("Inventory", "NonInventory", "Service", "Group", "Category")},
            references={
                "IncomeAccountRef": "Account",
                "ExpenseAccountRef": "Account",
                "AssetAccountRef": "Account",
                "ParentRef": "Item",
            },
            filters=("Name", "Type", "Sku", "Active", "FullyQualifiedName"),
        ),
        Spec(
            "Account",
            "name",
            "Name",
            "account",
            required=("Name",),
            lengths={"Name": 100, "AcctNum": 7},
            enums={"AccountType": ACCOUNT_TYPES},
            filters=("Name", "AccountType", "AccountSubType", "Active", "Classification"),
        ),
        Spec(
            "Term",
            "name",
            "Name",
            "term",
            required=("Name",),
            lengths={"Name": 31},
            filters=("Name", "Active"),
        ),
        Spec(
            "PaymentMethod",
            "name",
            "Name",
            "method",
            required=("Name",),
            lengths={"Name": 31},
            enums={"Type": ("CREDIT_CARD", "NON_CREDIT_CARD")},
            filters=("Name", "Active"),
        ),
        Spec(
            "Class",
            "name",
            "Name",
            "class",
            required=("Name",),
            lengths={"Name": 100},
            filters=("Name", "Active"),
        ),
        Spec(
            "Department",
            "name",
            "Name",
            "department",
            required=("Name",),
            lengths={"Name": 100},
            filters=("Name", "Active"),
        ),
        Spec(
            "TaxAgency",
            "config",
            "DisplayName",
            "agency",
            required=("DisplayName",),
            lengths={"DisplayName": 100},
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
        Spec("CompanyInfo", "config", in_cdc=False),
        Spec("Preferences", "config", in_cdc=False),
        Spec(
            "Invoice",
            "transaction",
            required=("CustomerRef", "Line"),
            lengths=SALE,
            enums={"EmailStatus": ("NotSet", "NeedToSend", "EmailSent")},
            references=SALE_REFERENCES,
            filters=SALE_FILTERS,
            can_void=True,
        ),
        Spec(
            "Estimate",
            "transaction",
            required=("CustomerRef", "Line"),
            lengths=SALE,
            enums={"TxnStatus": ("Pending", "Accepted", "Closed", "Rejected", "Converted")},
            references=SALE_REFERENCES,
            filters=SALE_FILTERS,
        ),
        Spec(
            "CreditMemo",
            "transaction",
            required=("CustomerRef", "Line"),
            lengths=SALE,
            references=SALE_REFERENCES,
            filters=SALE_FILTERS,
        ),
        Spec(
            "SalesReceipt",
            "transaction",
            required=("Line",),
            lengths=SALE,
            references=SALE_REFERENCES,
            filters=SALE_FILTERS,
            can_void=True,
        ),
        Spec(
            "RefundReceipt",
            "transaction",
            required=("Line", "DepositToAccountRef"),
            lengths=SALE,
            references=SALE_REFERENCES,
            filters=SALE_FILTERS,
        ),
        Spec(
            "Payment",
            "transaction",
            required=("CustomerRef", "TotalAmt"),
            lengths={"PaymentRefNum": 21, "PrivateNote": 4000},
            references={
                "CustomerRef": "Customer",
                "PaymentMethodRef": "PaymentMethod",
                "DepositToAccountRef": "Account",
            },
            filters=("TxnDate", "CustomerRef", "TotalAmt", "PaymentRefNum"),
            can_void=True,
        ),
        Spec(
            "PurchaseOrder",
            "transaction",
            required=("VendorRef", "Line"),
            lengths=SALE,
            references={"VendorRef": "Vendor", "APAccountRef": "Account"},
            filters=("DocNumber", "TxnDate", "DueDate"),
        ),
    )
}
BY_PATH: dict[str, Spec] = {spec.path: spec for spec in SPECS.values()}
