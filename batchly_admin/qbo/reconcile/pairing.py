"""Put records of ours beside bodies of QuickBooks': a page at a time, so memory stays bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.reconcile import ours, theirs
from batchly_admin.qbo.reconcile.books import Book, Reader
from batchly_admin.qbo.reconcile.records import Body, Ours, Theirs
from batchly_admin.services import outbox

Pair = tuple[Ours, Theirs]


def by_qbo_id(session: Session, book: Book, qbo_ids: Iterable[str]) -> list[Ours]:
    """Give our records that are linked to these, with their lines and shares."""
    return _load(session, book, book.qbo_key, qbo_ids)


def by_id(session: Session, book: Book, ids: Iterable[UUID]) -> list[Ours]:
    """Give these records of ours as they are now, with their lines and shares."""
    return _load(session, book, book.key, ids)


def _load(session: Session, book: Book, key: Any, values: Iterable[Any]) -> list[Ours]:
    found: list[Ours] = []
    for part in ours.chunks(values):
        found += ours.read(session, book.ours.where(key.in_(part)))
    ids = [one.id for one in found]
    lines = book.lines(session, ids) if book.lines else {}
    shares = book.shares(session, ids) if book.shares else {}
    return [
        replace(
            one,
            says=replace(
                one.says,
                lines=lines.get(one.id, one.says.lines),
                shares=shares.get(one.id, one.says.shares),
            ),
        )
        for one in found
    ]


def theirs_of(read: Reader, bodies: Iterable[Body]) -> dict[str, Theirs]:
    """Give bodies as sides, by their ids."""
    return {
        str(body["Id"]): Theirs(
            str(body["Id"]), read(body), fields.marked_id(body.get("PrivateNote"))
        )
        for body in bodies
    }


def pairs(
    session: Session, book: Book, mine: Sequence[Ours], others: Mapping[str, Theirs]
) -> list[Pair]:
    """Give each record with its copy; what a payment paid beside invoices of ours is left out."""
    found = [(one, others[one.qbo_id]) for one in mine if one.qbo_id and one.qbo_id in others]
    if book.shares is None:
        return found
    applied = {key for _, other in found for key, _ in other.says.shares or ()}
    known = ours.known_invoices(session, applied)
    together: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for one, _ in found:
        for key, amount in one.says.shares or ():
            together[one.qbo_id, key] += amount
    is_use = book.takes is theirs.is_credit_use
    return [(one, _narrow(one, other, known, together if is_use else None)) for one, other in found]


def _narrow(
    one: Ours,
    other: Theirs,
    known: set[str],
    together: Mapping[tuple[str | None, str], Decimal] | None,
) -> Theirs:
    """Keep of what a payment went to what is ours to compare.

    One payment of QuickBooks' may hold several of our uses of credits: where their sum is right,
    each of them is.
    """
    mine = dict(one.says.shares or ())
    kept: list[tuple[str, Decimal]] = []
    for key, amount in other.says.shares or ():
        if together is not None and key not in mine:
            continue
        if together is not None and together[one.qbo_id, key] == amount:
            kept.append((key, mine[key]))
        elif key in known:
            kept.append((key, amount))
    return replace(other, says=replace(other.says, shares=tuple(sorted(kept))))


def queued(session: Session, book: Book) -> dict[UUID, str]:
    """Give the records with an unfinished queue row: "open", or the class of their failure."""
    rows = session.execute(
        sa.select(SyncQueueRow.entity_id, SyncQueueRow.status, SyncQueueRow.error_class).where(
            SyncQueueRow.entity_type == book.entity_type,
            SyncQueueRow.status.in_((*outbox.OPEN, QueueStatus.FAILED)),
        )
    )
    found: dict[UUID, str] = {}
    for entity_id, status, error_class in rows:
        is_failed = status == QueueStatus.FAILED
        if not is_failed or entity_id not in found:
            found[entity_id] = f"failed {error_class or ''}".strip() if is_failed else "open"
    return found
