"""What QuickBooks' refusals mean: from status, fault code and text to a row of the error table.

The row's class decides whether and when a record is tried again; its words and its hint are what a
person reads. The table itself stands in `error_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batchly_admin.errors import SyncError, Throttled
from batchly_admin.qbo.error_table import (
    GENERAL,
    INTERNAL,
    TABLE,
    UNREADABLE,
    VALIDATION,
    Fault,
    Rule,
)

__all__ = [
    "OK",
    "TABLE",
    "Fault",
    "Rule",
    "classify",
    "read_faults",
    "read_xml_faults",
    "unreadable",
]

DEFAULT_WAIT = 60.0
LONGEST_WAIT = 3600.0
OK = 200
FORBIDDEN = 403


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
        is_business = bool(known) or status in VALIDATION.statuses
        rule = _by_fault(known, GENERAL) or (VALIDATION if is_business else INTERNAL)
    return _make(rule, first, status, retry_after, tid)


def unreadable(status: int, *, tid: str | None) -> SyncError:
    """Give the error of a success that says nothing usable: the outcome is unknown."""
    return _make(UNREADABLE, Fault(), status, None, tid)


def _by_status(status: int) -> Rule | None:
    return next((rule for rule in TABLE if status in rule.statuses), None)


def _by_fault(faults: tuple[Fault, ...], rules: tuple[Rule, ...] = TABLE) -> Rule | None:
    for fault in faults:
        for rule in rules:
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
