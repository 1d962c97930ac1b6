"""What a company says of itself, and what it decided about how its books are kept."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

NAMES = {"demo": "Riverside Print & Stitch", "empty": "New Company"}
THANKS = "Thank you for your business."


def company_info(realm_id: str, company: str) -> Record:
    """Give the record of the company itself."""
    name = NAMES[company]
    address = {
        "Id": "1",
        "Line1": "12 Mill Road",
        "City": "Albany",
        "CountrySubDivisionCode": "NY",
        "PostalCode": "12207",
        "Country": "USA",
        "Lat": "42.6598",
        "Long": "-73.7489",
    }
    facts = {
        "NeoEnabled": "true",
        "IndustryType": "Commercial Screen Printing",
        "IndustryCode": "323113",
        "QBOIndustryType": "Manufacturing Businesses",
        "CompanyType": "Sole proprietorship",
        "OfferingSku": "QuickBooks Online Plus",
        "SubscriptionStatus": "PAID",
        "PayrollFeature": "false",
        "AccountantFeature": "false",
        "ItemCategoriesFeature": "true",
        "IsQbdtMigrated": "false",
        "AssignedTime": "2019-01-01T08:00:00-08:00",
        "RealmId": realm_id,
    }
    return {
        "Id": "1",
        "CompanyName": name,
        "LegalName": f"{name} LLC",
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationEmailAddr": {"Address": "hello@riverside.example"},
        "PrimaryPhone": {"FreeFormNumber": "(518) 555-0100"},
        "Email": {"Address": "books@riverside.example"},
        "WebAddr": {"URI": "https://riverside.example"},
        "EmployerId": "00-0000000",
        "Country": "US",
        "FiscalYearStartMonth": "January",
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/New_York",
        "CompanyStartDate": "2019-01-01",
        "NameValue": [{"Name": key, "Value": value} for key, value in facts.items()],
    }


def preferences(company: str) -> Record:
    """Give the company's preferences: the demo company uses what an ordinary one grows into."""
    is_grown = company == "demo"
    return {
        "Id": "1",
        "AccountingInfoPrefs": _accounting(is_grown=is_grown),
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
            "RevenueRecognition": False,
            "RevenueRecognitionFrequency": "",
        },
        "SalesFormsPrefs": _sales_forms(),
        "EmailMessagesPrefs": _messages(NAMES[company]),
        "VendorAndPurchasesPrefs": _purchases(),
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": False,
        },
        # Without PartnerTaxEnabled: the company sets its sales tax up itself.
        "TaxPrefs": {
            "UsingSalesTax": True,
            **({"TaxGroupCodeRef": {"value": "1"}} if is_grown else {}),
        },
        "CurrencyPrefs": {"MultiCurrencyEnabled": is_grown, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": _others(company)},
    }


def _accounting(*, is_grown: bool) -> Record:
    return {
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "TaxForm": "6",
        "UseAccountNumbers": is_grown,
        "TrackDepartments": is_grown,
        "DepartmentTerminology": "Location",
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": is_grown,
        "CustomerTerminology": "Customers",
    }


def _sales_forms() -> Record:
    return {
        "CustomTxnNumbers": True,
        "AllowEstimates": True,
        "AllowDeposit": True,
        "AllowDiscount": True,
        "AllowShipping": True,
        "AllowServiceDate": True,
        "DefaultTerms": {"value": "3"},
        "DefaultDiscountAccount": "86",
        "DefaultShippingAccount": True,
        "DefaultCustomerMessage": THANKS,
        "EstimateMessage": THANKS,
        "EmailCopyToCompany": False,
        "SalesEmailCc": {"Address": "orders@riverside.example"},
        "SalesEmailBcc": {"Address": "archive@riverside.example"},
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionPaymentEnabled": False,
        "ETransactionAttachPDF": False,
        "IPNSupportEnabled": False,
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "CustomField": _custom_fields("SalesForms", "Sales", ("P.O. Number", "Sales Rep")),
    }


def _messages(name: str) -> Record:
    return {
        f"{kind.replace(' ', '')}Message": {
            "Subject": f"{kind} from {name}",
            "Message": f"Your {kind.lower()} is attached.\n\n{THANKS}\n{name}",
        }
        for kind in ("Invoice", "Estimate", "Sales Receipt", "Statement")
    }


def _purchases() -> Record:
    return {
        "TrackingByCustomer": True,
        "BillableExpenseTracking": True,
        "TPAREnabled": False,
        "DefaultTerms": {"value": "3"},
        "POCustomField": _custom_fields("Purchase", "Purchase", ("Press",)),
    }


def _custom_fields(group: str, word: str, names: tuple[str, ...]) -> list[Record]:
    """Give the custom fields of a kind of forms: which are in use, and how they are called."""
    used = [
        {
            "Name": f"{group}Prefs.Use{word}Custom{place}",
            "Type": "BooleanType",
            "BooleanValue": place <= len(names),
        }
        for place in (3, 2, 1)
    ]
    called = [
        {
            "Name": f"{group}Prefs.{word}CustomName{place}",
            "Type": "StringType",
            "StringValue": name,
        }
        for place, name in reversed(list(enumerate(names, 1)))
    ]
    return [{"CustomField": used}, {"CustomField": called}]


def _others(company: str) -> list[Record]:
    """Give what has no group of its own; clients read the customers' message as the first one."""
    texts = {
        "SalesFormsPrefs.DefaultCustomerMessage": THANKS,
        "SalesFormsPrefs.DefaultItem": "1" if company == "demo" else "",
        "DTXCopyMemo": "false",
        "UncategorizedAssetsAccountId": "11",
        "UncategorizedIncomeAccountId": "44",
        "UncategorizedExpensesAccountId": "83",
        "SFCEnabled": "true",
        "DataPartner": "false",
        "Vendor1099Enabled": "true",
        "TimeTrackingFeatureEnabled": "true",
        "FDPEnabled": "false",
        "isDTXOnStage": "false",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "false",
    }
    return [{"Name": name, "Value": text} for name, text in texts.items()]
