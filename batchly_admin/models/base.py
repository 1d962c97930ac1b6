"""What every table has: a UUID key, its times and a version for compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.schema import CheckConstraint

from batchly_admin.db import Guid, UtcDateTime
from batchly_admin.domain.statuses import Choice, SyncState
from batchly_admin.ids import new_id


class Record:
    """Columns of every table.

    `__tracked__` tables write the change set by themselves when a unit of work flushes them;
    `__untracked_columns__` are facts that machines keep up to date and nobody undoes.
    """

    __tracked__: ClassVar[bool] = True
    __untracked_columns__: ClassVar[frozenset[str]] = frozenset(
        {"id", "created_at", "updated_at", "version"}
    )

    id: Mapped[UUID] = mapped_column(Guid, primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=sa.func.now())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=sa.func.now())
    version: Mapped[int] = mapped_column(sa.Integer, default=1, server_default="1")

    @declared_attr.directive
    def __mapper_args__(self) -> dict[str, Any]:
        """Let the database refuse a write over a version nobody has seen."""
        return {"version_id_col": self.version}


SYNC_COLUMNS = frozenset(
    {
        "qb_sync_token",
        "qb_created_time",
        "qb_last_updated_time",
        "last_synced_at",
        "sync_state",
        "sync_note",
    }
)


class Synced:
    """Columns of a record that has a copy in QuickBooks, the badge of its row among them."""

    qb_sync_token: Mapped[str | None] = mapped_column(sa.String(20))
    qb_created_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qb_last_updated_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sync_state: Mapped[str] = mapped_column(
        sa.String(20), default=SyncState.NOT_SYNCED, server_default=SyncState.NOT_SYNCED.value
    )
    sync_note: Mapped[str | None] = mapped_column(sa.Text)


def one_of(column: str, kind: type[Choice]) -> CheckConstraint:
    """Give the constraint that keeps `column` among the values of `kind`."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def foreign(target: str, *, ondelete: str = "RESTRICT") -> sa.ForeignKey:
    """Give a foreign key to `target`; rows in use are not deleted unless `ondelete` says so."""
    return sa.ForeignKey(target, ondelete=ondelete)


def assign(record: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; tell whether anything did."""
    changed = False
    for column, value in values.items():
        if getattr(record, column) != value:
            setattr(record, column, value)
            changed = True
    return changed
