"""A savepoint that is rolled back takes along the change set that began inside it.

The unit of work writes its change set when the first tracked row changes. If that happens inside a
savepoint that fails, the set is gone, and the next change must begin a new one. Importing this
module makes every `session.begin_nested()` behave so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from batchly_admin.errors import Conflict, StaleEdit
from batchly_admin.services.unit_of_work import UnitOfWork

_KEY = "change sets at savepoints"

IN_USE = "Something else refers to this, so it cannot be changed that way."
TAKEN = "Another record has this value already."
MISSING = "A value is missing, or it names something that does not exist."
NOT_POSSIBLE = "The values do not fit together."


@event.listens_for(Session, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    if transaction.nested and uow is not None:
        session.info.setdefault(_KEY, {})[transaction] = uow.change_set_id


@event.listens_for(Session, "after_soft_rollback")
def _restore(session: Session, transaction: SessionTransaction) -> None:
    uow: UnitOfWork | None = session.info.get("uow")
    known = session.info.get(_KEY, {})
    if uow is not None and transaction in known:
        uow.change_set_id = known[transaction]


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    session.info.get(_KEY, {}).pop(transaction, None)


@contextmanager
def savepoint(uow: UnitOfWork) -> Iterator[None]:
    """Do something wholly or not at all inside the transaction, and flush it.

    Raises:
        Conflict: when the database refuses, in words and without a statement.
        StaleEdit: when somebody changed one of the rows meanwhile.
    """
    try:
        with uow.session.begin_nested():
            yield
            uow.session.flush()
    except IntegrityError as error:
        raise Conflict(words_of(error)) from error
    except StaleDataError as error:
        raise StaleEdit from error


def words_of(error: IntegrityError) -> str:
    """Give what a broken constraint means to a person."""
    text = str(error.orig).lower()
    known = (
        ("frozen", "This document is issued and can no longer be changed."),
        ("not_billed_twice", "More would be invoiced or cancelled than was ordered."),
        ("due_date", "The due date is before the date of the document."),
        ("foreign key", IN_USE),
        ("unique", TAKEN),
        ("not null", MISSING),
        ("not-null", MISSING),
    )
    for part, words in known:
        if part in text:
            return words
    return NOT_POSSIBLE
