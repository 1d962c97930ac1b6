"""Answers as XML, which QuickBooks gives to whoever does not ask for JSON.

A plain reading of the JSON: enough to show a client that it forgot its Accept header.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://schema.intuit.com/finance/v3"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_xml(body: dict[str, Any]) -> str:
    """Give the body of an answer as an IntuitResponse."""
    time = quoteattr(str(body.get("time", "")))
    inner = "".join(_element(name, value) for name, value in body.items() if name != "time")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{NAMESPACE}" time={time}>{inner}</IntuitResponse>'
    )


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    return f"<{name}>{_content(value)}</{name}>"


def _content(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_element(name, part) for name, part in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return escape(_NOT_IN_XML.sub("", str(value))) if value is not None else ""
