"""Names: built where they are missing, unique where they must be, marked when deactivated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import Record, Spec
from batchly_admin.qbo.simulator.books.tables import NAME, PARENT, name_key
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

DELETED = " (deleted)"
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
MOST_LEVELS = 5
_DELETED = re.compile(r" \(deleted(?: \d+)?\)$")


def check_characters(spec: Spec, record: Record) -> None:
    """Check that names hold no characters that have a meaning of their own.

    Raises:
        Fault: 2040.
    """
    for name in (*PARTS, spec.name_field):
        if re.search(r"[:\t\n\r]", str(record.get(name, ""))):
            detail = "The name contains a colon, a tab or a line break"
            raise Fault("2040", detail, element=name)


def settle(books: Books, spec: Spec, record: Record, before: Record | None) -> None:
    """Check that a name is free, and mark or unmark a deactivated one, where something changed.

    Raises:
        Fault: 6240 when another record of the same space of names has it, and what a wrong parent
            gives: 2500, 6150, 6180, 900.
    """
    watched = (spec.name_field, "Active", "ParentRef")
    if before is not None and all(record.get(name) == before.get(name) for name in watched):
        for name in ("FullyQualifiedName", "Level"):
            if name in before:
                record[name] = before[name]
        return
    field = spec.name_field
    name = str(record[field])
    if before is not None and not record.get("Active", True):
        record[field] = _marked(books, spec, record, name)
    elif before is not None and not before.get("Active", True) and not _keeps_mark(books):
        record[field] = _DELETED.sub("", name)
    if spec.is_tree:
        _place(books, spec, record)
    elif books.entities[spec.kind].is_list:
        record["FullyQualifiedName"] = record[field]
    _check_free(books, spec, record)


def _keeps_mark(books: Books) -> bool:
    """Tell whether a name that was marked as deleted stays so when it is used again."""
    return bool(books.setting("reactivated_name") == "kept")


def _marked(books: Books, spec: Spec, record: Record, name: str) -> str:
    """Give the name of a deactivated record, with a number where that one is taken too."""
    if _DELETED.search(name):
        return name
    marked, number = name + DELETED, 0
    while _holder(books, spec, {**record, spec.name_field: marked, "FullyQualifiedName": marked}):
        number += 1
        marked = f"{name} (deleted {number})"
    return marked


def _place(books: Books, spec: Spec, record: Record) -> None:
    """Put a record below its parent."""
    name, parent_id = str(record[spec.name_field]), reference(record, "ParentRef")
    if parent_id is None:
        record["FullyQualifiedName"], record["Level"] = name, 0
        return
    parent = books.store.get(spec.kind, parent_id)
    if parent is None:
        raise bad_reference("ParentRef", parent_id)
    own_id = record.get("Id")
    above: Record | None = parent
    while own_id is not None and above is not None:
        if above["Id"] == own_id:
            raise Fault("900", "The parent is the record itself or below it", element="ParentRef")
        above = books.store.get(spec.kind, reference(above, "ParentRef"))
    level = int(parent.get("Level", 0)) + 1
    if level >= MOST_LEVELS:
        detail = f"There are at most {MOST_LEVELS} levels"
        raise Fault("6180", detail, element="ParentRef")
    record["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{name}"
    record["Level"] = level


def children(books: Books, kind: str, record_id: str) -> list[str]:
    """Give the ids of what stands right below a record."""
    return books.store.ids(kind, PARENT, record_id)


def rename_below(books: Books, spec: Spec, record: Record) -> None:
    """Carry a new name down to what stands below it."""
    for child_id in children(books, spec.kind, record["Id"]):
        child = books.store.copy(spec.kind, child_id) or {}
        old = child.get("FullyQualifiedName")
        child["FullyQualifiedName"] = f"{record['FullyQualifiedName']}:{child[spec.name_field]}"
        child["Level"] = int(record["Level"]) + 1
        if child["FullyQualifiedName"] != old:
            books.put_quietly(spec.kind, child)
            rename_below(books, spec, child)


def holder_of(books: Books, space: str, key: str) -> list[tuple[str, str]]:
    """Give who has a name in a space of names, as kind and id."""
    return [
        (kind, record_id)
        for kind, entity in books.entities.items()
        if entity.spec.name_space == space
        for record_id in books.store.ids(kind, NAME, key)
    ]


def _holder(books: Books, spec: Spec, record: Record) -> tuple[str, str] | None:
    """Give who else has the name, as kind and id."""
    own = (spec.kind, record.get("Id"))
    found = holder_of(books, spec.name_space, name_key(spec, record))
    others = [one for one in found if one != own]
    if books.setting("case_sensitive_names"):
        others = [one for one in others if _is_same(books, one, str(record[spec.name_field]))]
    return others[0] if others else None


def _is_same(books: Books, holder: tuple[str, str], name: str) -> bool:
    """Tell whether somebody has a name in the very same capitals."""
    field = books.entities[holder[0]].spec.name_field
    return bool((books.store.get(*holder) or {}).get(field) == name)


def _check_free(books: Books, spec: Spec, record: Record) -> None:
    holder = _holder(books, spec, record)
    if holder is None:
        return
    detail = f"The name supplied already exists. : Id={holder[1]}"
    if holder[0] != spec.kind:
        detail = (
            "The name supplied already exists. : Another customer, vendor or employee is already "
            f"using this name. Id={holder[1]}"
        )
    raise Fault("6240", detail, element=spec.name_field)
