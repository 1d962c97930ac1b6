"""Reading what clients send: sloppy values are accepted the way QuickBooks accepts them."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from batchly_admin.qbo.simulator.wire.refusals import Fault

PACIFIC = ZoneInfo("America/Los_Angeles")
CENT = Decimal("0.01")


def stamp(moment: datetime) -> str:
    """Give a moment as QuickBooks writes it: with the offset of the Pacific coast."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def trace_id() -> str:
    """Give a new id by which Intuit's support would find a call."""
    return f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"


def cents(value: Decimal | int) -> Decimal:
    """Round to the cent, half away from zero."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def number(value: Any, element: str) -> Decimal:
    """Read a number, also one that comes as text.

    Raises:
        Fault: 2090 when it is none.
    """
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise Fault(
            "2090", f"Invalid decimal number : {str(value)[:50]}", element=element
        ) from None
    if not found.is_finite() or abs(found) > Decimal(99999999999):
        raise Fault("2090", f"Invalid decimal number : {str(value)[:50]}", element=element)
    return found


def day(value: Any, element: str) -> date:
    """Read a date.

    Raises:
        Fault: 2060 when it is none.
    """
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Fault("2060", f"Invalid Date format : {str(value)[:50]}", element=element) from None


def truth(value: Any) -> bool:
    """Read a boolean, also one that comes as text."""
    return value is True or str(value).lower() == "true"


def at(record: dict[str, Any], path: str) -> Any:
    """Give the value at a dotted path, or None."""
    found: Any = record
    for part in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def reference(record: dict[str, Any], field: str) -> str | None:
    """Give the id a reference field holds."""
    found = at(record, field)
    if isinstance(found, dict):
        value = found.get("value")
        return None if value is None else str(value)
    return None
