"""The files of a record: what they are called, and their bytes piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.company import User
from batchly_admin.models.production import Attachment, AttachmentPiece


@dataclass(frozen=True, slots=True)
class File:
    """One file of a record."""

    id: UUID
    name: str
    content_type: str
    size: int
    at: datetime
    by: str | None


def files_of(
    session: Session, table_name: str, record_id: UUID, file_id: UUID | None = None
) -> list[File]:
    """Give the files of a record in the order they came; with `file_id` that one alone."""
    query = (
        sa.select(
            Attachment.id,
            Attachment.file_name,
            Attachment.content_type,
            Attachment.size_bytes,
            Attachment.created_at,
            User.name,
        )
        .outerjoin(User, User.id == Attachment.uploaded_by_id)
        .where(Attachment.subject_table == table_name, Attachment.subject_id == record_id)
        .order_by(Attachment.id)
    )
    if file_id is not None:
        query = query.where(Attachment.id == file_id)
    return [File(*row) for row in session.execute(query)]


def content_of(session: Session, file_id: UUID) -> Iterator[bytes]:
    """Give the bytes of a file, one piece at a time."""
    position = 0
    query = sa.select(AttachmentPiece.content).where(AttachmentPiece.attachment_id == file_id)
    while True:
        piece = session.scalar(query.where(AttachmentPiece.position == position))
        if piece is None:
            return
        yield piece
        position += 1
