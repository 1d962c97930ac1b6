"""Column specs: what a column is called, what it holds, and what may be done with it.

Most of a spec follows from the model's column; a table declares only what the model cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from batchly_admin.db import Exact, Guid, Json, UtcDateTime
from batchly_admin.domain.statuses import Choice, SyncState
from batchly_admin.words import _

TEXT_OPERATORS = (
    "contains",
    "not_contains",
    "is",
    "is_not",
    "starts_with",
    "ends_with",
    "in",
    "not_in",
    "empty",
    "not_empty",
)
NUMBER_OPERATORS = ("is", "is_not", "gt", "gte", "lt", "lte", "between", "empty", "not_empty")
DATE_OPERATORS = ("within", "not_within", *NUMBER_OPERATORS)
MOMENT_OPERATORS = tuple(part for part in DATE_OPERATORS if part not in {"is", "is_not"})
CHOICE_OPERATORS = ("is", "is_not", "in", "not_in", "empty", "not_empty")
OPERATORS: dict[str, tuple[str, ...]] = {
    "text": TEXT_OPERATORS,
    "long_text": ("contains", "not_contains", "empty", "not_empty"),
    "email": TEXT_OPERATORS,
    "phone": TEXT_OPERATORS,
    "integer": NUMBER_OPERATORS,
    "quantity": NUMBER_OPERATORS,
    "money": NUMBER_OPERATORS,
    "price": NUMBER_OPERATORS,
    "percent": NUMBER_OPERATORS,
    "date": DATE_OPERATORS,
    "time": NUMBER_OPERATORS,
    "id": CHOICE_OPERATORS,
    "datetime": MOMENT_OPERATORS,
    "bool": ("is",),
    "choice": CHOICE_OPERATORS,
    "link": ("is", "is_not", "in", "not_in", "contains", "not_contains", "empty", "not_empty"),
    "badge": ("is", "is_not", "in", "not_in"),
    "address": ("empty", "not_empty"),
    "json": ("empty", "not_empty"),
    "files": ("not_empty", "empty", "contains", "not_contains"),
}
WIDTHS = {
    "text": 160,
    "long_text": 240,
    "email": 200,
    "phone": 130,
    "integer": 80,
    "quantity": 90,
    "money": 110,
    "price": 100,
    "percent": 90,
    "date": 110,
    "datetime": 150,
    "time": 90,
    "id": 290,
    "bool": 70,
    "choice": 120,
    "link": 180,
    "badge": 150,
    "address": 220,
    "json": 200,
    "files": 220,
}
RIGHT_ALIGNED = frozenset({"integer", "quantity", "money", "price", "percent"})
GROUPABLE = frozenset(
    {*OPERATORS} - {"long_text", "time", "id", "datetime", "address", "json", "files"}
)
_COUNTS = ("count", "empty")
_UNTOTALLED = frozenset({"badge", "files"})
# Kinds that only the server tells apart.
_BROWSER_KINDS = {"time": "text", "id": "text"}
_UNSORTED = frozenset({"address", "json"})
TEXT_KINDS = frozenset({"text", "long_text", "email", "phone"})
NUMBER_KINDS = RIGHT_ALIGNED
FILES_ADDED = "Files are not typed or pasted as text: press Enter on the cell, or drop them on it."
"""Why a cell of files takes no text."""
_EXACT_KINDS = {(14, 2): "money", (14, 4): "price", (12, 4): "quantity", (9, 6): "percent"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one grid; also the source of its form field, filter and export column."""

    name: str
    label: str = ""
    kind: str = "text"
    width: int = 0
    editable: bool = True
    sortable: bool = True
    required: bool = False
    frozen: bool = False
    hidden: bool = False
    help: str = ""
    choices: type[Choice] | None = None
    scale: int | None = None
    max_length: int | None = None
    # What an emptied cell becomes; without a default a column that must hold something refuses.
    nullable: bool = True
    when_empty: Any = None
    # Name of the table a link points to, and the local column that already holds its label.
    link: str = ""
    label_from: str = ""
    # Sort by the linked key, in the order the linked rows were made: an index serves it, and
    # numbers of documents run the same way.
    by_key: bool = False
    # A day until which something is owed: grouped by age, what has not passed is "not due".
    due: bool = False
    # The right a person needs to see the column at all.
    right: str = ""
    in_form: bool = True
    # Given when the record is made; the words that say why it stays so afterwards.
    once: str = ""


def column(name: str, **declared: Any) -> Column:
    """Declare a column; what is not declared is read off the model."""
    return Column(name=name, **declared)


def fixed(name: str, **declared: Any) -> Column:
    """Declare a column that only Batchly itself writes."""
    return Column(name=name, editable=False, in_form=False, **declared)


TIMES = (
    fixed("created_at", label="Created", hidden=True),
    fixed("updated_at", label="Changed", hidden=True),
)
FILES = fixed("files", kind="files", sortable=False, hidden=True)
"""The files of a record; every table that declares it has them, whatever its model."""

