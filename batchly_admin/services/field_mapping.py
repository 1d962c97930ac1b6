"""Which of our fields feeds which field of QuickBooks, as this company chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.field_mapping import BY_NAME, NOTHING, defaults, problem
from batchly_admin.errors import InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.sync import FieldMapping
from batchly_admin.services.unit_of_work import UnitOfWork

CUSTOMER_COLUMNS: dict[str, str] = {
    "notes": "notes",
    "name": "name",
    "display_name": "display_name",
    "company_name": "company_name",
}


def chosen(session: Session, entity_type: str) -> dict[str, str]:
    """Give the source of every field of a type: the company's choice, else the default."""
    rows = session.scalars(
        sa.select(FieldMapping).where(
            FieldMapping.entity_type == entity_type, FieldMapping.is_active
        )
    )
    found = defaults(entity_type)
    for row in rows:
        # A row of an older version may name what is no longer to be chosen.
        if problem(entity_type, row.qbo_field, row.our_field) is None:
            found[row.qbo_field] = row.our_field
    return found


def choose(uow: UnitOfWork, entity_type: str, qbo_field: str, our_field: str) -> bool:
    """Feed a field from another source; tell whether that is a change.

    Raises:
        InvalidInput: when it cannot be fed so.
    """
    _check(entity_type, qbo_field, our_field)
    row = uow.session.scalar(
        sa.select(FieldMapping).where(
            FieldMapping.entity_type == entity_type, FieldMapping.qbo_field == qbo_field
        )
    )
    if row is None and BY_NAME[entity_type, qbo_field].default == our_field:
        return False
    if row is None:
        create(uow, {"entity_type": entity_type, "qbo_field": qbo_field, "our_field": our_field})
        return True
    if row.our_field == our_field and row.is_active:
        return False
    update(uow, row, {"our_field": our_field, "is_active": True})
    return True


def create(uow: UnitOfWork, values: Mapping[str, Any]) -> FieldMapping:
    """Make a mapping, by whatever route.

    Raises:
        InvalidInput: when the field cannot be fed so.
    """
    made = FieldMapping(**values, id=new_id())
    _check(made.entity_type, made.qbo_field, made.our_field)
    uow.session.add(made)
    uow.session.flush()
    return made


def update(uow: UnitOfWork, row: FieldMapping, values: Mapping[str, Any]) -> None:
    """Change a mapping, by whatever route.

    Raises:
        InvalidInput: when the field cannot be fed so.
    """
    for name, value in values.items():
        setattr(row, name, value)
    _check(row.entity_type, row.qbo_field, row.our_field)
    uow.session.flush()


def customer_columns(session: Session) -> frozenset[str]:
    """Give the columns of a customer that feed a field by choice: a change of them is sent too."""
    sources = set(chosen(session, "customer").values()) - {NOTHING}
    return frozenset(CUSTOMER_COLUMNS[one] for one in sources)


def _check(entity_type: str | None, qbo_field: str | None, our_field: str | None) -> None:
    words = problem(entity_type or "", qbo_field or "", our_field or "")
    if words is not None:
        raise InvalidInput(words, field="our_field")
