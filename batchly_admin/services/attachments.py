"""Files of records: add, rename, remove, and what happens to them when their record goes.

A file is a row that names its record, and pieces that hold its bytes. The row is written, undone
and restored as any other; the pieces stay until the trash forgets the row. Each change is also
written down for the record itself, as a change of its column of files: so its history tells of it,
and whoever looks at the record sees it. A file is no part of what a lock freezes: an issued invoice
takes the delivery note that was signed later.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import flag_modified

from batchly_admin.domain import files
from batchly_admin.domain.files import Limits
from batchly_admin.errors import Conflict, NotFound, StaleEdit
from batchly_admin.ids import new_id
from batchly_admin.models.base import Record
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.production import Attachment, AttachmentPiece
from batchly_admin.services import cells, deleting
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import UnitOfWork

COLUMN = deleting.FILES_COLUMN
PIECE_BYTES = 256 * 1024
_NEW_PIECE = sa.insert(AttachmentPiece)


def add(
    uow: UnitOfWork,
    *,
    table_name: str,
    record_id: UUID,
    name: str,
    content: IO[bytes],
    limits: Limits,
) -> Attachment:
    """Add a file to a record and give it.

    Raises:
        NotFound: when there is no such record.
        InvalidInput: when the file is not taken, saying why.
        Conflict: when the record has as many files as it may.
    """
    clean = files.clean_name(name)
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    known = files.judge(clean, content.read(files.HEAD_BYTES), size, limits)
    content.seek(0)
    _lock_record(uow, table_name, record_id)
    count = sa.select(sa.func.count()).where(_of(table_name, [record_id]))
    if (uow.session.scalar(count) or 0) >= limits.most:
        raise Conflict(f"A record has {limits.most} files at most.", field="file")
    with savepoint(uow):
        made = Attachment(
            id=new_id(),
            subject_table=table_name,
            subject_id=record_id,
            file_name=clean,
            content_type=known.content_type,
            size_bytes=size,
            uploaded_by_id=uow.actor.user_id,
        )
        uow.session.add(made)
        connection = uow.session.connection()
        for position, piece in enumerate(_pieces(content)):
            row = {"attachment_id": made.id, "position": position, "content": piece}
            connection.execute(_NEW_PIECE, [row])
        uow.session.flush()
        _note(uow, made, None, clean)
    return made


def rename(
    uow: UnitOfWork, *, table_name: str, record_id: UUID, file_id: UUID, name: str, seen: str
) -> Attachment:
    """Give a file another name; its ending stays, as it says what the file is.

    Raises:
        NotFound: when the record has no such file.
        StaleEdit: when it is not called any more what the person `seen`.
        InvalidInput: when nothing is left of the name.
    """
    _lock_record(uow, table_name, record_id)
    (found,) = _found(uow, table_name, [file_id], record_id)
    if found.file_name != seen:
        raise StaleEdit(f"It was renamed to {found.file_name} meanwhile.", field="name")
    wanted = files.renamed(found.file_name, name)
    if wanted != found.file_name:
        uow.summary = f"{found.file_name} renamed to {wanted}"[:300]
        with savepoint(uow):
            update(uow, found, {"file_name": wanted})
    return found


def remove(uow: UnitOfWork, *, table_name: str, file_ids: Iterable[UUID]) -> list[Attachment]:
    """Remove files of records of one table; those that are gone already are passed over.

    Raises:
        NotFound: when none of them is there.
    """
    wanted = sorted(set(file_ids))
    owners = sa.select(Attachment.subject_id).where(
        Attachment.subject_table == table_name, Attachment.id.in_(wanted)
    )
    # One order for all, so that two who remove at once wait for each other and never both.
    for record_id in sorted(set(uow.session.scalars(owners))):
        _lock_record(uow, table_name, record_id)
    found = _found(uow, table_name, wanted)
    with savepoint(uow):
        for one in found:
            delete(uow, one)
    return found


def update(uow: UnitOfWork, attachment: Attachment, values: Mapping[str, Any]) -> None:
    """Write a file's name, and note it for its record."""
    before = attachment.file_name
    for name, value in values.items():
        setattr(attachment, name, value)
    uow.session.flush()
    _note(uow, attachment, before, attachment.file_name)


