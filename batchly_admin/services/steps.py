"""What one person may take back with Ctrl+Z: their own change sets, the latest first.

The stack is no list of its own. It is read off the record of change, so it outlives reloads,
log-outs and restarts: a step is a change set of the person that was not taken back yet, a redo is
the undo of an undo. A bulk run and an import are one step each. What is final, such as an issued
invoice, is no step: it has its counter-document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from batchly_admin.models.changes import ChangeItem, ChangeSet, ImportRun, Run
from batchly_admin.queries.finality import is_final
from batchly_admin.words import _, later, number, plural

PERSONAL = ("cell", "paste", "fill", "form", "grid", "import", "task", "restore", "find")
"""Sources of change sets that a person made by hand or asked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person did: a change set of its own, a bulk run or an import."""

    change_set_id: UUID
    kind: str
    run_id: UUID | None
    source: str
    summary: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a table that belong to one record, as lines to their document."""

    model: type[Any]
    column: str
    owner_id: UUID


def next_undo(
    session: Session,
    user_id: UUID,
    *,
    table: str | None = None,
    before: UUID | None = None,
    part: Part | None = None,
) -> Step | None:
    """Give the latest step of a person that can be taken back.

    `table` keeps to one table, `part` to some rows of it.

    `before` passes over a step that could not be taken back a moment ago, and all later ones.
    """
    query = _own(user_id, table, part).where(
        ChangeSet.undoes_id.is_(None),
        ChangeSet.source.in_(PERSONAL),
        ~is_final(ChangeSet.id),
        sa.or_(ChangeSet.run_id.is_(None), ~_run_is_undone()),
    )
    if before is not None:
        query = query.where(ChangeSet.id < before)
    return _step(session, query)


def next_redo(
    session: Session, user_id: UUID, *, table: str | None = None, part: Part | None = None
) -> Step | None:
    """Give the latest undo of a person that can itself be taken back.

    As in every spreadsheet, doing something else forgets what could have been done again.
    """
    origin, later = aliased(ChangeSet), aliased(ChangeSet)
    is_undo = sa.exists().where(origin.id == ChangeSet.undoes_id, origin.undoes_id.is_(None))
    done_since = sa.exists().where(
        later.user_id == user_id,
        later.id > ChangeSet.id,
        later.undoes_id.is_(None),
        later.undone_by_id.is_(None),
        later.source.in_(PERSONAL),
        *([_touches(later, table, part)] if table else []),
    )
    query = _own(user_id, table, part).where(is_undo, ~done_since, ChangeSet.run_id.is_(None))
    return _step(session, query)


def _own(user_id: UUID, table: str | None, part: Part | None = None) -> sa.Select[ChangeSet]:
    query = sa.select(ChangeSet).where(
        ChangeSet.user_id == user_id, ChangeSet.undone_by_id.is_(None)
    )
    return query.where(_touches(ChangeSet, table, part)) if table else query


def _touches(found: Any, table: str | None, part: Part | None) -> sa.ColumnElement[bool]:
    item = aliased(ChangeItem)
    conditions = [item.change_set_id == found.id, item.table_name == table]
    if part is not None:
        own = sa.select(part.model.id).where(getattr(part.model, part.column) == part.owner_id)
        # A row that is gone is told by what the deletion kept of it.
        gone = sa.cast(item.old_value, sa.Text).contains(str(part.owner_id))
        conditions.append(sa.or_(item.row_id.in_(own), sa.and_(item.operation == "delete", gone)))
    return sa.exists().where(*conditions)


def _run_is_undone() -> sa.ColumnElement[bool]:
    taken_back = aliased(Run)
    return sa.or_(
        sa.exists().where(taken_back.undo_of_id == ChangeSet.run_id),
        sa.exists().where(
            ImportRun.id == ChangeSet.run_id, ImportRun.state.in_(("undoing", "undone"))
        ),
    )


def _step(session: Session, query: sa.Select[ChangeSet]) -> Step | None:
    found = session.scalars(query.order_by(ChangeSet.id.desc()).limit(1)).first()
    if found is None:
        return None
    kind = "change"
    if found.run_id is not None:
        kind = "import" if session.get(ImportRun, found.run_id) is not None else "run"
    return Step(found.id, kind, found.run_id, found.source, found.summary)


def columns_of(session: Session, change_set_id: UUID) -> dict[str, set[str]]:
    """Give the tables whose rows a change set touched, and the columns it wrote in each."""
    query = (
        sa.select(ChangeItem.table_name, ChangeItem.column_name)
        .where(ChangeItem.change_set_id == change_set_id)
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for table, column in session.execute(query):
        found.setdefault(table, set()).update([column] if column else [])
    return found


def account(
    session: Session, change_set_id: UUID, labels: Mapping[str, tuple[str, str]]
) -> tuple[str, str | None, UUID | None]:
    """Say what a change set did in some words, and name the first row it touched.

    `labels` gives what people call the rows of a table: one, and many.
    """
    query = (
        sa.select(ChangeItem.table_name, ChangeItem.operation, sa.func.count())
        .where(ChangeItem.change_set_id == change_set_id)
        .group_by(ChangeItem.table_name, ChangeItem.operation)
    )
    counts = {(table, operation): count for table, operation, count in session.execute(query)}
    first = session.scalars(
        sa.select(ChangeItem)
        .where(ChangeItem.change_set_id == change_set_id)
        .order_by(ChangeItem.position)
        .limit(1)
    ).first()
    if first is None:
        return _("nothing"), None, None
    for operation, sentence in (
        ("insert", later("{rows} added")),
        ("delete", later("{rows} deleted")),
    ):
        found = {table: n for (table, what), n in counts.items() if what == operation}
        if found:
            table = first.table_name if first.table_name in found else next(iter(found))
            rows = _counted(found[table], table, labels)
            return _(sentence, rows=rows), table, first.row_id
    cells = sum(counts.values())
    noun = labels.get(first.table_name, (first.table_name, ""))[0]
    words = (
        _("{cells} changed", cells=plural(cells, "cell"))
        if cells > 1
        else _("1 cell of a {record} changed", record=noun)
    )
    return words, first.table_name, first.row_id


def _counted(count: int, table: str, labels: Mapping[str, tuple[str, str]]) -> str:
    plain = _(table.replace("_", " "))
    one, many = labels.get(table, (plain, plain))
    return f"{number(count)} {one if count == 1 else many}"
