"""Records of ours that have no copy: deleted there, merged there, or never arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.models.billing import Invoice
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.pull import linked
from batchly_admin.qbo.reconcile import ours
from batchly_admin.qbo.reconcile.books import Book
from batchly_admin.qbo.reconcile.records import ABSENT, Found, Ours, Scope
from batchly_admin.services.unit_of_work import UnitOfWorks

REMEMBERED = timedelta(days=29)
"""So far back QuickBooks says what was deleted."""

WITNESSES = 100


def explain(
    uows: UnitOfWorks, client: Client, book: Book, missing: Sequence[Ours], scope: Scope
) -> list[Found]:
    """Say of records whose copy is not there any more what became of it.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    if not missing:
        return []
    merged = _merged(uows, client, missing) if book.entity_type == "customer" else {}
    scope.merged.update(merged)
    deleted = _deleted(client, book)
    return [_explain(one, merged, deleted) for one in missing]


def _explain(one: Ours, merged: Mapping[str, str], deleted: Mapping[str, str]) -> Found:
    qbo_id = str(one.qbo_id)
    into = merged.get(qbo_id) or deleted.get(qbo_id)
    if into:
        kind, words, field = "merged", f"merged into {into}", f"into {into}"
        return Found(kind, one.says.label, one.id, qbo_id, field, "exists", words)
    kind = "deleted" if qbo_id in deleted else "missing_there"
    words = "deleted" if kind == "deleted" else f"has no record {qbo_id}"
    return Found(kind, one.says.label, one.id, qbo_id, None, "exists", words)


def _deleted(client: Client, book: Book) -> dict[str, str]:
    """Give what was deleted of late, each with what it was merged into, if anything."""
    now = fields.moment(client.answered_at)
    if now is None:
        return {}
    try:
        news, _time = client.changes([book.entity], now - REMEMBERED)
    except Rejected:
        # Lists such as tax codes have no news; that it is not there is known without them.
        return {}
    return {
        str(body["Id"]): str(body.get("MergedInto") or "")
        for body in news[book.entity]
        if fields.is_deleted(body)
    }


def _merged(uows: UnitOfWorks, client: Client, missing: Sequence[Ours]) -> dict[str, str]:
    """Ask an invoice of each lost customer to whom it belongs now: a merge moves them along."""
    ids = [one.id for one in missing[:WITNESSES]]
    newest = (
        sa.select(Invoice.customer_id, sa.func.max(Invoice.qb_invoice_id).label("witness"))
        .where(Invoice.customer_id.in_(ids), Invoice.qb_invoice_id.is_not(None))
        .group_by(Invoice.customer_id)
    )
    with uows.read() as session:
        witnesses: dict[UUID, str] = {row[0]: str(row[1]) for row in session.execute(newest)}
    bodies = linked.find(client, "Invoice", set(witnesses.values()))
    found: dict[str, str] = {}
    for one in missing:
        body = bodies.get(witnesses.get(one.id, ""), {})
        now = fields.ref_id(body, "CustomerRef")
        if now is not None and now != one.qbo_id:
            found[str(one.qbo_id)] = now
    return found


def never_arrived(
    session: Session,
    book: Book,
    lost: Sequence[Ours],
    rows: Mapping[UUID, str],
    told: Iterable[Found],
) -> list[Found]:
    """Say which records have no copy although nothing is under way.

    What failed stands among the failed ones of the queue; what QuickBooks took away keeps the
    difference in which that was told.
    """
    linkable = {one.entity_id for one in told if one.kind == "unlinked"}
    known = _known_losses(session, book)
    return list(_never_arrived(lost, rows, linkable, known))


def _never_arrived(
    lost: Sequence[Ours],
    rows: Mapping[UUID, str],
    linkable: set[UUID | None],
    known: Mapping[UUID, Found],
) -> Iterator[Found]:
    for one in lost:
        state = rows.get(one.id, "")
        if one.id in linkable or state not in ("", f"failed {linked.MISSING}"):
            continue
        if one.id in known:
            yield known[one.id]
        else:
            yield Found(
                "missing_there", one.says.label, one.id, None, None, "exists", "never arrived"
            )


def still_lost(session: Session, book: Book) -> list[Found]:
    """Give the losses that are known of a list, of records that still have no copy."""
    known = _known_losses(session, book)
    if not known:
        return []
    found: list[Found] = []
    for part in ours.chunks(known):
        query = sa.select(book.key).where(book.key.in_(part), book.qbo_key.is_(None))
        found += [known[key] for key in session.scalars(query)]
    return found


def _known_losses(session: Session, book: Book) -> dict[UUID, Found]:
    rows = session.scalars(
        sa.select(SyncDifference)
        .where(
            SyncDifference.entity_type == book.entity_type,
            SyncDifference.entity_id.is_not(None),
            SyncDifference.kind.in_(ABSENT - {"unlinked"}),
            SyncDifference.state.in_(("open", "repaired", "ignored")),
        )
        .order_by(SyncDifference.created_at)
    )
    found: dict[UUID, Found] = {}
    for row in rows:
        key: Any = row.entity_id
        found[key] = Found(
            row.kind, row.label, key, row.qbo_id, row.field, row.ours or "", row.theirs or ""
        )
    return found
