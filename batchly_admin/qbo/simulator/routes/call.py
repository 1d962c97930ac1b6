"""One request of the accounting API without its transport, and the name of what it asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from batchly_admin.qbo.simulator.wire.json_text import loads
from batchly_admin.qbo.simulator.wire.refusals import Fault


@dataclass(frozen=True, slots=True)
class Call:
    """One request, without its transport."""

    method: str
    parts: tuple[str, ...]
    arguments: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    @property
    def head(self) -> str:
        """What the address begins with: an entity, or query, batch, cdc."""
        return self.parts[0] if self.parts else ""

    @property
    def include(self) -> frozenset[str]:
        """The options of the address."""
        return frozenset(part for part in self.arguments.get("include", "").split(",") if part)

    def json(self) -> dict[str, Any]:
        """Give the JSON body.

        Raises:
            Fault: 500 for bytes that are no UTF-8, 2010 for what is no JSON object, 2040 for
                characters that are none.
        """
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            detail = "Operation is not supported: MalformedByteSequenceException: Invalid byte"
            raise Fault("500", detail) from None
        try:
            found = loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Fault("2010", "The request body is not a JSON object")
        if "\\u" in text:
            _check_characters(found)
        return found


def _check_characters(found: Any) -> None:
    """Refuse halves of characters, which JSON can write and nothing can keep."""
    try:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise Fault("2040", "The text contains invalid characters") from None


def route_of(call: Call) -> str:
    """Give the name of what a call asks for, such as invoice.create."""
    if len(call.parts) == 3:
        return f"{call.head}.{call.parts[2]}"
    if call.head == "upload":
        return "upload.create"
    if call.method == "GET" or call.head == "query":
        return f"{call.head}.read"
    return f"{call.head}.send" if call.head == "batch" else f"{call.head}.{_verb(call)}"


def _verb(call: Call) -> str:
    operation = call.arguments.get("operation", "")
    if "void" in call.include or operation == "void":
        return "void"
    if operation == "delete":
        return "delete"
    has_id = b'"Id"' in call.body and b'"Id":""' not in call.body.replace(b" ", b"")
    has_id = has_id or b"<Id>" in call.body
    return "update" if operation == "update" or has_id else "create"


def is_metered(call: Call) -> bool:
    """Tell whether a call counts as data going out (CorePlus)."""
    return call.method == "GET" or call.head == "query"
