"""Reading what clients send against the fields an entity has: sloppy values in, exact ones out.

Accepted as QuickBooks accepts them: numbers as text, empty text as absent, fields it computes
itself. A field there is not is passed over, or refused where the control page asks for that.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.wire.fields import ANY, DAY, NUMBER, OURS, REF, TRUTH, Kind, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import day, number

DEEPEST = 50
"""How many levels a value of no shape may have."""


def conform(shape: Shape, sent: Any, *, strict: bool = False) -> dict[str, Any]:
    """Give the fields of a shape that a client set, each as what it is.

    Raises:
        Fault: 2010 for a wrong structure, 2050, 2060, 2090, 2120 or 2500 for a wrong value.
    """
    return _object(shape, sent, "", strict=strict)


def _object(shape: Shape, sent: Any, path: str, *, strict: bool) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise Fault("2010", f"Property {path} is no object", element=path)
    found: dict[str, Any] = {}
    for name, value in sent.items():
        kind = shape.get(name)
        place = f"{path}.{name}" if path else str(name)
        if kind is None and strict:
            detail = f"Request has invalid or unsupported property : {place[:100]}"
            raise Fault("2010", detail, element=place[:100])
        if kind is None or kind == OURS or value is None or value == "":
            continue
        read = _value(kind, value, place, strict=strict)
        if read is not None and read != {}:
            # One text for all records that have the field.
            found[sys.intern(name)] = read
    return found


def _value(kind: Kind, value: Any, path: str, *, strict: bool) -> Any:
    if isinstance(kind, int):
        return _text(value, kind, path)
    if isinstance(kind, dict):
        return _object(kind, value, path, strict=strict)
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise Fault("2010", f"Property {path} is no list", element=path)
        return [_value(kind[0], part, path, strict=strict) for part in value if part is not None]
    return _plain(kind, value, path)


def _plain(kind: str, value: Any, path: str) -> Any:
    if kind == REF:
        return _reference(value, path)
    if kind == ANY:
        _check_any(value, path)
        return value
    if isinstance(value, dict | list):
        raise Fault("2010", f"Property {path} is no single value", element=path)
    if kind == NUMBER:
        return number(value, path)
    if kind == DAY:
        return day(value, path).isoformat()
    if kind == TRUTH:
        return _truth(value, path)
    msg = f"{kind} is no kind of field"
    raise AssertionError(msg)


def _check_any(value: Any, path: str, depth: int = 0) -> None:
    """Check that what may be anything can at least be kept."""
    if depth > DEEPEST:
        raise Fault("2010", f"Property {path} has too many levels", element=path)
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_any(part, path, depth + 1)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number(value, path)


def _text(value: Any, longest: int, path: str) -> str:
    if isinstance(value, dict | list):
        raise Fault("2010", f"Property {path} is no text", element=path)
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if len(text) > longest:
        detail = (
            f"String length specified does not match the supported length. Min:0 "
            f"Max:{longest} supported. Supplied length:{len(text)}"
        )
        raise Fault("2050", detail, element=path)
    return text


def _truth(value: Any, path: str) -> bool:
    text = str(value).lower()
    if text not in {"true", "false"}:
        detail = f"Invalid type : {text[:50]} is neither true nor false"
        raise Fault("2120", detail, element=path)
    return text == "true"


def _reference(value: Any, path: str) -> dict[str, str] | None:
    if not isinstance(value, dict):
        raise Fault("2010", f"Property {path} is no reference", element=path)
    target = value.get("value")
    if target is None or target == "":
        return None
    if isinstance(target, dict | list | bool | Decimal):
        raise Fault("2500", f"Invalid Reference Id : {path}", element=path)
    name = value.get("name")
    found = {"value": str(target)[:100]}
    return {**found, "name": str(name)[:500]} if name and isinstance(name, str) else found
