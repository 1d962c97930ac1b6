"""Reading what clients send: sloppy values are accepted the way QuickBooks accepts them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.specs import Spec

PACIFIC = ZoneInfo("America/Los_Angeles")
CENT = Decimal("0.01")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def stamp(moment: datetime) -> str:
    """Give a moment as QuickBooks writes it: with the offset of the Pacific coast."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def cents(value: Decimal) -> Decimal:
    """Round to the cent, half away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def clean(value: Any) -> Any:
    """Drop what means absent: empty text and null, in every depth."""
    if isinstance(value, dict):
        return {k: c for k, v in value.items() if (c := clean(v)) is not None}
    if isinstance(value, list):
        return [clean(part) for part in value if clean(part) is not None]
    return None if value == "" else value


def number(value: Any, element: str) -> Decimal:
    """Read a number, also one that comes as text.

    Raises:
        Fault: 2090 when it is none.
    """
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise Fault("2090", f"Invalid decimal number : {value}", element=element) from None
    if not found.is_finite() or abs(found) > Decimal(99999999999):
        raise Fault("2090", f"Invalid decimal number : {value}", element=element)
    return found


def day(value: Any, element: str) -> date:
    """Read a date.

    Raises:
        Fault: 2060 when it is none.
    """
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Fault("2060", f"Invalid Date format : {value}", element=element) from None


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


def check(spec: Spec, record: dict[str, Any]) -> None:
    """Check the fields of an entity against its spec.

    Raises:
        Fault: 2020, 2050, 2170, 2210 or 2040, naming the field.
    """
    for name in spec.required:
        if record.get(name) in (None, []):
            code = "2250" if name == "Line" and record.get(name) == [] else "2020"
            raise Fault(code, f"Required parameter {name} is missing in the request", element=name)
    for path, longest in spec.lengths.items():
        text = at(record, path)
        if text is not None and len(str(text)) > longest:
            detail = (
                f"String length specified does not match the supported length. Min:0 "
                f"Max:{longest} supported. Supplied length:{len(str(text))}"
            )
            raise Fault("2050", detail, element=path)
    for name, allowed in spec.enums.items():
        if name in record and record[name] not in allowed:
            raise Fault("2170", f"Invalid Enumeration : {record[name]}", element=name)
    _check_texts(spec, record)


def _check_texts(spec: Spec, record: dict[str, Any]) -> None:
    for name in ("PrimaryEmailAddr", "BillEmail"):
        address = at(record, f"{name}.Address")
        if address is not None and not all(
            _EMAIL.match(p.strip()) for p in str(address).split(",")
        ):
            detail = "Email Address does not conform to the RFC 822"
            raise Fault("2210", detail, element=name)
    if spec.name_field and (text := record.get(spec.name_field)) is not None:
        if any(character in str(text) for character in ":\t\n\r"):
            detail = "The name contains a colon, a tab or a line break"
            raise Fault("2040", detail, element=spec.name_field)
    if spec.kind == "Account" and '"' in str(record.get("Name", "")):
        raise Fault("2040", "The name contains a double quote", element="Name")


def after(start: date, days: int) -> date:
    """Give the day `days` later."""
    return start + timedelta(days=days)
