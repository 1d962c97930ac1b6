"""One table per entity: the record as JSON, and a column for each property that is asked for.

Texts are kept folded, so that they compare without regard to case; numbers and moments as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import MOMENT, NUMBER, TRUTH
from batchly_admin.qbo.simulator.wire.values import at, reference, truth

NAME, PARENT = "~name", "~parent"
"""Columns nobody can ask for: what makes a name unique, and what a record stands below."""
_WHOLE = re.compile(r"[0-9]{1,18}")


def name_key(spec: Spec, record: Record) -> str:
    """Give that by which a name is unique: whole paths where names stand below one another."""
    field = (
        "FullyQualifiedName" if spec.is_tree and spec.name_space != "person" else spec.name_field
    )
    return str(record.get(field, record.get(spec.name_field, ""))).casefold()


def id_key(record_id: Any) -> int | str:
    """Give an id as it is kept and sorted: a number where it is one."""
    text = str(record_id)
    return int(text) if _WHOLE.fullmatch(text) else text


def moment_key(text: str) -> float:
    """Give a moment as a number."""
    return datetime.fromisoformat(text).timestamp()


class Table:
    """The table of one entity."""

    def __init__(self, entity: Entity) -> None:
        self.spec = entity.spec
        self.columns = {name: kind for name, kind in self.spec.columns().items() if name != "Id"}
        hidden = [NAME] if self.spec.name_space else []
        hidden += [PARENT] if self.spec.is_tree else []
        # The body comes last: what is asked for is then found without reading past it.
        names = ["Id", *self.columns, *hidden, "body"]
        quoted = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        kept = ", ".join(f'"{name}" = excluded."{name}"' for name in names[1:])
        kind = self.spec.kind
        self.insert = (
            f'INSERT INTO "{kind}" ({quoted}) VALUES ({marks}) ON CONFLICT ("Id") '  # noqa: S608 - names of ours
            f"DO UPDATE SET {kept}"
        )
        self._hidden = hidden
        self._names = names

    def script(self) -> Iterable[str]:
        """Give the statements that make the table and its indexes, where they are not there."""
        kind = self.spec.kind
        # Columns have no type, so that what goes in comes out.
        columns = ", ".join(f'"{name}"' for name in self._names[1:])
        yield f'CREATE TABLE IF NOT EXISTS "{kind}" ("Id" PRIMARY KEY, {columns})'
        for name in (*self.columns, *self._hidden):
            yield f'CREATE INDEX IF NOT EXISTS "{kind} {name}" ON "{kind}" ("{name}")'

    def row(self, record: Record, body: str) -> list[Any]:
        """Give the values of a record's row."""
        found: list[Any] = [id_key(record["Id"])]
        found += [self.value(at(record, name), kind) for name, kind in self.columns.items()]
        for name in self._hidden:
            found.append(
                name_key(self.spec, record) if name == NAME else reference(record, "ParentRef")
            )
        return [*found, body]

    @staticmethod
    def value(value: Any, kind: str) -> Any:
        """Give a value as its column holds it."""
        if isinstance(value, dict):
            value = value.get("value", value.get("Address", value.get("FreeFormNumber")))
        if value is None or isinstance(value, dict | list):
            return None
        if kind == NUMBER:
            return float(value)
        if kind == TRUTH:
            return int(truth(value))
        if kind == MOMENT:
            return moment_key(str(value))
        return str(value).casefold()
