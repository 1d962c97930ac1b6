"""What a bulk action is, and how it counts what it would do to a hundred thousand rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import UserError
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, number

CHUNK = 500
LISTED = 200
"""Up to so many rows a preview names one by one."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of a preview: why it will be left out, or what it is worth."""

    id: UUID
    reason: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do, told before anybody confirms it."""

    title: str
    lines: tuple[str, ...]
    will: int
    wont: int
    warnings: tuple[str, ...] = ()
    confirm_label: str = "Start"
    params: tuple[dict[str, Any], ...] = ()
    rows: tuple[PreviewRow, ...] = ()


Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something that can be done to many rows of one table.

    `by_row` names the questions of its preview that a single row may answer for itself, `check`
    raises InvalidInput for answers that do not fit, be it the run's or a row's.
    """

    name: str
    label: str
    right: str
    perform: Callable[[UnitOfWork, UUID, Params], str]
    preview: Callable[[Session, Sequence[UUID], Params], Preview]
    by_row: tuple[str, ...] = ()
    check: Callable[[Session, Params], object] | None = None


@dataclass(slots=True)
class Tally:
    """Counts by reason: what will be done, and why the rest will not."""

    will: int = 0
    amount: Decimal = Decimal(0)
    wont: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    rows: list[PreviewRow] = field(default_factory=list)

    def take(self, count: int, amount: Decimal | None = None, row: UUID | None = None) -> None:
        """Count rows that will be done."""
        self.will += count
        self.amount += amount or Decimal(0)
        if row is not None:
            self.rows.append(PreviewRow(row, amount=amount))

    def refuse(self, reason: str, count: int, row: UUID | None = None) -> None:
        """Count rows that will be left out for a reason."""
        self.wont[reason] = self.wont.get(reason, 0) + count
        if row is not None:
            self.rows.append(PreviewRow(row, reason))

    def warn(self, reason: str, count: int) -> None:
        """Count rows that somebody should look at."""
        self.warnings[reason] = self.warnings.get(reason, 0) + count

    @property
    def left_out(self) -> int:
        """How many rows will be left out."""
        return sum(self.wont.values())

    def lines(self) -> tuple[str, ...]:
        """Give a sentence for each reason to leave rows out, the most frequent first."""
        ordered = sorted(self.wont.items(), key=lambda pair: -pair[1])
        return tuple(
            _("{count} left out: {reason}.", count=number(count), reason=reason)
            for reason, count in ordered
        )

    def notes(self) -> tuple[str, ...]:
        """Give a sentence for each warning."""
        return tuple(f"{number(count)} {reason}" for reason, count in self.warnings.items())


def chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Give the ids in pieces that fit into one statement."""
    for begin in range(0, len(ids), CHUNK):
        yield ids[begin : begin + CHUNK]


def groups(
    session: Session, model: Any, ids: Sequence[UUID], columns: Sequence[Any], amount: Any = None
) -> Iterator[tuple[tuple[Any, ...], int, Decimal | None, UUID | None]]:
    """Give each combination of `columns` with its count and the sum of `amount`.

    Few enough rows come one by one, each with its id.
    """
    if len(ids) <= LISTED:
        worth = amount if amount is not None else sa.null()
        one_by_one = sa.select(model.id, *columns, worth).where(model.id.in_(ids))
        for key, *values, total in session.execute(one_by_one):
            yield tuple(values), 1, total, key
        return
    summed = sa.func.sum(amount) if amount is not None else sa.null()
    named = [column.label(f"by_{place}") for place, column in enumerate(columns)]
    for chunk in chunks(ids):
        query = (
            sa.select(*named, sa.func.count(), summed)
            .where(model.id.in_(chunk))
            # By name: an expression with parameters would not be recognized as the same.
            .group_by(*(one.name for one in named))
        )
        for row in session.execute(query):
            *values, count, total = row
            yield tuple(values), count, total, None


def tally(
    session: Session,
    model: Any,
    ids: Sequence[UUID],
    columns: Sequence[Any],
    *,
    judge: Callable[..., str | None] | None = None,
    amount: Any = None,
) -> Tally:
    """Count the rows; `judge` says why a combination of `columns` is left out, or None.

    Without it the one column holds the reason itself, empty for a row that is not left out.
    """
    found = Tally()
    seen = 0
    for values, count, total, row in groups(session, model, ids, columns, amount):
        seen += count
        reason = judge(*values) if judge is not None else values[0] or None
        if reason is None:
            found.take(count, total, row)
        else:
            found.refuse(reason, count, row)
    if seen < len(ids):
        found.refuse(_("no longer there"), len(ids) - seen)
    return found


def preview_of(
    title: str, lines: tuple[str, ...], found: Tally, confirm: str, **more: Any
) -> Preview:
    """Give the preview of a count; `more` adds warnings and params."""
    return Preview(
        title=title,
        lines=(*lines, *found.lines()),
        will=found.will,
        wont=found.left_out,
        warnings=(*found.notes(), *more.get("warnings", ())),
        confirm_label=f"{confirm} {number(found.will)}" if found.will else confirm,
        params=more.get("params", ()),
        rows=tuple(found.rows),
    )


def text_param(name: str, label: str) -> dict[str, Any]:
    """Give the question for some words."""
    return {"name": name, "label": label, "kind": "text", "value": "", "choices": []}


REASON = text_param("reason", later("Reason"))


def reason_of(params: Params) -> str:
    """Give the reason that was given, empty when none was."""
    return str(params.get("reason") or "")


def words_of(status: str) -> str:
    """Give a stored status as it stands in a sentence."""
    return _(str(status).replace("_", " "))


def refusal(session: Session, action: BulkAction, record_id: UUID) -> str | None:
    """Give why an action could only refuse a record as it stands, or None when it can be tried.

    The action's own preview says so, hence a button tells the same as the dialog behind it. What
    a preview still has to ask the person is no refusal.
    """
    try:
        found = action.preview(session, [record_id], {})
    except UserError:
        return None
    if found.will:
        return None
    reason = next((row.reason for row in found.rows if row.reason), None)
    return _("Not possible: {reason}.", reason=reason or _("nothing is left to do"))
