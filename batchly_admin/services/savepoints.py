"""A savepoint that is rolled back takes along the change set that began inside it.

The unit of work writes its change set when the first tracked row changes. If that happens inside a
savepoint that fails, the set is gone, and the next change must begin a new one. Importing this
module makes every `session.begin_nested()` behave so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from batchly_admin.errors import Conflict, DocumentLocked, StaleEdit
from batchly_admin.services.unit_of_work import UnitOfWork

_KEY = "change sets at savepoints"

IN_USE = "Something else refers to this, or it refers to something that is gone."
NOT_POSSIBLE = "The values do not fit together."
CHECKS = {
    "not_billed_twice": "More would be invoiced or cancelled than was ordered.",
    "due_date": "The due date is before the date of the document.",
    "span": "The end is before the start.",
    "quantity": "A quantity is above zero.",
    "amount": "An amount is not negative.",
    "unit_price": "A price is not negative.",
    "priority": "The priority is a number from 1 to 5.",
    "progress": "Progress is a percentage.",
    "allocated": "More would be reserved than is on hand.",
    "due_days": "Payment is due within 0 to 999 days.",
}
_POSTGRESQL = {"23505": "unique", "23503": "foreign", "23502": "null", "23514": "check"}
_SQLITE = re.compile(
    r"(unique|foreign|not null|check)[ a-z]* constraint failed(?:: (.*))?", re.IGNORECASE
)


@event.listens_for(Session, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    if transaction.nested and uow is not None:
        # Weakly: a savepoint is forgotten when it is closed, which is before it is announced.
        known = session.info.setdefault(_KEY, WeakKeyDictionary())
        known[transaction] = uow.change_set_id


@event.listens_for(Session, "after_soft_rollback")
def _restore(session: Session, transaction: SessionTransaction) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    known = session.info.get(_KEY, {})
    # A flush that fails rolls back for the savepoint around it, and only itself is announced.
    failed: SessionTransaction | None = transaction
    while failed is not None and failed not in known:
        failed = failed.parent
    if uow is not None and failed is not None:
        uow.change_set_id = known[failed]


@contextmanager
def savepoint(uow: UnitOfWork) -> Iterator[None]:
    """Do something wholly or not at all inside the transaction, and flush it.

    Raises:
        Conflict: when the database refuses, in words and without a statement.
        StaleEdit: when somebody changed one of the rows meanwhile.
    """
    with refusing(), uow.session.begin_nested():
        yield
        uow.session.flush()


@contextmanager
def refusing() -> Iterator[None]:
    """Say in words what the database refuses.

    Raises:
        Conflict: for a broken constraint, without a statement.
        StaleEdit: when somebody changed one of the rows meanwhile.
    """
    try:
        yield
    except IntegrityError as error:
        raise in_words(error) from error
    except StaleDataError as error:
        raise StaleEdit from error


def in_words(error: IntegrityError) -> Conflict:
    """Give what a broken constraint means to a person; nothing of the statement shows."""
    if "issued documents are frozen" in str(error.orig):
        return DocumentLocked()
    kind, name = _broken(error.orig)
    column = name.rpartition(".")[2]
    if kind == "unique":
        label = column.replace("_", " ") or "value"
        return Conflict(f"Another record has this {label} already.", field=column or None)
    if kind == "null":
        label = column.replace("_", " ").removesuffix(" id").capitalize() or "A value"
        return Conflict(f"{label} is needed.", field=column or None)
    if kind == "foreign":
        return Conflict(IN_USE)
    return Conflict(next((CHECKS[part] for part in CHECKS if name.endswith(part)), NOT_POSSIBLE))


def _broken(cause: Any) -> tuple[str, str]:
    """Give the kind of the broken constraint, and its column or name."""
    details = getattr(cause, "diag", None)
    if details is not None:
        kind = _POSTGRESQL.get(details.sqlstate or "", "check")
        name = details.column_name or details.constraint_name or ""
        return kind, name.removeprefix(f"uq_{details.table_name}_")
    found = _SQLITE.search(str(cause))
    if found is None:
        return "check", ""
    kind = {"not null": "null"}.get(found[1].lower(), found[1].lower())
    return kind, (found[2] or "").rpartition(",")[2].strip()