SYNC = (
    fixed("sync_state", label="QuickBooks"),
    fixed("last_synced_at", label="Last in step", hidden=True),
)


def complete(model: type[Any], declared: Column) -> Column:
    """Fill a declared column with what the model's column knows."""
    if declared.name == "sync_state":
        return _finish(
            replace(declared, kind="badge", choices=SyncState, editable=False, in_form=False)
        )
    if declared.kind == "files":
        return _finish(declared)
    attribute = sa.inspect(model).columns[declared.name]
    kind = declared.kind if declared.kind != "text" else _kind(attribute, declared)
    computed = attribute.computed is not None
    editable = declared.editable and not computed
    filled = replace(
        declared,
        kind=kind,
        editable=editable,
        sortable=declared.sortable and kind not in _UNSORTED,
        required=editable and (declared.required or _is_required(attribute)),
        scale=attribute.type.scale if isinstance(attribute.type, Exact) else None,
        max_length=_max_length(attribute),
        nullable=bool(attribute.nullable),
        when_empty=_when_empty(attribute, kind),
        in_form=declared.in_form and not computed,
    )
    return _finish(filled)


def said(spec: Column) -> Column:
    """Give a finished column with its texts in the language spoken."""
    return replace(spec, label=_(spec.label), help=_(spec.help), once=_(spec.once))


def _finish(spec: Column) -> Column:
    words = spec.name.removesuffix("_id").removeprefix("qb_").replace("_", " ")
    return replace(
        spec,
        label=spec.label or words[:1].upper() + words[1:],
        width=spec.width or WIDTHS[spec.kind],
    )


def _kind(attribute: sa.Column[Any], declared: Column) -> str:
    if declared.choices is not None:
        return "choice"
    if declared.link:
        return "link"
    return _kind_of_type(attribute.type, attribute.name)


def _kind_of_type(kind: Any, name: str) -> str:
    by_name = {"email": "email", "phone": "phone", "mobile": "phone", "fax": "phone"}
    if isinstance(kind, Exact):
        return _EXACT_KINDS[(kind.precision, kind.scale)]
    if isinstance(kind, Json):
        return "address" if name.endswith("address") else "json"
    for known, word in (
        (UtcDateTime, "datetime"),
        (Guid, "id"),
        (sa.Time, "time"),
        (sa.Boolean, "bool"),
        (sa.Date, "date"),
        (sa.Integer, "integer"),
        (sa.Text, "long_text"),
    ):
        if isinstance(kind, known):
            return word
    return by_name.get(name, "text")


def _is_required(attribute: sa.Column[Any]) -> bool:
    return not (attribute.nullable or attribute.default or attribute.server_default)


def _when_empty(attribute: sa.Column[Any], kind: str) -> Any:
    default = attribute.default
    if attribute.nullable or kind in {"choice", "bool"}:
        return None
    return default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None


def _max_length(attribute: sa.Column[Any]) -> int | None:
    if isinstance(attribute.type, sa.String) and not isinstance(attribute.type, sa.Text):
        return attribute.type.length
    return None


def ways_of(spec: Column) -> tuple[str, ...]:
    """Give the totals a column can have: how many cells are filled, and more of numbers."""
    if spec.kind in NUMBER_KINDS:
        return ("sum", "avg", "min", "max", *_COUNTS)
    if spec.kind in {"date", "datetime"}:
        return ("min", "max", *_COUNTS)
    return () if spec.kind in _UNTOTALLED else _COUNTS


def why_fixed(spec: Column) -> str:
    """Say why a column cannot be written here."""
    return FILES_ADDED if spec.kind == "files" else f"{spec.label} cannot be changed here."


def as_config(spec: Column, *, editable: bool, href: str = "") -> dict[str, Any]:
    """Give the column as the browser reads it; `href` is where a link column's records live."""
    config: dict[str, Any] = {
        "name": spec.name,
        "label": spec.label,
        "kind": _BROWSER_KINDS.get(spec.kind, spec.kind),
        "width": spec.width,
        "editable": editable and spec.editable and not spec.once,
        "sortable": spec.sortable,
        "required": spec.required,
        "frozen": spec.frozen,
        "hidden": spec.hidden,
        "help": spec.help,
        "operators": list(OPERATORS[spec.kind]),
        "lookup": bool(spec.link),
        "groupable": spec.kind in GROUPABLE,
        "totals": list(ways_of(spec)),
    }
    if spec.kind in RIGHT_ALIGNED:
        config["align"] = "right"
    if editable and spec.editable and spec.once:
        config["once"] = spec.once
    if spec.kind == "files":
        config["fixed"] = FILES_ADDED
    if spec.scale is not None:
        config["scale"] = spec.scale
    if spec.choices is not None:
        config["choices"] = [
            {"value": member.value, "label": member.label, "tone": member.tone}
            for member in spec.choices
        ]
    if href:
        config["href"] = f"{href}/{{id}}"
    return config
