"""The company and the people who work with Batchly."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, UtcDateTime
from batchly_admin.models.base import Record, foreign

user_roles = sa.Table(
    "user_roles",
    Base.metadata,
    sa.Column("user_id", Guid, foreign("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", Guid, foreign("roles.id"), primary_key=True),
)


class Organization(Record, Base):
    """The one company this installation belongs to."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(sa.String(200))
    legal_name: Mapped[str | None] = mapped_column(sa.String(200))
    address: Mapped[dict[str, Any] | None] = mapped_column(Json)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    website: Mapped[str | None] = mapped_column(sa.String(200))
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="America/New_York")
    currency: Mapped[str] = mapped_column(sa.String(3), default="USD")
    locale: Mapped[str] = mapped_column(sa.String(20), default="en-US")
    order_prefix: Mapped[str] = mapped_column(sa.String(10), default="PO-")
    invoice_prefix: Mapped[str] = mapped_column(sa.String(10), default="INV-")
    credit_memo_prefix: Mapped[str] = mapped_column(sa.String(10), default="CM-")
    payment_prefix: Mapped[str] = mapped_column(sa.String(10), default="PAY-")


class Setting(Record, Base):
    """One business setting; the typed registry in services.settings knows them all."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    value: Mapped[Any] = mapped_column(Json)


class Role(Record, Base):
    """A named set of rights; the rights themselves stand in domain.rights."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    label: Mapped[str] = mapped_column(sa.String(80))


class User(Record, Base):
    """A person who logs in."""

    __tablename__ = "users"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {
        "password_hash",
        "last_login_at",
    }

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    roles: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin")


class LoginSession(Record, Base):
    """A log-in that is still open, known by the hash of its cookie's token."""

    __tablename__ = "login_sessions"
    __tracked__ = False

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(Guid, foreign("users.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(64))
    user_agent: Mapped[str | None] = mapped_column(sa.String(200))
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginThrottle(Record, Base):
    """Failed log-ins counted for one account or one address."""

    __tablename__ = "login_throttles"
    __tracked__ = False

    key: Mapped[str] = mapped_column(sa.String(300), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Record, Base):
    """A grid as somebody likes it: columns, filters, sort.

    A row with `base_id` is one person's layer over a shared view; an empty state there leaves the
    view as it is and keeps only whether the person has it as a tab.
    """

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("base_id", "user_id"),)

    user_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="CASCADE"), index=True
    )
    table_name: Mapped[str] = mapped_column(sa.String(60), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[dict[str, Any]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    base_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("saved_views.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(default=0)


class CustomField(Record, Base):
    """A column the company added to one of its tables."""

    __tablename__ = "custom_fields"
    __table_args__ = (sa.UniqueConstraint("table_name", "name"),)

    table_name: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(60))
    label: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(20), default="text")
    choices: Mapped[Any] = mapped_column(Json, nullable=True)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class Notification(Record, Base):
    """Something a person should know; without a user it is for every admin."""

    __tablename__ = "notifications"
    __tracked__ = False

    user_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str | None] = mapped_column(sa.Text)
    link: Mapped[str | None] = mapped_column(sa.String(300))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
