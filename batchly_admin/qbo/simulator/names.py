"""Names: built where they are missing, unique where they must be, marked when deactivated."""

from __future__ import annotations

import re

from batchly_admin.qbo.simulator.faults import Fault, bad_reference
from batchly_admin.qbo.simulator.indexes import Record, name_key
from batchly_admin.qbo.simulator.specs import Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import PARTS, reference

DELETED = " (deleted)"
_DELETED = re.compile(r" \(deleted(?: \d+)?\)$")
MOST_LEVELS = 5


def person(record: Record) -> None:
    """Build the display name of a customer, vendor or employee from its parts.

    Raises:
        Fault: 2020 when there is nothing to build it from.
    """
    name = record.get("DisplayName", " ".join(record[part] for part in PARTS if part in record))
    record["DisplayName"] = name.strip()
    if not record["DisplayName"]:
        detail = (
            "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix "
            "is required"
        )
        raise Fault("2020", detail, element="DisplayName")
    record.setdefault("PrintOnCheckName", record["DisplayName"][:110])


def settle(store: Store, spec: Spec, record: Record, before: Record | None) -> None:
    """Check that a name is free, and mark or unmark a deactivated one.

    Raises:
        Fault: 6240 when another record of the same space of names has it, and what a wrong parent
            gives: 2500, 6150, 6180, 900.
    """
    field = spec.name_field
    name = str(record[field])
    if before is not None and not record.get("Active", True):
        record[field] = _marked(store, spec, record, name)
    elif before is not None and not before.get("Active", True):
        record[field] = _DELETED.sub("", name)
    if spec.is_tree:
        _place(store, spec, record)
    elif spec.family == "name":
        record["FullyQualifiedName"] = record[field]
    _check_free(store, spec, record)


def _marked(store: Store, spec: Spec, record: Record, name: str) -> str:
    """Give the name of a deactivated record, with a number where that one is taken too."""
    if _DELETED.search(name):
        return name
    marked, number = name + DELETED, 0
    while _holder(store, spec, {**record, spec.name_field: marked, "FullyQualifiedName": marked}):
        number += 1
        marked = f"{name} (deleted {number})"
    return marked


def _place(store: Store, spec: Spec, record: Record) -> None:
    """Put a record below its parent."""
    name, parent_id = str(record[spec.name_field]), reference(record, "ParentRef")
    if parent_id is None:
        record["FullyQualifiedName"], record["Level"] = name, 0
        return
    parent = store.get(spec.kind, parent_id)
    if parent is None:
        raise bad_reference("ParentRef", parent_id)
    own_id = record.get("Id")
    above: Record | None = parent
    while own_id is not None and above is not None:
        if above["Id"] == own_id:
            raise Fault("900", "The parent is the record itself or below it", element="ParentRef")
        above = store.get(spec.kind, reference(above, "ParentRef"))
    level = int(parent.get("Level", 0)) + 1
    if level >= MOST_LEVELS:
        detail = f"There are at most {MOST_LEVELS} levels"
        raise Fault("6180", detail, element="ParentRef")
    record["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{name}"
    record["Level"] = level


def _holder(store: Store, spec: Spec, record: Record) -> tuple[str, str] | None:
    """Give who else has the name, as kind and id."""
    found = store.indexes.names.get((spec.name_space, name_key(spec.kind, record)), {})
    own = (spec.kind, record.get("Id"))
    return next((one for one in found if one != own), None)


def _check_free(store: Store, spec: Spec, record: Record) -> None:
    holder = _holder(store, spec, record)
    if holder is None:
        return
    detail = f"The name supplied already exists. : Id={holder[1]}"
    if holder[0] != spec.kind:
        detail = (
            "The name supplied already exists. : Another customer, vendor or employee is already "
            f"using this name. Id={holder[1]}"
        )
    raise Fault("6240", detail, element=spec.name_field)
