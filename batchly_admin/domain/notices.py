"""Of what admins are told by e-mail, and the states of such a mail."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from batchly_admin.domain.statuses import Choice

HUSH = timedelta(hours=1)
"""The same cause is told of at most once in this time; what comes meanwhile is gathered."""

LOGIN_WARNINGS = (30, 7, 1)
"""So many days before the login to QuickBooks ends, the admins are told."""


class MailState(Choice):
    """Where an outgoing mail stands."""

    WAITING = "waiting", "Waiting", "blue"
    SENDING = "sending", "Being sent", "blue"
    SENT = "sent", "Sent", "green"
    FAILED = "failed", "Failed", "red"
    KEPT = "kept", "Kept here", "neutral"


class NoticeKind(Choice):
    """What a notice is about."""

    FAILURES = "failures", "Documents that fail repeatedly", "red"
    PAUSED = "paused", "Pushes are paused, or go on", "amber"
    OUTAGE = "outage", "QuickBooks does not answer", "amber"
    LOGIN_ENDING = "login_ending", "The login to QuickBooks is about to end", "amber"
    LOGIN_LOST = "login_lost", "The login to QuickBooks has ended", "red"
    MISMATCH = "mismatch", "A document differs in QuickBooks after it was sent", "red"
    RECONCILIATION = "reconciliation", "A reconciliation found differences", "amber"


DIGEST = "digest"
TEST = "test"


def login_warning(ends: datetime, now: datetime) -> int | None:
    """Give which of the warnings is due, the nearest one, or None while there is time."""
    left = ends - now
    due = [days for days in LOGIN_WARNINGS if left <= timedelta(days=days)]
    return min(due) if due and left > timedelta(0) else None


def wait_before_retry(attempts: int) -> timedelta:
    """Give how long a mail waits that could not be sent: one minute, doubling up to two hours."""
    minutes: int = 2 ** min(max(attempts, 1) - 1, 7)
    return min(timedelta(minutes=minutes), timedelta(hours=2))


def digest_name(day: date) -> str:
    """Give the name of the digest of one day, so that there is one only."""
    return f"of {day.isoformat()}"
