"""The QuickBooks card of a record's page: its badge, why it is not there, and what to press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.admin_views import context, repair_parts
from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.grid.table import Table
from batchly_admin.models.billing import Invoice
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import kind_of_model
from batchly_admin.qbo import facts
from batchly_admin.qbo.deep_links import page_of
from batchly_admin.qbo.error_table import rule_of
from batchly_admin.qbo.verify import gap_before
from batchly_admin.services import resending

STUCK = (QueueStatus.FAILED, QueueStatus.BLOCKED)


def card(table: Table, record_id: UUID, cells: dict[str, Any]) -> dict[str, Any] | None:
    """Give the card, or None for a table that has no copy in QuickBooks."""
    kind = kind_of_model(table.model)
    if kind is None or "sync_state" not in cells:
        return None
    session = context.reader()
    record = session.get_one(table.model, record_id)
    last = _last_row(session, kind.entity_type, record_id)
    found = {
        "badge": cells["sync_state"],
        "qbo_id": kind.qbo_id(record),
        "qbo_number": getattr(record, "qb_doc_number", None),
        "qbo_url": page_of(facts.connection_of(session), kind.entity_type, kind.qbo_id(record)),
        "sync_token": record.qb_sync_token,
        "synced_at": record.last_synced_at,
        "note": record.sync_note if record.sync_state in _NOTED else None,
        "gap": gap_before(session, record) if isinstance(record, Invoice) else "",
        "differences": _differences(session, kind.entity_type, record_id),
        "actions": [],
    }
    return found | (_of_row(session, last) if last is not None else {})


_NOTED = (SyncState.WARNING, SyncState.MISSING, SyncState.NOT_SYNCED)


def _differences(session: Session, entity_type: str, record_id: UUID) -> list[dict[str, Any]]:
    if not context.may("sync:resolve"):
        return []
    return repair_parts.open_differences(session, entity_type, record_id)


def _last_row(session: Session, entity_type: str, record_id: UUID) -> SyncQueueRow | None:
    """Give the row that needs somebody most, else the newest."""
    query = (
        sa.select(SyncQueueRow)
        .where(SyncQueueRow.entity_type == entity_type, SyncQueueRow.entity_id == record_id)
        .order_by(
            sa.case((SyncQueueRow.status.in_(STUCK), 0), else_=1),
            SyncQueueRow.created_at.desc(),
            SyncQueueRow.id.desc(),
        )
        .limit(1)
    )
    return session.scalar(query)


def _of_row(session: Session, row: SyncQueueRow) -> dict[str, Any]:
    stuck = row.status in STUCK
    rule = rule_of(row.error_class, row.error_code)
    unchanged = stuck and resending.is_unchanged(session, row)
    retry = stuck and repair_parts.may_retry(row)
    doubt = (
        "Nothing changed here since it failed, so it will probably fail again. Retry all the same?"
    )
    return {
        "next_try_at": row.next_attempt_at if row.status == QueueStatus.PENDING else None,
        "cause": (row.error_message or rule.words) if stuck else None,
        "advice": (row.error_hint or rule.hint) if stuck else None,
        "by_itself": rule.by_itself if stuck else None,
        "attempts": row.attempts,
        "attempts_url": f"/admin/quickbooks/attempts/{row.id}",
        "retry_url": f"{repair_parts.DESK}/{row.id}/retry" if retry else None,
        "retry_doubt": doubt if unchanged else None,
        "fix_url": repair_parts.fix_url(row) if stuck else None,
        "desk_url": f"{repair_parts.DESK}/{row.id}" if stuck else None,
    }
