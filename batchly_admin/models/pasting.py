"""What people said about the things they paste."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Guid
from batchly_admin.models.base import Record, foreign


class PasteReading(Record, Base):
    """How a person wants a column's dates or decimals read when the texts allow several ways."""

    __tablename__ = "paste_readings"
    __tracked__ = False
    __table_args__ = (sa.UniqueConstraint("user_id", "table_name", "column_name", "kind"),)

    user_id: Mapped[UUID] = mapped_column(Guid, foreign("users.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(sa.String(60))
    column_name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(20))
    reading: Mapped[str] = mapped_column(sa.String(10))
