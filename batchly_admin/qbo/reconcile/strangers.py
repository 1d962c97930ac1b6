"""What QuickBooks has and no record of ours is linked to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.qbo.reconcile import ours
from batchly_admin.qbo.reconcile.books import MISSING, Book
from batchly_admin.qbo.reconcile.comparing import spell
from batchly_admin.qbo.reconcile.records import LISTED, Found, Ours, Theirs


@dataclass(frozen=True, slots=True)
class Stranger:
    """A live record of QuickBooks' that we are not linked to; `is_ours_to_know` by its customer."""

    theirs: Theirs
    is_ours_to_know: bool


def sort(session: Session, book: Book, unknown: Iterable[Theirs]) -> list[Stranger]:
    """Keep what may mean something: live ones of our customers, with our marker or our number."""
    live = [one for one in unknown if not one.says.is_void and one.says.is_active]
    if book.is_list:
        return [Stranger(one, is_ours_to_know=True) for one in live]
    customers = ours.known_customers(
        session, (one.says.customer for one in live if one.says.customer)
    )
    # Whoever has our number may be a double of ours; what stood on its lines says nothing then.
    return [
        Stranger(replace(one, says=replace(one.says, lines=None)), one.says.customer in customers)
        for one in live
        if one.marked or book.fixed_number or one.says.customer in customers
    ]


def explain(
    session: Session, book: Book, found: list[Stranger], loose: Mapping[UUID, Ours]
) -> list[Found]:
    """Say of each whether it is a double, a lost link, one we should know, or made there."""
    if not found:
        return []
    now_linked = _linked(session, book, (one.theirs.qbo_id for one in found))
    marked = _by(session, book, book.key, (one.theirs.marked for one in found))
    numbers = (one.theirs.says.number for one in found) if book.fixed_number else ()
    label = book.ours.selected_columns["label"]
    numbered = _by(session, book, _bare(label), numbers, name="label")
    told: list[Found] = []
    for one in found:
        if one.theirs.qbo_id not in now_linked:
            told += _explain(book, one, marked, numbered, loose)
    return told


def _explain(
    book: Book,
    one: Stranger,
    marked: Mapping[Any, Ours],
    numbered: Mapping[Any, Ours],
    loose: Mapping[UUID, Ours],
) -> Iterable[Found]:
    theirs = one.theirs
    mine = marked.get(theirs.marked) or numbered.get(theirs.says.number)
    if mine is not None and mine.qbo_id is not None:
        yield _double(mine, theirs)
    elif mine is not None and (theirs.marked == mine.id or _is_same(mine, theirs)):
        if mine.id in loose:
            yield Found(
                "unlinked",
                mine.says.label,
                mine.id,
                theirs.qbo_id,
                ours="not linked",
                theirs=f"is there as number {theirs.qbo_id}",
            )
    elif theirs.marked is not None:
        yield _missing(theirs, "Batchly made it, and this database does not know it")
    elif one.is_ours_to_know:
        kind = "missing_here" if book.strangers == MISSING else LISTED
        yield _missing(theirs, _spell(theirs), kind)


def _double(mine: Ours, theirs: Theirs) -> Found:
    return Found(
        "double",
        mine.says.label,
        mine.id,
        theirs.qbo_id,
        field=f"copy {theirs.qbo_id}",
        ours=f"is there as number {mine.qbo_id}",
        theirs=f"is there as number {theirs.qbo_id} too",
    )


def _missing(theirs: Theirs, words: str, kind: str = "missing_here") -> Found:
    return Found(kind, theirs.says.label, None, theirs.qbo_id, ours="missing", theirs=words)


def _is_same(mine: Ours, theirs: Theirs) -> bool:
    """Tell whether a document of our number is ours: customer and total say so."""
    return (mine.says.customer, mine.says.amount) == (theirs.says.customer, theirs.says.amount)


def _spell(theirs: Theirs) -> str:
    says = theirs.says
    parts = (spell(says.amount) if says.amount is not None else "", spell(says.day))
    return ", ".join(part for part in parts if part) or says.label


def _linked(session: Session, book: Book, qbo_ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in ours.chunks(set(qbo_ids)):
        found.update(session.scalars(sa.select(book.qbo_key).where(book.qbo_key.in_(part))))
    return found


def _by(
    session: Session, book: Book, column: Any, values: Iterable[Any], name: str = "id"
) -> dict[Any, Ours]:
    found: dict[Any, Ours] = {}
    for part in ours.chunks({value for value in values if value}):
        for one in ours.scan(session, book.ours.where(column.in_(part))):
            found[one.id if name == "id" else one.says.label] = one
    return found


def _bare(column: Any) -> Any:
    """Give the column behind a label."""
    return getattr(column, "element", column)
