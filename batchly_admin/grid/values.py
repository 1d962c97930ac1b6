"""Cell values between the database, the browser and what a person types.

`to_json` gives the value forms of the grid's endpoints, `parse` turns typed or pasted text into a
column's value or says in words why it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import addresses, encoding
from batchly_admin.grid.columns import Column, why_fixed
from batchly_admin.ids import parse_id

_EMAIL = re.compile(r"^[^@\s,;]{1,64}@[^@\s,;]+\.[^@\s,;]+$")
# Numbers as people write them: +1 (212) 555-0100 ext. 7, 0800/123456, 555-SHOP is none.
_PHONE = re.compile(r"\+?[\d\s()./-]+(?:[,;]?\s*(?:x|ext|extension|#)\.?\s*\d+)?", re.IGNORECASE)
_PHONE_DIGITS = (3, 20)
_US_DATE = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
_RELATIVE = re.compile(r"^today(?:([+-])(\d{1,4}))?$")
_TRUE = frozenset({"true", "yes", "y", "1", "x", "on", "✓"})
_FALSE = frozenset({"false", "no", "n", "0", "", "off"})
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
SMALLEST_YEAR, LARGEST_YEAR = 1900, 2200
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_AMOUNT, _LARGEST_QUANTITY = Decimal("1e10"), Decimal("1e8")
_MOST_DIGITS = 24
_QUOTED = 60


def to_json(kind: str, value: Any) -> Any:
    """Give a column's value in the form the browser gets.

    A link gives its id alone and a badge its state: their labels are composed by the window.
    """
    encode = _ENCODERS.get(kind)
    return value if encode is None or value is None else encode(value)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decimal(kind: str) -> Callable[[Any], str]:
    scale, write = encoding.SCALES[kind], encoding.SCALED[kind]
    unit = Decimal(1).scaleb(-scale)
    return lambda value: str(write(int(Decimal(value).quantize(unit, ROUND_HALF_UP).scaleb(scale))))


_ENCODERS: dict[str, Callable[[Any], Any]] = {
    **{kind: _decimal(kind) for kind in encoding.SCALES},
    "date": date.isoformat,
    "datetime": _moment,
    "time": encoding.clock_time,
    "link": str,
    "id": str,
}


def seen_matches(spec: Column, seen: Any, stored: Any) -> bool:
    """Tell whether what the browser last saw in a cell is what the database holds now.

    Only differences a person can see count: empty text is no text, and moments are compared to
    the second.
    """
    if spec.kind in {"link", "badge"} and isinstance(seen, list | tuple):
        seen = seen[0] if seen else None
    now = to_json(spec.kind, stored)
    if spec.kind == "bool" and not spec.nullable:
        return bool(seen) == bool(now)
    if spec.kind in encoding.SCALES and isinstance(seen, str | int):
        known = decimal_of(str(seen))
        return known is not None and now is not None and known == Decimal(now)
    if isinstance(now, str) or isinstance(seen, str):
        return _comparable(spec, seen) == _comparable(spec, now)
    return bool(
        (seen or None) == (now or None) if spec.kind in {"address", "json"} else seen == now
    )


def _comparable(spec: Column, value: Any) -> str:
    text = "" if value is None else str(value)
    if spec.kind in {"link", "id"}:
        return text.replace("-", "").lower()
    return text.replace("\r\n", "\n")


def parse(spec: Column, text: Any, *, today: date, zone: str = "UTC") -> Any:
    """Turn what a person typed into the column's value; empty text is what an empty cell holds.

    Raises:
        InvalidInput: with the words to show at the cell.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return _emptied(spec)
    if isinstance(text, dict | list):
        return _parse_structure(spec, text)
    if not is_storable(str(text)):
        raise _refused(spec, f"{spec.label} contains a character that cannot be stored.")
    return _PARSERS[spec.kind](spec, str(text).strip(), today, zone)


def is_storable(text: str) -> bool:
    """Tell whether both databases can hold the text: no zero byte, no half of a character."""
    return "\x00" not in text and not _HALF_CHARACTER.search(text)


def _emptied(spec: Column) -> Any:
    if spec.kind == "bool":
        return None if spec.nullable else False
    if spec.required or (spec.when_empty is None and not spec.nullable):
        raise _refused(spec, f"{spec.label} is needed.")
    return spec.when_empty


