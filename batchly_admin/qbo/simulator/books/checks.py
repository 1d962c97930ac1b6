"""What is checked of every record before the entity's own rules see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import ACCOUNT_TYPES, Record, Spec
from batchly_admin.qbo.simulator.books.names import check_characters
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference, not_found
from batchly_admin.qbo.simulator.wire.values import at, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ADDRESSES = ("PrimaryEmailAddr", "BillEmail", "BillEmailCc", "BillEmailBcc", "POEmail", "Email")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def check_fields(spec: Spec, record: Record) -> None:
    """Check the fields of an entity against its spec.

    Raises:
        Fault: 2020, 2170, 2200, 2210, 2250 or 2040, naming the field.
    """
    for name in spec.required:
        if record.get(name) in (None, []):
            code = "2250" if name == "Line" and record.get(name) == [] else "2020"
            raise Fault(code, f"Required parameter {name} is missing in the request", element=name)
    for name, allowed in spec.enums.items():
        if name in record and record[name] not in allowed:
            raise Fault("2170", f"Invalid Enumeration : {record[name]}", element=name)
    for name in ADDRESSES:
        address = at(record, f"{name}.Address")
        if address is not None and not all(_EMAIL.match(p.strip()) for p in address.split(",")):
            detail = "Email Address does not conform to the RFC 822"
            raise Fault("2210", detail, element=name)
    if re.search(r"\s", str(at(record, "WebAddr.URI") or "")):
        raise Fault("2200", "Invalid web address format", element="WebAddr")
    check_characters(spec, record)


def check_references(books: Books, spec: Spec, record: Record) -> None:
    """Check where the references of a record lead, and complete their names.

    Raises:
        Fault: 2500 for what is not there, 610 for what is inactive, 6430 for an account of the
            wrong type.
    """
    for path, kind in spec.references.items():
        target_id = reference(record, path)
        if target_id is None:
            continue
        check_reference(books, record, path, kind, target_id)
        if path in record and kind != "TaxCode":
            target = books.store.get(kind, target_id) or {}
            record[path] = {"value": target_id, "name": shown_name(books, kind, target)}


def check_reference(books: Books, record: Record, path: str, kind: str, target_id: str) -> Record:
    """Check where one reference leads, and give what is there.

    Raises:
        Fault: 2500, 610 or 6430.
    """
    target = books.store.get(kind, target_id)
    if target is None:
        raise bad_reference(path, target_id)
    if not target.get("Active", True) and record.get("Active", True):
        raise not_found(kind, target_id)
    types = ACCOUNT_TYPES.get(path.rsplit(".", 1)[-1]) if kind == "Account" else None
    if types is not None and target["AccountType"] not in types:
        detail = f"Account {target_id} is of type {target['AccountType']}"
        raise Fault("6430", f"Invalid account type used : {detail}", element=path)
    return target


def shown_name(books: Books, kind: str, target: Record) -> str:
    """Give the name under which a reference shows what it leads to."""
    field = books.entities[kind].spec.name_field
    return str(target.get("FullyQualifiedName", target.get(field, "")) or target.get(field, ""))
