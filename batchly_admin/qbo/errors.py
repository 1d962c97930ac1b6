"""What QuickBooks' refusals mean: one table from status, fault code and text to a class of ours.

The class decides whether and when the row is tried again; the words and the hint are what a person
reads. Codes: https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from batchly_admin.errors import (
    AlreadyThere,
    Reconnect,
    Rejected,
    StaleRemote,
    SyncError,
    Throttled,
    Transient,
)

DEFAULT_WAIT = 60.0
LONGEST_WAIT = 3600.0
OK = 200
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of an answer, as QuickBooks wrote it."""

    code: str = ""
    message: str = ""
    detail: str = ""
    element: str = ""

    @property
    def text(self) -> str:
        """The most telling sentence of it."""
        return self.detail or self.message


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the error table.

    `statuses` speak for the whole answer and are asked first: a gateway's answer may carry any
    fault. Then the fault's code decides, together with a text where one code means two things.
    """

    name: str
    error: type[SyncError]
    words: str
    hint: str
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    text: str = ""

    def takes_fault(self, fault: Fault) -> bool:
        """Tell whether this row speaks of the fault."""
        if fault.code not in self.codes:
            return False
        return self.text.lower() in f"{fault.message} {fault.detail}".lower()


def _codes(*codes: int) -> frozenset[str]:
    return frozenset(str(code) for code in codes)


TABLE: tuple[Rule, ...] = (
    Rule(
        "throttled",
        Throttled,
        "QuickBooks asked us to slow down.",
        "Nothing to do: it goes out by itself in a minute.",
        codes=_codes(3001),
        statuses=frozenset({429}),
    ),
    Rule(
        "server",
        Transient,
        "QuickBooks could not be reached or had a problem of its own.",
        "It is tried again by itself. If it stays, look at status.developer.intuit.com.",
        codes=_codes(130, 140, 150, 4002, 10000, 10100),
        statuses=frozenset({500, 502, 503, 504, 520, 522, 524}),
    ),
    Rule(
        "login",
        Reconnect,
        "The login to QuickBooks has ended.",
        "An admin of the QuickBooks company has to connect again.",
        codes=_codes(100, 110, 120, 3100, 3200, 3202),
        statuses=frozenset({401, 403}),
    ),
    Rule(
        "subscription",
        Reconnect,
        "The QuickBooks subscription has ended or is not paid.",
        "Renew the subscription in QuickBooks; everything waiting goes out afterwards.",
        codes=_codes(6190),
    ),
    Rule(
        "number_exists",
        AlreadyThere,
        "QuickBooks already has a document with this number.",
        "Look at that document in QuickBooks; ours is linked to it when it is the same one.",
        codes=_codes(6140),
    ),
    Rule(
        "number_exists",
        AlreadyThere,
        "QuickBooks already has a document with this number.",
        "Look at that document in QuickBooks; ours is linked to it when it is the same one.",
        codes=_codes(6210),
        text="document number",
    ),
    Rule(
        "period_closed",
        Rejected,
        "The books of this period are closed in QuickBooks.",
        "Ask the accountant to reopen the period, or use a later date.",
        codes=_codes(6200, 6210),
    ),
    Rule(
        "name_exists",
        AlreadyThere,
        "QuickBooks already uses this name for a customer, a vendor, an employee or an item.",
        "Link it to the existing record, or choose another name.",
        codes=_codes(6240),
    ),
    Rule(
        "repeated",
        AlreadyThere,
        "QuickBooks has seen this request before.",
        "Batchly looks for the document it made then.",
        codes=_codes(600, 630),
    ),
    Rule(
        "stale",
        StaleRemote,
        "The record was changed in QuickBooks meanwhile.",
        "Batchly reads it again and tries once more.",
        codes=_codes(5010),
    ),
    Rule(
        "gone",
        Rejected,
        "Something this record needs was deleted or made inactive in QuickBooks.",
        "Make it active again in QuickBooks, or link another record, and retry.",
        codes=_codes(610, 620, 2500, 6250),
    ),
    Rule(
        "locked",
        Rejected,
        "QuickBooks no longer lets this be changed: it is deposited, matched or settled.",
        "Undo the deposit or the match in QuickBooks first.",
        codes=_codes(6400, 6450, 6480, 6540),
    ),
    Rule(
        "edition",
        Rejected,
        "The QuickBooks subscription does not include this.",
        "A larger QuickBooks plan is needed, or the feature has to be turned off here.",
        codes=_codes(5020, 5030),
    ),
    Rule(
        "amount",
        Rejected,
        "QuickBooks does not agree with an amount of this record.",
        "Compare quantities, prices and totals; if they are right, report it.",
        codes=_codes(2140, 6070, 6090),
    ),
    Rule(
        "tax",
        Rejected,
        "QuickBooks does not accept the tax of this record.",
        "Pull the tax rates and check the customer's tax code.",
        codes=_codes(2280, 6100, 6160, 6170, 6230, 6470),
    ),
)

VALIDATION = Rule(
    "validation",
    Rejected,
    "QuickBooks does not accept the record as it is.",
    "Correct what QuickBooks names, and retry.",
)
UNREADABLE = Rule(
    "unreadable",
    Transient,
    "QuickBooks gave an answer that cannot be read, so what it did is unknown.",
    "It is tried again under the same request id, which cannot make a second document.",
)
INTERNAL = Rule(
    "internal",
    SyncError,
    "Something unexpected went wrong with this record.",
    "It is tried again; if it stays, report it with the trace id.",
)


def classify(
    status: int,
    faults: Iterable[Fault] = (),
    *,
    retry_after: float | None = None,
    tid: str | None = None,
) -> SyncError:
    """Give the error that an answer means."""
    known = tuple(faults)
    first = known[0] if known else Fault()
    # A gateway's word counts before any fault, but 403 has many causes and its fault says which.
    early = status != FORBIDDEN
    rule = (early and _by_status(status)) or _by_fault(known) or _by_status(status)
    if rule is None:
        is_business = bool(known) or status in {400, 413, 422}
        rule = VALIDATION if is_business else INTERNAL
    return _make(rule, first, status, retry_after, tid)


def unreadable(status: int, *, tid: str | None) -> SyncError:
    """Give the error of a success that says nothing usable: the outcome is unknown."""
    return _make(UNREADABLE, Fault(), status, None, tid)


def _by_status(status: int) -> Rule | None:
    return next((rule for rule in TABLE if status in rule.statuses), None)


def _by_fault(faults: tuple[Fault, ...]) -> Rule | None:
    for fault in faults:
        for rule in TABLE:
            if rule.takes_fault(fault):
                return rule
    return None


def _make(
    rule: Rule, fault: Fault, status: int, retry_after: float | None, tid: str | None
) -> SyncError:
    said = fault.text.strip()
    words = f"{rule.words} It says: {said}" if said and said not in rule.words else rule.words
    code = fault.code or rule.name
    if rule.error is Throttled:
        wait = min(max(retry_after or DEFAULT_WAIT, 1.0), LONGEST_WAIT)
        error: SyncError = Throttled(rule.words, retry_after=wait, code=code, tid=tid)
        error.hint = rule.hint
        return error
    return rule.error(words[:1000], code=code, http_status=status, tid=tid, hint=rule.hint)


def read_faults(body: Any) -> tuple[Fault, ...]:
    """Give the errors of a parsed answer: Intuit's services write them in two ways."""
    if not isinstance(body, Mapping):
        return ()
    for key in ("Fault", "fault"):
        fault = body.get(key)
        if isinstance(fault, Mapping):
            errors = fault.get("Error") or fault.get("error") or []
            return tuple(_read(error) for error in errors if isinstance(error, Mapping)) or (
                Fault(message=str(fault.get("type") or "")),
            )
    return ()


def _read(error: Mapping[str, Any]) -> Fault:
    lowered = {str(key).lower(): value for key, value in error.items()}

    def text(key: str) -> str:
        value = lowered.get(key)
        return "" if value is None else str(value)

    code = text("code").lstrip("0") or text("code")
    return Fault(code, text("message"), text("detail"), text("element"))


def read_xml_faults(text: str) -> tuple[Fault, ...]:
    """Give the errors of an XML answer, which gateways send whatever was asked for."""
    codes = re.findall(r"<Error[^>]*\bcode=\"0*(\d+)\"", text)
    messages = re.findall(r"<Message>(.*?)</Message>", text, re.DOTALL)
    details = re.findall(r"<Detail>(.*?)</Detail>", text, re.DOTALL)
    return tuple(
        Fault(
            code,
            messages[index] if index < len(messages) else "",
            details[index] if index < len(details) else "",
        )
        for index, code in enumerate(codes)
    )
