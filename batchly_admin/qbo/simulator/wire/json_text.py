"""JSON with exact numbers, and records that are already text passed through untouched."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

Fragment = orjson.Fragment
"""Text that is JSON already; an answer takes it in as it stands."""


def dumps(value: Any) -> str:
    """Give JSON with decimals as numbers: fifteen digits survive the way there and back."""
    return orjson.dumps(value, default=_number).decode()


def loads(text: str | bytes) -> Any:
    """Read JSON, every number with a point as an exact decimal.

    Raises:
        ValueError: for what is no JSON.
    """
    return json.loads(text, parse_float=Decimal)


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    msg = f"{type(value).__name__} is no JSON"
    raise TypeError(msg)
