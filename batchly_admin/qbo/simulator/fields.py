"""What every entity may hold, as data: each field with what it is.

A number is a text of at most that many characters; the words are explained beside their names.
Sources: Intuit's API reference of each entity and its schema (IntuitBaseTypes.xsd, Finance.xsd).
"""

from __future__ import annotations

from typing import TypeAlias, Union

Kind: TypeAlias = Union[int, str, "dict[str, Kind]", "list[Kind]"]
Shape: TypeAlias = dict[str, Kind]

NUMBER = "number"
TRUTH = "truth"
DAY = "day"
REF = "reference"
ANY = "any"
OURS = "ours"
"""Computed here; clients that post what they read send it back, and it is passed over."""

NOTHING: Shape = {}
COMMON: Shape = dict.fromkeys(("Id", "SyncToken", "MetaData", "domain", "sparse", "status"), OURS)
ADDRESS: Shape = (
    NOTHING
    | dict.fromkeys([f"Line{number}" for number in range(1, 6)], 500)
    | dict.fromkeys(("City", "Country", "CountryCode", "CountrySubDivisionCode"), 255)
    | {"PostalCode": 30, "Id": 40, "Lat": 40, "Long": 40, "Note": 4000}
)
PHONE: Shape = {"FreeFormNumber": 30}
EMAIL: Shape = {"Address": 100}
WEB: Shape = {"URI": 1000}
LINK: Shape = {"TxnId": 40, "TxnType": 40, "TxnLineId": 40}
HIERARCHY: Shape = {"FullyQualifiedName": OURS, "Level": OURS, "ParentRef": REF}

PERSON: Shape = (
    COMMON
    | {"Title": 16, "GivenName": 100, "MiddleName": 100, "FamilyName": 100, "Suffix": 16}
    | {"DisplayName": 500, "CompanyName": 100, "PrintOnCheckName": 110, "Active": TRUTH}
    | dict.fromkeys(("PrimaryPhone", "AlternatePhone", "Mobile", "Fax"), PHONE)
    | {"PrimaryEmailAddr": EMAIL, "WebAddr": WEB, "BillAddr": ADDRESS, "Notes": 2000}
    | {"CurrencyRef": REF, "V4IDPseudonym": OURS}
)
CUSTOMER: Shape = (
    PERSON
    | HIERARCHY
    | {"ShipAddr": ADDRESS, "Job": TRUTH, "BillWithParent": TRUTH, "IsProject": OURS}
    | {"Taxable": TRUTH, "DefaultTaxCodeRef": REF, "ResaleNum": 16, "TaxExemptionReasonId": 10}
    | {"SalesTermRef": REF, "PaymentMethodRef": REF, "CustomerTypeRef": REF, "ARAccountRef": REF}
    | {"PreferredDeliveryMethod": 20, "Balance": NUMBER, "OpenBalanceDate": DAY}
    | {"BalanceWithJobs": OURS, "ClientEntityId": OURS}
    | {"PrimaryTaxIdentifier": 20, "SecondaryTaxIdentifier": 20, "BusinessNumber": 10}
)
VENDOR: Shape = (
    PERSON
    | {"AcctNum": 100, "TermRef": REF, "Vendor1099": TRUTH, "TaxIdentifier": 20}
    | {"Balance": OURS, "APAccountRef": REF, "BillRate": NUMBER, "CostRate": NUMBER}
)
EMPLOYEE: Shape = (
    PERSON
    | {"PrimaryAddr": ADDRESS, "SSN": 100, "EmployeeNumber": 100, "Gender": 10}
    | {"HiredDate": DAY, "ReleasedDate": DAY, "BirthDate": DAY}
    | {"BillableTime": TRUTH, "BillRate": NUMBER, "CostRate": NUMBER, "Organization": TRUTH}
)
ITEM: Shape = (
    COMMON
    | HIERARCHY
    | {"Name": 100, "Sku": 100, "Description": 4000, "Active": TRUTH, "SubItem": TRUTH}
    | {"Type": 20, "UnitPrice": NUMBER, "RatePercent": NUMBER, "Taxable": TRUTH}
    | {"PurchaseDesc": 1000, "PurchaseCost": NUMBER, "TrackQtyOnHand": TRUTH}
    | {"QtyOnHand": NUMBER, "InvStartDate": DAY, "ReorderPoint": NUMBER}
    | {"QtyOnPurchaseOrder": OURS, "QtyOnSalesOrder": OURS}
    | {"IncomeAccountRef": REF, "ExpenseAccountRef": REF, "AssetAccountRef": REF}
    | {"SalesTaxIncluded": TRUTH, "PurchaseTaxIncluded": TRUTH, "ClassRef": REF}
    | {"SalesTaxCodeRef": REF, "PurchaseTaxCodeRef": REF, "TaxClassificationRef": REF}
    | {"PrefVendorRef": REF, "ItemCategoryType": 50, "ServiceType": 50}
    | {"AbatementRate": NUMBER, "ReverseChargeRate": NUMBER, "PrintGroupedItems": TRUTH}
    | {"ItemGroupDetail": {"ItemGroupLine": [{"ItemRef": REF, "Qty": NUMBER}]}}
)
ACCOUNT: Shape = (
    COMMON
    | HIERARCHY
    | {"Name": 100, "Description": 4000, "Active": TRUTH, "SubAccount": TRUTH, "AcctNum": 7}
    | {"AccountType": 60, "AccountSubType": 80, "Classification": OURS, "AccountAlias": 100}
    | {"CurrentBalance": OURS, "CurrentBalanceWithSubAccounts": OURS}
    | {"CurrencyRef": REF, "TaxCodeRef": REF, "TxnLocationType": 50}
)
TERM: Shape = (
    COMMON
    | {"Name": 31, "Active": TRUTH, "Type": OURS, "DueDays": NUMBER, "DiscountDays": NUMBER}
    | {"DiscountPercent": NUMBER, "DayOfMonthDue": NUMBER, "DueNextMonthDays": NUMBER}
    | {"DiscountDayOfMonth": NUMBER}
)
PAYMENT_METHOD: Shape = {**COMMON, "Name": 31, "Type": 20, "Active": TRUTH}
CLASS: Shape = {**COMMON, **HIERARCHY, "Name": 100, "Active": TRUTH, "SubClass": TRUTH}
DEPARTMENT: Shape = (
    COMMON | HIERARCHY | {"Name": 100, "Active": TRUTH, "SubDepartment": TRUTH, "Address": ADDRESS}
)
TAX_AGENCY: Shape = (
    COMMON
    | {"DisplayName": 100, "TaxTrackedOnSales": TRUTH, "TaxTrackedOnPurchases": TRUTH}
    | {"TaxRegistrationNumber": 30, "TaxAgencyConfig": OURS, "LastFileDate": DAY}
)
COMPANY_INFO: Shape = (
    COMMON
    | {"CompanyName": 1024, "LegalName": 1024, "CompanyAddr": ADDRESS, "LegalAddr": ADDRESS}
    | {"CustomerCommunicationAddr": ADDRESS, "Country": 30, "Email": EMAIL, "WebAddr": WEB}
    | {"CustomerCommunicationEmailAddr": EMAIL, "PrimaryPhone": PHONE, "EmployerId": 20}
    | {"FiscalYearStartMonth": 20, "SupportedLanguages": 100, "CompanyStartDate": DAY}
    | {"NameValue": OURS}
)
PREFERENCES: Shape = COMMON | {
    f"{name}Prefs": ANY
    for name in (
        *("SalesForms", "Tax", "Currency", "ProductAndServices", "AccountingInfo", "Other"),
        *("VendorAndPurchases", "TimeTracking", "Report", "EmailMessages"),
    )
}

