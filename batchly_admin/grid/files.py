"""The column of files: not a column of the model, but what other rows say about the record.

A cell is a list of id, name, content type and bytes for each file. It is read together with its
row, so that a window stays one query however many rows and files there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa

from batchly_admin.grid import encoding
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table
from batchly_admin.models.production import Attachment

_FILES = Attachment.__table__


def cell(table: Table, spec: Column, dialect: str) -> tuple[Any, encoding.Encoder | None]:
    """Give the expression to select for any cell but a link's or a badge's, and what reads it."""
    if spec.kind != "files":
        return encoding.raw(table.model.__table__.c[spec.name], spec.kind, dialect)
    return _listed(table, sqlite=dialect == "sqlite"), _read


def having(table: Table, named: Callable[[Any], Any] | None = None) -> sa.ColumnElement[bool]:
    """Give the condition that a record has files, or one whose name meets a condition."""
    owners = sa.select(_FILES.c.subject_id).where(_FILES.c.subject_table == table.table_name)
    if named is not None:
        owners = owners.where(named(_FILES.c.file_name))
    key: sa.Column[Any] = table.model.__table__.c.id
    return key.in_(owners)


def presence(table: Table) -> Any:
    """Give an expression that holds something where a record has files, for counts of cells."""
    return sa.case((having(table), 1))


def _listed(table: Table, *, sqlite: bool) -> Any:
    array, gather = (
        (sa.func.json_array, sa.func.json_group_array)
        if sqlite
        else (sa.func.json_build_array, sa.func.json_agg)
    )
    key: Any = sa.type_coerce(_FILES.c.id, sa.Text()) if sqlite else _FILES.c.id
    one = array(key, _FILES.c.file_name, _FILES.c.content_type, _FILES.c.size_bytes)
    source = table.model.__table__
    found = (
        sa.select(sa.cast(gather(one), sa.Text()))
        .where(_FILES.c.subject_table == table.table_name, _FILES.c.subject_id == source.c.id)
        .correlate(source)
    )
    return found.scalar_subquery()


def _read(text: str) -> list[list[Any]] | None:
    """Give the files in the order they came, which is that of their ids; none as nothing."""
    if text == "[]":
        return None
    found = sorted(orjson.loads(text))
    return [[_dashed(key), *rest] for key, *rest in found]


def _dashed(key: str) -> str:
    return key if "-" in key else encoding.dashed(key)