def _short(text: str) -> str:
    """Give enough of what was typed to recognize it."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."


def _refused(spec: Column, message: str) -> InvalidInput:
    return InvalidInput(message, field=spec.name)


def _parse_structure(spec: Column, value: Any) -> Any:
    if spec.kind == "address" and isinstance(value, dict):
        kept = {
            key: str(part).strip()[: addresses.LONGEST]
            for key in addresses.PARTS
            if (part := value.get(key))
        }
        return kept or None
    if spec.kind == "json":
        return value
    raise _refused(spec, f"{spec.label} takes a single value.")


def _parse_text(spec: Column, text: str, _today: date, _zone: str) -> str:
    if spec.kind != "long_text":
        text = " ".join(text.split())
    if spec.max_length and len(text) > spec.max_length:
        raise _refused(spec, f"{spec.label} takes at most {spec.max_length} characters.")
    return text


def _parse_email(spec: Column, text: str, today: date, zone: str) -> str:
    text = _parse_text(spec, text, today, zone)
    if not _EMAIL.match(text):
        raise _refused(spec, f"{_short(text)} is not an e-mail address.")
    return text


def _parse_phone(spec: Column, text: str, today: date, zone: str) -> str:
    text = _parse_text(spec, text, today, zone)
    digits = sum(character.isdigit() for character in text)
    if not _PHONE.fullmatch(text) or not _PHONE_DIGITS[0] <= digits <= _PHONE_DIGITS[1]:
        raise _refused(spec, f"{_short(text)} is not a phone number.")
    return text


def _parse_address(spec: Column, text: str, _today: date, _zone: str) -> dict[str, str]:
    found = addresses.parse(text)
    if found is None:
        words = f"{_short(text)} is not an address; write it like 1 Main St, Troy NY 12180."
        raise _refused(spec, words)
    return found


def _parse_integer(spec: Column, text: str, _today: date, _zone: str) -> int:
    number = decimal_of(text)
    if number is None or number != number.to_integral_value():
        raise _refused(spec, f"{_short(text)} is not a whole number.")
    if abs(number) > _LARGEST_INTEGER:
        raise _refused(spec, f"{_short(text)} is too large.")
    return int(number)


def decimal_of(text: str) -> Decimal | None:
    """Give the number that text with thousands commas, a currency sign or brackets spells."""
    cleaned = "".join(text.split()).strip("$€£")
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    cleaned = cleaned.strip("()").strip("$€£")
    sign = cleaned[:1] if cleaned[:1] in {"+", "-"} else ""
    digits = cleaned.removeprefix(sign).strip("$€£")
    if len(digits) > _MOST_DIGITS or not _NUMBER.fullmatch(digits):
        return None
    number = Decimal(digits.replace(",", ""))
    return -number if negative != (sign == "-") else number


def _parse_decimal(spec: Column, text: str, _today: date, _zone: str) -> Decimal:
    number = decimal_of(text)
    if number is None:
        raise _refused(spec, f"{_short(text)} is not a number.")
    return _fitting(spec, number, text)


def _fitting(spec: Column, number: Decimal, text: str) -> Decimal:
    scale = spec.scale or 0
    if abs(number) >= (_LARGEST_AMOUNT if scale <= 2 else _LARGEST_QUANTITY):
        raise _refused(spec, f"{_short(text)} is too large.")
    exact = number.quantize(Decimal(1).scaleb(-scale))
    if exact != number:
        places = scale - 2 if spec.kind == "percent" else scale
        raise _refused(spec, f"{spec.label} takes at most {places} decimals.")
    # Minus nothing is nothing.
    return exact or abs(exact)


def _parse_percent(spec: Column, text: str, _today: date, _zone: str) -> Decimal:
    number = decimal_of(text.rstrip("% "))
    if number is None:
        raise _refused(spec, f"{_short(text)} is not a percentage.")
    if not 0 <= number <= 100:
        raise _refused(spec, f"{spec.label} lies between 0 and 100 percent.")
    return _fitting(spec, number.scaleb(-2), text)


def day_of(text: str, today: date) -> date | None:
    """Give the day that text names: 2026-11-21, 11/21/2026, today, today+7."""
    if relative := _RELATIVE.match(text.strip().lower()):
        sign, days = relative.groups()
        span = timedelta(days=int(days or 0))
        return today - span if sign == "-" else today + span
    try:
        if us := _US_DATE.match(text):
            month, day, year = (int(part) for part in us.groups())
            return date(year + 2000 if year < 100 else year, month, day)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _parse_date(spec: Column, text: str, today: date, _zone: str) -> date:
    day = day_of(text, today)
    if day is None:
        raise _refused(spec, f"{_short(text)} is not a date; write it like 2026-11-21.")
    if not SMALLEST_YEAR <= day.year <= LARGEST_YEAR:
        raise _refused(spec, f"{_short(text)}: the year does not look right.")
    return day


def _parse_datetime(spec: Column, text: str, _today: date, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        words = f"{_short(text)} is not a date and time; write it like 2026-11-21 14:30."
        raise _refused(spec, words) from None
    if not SMALLEST_YEAR <= moment.year <= LARGEST_YEAR:
        raise _refused(spec, f"{_short(text)}: the year does not look right.")
    return moment


def _parse_time(spec: Column, text: str, _today: date, _zone: str) -> time:
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise _refused(spec, f"{_short(text)} is not a time of day; write it like 14:30.")
    return moment


def _parse_bool(spec: Column, text: str, _today: date, _zone: str) -> bool:
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _refused(spec, f"{_short(text)} is neither yes nor no.")


def _parse_choice(spec: Column, text: str, _today: date, _zone: str) -> str:
    members = list(spec.choices or ())
    for member in members:
        if text == member.value or text.casefold() in (
            member.label.casefold(),
            member.english.casefold(),
        ):
            return member.value
    names = ", ".join(member.label for member in members)
    raise _refused(spec, f"{_short(text)} is not one of: {names}.")


def _parse_id(spec: Column, text: str, _today: date, _zone: str) -> UUID:
    known = parse_id(text)
    if known is None:
        raise _refused(spec, f"{_short(text)} is not an id.")
    return known


def _parse_json(spec: Column, _text: str, _today: date, _zone: str) -> Any:
    raise _refused(spec, f"{spec.label} is edited in the record's form.")


def _parse_files(spec: Column, _text: str, _today: date, _zone: str) -> Any:
    raise _refused(spec, why_fixed(spec))


_PARSERS: dict[str, Callable[[Column, str, date, str], Any]] = {
    "text": _parse_text,
    "long_text": _parse_text,
    "phone": _parse_phone,
    "email": _parse_email,
    "integer": _parse_integer,
    "quantity": _parse_decimal,
    "money": _parse_decimal,
    "price": _parse_decimal,
    "percent": _parse_percent,
    "date": _parse_date,
    "datetime": _parse_datetime,
    "time": _parse_time,
    "id": _parse_id,
    "bool": _parse_bool,
    "choice": _parse_choice,
    "badge": _parse_choice,
    "link": _parse_text,
    "address": _parse_address,
    "json": _parse_json,
    "files": _parse_files,
}
