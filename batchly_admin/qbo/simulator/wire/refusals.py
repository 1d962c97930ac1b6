"""Faults in the two shapes QuickBooks has: the entity layer's and the gateway's.

https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
"""

from __future__ import annotations

from typing import Any

MESSAGES = {
    "100": "General Authentication Error",
    "120": "Authorization Failure",
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "620": "Transaction cannot be linked",
    "900": "Invalid parent",
    "1050": "Content type is not supported",
    "1040": "Batch size exceeds the maximum",
    "2000": "Invalid object name",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String. The string contains invalid characters",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date format",
    "2080": "Invalid Number",
    "2120": "Invalid type",
    "2140": "Invalid amount",
    "2150": "Invalid percent",
    "2200": "Invalid web address format",
    "2220": "Invalid currency",
    "2240": "Number is out of range",
    "2280": "Invalid tax amount",
    "2290": "The amount of a line is negative",
    "2090": "Invalid decimal number",
    "2130": "Request ID is malformed",
    "2170": "Invalid Enumeration",
    "2210": "Invalid Email Address format",
    "2250": "No lines were specified",
    "2500": "Invalid Reference Id",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5020": "Permission Denied Error",
    "6000": "A business validation error has occurred while processing your request",
    "6070": "Amount is not equal to UnitPrice * Qty",
    "6090": "Discount line lacks amount or percent",
    "6100": "Invalid tax code",
    "6150": "A parent is needed",
    "6170": "Tax is not applicable",
    "6180": "There are too many levels",
    "6270": "Transaction date is prior to start date of an inventory item",
    "6420": "An email address is needed",
    "6430": "Invalid account type used",
    "6540": "A deposited transaction cannot be changed",
    "6140": "Duplicate Document Number Error",
    "6190": "Subscription period has ended or canceled or there was a billing problem",
    "6200": "Account period closed",
    "6210": "Account Period Closed, Cannot Update Through Services API",
    "6240": "Duplicate Name Exists Error",
    "10000": "System Failure Error",
}


class Fault(Exception):
    """A refusal of the entity layer."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        element: str = "",
        kind: str = "ValidationFault",
        status: int = 400,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.element = element
        self.kind = kind
        self.status = status

    def fault(self) -> dict[str, Any]:
        """Give the fault as it also stands inside a batch answer."""
        error = {
            "Message": MESSAGES.get(self.code, "Business Validation Error"),
            "Detail": self.detail,
            "code": self.code,
            "element": self.element,
        }
        return {"Error": [error], "type": self.kind}


class GatewayFault(Exception):
    """A refusal of the gateway in front: lower case, other tree, time in milliseconds."""

    def __init__(self, status: int, code: str, message: str, detail: str, kind: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail
        self.kind = kind

    def body(self, milliseconds: int) -> dict[str, Any]:
        """Give the whole body."""
        error = {
            "message": self.message,
            "detail": self.detail,
            "code": self.code,
            "element": None,
        }
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": self.kind},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": milliseconds,
            "status": None,
            "cdcresponse": [],
        }


def not_authenticated(detail: str) -> GatewayFault:
    """Give the answer to a token that is missing, ended or unknown."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return GatewayFault(401, "3200", message, detail, "AUTHENTICATION")


def not_authorized() -> GatewayFault:
    """Give the answer to a token without the accounting scope."""
    message = "message=AuthorizationFailed; errorCode=003100; statusCode=403"
    return GatewayFault(403, "3100", message, "The scope does not allow this.", "SERVICE")


def throttled() -> GatewayFault:
    """Give the answer to too many calls."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    detail = "The request limit was reached. Try again later"
    return GatewayFault(429, "3001", message, detail, "SERVICE")


def wrong_realm() -> Fault:
    """Give the answer to a token of another company."""
    detail = "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401"
    return Fault("100", detail, kind="AuthenticationFault", status=401)


def no_admin() -> Fault:
    """Give the answer when whoever connected the company is no admin of it any more."""
    detail = "The user who connected the app is not an administrator of the company"
    return Fault("120", detail, kind="AuthorizationFault", status=401)


def not_found(kind: str, record_id: Any) -> Fault:
    """Give the answer for a record that is not there, or not any more."""
    detail = (
        "Object Not Found : Something you're trying to use has been made inactive: "
        f"{kind} {str(record_id)[:100]}"
    )
    return Fault("610", detail)


def bad_reference(field: str, record_id: Any) -> Fault:
    """Give the answer to a reference that leads nowhere."""
    return Fault("2500", f"Invalid Reference Id : {field} {str(record_id)[:100]}", element=field)
