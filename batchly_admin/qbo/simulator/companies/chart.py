"""The chart of accounts, as a small business of the trade keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

BANK, CARD = "Bank", "Credit Card"
CURRENT, FIXED, OTHER_ASSET = "Other Current Asset", "Fixed Asset", "Other Asset"
OWED, LONG_TERM, EQUITY = "Other Current Liability", "Long Term Liability", "Equity"
INCOME, COGS, EXPENSE = "Income", "Cost of Goods Sold", "Expense"
OTHER_INCOME, OTHER_EXPENSE = "Other Income", "Other Expense"

# In this order, for ids are given by it: suites of client libraries use account 1 for the bank,
# 42 for the company's card and 86 for discounts, as in the companies Intuit gives developers. No
# name comes before "Accounts Payable (A/P)": they take the first account of all for that one.
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("Checking", BANK, "Checking"),
    ("Savings", BANK, "Savings"),
    ("Petty Cash", BANK, "CashOnHand"),
    ("Money Market", BANK, "MoneyMarket"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Undeposited Funds", CURRENT, "UndepositedFunds"),
    ("Inventory Asset", CURRENT, "Inventory"),
    ("Prepaid Expenses", CURRENT, "PrepaidExpenses"),
    ("Prepaid Expenses:Prepaid Insurance", CURRENT, "PrepaidExpenses"),
    ("Employee Advances", CURRENT, "EmployeeCashAdvances"),
    ("Uncategorized Asset", CURRENT, "OtherCurrentAssets"),
    ("Machinery & Equipment", FIXED, "MachineryAndEquipment"),
    ("Machinery & Equipment:Printing Presses", FIXED, "MachineryAndEquipment"),
    ("Machinery & Equipment:Embroidery Machines", FIXED, "MachineryAndEquipment"),
    ("Vehicles", FIXED, "Vehicles"),
    ("Furniture and Fixtures", FIXED, "FurnitureAndFixtures"),
    ("Leasehold Improvements", FIXED, "LeaseholdImprovements"),
    ("Accumulated Depreciation", FIXED, "AccumulatedDepreciation"),
    ("Security Deposits", OTHER_ASSET, "SecurityDeposits"),
    ("Licenses", OTHER_ASSET, "Licenses"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Sales Tax Payable", OWED, "SalesTaxPayable"),
    ("Payroll Liabilities", OWED, "PayrollTaxPayable"),
    ("Payroll Liabilities:Federal Withholding", OWED, "PayrollTaxPayable"),
    ("Payroll Liabilities:State Withholding", OWED, "PayrollTaxPayable"),
    ("Customer Deposits", OWED, "OtherCurrentLiabilities"),
    ("Line of Credit", OWED, "LineOfCredit"),
    ("Loan Payable", OWED, "LoanPayable"),
    ("Gift Certificates", OWED, "OtherCurrentLiabilities"),
    ("Equipment Loan", LONG_TERM, "NotesPayable"),
    ("Owner's Loan", LONG_TERM, "ShareholderNotesPayable"),
    ("Owner's Equity", EQUITY, "OwnersEquity"),
    ("Owner's Draws", EQUITY, "PartnerDistributions"),
    ("Owner's Investment", EQUITY, "PaidInCapitalOrSurplus"),
    ("Opening Balance Equity", EQUITY, "OpeningBalanceEquity"),
    ("Retained Earnings", EQUITY, "RetainedEarnings"),
    ("Sales of Product Income", INCOME, "SalesOfProductIncome"),
    ("Services", INCOME, "ServiceFeeIncome"),
    ("Services:Screen Printing", INCOME, "ServiceFeeIncome"),
    ("Services:Embroidery", INCOME, "ServiceFeeIncome"),
    ("Shipping Income", INCOME, "OtherPrimaryIncome"),
    ("Business Card", CARD, "CreditCard"),
    ("Fuel Card", CARD, "CreditCard"),
    ("Uncategorized Income", INCOME, "OtherPrimaryIncome"),
    ("Billable Expense Income", INCOME, "OtherPrimaryIncome"),
    ("Cost of Goods Sold", COGS, "SuppliesMaterialsCogs"),
    ("Freight and Shipping Costs", COGS, "ShippingFreightDeliveryCos"),
    ("Cost of Labor", COGS, "CostOfLaborCos"),
    ("Outside Printing", COGS, "OtherCostsOfServiceCos"),
    ("Inventory Shrinkage", COGS, "OtherCostsOfServiceCos"),
    ("Advertising", EXPENSE, "AdvertisingPromotional"),
    ("Advertising:Trade Shows", EXPENSE, "AdvertisingPromotional"),
    ("Automobile", EXPENSE, "Auto"),
    ("Automobile:Fuel", EXPENSE, "Auto"),
    ("Automobile:Vehicle Repairs", EXPENSE, "Auto"),
    ("Bad Debts", EXPENSE, "BadDebts"),
    ("Bank Charges", EXPENSE, "BankCharges"),
    ("Commissions & Fees", EXPENSE, "CommissionsAndFees"),
    ("Computer & Software", EXPENSE, "OfficeGeneralAdministrativeExpenses"),
    ("Dues & Subscriptions", EXPENSE, "DuesSubscriptions"),
    ("Equipment Rental", EXPENSE, "EquipmentRental"),
    ("Insurance", EXPENSE, "Insurance"),
    ("Insurance:Workers' Compensation", EXPENSE, "Insurance"),
    ("Interest Paid", EXPENSE, "InterestPaid"),
    ("Job Supplies", EXPENSE, "SuppliesMaterials"),
    ("Job Supplies:Ink and Chemicals", EXPENSE, "SuppliesMaterials"),
    ("Job Supplies:Thread and Backing", EXPENSE, "SuppliesMaterials"),
    ("Job Supplies:Screens and Film", EXPENSE, "SuppliesMaterials"),
    ("Legal & Professional Fees", EXPENSE, "LegalProfessionalFees"),
    ("Legal & Professional Fees:Bookkeeping", EXPENSE, "LegalProfessionalFees"),
    ("Maintenance and Repair", EXPENSE, "RepairMaintenance"),
    ("Maintenance and Repair:Equipment Repairs", EXPENSE, "RepairMaintenance"),
    ("Meals", EXPENSE, "EntertainmentMeals"),
    ("Merchant Fees", EXPENSE, "BankCharges"),
    ("Office Expenses", EXPENSE, "OfficeExpenses"),
    ("Payroll Expenses", EXPENSE, "PayrollExpenses"),
    ("Payroll Expenses:Wages", EXPENSE, "PayrollExpenses"),
    ("Payroll Expenses:Payroll Taxes", EXPENSE, "PayrollExpenses"),
    ("Rent or Lease", EXPENSE, "RentOrLeaseOfBuildings"),
    ("Taxes & Licenses", EXPENSE, "TaxesPaid"),
    ("Travel", EXPENSE, "Travel"),
    ("Travel Meals", EXPENSE, "TravelMeals"),
    ("Uncategorized Expense", EXPENSE, "OtherMiscellaneousServiceCost"),
    ("Utilities", EXPENSE, "Utilities"),
    ("Utilities:Gas and Electric", EXPENSE, "Utilities"),
    ("Discounts given", INCOME, "DiscountsRefundsGiven"),
    ("Utilities:Telephone and Internet", EXPENSE, "Utilities"),
    ("Charitable Contributions", EXPENSE, "CharitableContributions"),
    ("Shipping and Delivery", EXPENSE, "ShippingFreightDelivery"),
    ("Interest Earned", OTHER_INCOME, "InterestEarned"),
    ("Other Income", OTHER_INCOME, "OtherMiscellaneousIncome"),
    ("Depreciation", OTHER_EXPENSE, "Depreciation"),
    ("Exchange Gain or Loss", OTHER_EXPENSE, "ExchangeGainOrLoss"),
    ("Penalties & Settlements", OTHER_EXPENSE, "PenaltiesSettlements"),
    ("Other Expense", OTHER_EXPENSE, "OtherMiscellaneousExpense"),
)
"""Each account's full name, type and subtype; a name after a colon stands below the one before."""
FIRST_NUMBERS = {
    BANK: 1000,
    "Accounts Receivable": 1200,
    CURRENT: 1300,
    FIXED: 1500,
    OTHER_ASSET: 1900,
    "Accounts Payable": 2000,
    CARD: 2100,
    OWED: 2200,
    LONG_TERM: 2600,
    EQUITY: 3000,
    INCOME: 4000,
    COGS: 5000,
    EXPENSE: 6000,
    OTHER_INCOME: 8000,
    OTHER_EXPENSE: 9000,
}
"""Where the numbers of a type of account begin."""


def write(books: Books, *, numbered: bool) -> None:
    """Write the chart of accounts, with account numbers if so asked."""
    following = dict(FIRST_NUMBERS)
    ids: dict[str, str] = {}
    for full_name, kind, subtype in ACCOUNTS:
        above, _, name = full_name.rpartition(":")
        account: dict[str, Any] = {"Name": name, "AccountType": kind, "AccountSubType": subtype}
        if above:
            account |= {"SubAccount": True, "ParentRef": {"value": ids[above]}}
        if numbered:
            account["AcctNum"] = str(following[kind])
            following[kind] += 10
        ids[full_name] = books.save("Account", account)["Id"]
