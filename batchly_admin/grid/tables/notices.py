"""E-mail to the admins: the local outbox, and what waits for the digest."""

from __future__ import annotations

from batchly_admin.domain.notices import MailState
from batchly_admin.grid.choices import NoticeTopic
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.notices import NoticeCause, OutgoingMail

OUTGOING_MAILS = Table(
    name="outgoing_mails",
    model=OutgoingMail,
    title="Outbox",
    singular="mail",
    group="Company",
    icon="messages",
    path="/admin/outbox",
    area="notifications",
    declared=(
        column("subject", width=340, frozen=True),
        column("state", choices=MailState, width=120),
        column("recipient", label="To", width=220),
        column("created_at", label="Written"),
        column("sent_at", label="Sent"),
        column("kind", label="About", choices=NoticeTopic, width=240),
        column("error_message", label="Cause", width=320),
        column("attempts", width=90),
        column("next_attempt_at", label="Next try"),
        column("body", label="Text", width=400),
        column("link", hidden=True),
    ),
    label_column="subject",
    detail="recipient",
    default_sort=("-created_at",),
    search=("subject", "recipient", "body"),
    read_only=True,
    actions=("send-again",),
    views=(
        QuickView("Failed", ({"column": "state", "operator": "is", "value": "failed"},)),
        QuickView("Kept here", ({"column": "state", "operator": "is", "value": "kept"},)),
    ),
    empty=Empty("No mail yet", "Notices to the admins are listed here, sent or not."),
)

NOTICE_CAUSES = Table(
    name="notice_causes",
    model=NoticeCause,
    title="Notices by cause",
    singular="cause",
    group="Company",
    icon="bell",
    area="notifications",
    declared=(
        column("last_subject", label="Notice", width=340, frozen=True),
        column("kind", label="About", choices=NoticeTopic, width=240),
        column("key", label="Cause", width=200),
        column("last_mail_at", label="Last mail"),
        column("waiting", label="Waits for the digest", width=140),
        column("waiting_since"),
        column("last_at", label="Last time"),
    ),
    label_column="key",
    default_sort=("-last_at",),
    search=("key", "last_subject"),
    read_only=True,
    in_menu=False,
    empty=Empty("Nothing was told yet"),
)

TABLES = (OUTGOING_MAILS, NOTICE_CAUSES)
