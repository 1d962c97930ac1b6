"""E-mail to the admins: a local outbox that is written with the event and sent afterwards.

A mail stands in the transaction of what it speaks of, so neither is without the other. The worker
sends it later under a lease, with a Message-ID that is the row's own: should the process die after
the mail server took the mail and before that was written down, the second copy carries the same
name and is recognised as one.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, UtcDateTime
from batchly_admin.domain.notices import MailState
from batchly_admin.models.base import Record, one_of


class OutgoingMail(Record, Base):
    """One e-mail to one person, and what became of it."""

    __tablename__ = "outgoing_mails"
    __tracked__ = False
    __table_args__ = (
        one_of("state", MailState),
        sa.Index("ix_outgoing_mails_state_next_attempt_at", "state", "next_attempt_at"),
        sa.Index("ix_outgoing_mails_created_at_id", "created_at", "id"),
    )

    kind: Mapped[str] = mapped_column(sa.String(30))
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    link: Mapped[str | None] = mapped_column(sa.String(300))
    state: Mapped[str] = mapped_column(sa.String(20), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    # While somebody sends it, this is the end of the lease.
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeCause(Record, Base):
    """One thing that admins are told of: when they last were, and what waits for the digest."""

    __tablename__ = "notice_causes"
    __tracked__ = False
    __table_args__ = (sa.UniqueConstraint("kind", "key"),)

    kind: Mapped[str] = mapped_column(sa.String(30))
    key: Mapped[str] = mapped_column(sa.String(200))
    last_mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What happened since and was not told yet.
    waiting: Mapped[int] = mapped_column(default=0)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_subject: Mapped[str | None] = mapped_column(sa.String(200))
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
