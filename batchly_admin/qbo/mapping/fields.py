"""Pieces that several entities share: references, addresses, texts within their lengths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

NAME_LENGTH = 500
NOTE_LENGTH = 4000
MARKER = "Batchly"

_MARKED = re.compile(rf"\b{MARKER} ([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\b")


def marker(record_id: UUID) -> str:
    """Give the words by which we recognise a document as ours."""
    return f"{MARKER} {record_id}"


def marked_id(note: Any) -> UUID | None:
    """Give the id of our record that a private note names."""
    found = _MARKED.search(note) if isinstance(note, str) else None
    return UUID(found.group(1)) if found else None


def private_note(record_id: UUID, note: str | None) -> str:
    """Give a private note that ends with our marker, whatever has to be cut before it."""
    words = marker(record_id)
    if not note:
        return words
    return f"{note[: NOTE_LENGTH - len(words) - 1]}\n{words}"


def ref(value: str) -> dict[str, str]:
    """Give a reference to another record."""
    return {"value": value}


def ref_id(body: Mapping[str, Any], key: str) -> str | None:
    """Give the id a reference points to."""
    found = body.get(key)
    if not isinstance(found, Mapping):
        return None
    value = found.get("value")
    return str(value) if value not in (None, "") else None


def name(text: str, length: int = 100) -> str:
    """Give a name QuickBooks takes: no colon, tab or line break, within its length."""
    return re.sub(r"\s+", " ", text.replace(":", "-")).strip()[:length].rstrip()


def amount(value: Any) -> Decimal:
    """Give an amount out of an answer; nothing is zero."""
    return number(value) or Decimal(0)


def number(value: Any) -> Decimal | None:
    """Give a number out of an answer, or None when there is none."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def day(value: Any) -> date | None:
    """Give a day out of an answer."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """Give a moment out of an answer, which may stand in any zone, in UTC."""
    try:
        found = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    if found is None:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def changed_at(body: Mapping[str, Any]) -> datetime | None:
    """Give when the record was last changed in QuickBooks."""
    return moment((body.get("MetaData") or {}).get("LastUpdatedTime"))


def created_at(body: Mapping[str, Any]) -> datetime | None:
    """Give when the record was made in QuickBooks."""
    return moment((body.get("MetaData") or {}).get("CreateTime"))


def is_deleted(body: Mapping[str, Any]) -> bool:
    """Tell whether a change is that the record is gone."""
    return body.get("status") == "Deleted"


def is_voided(body: Mapping[str, Any]) -> bool:
    """Tell whether a transaction is void; a zero total alone says nothing."""
    if body.get("status") == "Voided":
        return True
    note = str(body.get("PrivateNote") or "")
    return note.startswith("Voided") and amount(body.get("TotalAmt")) == 0


def address(value: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Give one of our addresses as QuickBooks' PhysicalAddress, or None when it is empty."""
    if not value:
        return None
    pairs = {
        "Line1": value.get("line1"),
        "Line2": value.get("line2"),
        "City": value.get("city"),
        "CountrySubDivisionCode": value.get("state"),
        "PostalCode": value.get("postal_code"),
        "Country": value.get("country"),
    }
    kept = {key: str(text) for key, text in pairs.items() if text}
    return kept or None


def our_address(value: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Give QuickBooks' PhysicalAddress as one of our addresses, or None when it is empty."""
    if not value:
        return None
    pairs = {
        "line1": value.get("Line1"),
        "line2": value.get("Line2"),
        "city": value.get("City"),
        "state": value.get("CountrySubDivisionCode"),
        "postal_code": value.get("PostalCode"),
        "country": value.get("Country"),
    }
    kept = {key: str(text) for key, text in pairs.items() if text}
    return kept or None


def without_nothing(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a body without the fields that have no value: an empty value would wipe theirs."""
    return {key: value for key, value in body.items() if value is not None}
