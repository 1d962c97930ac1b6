"""Answers as XML, which QuickBooks gives to whoever does not ask for JSON.

Both forms say the same. What begins with a small letter in JSON is an attribute here (domain,
sparse, startPosition, bId, code), everything else an element; a reference is an element with its
name beside it. Recorded answers show it:
https://github.com/ruckus/quickbooks-ruby/tree/master/spec/fixtures
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from batchly_admin.qbo.simulator.wire.values import stamp

NAMESPACE = "http://schema.intuit.com/finance/v3"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
REFERENCE = frozenset({"value", "name", "type"})
NEVER_TEXT = frozenset({"ColData"})
"""Elements whose value is an attribute, though they look like references."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def to_xml(body: dict[str, Any]) -> str:
    """Give the body of an answer as an IntuitResponse, or a report as a Report."""
    if "fault" in body:
        body = _gateway(body)
    if "Columns" in body and "Rows" in body:
        return f'{HEAD}<Report xmlns="{NAMESPACE}">{_elements(body)}</Report>'
    time = f" time={_quoted(body['time'])}" if "time" in body else ""
    inner = _elements({name: value for name, value in body.items() if name != "time"})
    return f'{HEAD}<IntuitResponse xmlns="{NAMESPACE}"{time}>{inner}</IntuitResponse>'


def _gateway(body: dict[str, Any]) -> dict[str, Any]:
    """Give a refusal of the gateway, whose JSON has a tree of its own, in the form of all others.

    The milliseconds become a moment.
    """
    fault = body["fault"]
    errors = [
        {
            "Message": error["message"],
            "Detail": error["detail"],
            "code": error["code"],
            "element": error["element"],
        }
        for error in fault["error"]
    ]
    moment = datetime.fromtimestamp(body["time"] / 1000, UTC)
    return {"Fault": {"Error": errors, "type": fault["type"]}, "time": stamp(moment)}


def _elements(record: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in record.items())


def _element(name: str, value: Any) -> str:
    if value is None or not _NAME.fullmatch(name):
        return ""
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    if not isinstance(value, dict):
        return _whole(name, "", _text(value))
    if "value" in value and value.keys() <= REFERENCE and name not in NEVER_TEXT:
        beside = {key: part for key, part in value.items() if key != "value" and part}
        return _whole(name, _attributes(beside), _text(value["value"]))
    beside = {key: part for key, part in value.items() if _is_attribute(key, part)}
    return _whole(
        name,
        _attributes(beside),
        _elements({key: part for key, part in value.items() if key not in beside}),
    )


def _is_attribute(name: str, value: Any) -> bool:
    return name[:1].islower() and not isinstance(value, dict | list)


def _whole(name: str, attributes: str, content: str) -> str:
    return f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes}/>"


def _attributes(values: dict[str, Any]) -> str:
    """Give attributes; an error that concerns no element does not say so."""
    return "".join(
        f" {name}={_quoted(value)}"
        for name, value in values.items()
        if value is not None and _NAME.fullmatch(name) and (name, value) != ("element", "")
    )


def _quoted(value: Any) -> str:
    return quoteattr(_plain(value))


def _text(value: Any) -> str:
    return escape(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return _NOT_IN_XML.sub("", str(value))
