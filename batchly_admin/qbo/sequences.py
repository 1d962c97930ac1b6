"""Numbers in a row: what comes before a document's number, and whether it is missing."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.billing import CreditMemo, Invoice, NumberGap

LONGEST_SERIES = 9
_SERIES = re.compile(r"(.*?)(\d+)")

Document = Invoice | CreditMemo


def problem(session: Session, document: Document) -> str | None:
    """Say that the number before a document's is missing; None when it is there or explained."""
    number = number_of(document)
    found = _SERIES.fullmatch(number)
    if found is None:
        return f"{number} is not a number of the series."
    prefix, digits = found.groups()
    missing = before(number)
    if missing is None or len(digits) > LONGEST_SERIES:
        return None
    model, column = type(document), _column(type(document))
    earlier = sa.select(model.id).where(
        column.startswith(prefix, autoescape=True),
        model.issued_at < document.issued_at,
        model.id != document.id,
    )
    explained = sa.select(NumberGap.id).where(
        NumberGap.series == prefix, NumberGap.number == int(digits) - 1
    )
    there = sa.select(model.id).where(column == missing)
    for query in (there, explained):
        if session.scalar(query.limit(1)) is not None:
            return None
    if session.scalar(earlier.limit(1)) is None:
        return None
    return f"{missing} is missing and nobody has said why; add it to the number gaps."


def number_of(document: Document) -> str:
    """Give a document's own number."""
    if isinstance(document, Invoice):
        return document.invoice_number
    return document.credit_memo_number


def before(number: str) -> str | None:
    """Give the number before this one, or None when it is the first or no number of a series."""
    found = _SERIES.fullmatch(number)
    if found is None:
        return None
    prefix, digits = found.groups()
    previous = int(digits) - 1
    return f"{prefix}{previous:0{len(digits)}d}" if previous > 0 else None


def _column(model: type[Any]) -> Any:
    return Invoice.invoice_number if model is Invoice else CreditMemo.credit_memo_number
