"""What fields may hold, and the groups of fields that many entities share.

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
TEXT = "text"
MOMENT = "moment"
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
        "GroupLineDetail": {
            "GroupItemRef": REF,
            "Quantity": NUMBER,
            "ServiceDate": DAY,
            "Line": [
                {
                    "Id": 40,
                    "LineNum": OURS,
                    "Description": 4000,
                    "Amount": NUMBER,
                    "DetailType": 40,
                    "SalesItemLineDetail": SALES_DETAIL,
                }
            ],
        },
    }
)
TAX_DETAIL: Shape = {"TxnTaxCodeRef": REF, "TotalTax": NUMBER, "TaxLine": OURS}
DELIVERY: Shape = {"DeliveryType": 20, "DeliveryTime": 40}
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
        "TxnTaxDetail": TAX_DETAIL,
        "CustomerMemo": {"value": 1000},
    }
    | {"BillAddr": ADDRESS, "ShipAddr": ADDRESS, "ShipFromAddr": ADDRESS}
    | {"BillEmail": EMAIL}
    | {"BillEmailCc": {"Address": 200}, "BillEmailBcc": {"Address": 200}}
    | {"ShipMethodRef": REF, "ShipDate": DAY, "TrackingNum": 31, "FreeFormAddress": TRUTH}
    | {"SalesTermRef": REF, "DueDate": DAY, "ClassRef": REF, "DepartmentRef": REF}
    | {"ApplyTaxAfterDiscount": TRUTH, "EmailStatus": 20, "PrintStatus": 20}
    | {"TaxExemptionRef": REF, "ProjectRef": REF, "PaymentMethodRef": REF}
    | {"DeliveryInfo": DELIVERY}
)
PERSON: Shape = (
    COMMON
    | {"Title": 16, "GivenName": 100, "MiddleName": 100, "FamilyName": 100, "Suffix": 16}
    | {"DisplayName": 500, "CompanyName": 100, "PrintOnCheckName": 110, "Active": TRUTH}
    | dict.fromkeys(("PrimaryPhone", "AlternatePhone", "Mobile", "Fax"), PHONE)
    | {"PrimaryEmailAddr": EMAIL, "WebAddr": WEB, "BillAddr": ADDRESS, "Notes": 2000}
    | {"CurrencyRef": REF, "V4IDPseudonym": OURS}
)
