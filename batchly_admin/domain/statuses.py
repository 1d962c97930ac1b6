"""The states of documents and which may follow which.

Values are stored as text; every member carries its label and its tone (how the badge looks).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from batchly_admin.errors import IllegalTransition
from batchly_admin.words import _


class Choice(StrEnum):
    """A stored text value with a label for people and a tone for its badge."""

    english: str
    tone: str

    def __new__(cls, value: str, label: str = "", tone: str = "neutral") -> Self:
        """Make a member out of value, label and tone."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.english = label
        member.tone = tone
        return member

    @property
    def label(self) -> str:
        """What people call it, in their language."""
        return _(self.english)


class OrderStatus(Choice):
    """Where a purchase order stands."""

    DRAFT = "draft", "Draft", "neutral"
    PENDING = "pending", "Pending", "amber"
    APPROVED = "approved", "Approved", "blue"
    IN_PROGRESS = "in_progress", "In progress", "violet"
    COMPLETED = "completed", "Completed", "green"
    SHIPPED = "shipped", "Shipped", "green"
    CANCELLED = "cancelled", "Cancelled", "neutral"


class Invoicing(Choice):
    """How much of a purchase order has been invoiced."""

    NONE = "none", "Not invoiced", "neutral"
    PARTIAL = "partial", "Partly invoiced", "amber"
    FULL = "full", "Invoiced", "green"


class JobStatus(Choice):
    """Where a production job stands."""

    CREATED = "created", "Created", "neutral"
    PLANNED = "planned", "Planned", "blue"
    IN_PROGRESS = "in_progress", "In progress", "violet"
    REVIEW = "review", "Review", "amber"
    COMPLETED = "completed", "Completed", "green"
    SHIPPED = "shipped", "Shipped", "green"
    CANCELLED = "cancelled", "Cancelled", "neutral"


class JobLineStatus(Choice):
    """Where one line of a job stands."""

    PENDING = "pending", "Pending", "neutral"
    IN_PROGRESS = "in_progress", "In progress", "violet"
    COMPLETED = "completed", "Completed", "green"
    SHIPPED = "shipped", "Shipped", "green"


class InvoiceStatus(Choice):
    """Where an invoice stands; everything after draft follows from its facts and its money."""

    DRAFT = "draft", "Draft", "neutral"
    SENT = "sent", "Sent", "blue"
    VIEWED = "viewed", "Viewed", "blue"
    PARTIAL = "partial", "Partial", "amber"
    PAID = "paid", "Paid", "green"
    OVERDUE = "overdue", "Overdue", "red"
    VOID = "void", "Cancelled", "neutral"


class CreditMemoStatus(Choice):
    """Where a credit memo stands."""

    DRAFT = "draft", "Draft", "neutral"
    ISSUED = "issued", "Issued", "blue"
    APPLIED = "applied", "Applied", "green"
    VOID = "void", "Cancelled", "neutral"


class ItemType(Choice):
    """What kind of item QuickBooks holds."""

    INVENTORY = "Inventory", "Inventory", "blue"
    NON_INVENTORY = "NonInventory", "Non-inventory", "neutral"
    SERVICE = "Service", "Service", "violet"


class SyncState(Choice):
    """The badge of a record that has a copy in QuickBooks."""

    NOT_SYNCED = "not_synced", "Not synced", "neutral"
    DRAFT = "draft", "Draft", "neutral"
    PENDING = "pending", "Pending", "amber"
    BLOCKED = "blocked", "Blocked", "amber"
    FAILED = "failed", "Failed", "red"
    MISSING = "missing", "Missing in QuickBooks", "red"
    WARNING = "warning", "Synced with warning", "amber"
    SYNCED = "synced", "Synced", "green"


class QueueStatus(Choice):
    """The stored state of a row of the sync queue."""

    PENDING = "pending", "Pending", "amber"
    PROCESSING = "processing", "Processing", "blue"
    BLOCKED = "blocked", "Blocked", "amber"
    COMPLETED = "completed", "Completed", "green"
    FAILED = "failed", "Failed", "red"
    CANCELLED = "cancelled", "Cancelled", "neutral"


class WebhookState(Choice):
    """What became of something QuickBooks told us."""

    WAITING = "waiting", "Waiting", "amber"
    APPLIED = "applied", "Applied", "green"
    KNOWN = "known", "Known already", "neutral"
    NOT_FOLLOWED = "not_followed", "Not followed", "neutral"
    FOREIGN = "foreign", "Another company", "neutral"
    FAILED = "failed", "Failed", "red"


