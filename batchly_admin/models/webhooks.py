"""What was sent to the address of webhooks and not let in."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, UtcDateTime
from batchly_admin.models.base import Record


class WebhookRefusal(Record, Base):
    """How often notifications of one day were refused for one reason: a number, never a body."""

    __tablename__ = "webhook_refusals"
    __tracked__ = False
    __table_args__ = (sa.UniqueConstraint("day", "reason"),)

    day: Mapped[date] = mapped_column(sa.Date)
    # One of signature, which was wrong or missing, and size.
    reason: Mapped[str] = mapped_column(sa.String(20))
    refused: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
