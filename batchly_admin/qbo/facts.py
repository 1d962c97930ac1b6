"""What we know of the connected company between calls; it stands in the connection's row.

`qb_connections.preferences` holds QuickBooks' own preferences under "quickbooks", and beside them
what Batchly looked up once: when they were read, the income account of new items, and, for the
simulator, how to log in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.sync import QbConnection

WARNED_AHEAD = timedelta(days=30)
NOT_LIVE = "QuickBooks is connected, but nothing is sent before you go live: finish the set-up."


@dataclass(frozen=True, slots=True)
class Facts:
    """The company's own rules, as far as they are known."""

    preferences: Mapping[str, Any] | None = None
    income_account: str | None = None

    def forbids(self, group: str, name: str) -> bool:
        """Tell whether a preference is known and says no."""
        return self._get(group, name) is False

    @property
    def books_closed_until(self) -> date | None:
        """The last day that can no longer be written to."""
        text = self._get("AccountingInfoPrefs", "BookCloseDate")
        try:
            return date.fromisoformat(str(text)[:10]) if text else None
        except ValueError:
            return None

    def _get(self, group: str, name: str) -> Any:
        found = (self.preferences or {}).get(group)
        return found.get(name) if isinstance(found, Mapping) else None


@dataclass(frozen=True, slots=True)
class LoginEnd:
    """When the permission to use QuickBooks runs out, and which of its two clocks says so."""

    at: datetime
    is_final: bool
    """Whether it is the five years of the whole permission, which no use prolongs."""

    def days_left(self, now: datetime) -> int:
        """Give the whole days that are left; none when it is over."""
        return max((self.at - now).days, 0)

    def is_soon(self, now: datetime) -> bool:
        """Tell whether an admin should reconnect now."""
        return self.at - now <= WARNED_AHEAD

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        day = f"{self.at:%B} {self.at.day}, {self.at.year}"
        if self.is_final:
            return f"The permission to use QuickBooks ends on {day}, five years after it was given."
        return f"The permission to use QuickBooks ends on {day} when it is not used before."


def login_end(connection: QbConnection) -> LoginEnd | None:
    """Give when the login ends: the earlier of its two clocks, or None when neither is known."""
    clocks = (
        (connection.refresh_token_expires_at, False),
        (connection.refresh_token_hard_expires_at, True),
    )
    known = [LoginEnd(at, is_final) for at, is_final in clocks if at is not None]
    return min(known, key=lambda end: end.at, default=None)


def login_warning(session: Session, now: datetime) -> str | None:
    """Give the sentence for a banner: the login has ended, or ends soon; None when all is well."""
    connection = connection_of(session)
    if connection is None or connection.state == "disconnected":
        return None
    if connection.state != "connected":
        return connection.last_error or "The login to QuickBooks has ended."
    end = login_end(connection)
    return end.words if end is not None and end.is_soon(now) else None


def is_live(connection: QbConnection | None) -> bool:
    """Tell whether the guided set-up is finished, so that records may leave and be brought in."""
    return connection is not None and connection.went_live_at is not None


def read(connection: QbConnection) -> Facts:
    """Give what the connection's row knows."""
    kept = connection.preferences or {}
    return Facts(
        preferences=kept.get("quickbooks"),
        income_account=kept.get("income_account"),
    )


def keep(session: Session, connection_id: UUID, **known: Any) -> Facts:
    """Write down what was looked up, beside what is known already; give all of it."""
    connection = session.get(QbConnection, connection_id, with_for_update=True)
    if connection is None:
        return Facts()
    kept = {**(connection.preferences or {}), **known}
    if kept != connection.preferences:
        connection.preferences = kept
    return read(connection)


def connection_of(session: Session) -> QbConnection | None:
    """Give the one connection, if there ever was one."""
    return session.scalar(sa.select(QbConnection).order_by(QbConnection.created_at).limit(1))
