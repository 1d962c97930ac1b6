"""Which days are closed: QuickBooks says so in its preferences, which stand in the connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import words
from batchly_admin.errors import InvalidInput
from batchly_admin.models.sync import QbConnection


def closed_until(session: Session) -> date | None:
    """Give the last day nobody may write to any more, as far as it is known."""
    kept = session.scalar(sa.select(QbConnection.preferences).limit(1))
    text = _get(_get(_get(kept, "quickbooks"), "AccountingInfoPrefs"), "BookCloseDate")
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


def is_closed(session: Session, day: date) -> bool:
    """Tell whether a day lies in a closed period."""
    closed = closed_until(session)
    return closed is not None and day <= closed


def refuse_closed(session: Session, day: date, field: str) -> None:
    """Let a day in an open period pass.

    Raises:
        InvalidInput: naming the day up to which the books are closed.
    """
    if is_closed(session, day):
        raise InvalidInput(f"{up_to(session)}; choose a later date.", field=field)


def up_to(session: Session) -> str:
    """Say up to which day the books are closed."""
    closed = closed_until(session)
    return f"The books are closed up to {words.day(closed)}" if closed else "The books are open"


def _get(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, Mapping) else None