class Press(Choice):
    """What a person can press when a record is not in step with QuickBooks."""

    RETRY = "retry", "Retry", "blue"
    RETRY_LIKE = "retry_like", "Retry all like this", "blue"
    FIX = "fix", "Fix and retry", "blue"
    LINK = "link", "Link to existing", "blue"
    DONE = "done", "Mark done by hand", "neutral"
    NUMBERS = "numbers", "Continue numbering", "amber"
    PAUSE = "pause", "Pause this type", "amber"
    RESUME = "resume", "Resume this type", "blue"
    RECONNECT = "reconnect", "Reconnect QuickBooks", "blue"
    PULL = "pull", "Fetch the lists again", "neutral"
    REVIEW = "review", "Reviewed", "blue"


class RepairKind(Choice):
    """What the worker does in QuickBooks for somebody who repairs a record."""

    SEARCH = "search", "Search", "neutral"
    LINK = "link", "Link", "blue"
    CHECK = "check", "Mark done by hand", "blue"
    NUMBERS = "numbers", "Continue numbering", "amber"


class RepairState(Choice):
    """Where such a repair stands."""

    WAITING = "waiting", "Waiting", "amber"
    DONE = "done", "Done", "green"
    FAILED = "failed", "Failed", "red"


class ReconciliationState(Choice):
    """Where a comparison of both books stands."""

    QUEUED = "queued", "Waiting", "neutral"
    RUNNING = "running", "Running", "blue"
    FINISHED = "finished", "Finished", "green"
    FAILED = "failed", "Failed", "red"


class RunState(Choice):
    """Where a background run stands."""

    QUEUED = "queued", "Queued", "neutral"
    RUNNING = "running", "Running", "blue"
    FINISHED = "finished", "Finished", "green"


class RowState(Choice):
    """What happened to one row of a background run."""

    WAITING = "waiting", "Waiting", "neutral"
    OK = "ok", "Done", "green"
    FAILED = "failed", "Failed", "red"


ORDER_STEPS: dict[str, frozenset[str]] = {
    OrderStatus.DRAFT: frozenset({OrderStatus.PENDING, OrderStatus.CANCELLED}),
    OrderStatus.PENDING: frozenset(
        {OrderStatus.APPROVED, OrderStatus.DRAFT, OrderStatus.CANCELLED}
    ),
    OrderStatus.APPROVED: frozenset(
        {
            OrderStatus.PENDING,
            OrderStatus.IN_PROGRESS,
            OrderStatus.COMPLETED,
            OrderStatus.CANCELLED,
        }
    ),
    OrderStatus.IN_PROGRESS: frozenset(
        {OrderStatus.APPROVED, OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ),
    OrderStatus.COMPLETED: frozenset({OrderStatus.SHIPPED, OrderStatus.IN_PROGRESS}),
    OrderStatus.SHIPPED: frozenset(),
    OrderStatus.CANCELLED: frozenset({OrderStatus.PENDING}),
}

JOB_STEPS: dict[str, frozenset[str]] = {
    JobStatus.CREATED: frozenset({JobStatus.PLANNED, JobStatus.IN_PROGRESS, JobStatus.CANCELLED}),
    JobStatus.PLANNED: frozenset({JobStatus.IN_PROGRESS, JobStatus.CANCELLED}),
    JobStatus.IN_PROGRESS: frozenset({JobStatus.REVIEW, JobStatus.COMPLETED, JobStatus.CANCELLED}),
    JobStatus.REVIEW: frozenset({JobStatus.IN_PROGRESS, JobStatus.COMPLETED, JobStatus.CANCELLED}),
    JobStatus.COMPLETED: frozenset({JobStatus.SHIPPED, JobStatus.IN_PROGRESS}),
    JobStatus.SHIPPED: frozenset(),
    JobStatus.CANCELLED: frozenset({JobStatus.CREATED}),
}

STEPS: dict[type[Choice], dict[str, frozenset[str]]] = {
    OrderStatus: ORDER_STEPS,
    JobStatus: JOB_STEPS,
}

OPEN_ORDER = (OrderStatus.APPROVED, OrderStatus.IN_PROGRESS)
INVOICEABLE_ORDER = (*OPEN_ORDER, OrderStatus.COMPLETED, OrderStatus.SHIPPED)
OPEN_JOB = (JobStatus.CREATED, JobStatus.PLANNED, JobStatus.IN_PROGRESS, JobStatus.REVIEW)


def check_step(kind: type[Choice], old: str, new: str) -> None:
    """Let `old` become `new`, or say which states it may become.

    Raises:
        IllegalTransition: when the step is not allowed.
    """
    if old == new:
        return
    allowed = STEPS[kind].get(old, frozenset())
    if new not in allowed:
        labels = {member.value: member.label for member in kind}
        names = ", ".join(sorted(labels[value] for value in allowed)) or "nothing else"
        msg = f"{labels[old]} cannot become {labels[new]}; it can become: {names}."
        raise IllegalTransition(msg, field="status")
