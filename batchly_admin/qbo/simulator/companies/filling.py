"""The companies the simulator can start with: an empty one, and an ordinary print shop's books."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books.tax_service import make_code, rate_named
from batchly_admin.qbo.simulator.wire.values import cents

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

COMPANIES = ("demo", "empty")
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Petty Cash", "Bank", "CashOnHand"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses"),
    ("Uncategorized Asset", "Other Current Asset", "OtherCurrentAssets"),
    ("Machinery & Equipment", "Fixed Asset", "MachineryAndEquipment"),
    ("Vehicles", "Fixed Asset", "Vehicles"),
    ("Accumulated Depreciation", "Fixed Asset", "AccumulatedDepreciation"),
    ("Security Deposits", "Other Asset", "SecurityDeposits"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Business Card", "Credit Card", "CreditCard"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("Payroll Liabilities", "Other Current Liability", "PayrollTaxPayable"),
    ("Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Loan Payable", "Other Current Liability", "LoanPayable"),
    ("Equipment Loan", "Long Term Liability", "NotesPayable"),
    ("Owner's Equity", "Equity", "OwnersEquity"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Shipping Income", "Income", "OtherPrimaryIncome"),
    ("Discounts Given", "Income", "DiscountsRefundsGiven"),
    ("Uncategorized Income", "Income", "OtherPrimaryIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Freight and Shipping Costs", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("Cost of Labor", "Cost of Goods Sold", "CostOfLaborCos"),
    ("Advertising", "Expense", "AdvertisingPromotional"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Computer & Software", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Equipment Rental", "Expense", "EquipmentRental"),
    ("Insurance", "Expense", "Insurance"),
    ("Job Supplies", "Expense", "SuppliesMaterials"),
    ("Legal & Professional Fees", "Expense", "LegalProfessionalFees"),
    ("Maintenance and Repair", "Expense", "RepairMaintenance"),
    ("Meals", "Expense", "EntertainmentMeals"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Payroll Expenses", "Expense", "PayrollExpenses"),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    ("Travel", "Expense", "Travel"),
    ("Utilities", "Expense", "Utilities"),
    ("Interest Earned", "Other Income", "InterestEarned"),
    ("Depreciation", "Other Expense", "Depreciation"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Credit Card", "CREDIT_CARD"),
    ("ACH", "NON_CREDIT_CARD"),
)


def fill(books: Books, realm_id: str, company: str) -> None:
    """Write a company into empty books."""
    with books.store.write():
        _lists(books, realm_id, company)
        if company == "demo":
            _Demo(books).fill()


def _lists(books: Books, realm_id: str, company: str) -> None:
    name = "Riverside Print & Stitch" if company == "demo" else "New Company"
    books.keep(
        "CompanyInfo",
        {
            "Id": "1",
            "CompanyName": name,
            "LegalName": f"{name} LLC",
            "CompanyAddr": {
                "Id": "1",
                "Line1": "12 Mill Road",
                "City": "Albany",
                "CountrySubDivisionCode": "NY",
                "PostalCode": "12207",
                "Country": "USA",
            },
            "Country": "US",
            "Email": {"Address": "books@riverside.example"},
            "FiscalYearStartMonth": "January",
            "SupportedLanguages": "en",
            "CompanyStartDate": "2019-01-01",
            "NameValue": [
                {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
                {"Name": "SubscriptionStatus", "Value": "PAID"},
                {"Name": "ItemCategoriesFeature", "Value": "true"},
                {"Name": "RealmId", "Value": realm_id},
            ],
        },
    )
    books.keep("Preferences", {"Id": "1", **_preferences()})
    for account, kind, subtype in ACCOUNTS:
        books.save(
            "Account",
            {"Name": account, "AccountType": kind, "AccountSubType": subtype},
        )
    for term, days in TERMS:
        books.save("Term", {"Name": term, "DueDays": days})
    for method, kind in METHODS:
        books.save("PaymentMethod", {"Name": method, "Type": kind})
    for code, taxable in (("TAX", True), ("NON", False)):
        books.keep(
            "TaxCode",
            {
                "Id": code,
                "Name": code,
                "Description": code,
                "Active": True,
                "Taxable": taxable,
                "TaxGroup": False,
                "SalesTaxRateList": {"TaxRateDetail": []},
            },
        )


def _preferences() -> dict[str, Any]:
    return {
        "SalesFormsPrefs": {
            "CustomTxnNumbers": True,
            "AllowShipping": True,
            "AllowDiscount": True,
            "AllowDeposit": True,
            "AllowEstimates": True,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "DefaultTerms": {"value": "3"},
        },
        "TaxPrefs": {"UsingSalesTax": True},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "ProductAndServicesPrefs": {"QuantityOnHand": True, "ForSales": True},
        "AccountingInfoPrefs": {"TrackDepartments": False, "UseAccountNumbers": False},
        "OtherPrefs": {
            "NameValue": [{"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "false"}]
        },
    }


SERVICES = (
    ("Screen printing, one color", "2.10"),
    ("Screen printing, two colors", "3.25"),
    ("Screen printing, four colors", "4.90"),
    ("Embroidery, small", "5.50"),
    ("Embroidery, large", "9.75"),
    ("Direct to garment print", "7.40"),
    ("Heat transfer", "3.60"),
    ("Screen set-up", "25.00"),
    ("Digitizing", "40.00"),
    ("Artwork, per hour", "65.00"),
    ("Rush order", "50.00"),
    ("Folding and bagging", "0.65"),
    ("Local delivery", "18.00"),
)
GOODS = (
    ("Basic tee", "TEE", "4.35"),
    ("Premium tee", "PTE", "6.80"),
    ("Long sleeve", "LSL", "8.20"),
    ("Hoodie", "HOO", "18.90"),
    ("Crewneck", "CRW", "15.40"),
    ("Trucker cap", "CAP", "6.10"),
    ("Mug", "MUG", "3.95"),
    ("Tote bag", "TOT", "3.30"),
    ("Apron", "APR", "9.85"),
)
COLORS = ("Black", "White", "Navy")
FIRST = ("Harbor", "Maple", "Summit", "Cedar", "Union", "Lakeview", "Granite", "Prospect")
SECOND = ("Brewing", "Middle School", "Cycling Club", "Bakery", "Dental")
VENDORS = (
    "Eastern Blanks",
    "Inkworks Supply",
    "Thread Depot",
    "City Power",
    "Mill Road Realty",
    "Parcel Partners",
)
STATE = ("New York State", "4", "New York Department of Taxation")
TAX_CODES = (
    (
        "Albany",
        "New York with Albany County",
        (STATE, ("Albany County", "4", "New York Department of Taxation")),
    ),
    ("Connecticut", "", (("Connecticut State", "6.35", "Connecticut Revenue Services"),)),
    ("New Jersey", "", (("New Jersey State", "6.625", "NJ Taxation"),)),
    (
        "New York City",
        "",
        (STATE, ("New York City", "4.875", "New York Department of Taxation")),
    ),
)
STAFF = (("Dana", "Reyes"), ("Omar", "Haddad"), ("Grace", "Lindqvist"))


class _Demo:
    """An ordinary small print shop's year, the same each time but for the dates."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.chance = random.Random(42)  # noqa: S311 - the same books each time
        self.today = books.today()
        self.number = 1000

    def fill(self) -> None:
        """Write it all."""
        for name, description, rates in TAX_CODES:
            rate_ids = [rate_named(self.books, *rate) for rate in rates]
            make_code(self.books, name, rate_ids, description=description)
        self.codes = [code["Id"] for code in self.books.store.all("TaxCode") if code["TaxGroup"]]
        self.items = self._items()
        self.customers = self._people()
        self._sales()

    def _account(self, subtype: str) -> dict[str, str]:
        found = next(
            one for one in self.books.store.all("Account") if one["AccountSubType"] == subtype
        )
        return {"value": found["Id"], "name": found["Name"]}

    def _items(self) -> list[dict[str, Any]]:
        income, services = self._account("SalesOfProductIncome"), self._account("ServiceFeeIncome")
        made = [
            self.books.save(
                "Item",
                {
                    "Name": name,
                    "Type": "Service",
                    "UnitPrice": price,
                    "Sku": f"SVC-{place:02d}",
                    "Description": name,
                    "IncomeAccountRef": services,
                },
            )
            for place, (name, price) in enumerate(SERVICES, 1)
        ]
        made += [
            self._goods(f"{name}, {color.lower()}", f"{sku}-{color[:3].upper()}", price, income)
            for name, sku, price in GOODS
            for color in COLORS
        ]
        return made

    def _goods(self, name: str, sku: str, price: str, income: dict[str, str]) -> dict[str, Any]:
        return self.books.save(
            "Item",
            {
                "Name": name,
                "Sku": sku,
                "Type": "Inventory",
                "Description": name.replace(",", " in"),
                "UnitPrice": price,
                "PurchaseCost": str(Decimal(price) / 2),
                "TrackQtyOnHand": True,
                "QtyOnHand": self.chance.randrange(40, 900),
                "InvStartDate": "2019-01-01",
                "Taxable": True,
                "IncomeAccountRef": income,
                "ExpenseAccountRef": self._account("SuppliesMaterialsCogs"),
                "AssetAccountRef": self._account("Inventory"),
            },
        )

    def _people(self) -> list[dict[str, Any]]:
        for name in VENDORS:
            self.books.save("Vendor", {"DisplayName": name, "CompanyName": name})
        for first, last in STAFF:
            self.books.save("Employee", {"GivenName": first, "FamilyName": last})
        names = [f"{first} {second}" for first in FIRST for second in SECOND][:25]
        return [
            self.books.save(
                "Customer",
                {
                    "DisplayName": name,
                    "CompanyName": name,
                    "PrimaryEmailAddr": {
                        "Address": f"office@{name.lower().replace(' ', '-')}.example"
                    },
                    "PrimaryPhone": {"FreeFormNumber": f"(518) 555-{100 + place:04d}"},
                    "BillAddr": {
                        "Line1": f"{place * 7 + 3} Main Street",
                        "City": "Albany",
                        "CountrySubDivisionCode": "NY",
                        "PostalCode": "12203",
                    },
                    "SalesTermRef": {"value": "3"},
                },
            )
            for place, name in enumerate(names)
        ]

    def _lines(self) -> list[dict[str, Any]]:
        lines = []
        for item in self.chance.sample(self.items, self.chance.randint(1, 4)):
            quantity = self.chance.choice((1, 6, 12, 24, 36, 72))
            price = Decimal(item["UnitPrice"])
            lines.append(
                {
                    "Amount": quantity * price,
                    "Description": item.get("Description", item["Name"]),
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": item["Id"]},
                        "Qty": quantity,
                        "UnitPrice": price,
                        "TaxCodeRef": {"value": "TAX" if item["Type"] == "Inventory" else "NON"},
                    },
                }
            )
        return lines

    def _sale(self, kind: str, days_ago: int) -> dict[str, Any]:
        self.number += 1
        customer = self.chance.choice(self.customers)
        return self.books.save(
            kind,
            {
                "DocNumber": str(self.number),
                "TxnDate": (self.today - timedelta(days=days_ago)).isoformat(),
                "CustomerRef": {"value": customer["Id"], "name": customer["DisplayName"]},
                "SalesTermRef": {"value": "3"},
                "Line": self._lines(),
                "TxnTaxDetail": {"TxnTaxCodeRef": {"value": self.chance.choice(self.codes)}},
            },
        )

    def _sales(self) -> None:
        for place in range(30):
            estimate = self._sale("Estimate", 200 - place * 6)
            if place % 3 == 0:
                self.books.save(
                    "Estimate",
                    {
                        "Id": estimate["Id"],
                        "SyncToken": "0",
                        "sparse": True,
                        "TxnStatus": "Accepted",
                    },
                )
        invoices = [self._sale("Invoice", 190 - place * 3) for place in range(60)]
        for place, invoice in enumerate(invoices[:35]):
            share = invoice["TotalAmt"] if place % 5 else invoice["TotalAmt"] / 2
            self._pay(invoice, share)
        for place in range(4):
            self._sale("CreditMemo", 60 - place * 10)

    def _pay(self, invoice: dict[str, Any], amount: Decimal) -> None:
        self.books.save(
            "Payment",
            {
                "CustomerRef": invoice["CustomerRef"],
                "TotalAmt": cents(amount),
                "TxnDate": min(self.today.isoformat(), invoice["DueDate"]),
                "PaymentMethodRef": {"value": self.chance.choice(("1", "2", "3", "4"))},
                "Line": [
                    {
                        "Amount": cents(amount),
                        "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
                    }
                ],
            },
        )