def delete(uow: UnitOfWork, attachment: Attachment) -> None:
    """Remove one file, and note it for its record; the bytes stay for the trash."""
    uow.session.delete(attachment)
    uow.session.flush()
    _note(uow, attachment, attachment.file_name, None)


def came_back(uow: UnitOfWork, attachment: Attachment) -> None:
    """Note for its record that a removed file is there again.

    Raises:
        Conflict: when the record is gone.
    """
    try:
        _note(uow, attachment, None, attachment.file_name)
    except NotFound as gone:
        raise Conflict(f"What {attachment.file_name} belonged to is deleted.") from gone


def forget_bytes(uow: UnitOfWork) -> None:
    """Delete the bytes of files that are neither there nor in the trash."""
    kept = sa.select(ChangeItem.row_id).where(
        ChangeItem.table_name == Attachment.__tablename__,
        ChangeItem.operation == "delete",
        # What the trash has forgotten is marked in this column.
        ChangeItem.column_name.is_(None),
    )
    key = AttachmentPiece.attachment_id
    there = sa.select(Attachment.id)
    uow.session.execute(
        sa.delete(AttachmentPiece).where(key.not_in(there), key.not_in(kept)),
        execution_options={"synchronize_session": False},
    )


def _of(table_name: str, record_ids: list[UUID]) -> sa.ColumnElement[bool]:
    return sa.and_(Attachment.subject_table == table_name, Attachment.subject_id.in_(record_ids))


def _found(
    uow: UnitOfWork, table_name: str, file_ids: list[UUID], record_id: UUID | None = None
) -> list[Attachment]:
    query = sa.select(Attachment).where(
        Attachment.subject_table == table_name, Attachment.id.in_(file_ids)
    )
    if record_id is not None:
        query = query.where(Attachment.subject_id == record_id)
    found = list(uow.session.scalars(query.order_by(Attachment.id)))
    if not found:
        raise NotFound("That file is not there any more.")
    return found


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE_BYTES):
        yield piece


def _lock_record(uow: UnitOfWork, table_name: str, record_id: UUID) -> Any:
    """Read the record as it stands now and keep it until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    model = deleting.models().get(table_name)
    if model is None:
        raise NotFound
    uow.session.flush()
    query = (
        sa.select(model)
        .where(model.id == record_id)
        .with_for_update(of=model, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = uow.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _note(uow: UnitOfWork, attachment: Attachment, old: str | None, new: str | None) -> None:
    """Write a change of files down for the record they belong to, and raise its version."""
    record = _lock_record(uow, attachment.subject_table, attachment.subject_id)
    flag_modified(record, "updated_at")
    item = {"table_name": attachment.subject_table, "row_id": attachment.subject_id}
    cell = {"column_name": COLUMN, "old_value": old, "new_value": new}
    uow.record([{**item, "operation": "update", **cell}])
    uow.session.flush()


def _go_along(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Delete the files of the records that are deleted now, whatever way they are deleted."""
    going: dict[str, list[UUID]] = {}
    for record in session.deleted:
        if isinstance(record, Record) and record.__tracked__:
            going.setdefault(cells.table_of(record), []).append(record.id)
    going.pop(Attachment.__tablename__, None)
    with session.no_autoflush:
        for table_name, ids in going.items():
            for begin in range(0, len(ids), deleting.CHUNK):
                query = sa.select(Attachment).where(
                    _of(table_name, ids[begin : begin + deleting.CHUNK])
                )
                for one in session.scalars(query):
                    session.delete(one)


# Before the unit of work looks at what came and went, so that it writes this down too.
event.listen(Session, "before_flush", _go_along, insert=True)