# --- transactions ------------------------------------------------------------------------------

CUSTOM_FIELD: Shape = {"DefinitionId": 20, "Name": 100, "Type": 20, "StringValue": 1000}
SALES_DETAIL: Shape = (
    NOTHING
    | {"ItemRef": REF, "Qty": NUMBER, "UnitPrice": NUMBER, "TaxCodeRef": REF, "ClassRef": REF}
    | {"ServiceDate": DAY, "ItemAccountRef": OURS, "TaxInclusiveAmt": NUMBER}
    | {"DiscountRate": NUMBER, "DiscountAmt": NUMBER, "TaxClassificationRef": OURS}
    | {"PriceLevelRef": REF, "MarkupInfo": ANY}
)
DISCOUNT_DETAIL: Shape = (
    NOTHING
    | {"PercentBased": TRUTH, "DiscountPercent": NUMBER, "DiscountAccountRef": REF}
    | {"ClassRef": REF, "TaxCodeRef": REF}
)
PURCHASE_DETAIL: Shape = (
    NOTHING
    | {"TaxCodeRef": REF, "ClassRef": REF, "CustomerRef": REF, "BillableStatus": 20}
    | {"TaxAmount": NUMBER, "TaxInclusiveAmt": NUMBER, "MarkupInfo": ANY}
)
ITEM_EXPENSE: Shape = PURCHASE_DETAIL | {
    "ItemRef": REF,
    "Qty": NUMBER,
    "UnitPrice": NUMBER,
    "PriceLevelRef": REF,
    "Received": OURS,
}
LINE: Shape = (
    NOTHING
    | {"Id": 40, "LineNum": OURS, "Description": 4000, "Amount": NUMBER, "DetailType": 40}
    | {"LinkedTxn": [LINK], "CustomField": [CUSTOM_FIELD], "LineEx": OURS}
    | {
        "SalesItemLineDetail": SALES_DETAIL,
        "DiscountLineDetail": DISCOUNT_DETAIL,
        "SubTotalLineDetail": OURS,
        "DescriptionLineDetail": {"ServiceDate": DAY, "TaxCodeRef": REF},
        "ItemBasedExpenseLineDetail": ITEM_EXPENSE,
        "AccountBasedExpenseLineDetail": {**PURCHASE_DETAIL, "AccountRef": REF},
    }
)
TRANSACTION: Shape = (
    COMMON
    | {"TxnDate": DAY, "PrivateNote": 4000, "LinkedTxn": OURS, "CurrencyRef": REF}
    | {"ExchangeRate": NUMBER, "TotalAmt": OURS, "HomeTotalAmt": OURS, "TxnSource": 50}
    | {"TransactionLocationType": 50, "GlobalTaxCalculation": 20, "RecurDataRef": OURS}
    | {"CustomField": [CUSTOM_FIELD]}
)
SALE: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "CustomerRef": REF, "Line": [LINE], "Balance": OURS, "HomeBalance": OURS}
    | {
        "TxnTaxDetail": {"TxnTaxCodeRef": REF, "TotalTax": NUMBER, "TaxLine": OURS},
        "CustomerMemo": {"value": 1000},
    }
    | {"BillAddr": ADDRESS, "ShipAddr": ADDRESS, "ShipFromAddr": ADDRESS}
    | {"BillEmail": EMAIL}
    | {"BillEmailCc": {"Address": 200}, "BillEmailBcc": {"Address": 200}}
    | {"ShipMethodRef": REF, "ShipDate": DAY, "TrackingNum": 31, "FreeFormAddress": TRUTH}
    | {"SalesTermRef": REF, "DueDate": DAY, "ClassRef": REF, "DepartmentRef": REF}
    | {"ApplyTaxAfterDiscount": TRUTH, "EmailStatus": 20, "PrintStatus": 20}
    | {"TaxExemptionRef": REF, "ProjectRef": REF, "PaymentMethodRef": REF}
    | {"DeliveryInfo": {"DeliveryType": 20, "DeliveryTime": 40}}
)
INVOICE: Shape = (
    SALE
    | {"LinkedTxn": [LINK], "Deposit": NUMBER, "DepositToAccountRef": REF}
    | {"AllowIPNPayment": TRUTH, "AllowOnlinePayment": TRUTH, "InvoiceLink": OURS}
    | {"AllowOnlineCreditCardPayment": TRUTH, "AllowOnlineACHPayment": TRUTH}
    | {"EInvoiceStatus": OURS}
)
ESTIMATE: Shape = SALE | {
    "TxnStatus": 20,
    "ExpirationDate": DAY,
    "AcceptedBy": 50,
    "AcceptedDate": DAY,
}
CREDIT_MEMO: Shape = {**SALE, "RemainingCredit": OURS, "DepositToAccountRef": REF}
RECEIPT: Shape = (
    SALE
    | {"DepositToAccountRef": REF, "PaymentRefNum": 100, "PaymentType": 20}
    | {"CreditCardPayment": ANY, "CheckPayment": ANY}
)
PAYMENT: Shape = (
    TRANSACTION
    | {"CustomerRef": REF, "TotalAmt": NUMBER, "UnappliedAmt": OURS, "PaymentRefNum": 21}
    | {"PaymentMethodRef": REF, "DepositToAccountRef": REF, "ARAccountRef": REF}
    | {"ProcessPayment": TRUTH, "CreditCardPayment": ANY, "TxnStatus": OURS}
    | {"TaxExemptionRef": REF, "EmailStatus": 20, "BillEmail": EMAIL}
    | {
        "DeliveryInfo": {"DeliveryType": 20, "DeliveryTime": 40},
        "Line": [
            {"Amount": NUMBER, "LinkedTxn": [LINK], "LineEx": OURS, "Id": 40, "LineNum": OURS}
        ],
    }
)
PURCHASE_ORDER: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "VendorRef": REF, "APAccountRef": REF, "Line": [LINE], "DueDate": DAY}
    | {"ShipTo": REF, "ShipAddr": ADDRESS, "VendorAddr": ADDRESS, "ShipMethodRef": REF}
    | {"POEmail": EMAIL, "EmailStatus": 20, "POStatus": 20, "Memo": 4000, "SalesTermRef": REF}
    | {"BillEmail": EMAIL, "ClassRef": REF, "DepartmentRef": REF}
    | {
        "TxnTaxDetail": {"TxnTaxCodeRef": REF, "TotalTax": NUMBER, "TaxLine": OURS},
        "DeliveryInfo": {"DeliveryType": 20, "DeliveryTime": 40},
    }
)
