"""What a bulk action is, and how it counts what it would do to a hundred thousand rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.services.unit_of_work import UnitOfWork

CHUNK = 500


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


Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something that can be done to many rows of one table."""

    name: str
    label: str
    right: str
    perform: Callable[[UnitOfWork, UUID, Params], str]
    preview: Callable[[Session, Sequence[UUID], Params], Preview]


@dataclass(slots=True)
class Tally:
    """Counts by reason: what will be done, and why the rest will not."""

    will: int = 0
    amount: Decimal = Decimal(0)
    wont: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str, count: int) -> None:
        """Count rows that will be left out for a reason."""
        self.wont[reason] = self.wont.get(reason, 0) + count

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
        return tuple(f"{count:,} left out: {reason}." for reason, count in ordered)

    def notes(self) -> tuple[str, ...]:
        """Give a sentence for each warning."""
        return tuple(f"{count:,} {reason}" for reason, count in self.warnings.items())


def chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Give the ids in pieces that fit into one statement."""
    for begin in range(0, len(ids), CHUNK):
        yield ids[begin : begin + CHUNK]


def groups(
    session: Session, model: Any, ids: Sequence[UUID], columns: Sequence[Any], amount: Any = None
) -> Iterator[tuple[tuple[Any, ...], int, Decimal]]:
    """Give each combination of `columns` with its count and the sum of `amount`."""
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
            yield tuple(values), count, total or Decimal(0)


def tally(
    session: Session,
    model: Any,
    ids: Sequence[UUID],
    columns: Sequence[Any],
    *,
    judge: Callable[..., str | None],
    amount: Any = None,
) -> Tally:
    """Count the rows; `judge` says why a combination of `columns` is left out, or None."""
    found = Tally()
    seen = 0
    for values, count, total in groups(session, model, ids, columns, amount):
        seen += count
        reason = judge(*values)
        if reason is None:
            found.will += count
            found.amount += total
        else:
            found.refuse(reason, count)
    if seen < len(ids):
        found.refuse("no longer there", len(ids) - seen)
    return found


def plural(count: int, one: str, many: str = "") -> str:
    """Give a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


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
        confirm_label=f"{confirm} {found.will:,}" if found.will else confirm,
        params=more.get("params", ()),
    )


def words_of(status: str) -> str:
    """Give a stored status as it stands in a sentence."""
    return str(status).replace("_", " ")
