"""Labels and tones of stored words that no rule of the domain depends on."""

from __future__ import annotations

from typing import Self

from batchly_admin.domain.statuses import Choice


class Word(Choice):
    """A choice that no constraint guards: a word nobody listed is shown as it is."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        member.english = value.replace("_", " ").capitalize()
        member.tone = "neutral"
        return member


class Origin(Word):
    """Where a payment or refund was recorded."""

    BATCHLY = "batchly", "Batchly", "blue"
    QUICKBOOKS = "quickbooks", "QuickBooks", "green"


class ReadingKind(Word):
    """What of a pasted column could be read in more than one way."""

    DATE = "date", "Dates", "blue"
    DECIMAL = "decimal", "Decimals", "violet"


class Reading(Word):
    """How somebody wants a pasted column to be read."""

    YEAR_FIRST = "ymd", "Year first", "neutral"
    DAY_FIRST = "dmy", "Day first", "neutral"
    MONTH_FIRST = "mdy", "Month first", "neutral"
    POINT = ".", "Decimal point", "neutral"
    COMMA = ",", "Decimal comma", "neutral"


class Channel(Word):
    """How somebody got in touch."""

    NOTE = "note", "Note", "neutral"
    CALL = "call", "Call", "blue"
    EMAIL = "email", "E-mail", "blue"
    LETTER = "letter", "Letter", "blue"
    MEETING = "meeting", "Meeting", "violet"


class Way(Word):
    """Whether a message came in or went out."""

    IN = "in", "In", "green"
    OUT = "out", "Out", "blue"


class SyncDirection(Word):
    """Which way a record travels."""

    PUSH = "push", "To QuickBooks", "blue"
    PULL = "pull", "From QuickBooks", "green"


class QueueOperation(Word):
    """What a queue row does in QuickBooks."""

    CREATE = "create", "Create", "blue"
    UPDATE = "update", "Update", "neutral"
    VOID = "void", "Void", "amber"
    DELETE = "delete", "Delete", "red"


class LastSync(Word):
    """How the last sync of one type went."""

    SUCCESS = "success", "Success", "green"
    ERROR = "error", "Error", "red"
    IN_PROGRESS = "in_progress", "Running", "blue"


class ConnectionState(Word):
    """Whether QuickBooks lets us in."""

    CONNECTED = "connected", "Connected", "green"
    RECONNECT = "reconnect", "Connect again", "red"
    DISCONNECTED = "disconnected", "Disconnected", "neutral"


class Rhythm(Word):
    """How often one type of record is pulled."""

    HOURLY = "hourly", "Hourly", "blue"
    DAILY = "daily", "Daily", "blue"
    WEEKLY = "weekly", "Weekly", "blue"
    MANUAL = "manual", "By hand", "neutral"


class DifferenceState(Word):
    """What was decided about a difference between the two books."""

    OPEN = "open", "Open", "red"
    LISTED = "listed", "Listed", "neutral"
    REPAIRED = "repaired", "Repaired", "blue"
    KEPT_OURS = "kept_ours", "Kept ours", "green"
    TOOK_THEIRS = "took_theirs", "Took theirs", "green"
    IGNORED = "ignored", "Accepted", "neutral"
    RESOLVED = "resolved", "Resolved", "green"


class Trigger(Word):
    """Who asked for a reconciliation."""

    SCHEDULE = "schedule", "Schedule", "neutral"
    BUTTON = "button", "Button", "blue"
    COMMAND = "command", "Command", "neutral"


class SlotState(Word):
    """Where a scheduled pull stands."""

    PENDING = "pending", "Pending", "amber"
    RUNNING = "running", "Running", "blue"
    DONE = "done", "Done", "green"
    FAILED = "failed", "Failed", "red"


class SyncWork(Word):
    """What kind of work with QuickBooks a run was."""

    PUSH = "push", "To QuickBooks", "blue"
    PULL = "pull", "From QuickBooks", "green"
    RECONCILE = "reconcile", "Comparison", "violet"


class Metering(Word):
    """Whether QuickBooks counts a call."""

    CORE = "core", "Not metered", "neutral"
    COREPLUS = "coreplus", "Metered", "amber"


class RefusalReason(Word):
    """Why a notification was not let in."""

    SIGNATURE = "signature", "Wrong signature", "red"
    SIZE = "size", "Too large", "amber"


class ImportState(Word):
    """Where an import stands."""

    DRAFT = "draft", "Not started", "neutral"
    QUEUED = "queued", "Queued", "neutral"
    RUNNING = "running", "Running", "blue"
    FINISHED = "finished", "Finished", "green"
    FAILED = "failed", "Failed", "red"
    UNDOING = "undoing", "Being undone", "amber"
    UNDONE = "undone", "Undone", "neutral"


class ImportOutcome(Word):
    """What became of a line that made no order line."""

    SKIPPED = "skipped", "Skipped", "amber"
    REFUSED = "refused", "Refused", "red"


class ChangeOperation(Word):
    """What happened to a row."""

    INSERT = "insert", "Created", "green"
    UPDATE = "update", "Changed", "blue"
    DELETE = "delete", "Deleted", "red"


class NoticeTopic(Word):
    """What a mail to the admins is about."""

    FAILURES = "failures", "Repeated failures", "red"
    PAUSED = "paused", "Pause", "amber"
    OUTAGE = "outage", "Outage", "amber"
    LOGIN_ENDING = "login_ending", "Login about to end", "amber"
    LOGIN_LOST = "login_lost", "Login lost", "red"
    MISMATCH = "mismatch", "Mismatch", "red"
    RECONCILIATION = "reconciliation", "Reconciliation", "amber"
    DIGEST = "digest", "Digest", "blue"
    TEST = "test", "Test", "neutral"
