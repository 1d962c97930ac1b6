"""Restore of one field or a whole record to an older version, and what it would change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context
from batchly_admin.errors import InvalidInput, NotAllowed
from batchly_admin.grid import windows
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.queries.history import labels_of
from batchly_admin.services import cells, records, versions
from batchly_admin.services.records import CellChange


def preview(table: Table, record_id: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    """Tell which fields a restore would change, from what to what, and which it has to leave."""
    session = context.reader()
    then = _then(session, table, record_id, asked)
    record = session.get_one(table.model, record_id)
    fields, left = [], []
    labels = labels_of(session, table.table_name, then)
    now_labels = labels_of(
        session, table.table_name, {name: cells.encode(getattr(record, name)) for name in then}
    )
    seen = {spec.name: spec for spec in table.visible_columns(context.person().rights)}
    for name, value in then.items():
        spec = seen.get(name)
        if spec is None:
            continue
        if not spec.editable:
            left.append(spec.label)
            continue
        now = cells.encode(getattr(record, name))
        fields.append(
            {
                "column": name,
                "label": spec.label,
                "seen": now,
                "now": now_labels.get((name, str(now)), now),
                "then": labels.get((name, str(value)), value),
            }
        )
    return {"fields": fields, "left": left, "lock": _lock(table, record_id)}


def restore(table: Table, record_id: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    """Write the values of an older version where each cell still holds what the person saw.

    Raises:
        NotAllowed: when the person may not edit this table.
        InvalidInput: when nothing of that version can be written.
    """
    if table.read_only or not context.may(f"{table.rights_area}:edit"):
        raise NotAllowed
    given = asked.get("seen")
    seen: dict[str, Any] = given if isinstance(given, dict) else {}
    editable = {
        spec.name: spec for spec in table.visible_columns(context.person().rights) if spec.editable
    }
    with context.runtime().uows.begin(actor=context.actor(), source="restore") as uow:
        then = _then(uow.session, table, record_id, asked)
        names = [name for name in then if name in editable and name in seen]
        if not names:
            msg = "Nothing of that version differs from now."
            raise InvalidInput(msg)
        uow.summary = "Restored an older version"
        wanted = [
            CellChange(record_id, name, seen[name], value)
            for name, value in versions.decoded(table.table_name, then, names).items()
        ]
        results = records.apply_changes(uow, table.model, wanted)
        uow.session.flush()
        saved = [one.column for one in results if one.status in {"saved", "unchanged"}]
        kept = [
            {
                "label": editable[one.column].label,
                "column": editable[one.column].label,
                "reason": one.reason,
                "current": one.current,
                "wanted": then[one.column],
                "by": one.by,
            }
            for one in results
            if one.status in {"conflict", "refused"}
        ]
        return {"change_set": uow.change_set_id, "undone": len(saved), "conflicts": kept}


def _then(session: Any, table: Table, record_id: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    change_set_id = parse_id(asked.get("change_set"))
    column = asked.get("column")
    if change_set_id is None or not (column is None or isinstance(column, str)):
        msg = "The request names the change to go back to."
        raise InvalidInput(msg, field="change_set")
    return versions.values_then(
        session,
        table=table.table_name,
        record_id=record_id,
        change_set_id=change_set_id,
        column=column or None,
    )


def _lock(table: Table, record_id: UUID) -> str | None:
    found = windows.rows_by_id(context.reader(), table, table.columns[:1], [record_id])
    return found[0][2] if found else None
