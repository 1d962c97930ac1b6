"""Who changed how QuickBooks is kept in step: settings, rhythms and field mappings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.company import Setting
from batchly_admin.models.sync import FieldMapping, QbConnection, SyncSchedule

TABLES = ("settings", "sync_schedules", "field_mappings")
CONNECTION_COLUMNS = ("pushes_paused", "webhooks_enabled", "sync_enabled")


def settings_history(session: Session, *, limit: int = 20) -> list[dict[str, Any]]:
    """Give the latest changes: when, by whom, of what, from which value to which."""
    query = (
        sa.select(ChangeItem, ChangeSet.actor_name, ChangeSet.created_at)
        .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
        .where(
            sa.or_(
                ChangeItem.table_name.in_(TABLES),
                sa.and_(
                    ChangeItem.table_name == "qb_connections",
                    ChangeItem.column_name.in_(CONNECTION_COLUMNS),
                ),
            )
        )
        # Ids are given in the order of time.
        .order_by(ChangeItem.id.desc())
        .limit(limit)
    )
    found = session.execute(query).all()
    names = _names(session, [item for item, _, _ in found])
    # What a setting was first set to is what its next change replaced, or what it is now.
    values = _values(session, [item.row_id for item, _, _ in found])
    entries = []
    for item, actor, at in found:
        entries.append(
            {
                "at": at,
                "by": actor,
                "what": names.get(item.row_id, item.table_name.replace("_", " ")),
                "column": item.column_name,
                "operation": item.operation,
                "old": item.old_value,
                "new": values.get(item.row_id) if item.operation == "insert" else item.new_value,
            }
        )
        if item.column_name in {"value", "our_field"}:
            values[item.row_id] = item.old_value
    return entries


def _values(session: Session, ids: list[UUID]) -> dict[UUID, Any]:
    settings = session.scalars(sa.select(Setting).where(Setting.id.in_(ids)))
    mapped = session.scalars(sa.select(FieldMapping).where(FieldMapping.id.in_(ids)))
    rhythms = session.scalars(sa.select(SyncSchedule).where(SyncSchedule.id.in_(ids)))
    return {
        **{row.id: row.value for row in settings},
        **{row.id: row.our_field for row in mapped},
        **{row.id: _rhythm(row) for row in rhythms},
    }


def _rhythm(row: SyncSchedule) -> str:
    if not row.is_enabled:
        return "off"
    return f"{row.rhythm} at {row.at_time:%H:%M}" if row.at_time is not None else row.rhythm


def _names(session: Session, items: list[ChangeItem]) -> dict[UUID, str]:
    ids = {item.row_id for item in items}
    if not ids:
        return {}
    names: dict[UUID, str] = {}
    for key, name in session.execute(sa.select(Setting.id, Setting.key).where(Setting.id.in_(ids))):
        names[key] = str(name)
    for key, name in session.execute(
        sa.select(SyncSchedule.id, SyncSchedule.sync_type).where(SyncSchedule.id.in_(ids))
    ):
        names[key] = f"Rhythm of {str(name).replace('_', ' ')}"
    rows = session.execute(
        sa.select(FieldMapping.id, FieldMapping.entity_type, FieldMapping.qbo_field).where(
            FieldMapping.id.in_(ids)
        )
    )
    for key, entity_type, qbo_field in rows:
        names[key] = f"{str(entity_type).capitalize()}: {qbo_field}"
    for key in session.scalars(sa.select(QbConnection.id).where(QbConnection.id.in_(ids))):
        names[key] = "QuickBooks connection"
    return names
