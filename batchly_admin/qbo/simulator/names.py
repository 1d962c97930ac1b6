"""Names: built where they are missing, unique where they must be, marked when deactivated."""

from __future__ import annotations

from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.specs import SPECS, Spec
from batchly_admin.qbo.simulator.store import Record, Store
from batchly_admin.qbo.simulator.values import truth

PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
DELETED = " (deleted)"


def person(record: Record) -> None:
    """Build the display name of a customer, vendor or employee from its parts.

    Raises:
        Fault: 2020 when there is nothing to build it from.
    """
    if "DisplayName" in record:
        record["DisplayName"] = str(record["DisplayName"]).strip()
    else:
        built = " ".join(str(record[part]) for part in PARTS if part in record)
        if not built:
            detail = (
                "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix "
                "is required"
            )
            raise Fault("2020", detail, element="DisplayName")
        record["DisplayName"] = built
    record.setdefault("PrintOnCheckName", record["DisplayName"])


def settle(store: Store, spec: Spec, record: Record, before: Record | None) -> None:
    """Check that a name is free, and mark or unmark a deactivated one.

    Raises:
        Fault: 6240 when another record of the same space of names has it.
    """
    field = spec.name_field
    name = str(record[field])
    active = truth(record.get("Active", True))
    if before is not None and truth(before.get("Active", True)) and not active:
        name = name if name.endswith(DELETED) else name + DELETED
    elif before is not None and not truth(before.get("Active", True)) and active:
        name = name.removesuffix(DELETED)
    record[field] = name
    if spec.family == "name":
        record["FullyQualifiedName"] = name
    _check_free(store, spec, record, name)


def _check_free(store: Store, spec: Spec, record: Record, name: str) -> None:
    for other in SPECS.values():
        if other.name_space != spec.name_space:
            continue
        for one in store.all(other.kind):
            same = other.kind == spec.kind and one["Id"] == record.get("Id")
            if not same and str(one.get(other.name_field, "")).casefold() == name.casefold():
                detail = f"The name supplied already exists. : Id={one['Id']}"
                if other.kind != spec.kind:
                    detail = (
                        "The name supplied already exists. : Another customer, vendor or "
                        f"employee is already using this name. Id={one['Id']}"
                    )
                raise Fault("6240", detail, element=spec.name_field)
