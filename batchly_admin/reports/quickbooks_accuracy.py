"""Whether both books say the same: what is linked, what differs, what the last comparison found.

Lost: issued documents with neither an open or failed row in the queue nor a QuickBooks id. Doubles:
QuickBooks documents that carry the marker of one of ours more than once. Both have to be 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.models.billing import CreditMemo, Invoice
from batchly_admin.models.sync import SyncDifference, SyncQueueRow
from batchly_admin.models.synced import SYNCED, SyncedKind
from batchly_admin.queries.reconciliation import last_whole
from batchly_admin.reports.measures import Link, among, equal, link, percent
from batchly_admin.services.company import company

OPEN = "open"
DOUBLE = "double"
IN_STEP = (SyncState.SYNCED, SyncState.WARNING)
GRIDS = {"item": "products"}
VISIBLE = (
    QueueStatus.PENDING,
    QueueStatus.PROCESSING,
    QueueStatus.BLOCKED,
    QueueStatus.FAILED,
)


OPEN_ROWS = link("sync_differences", equal("state", OPEN))


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of record: how many there are, and how many of them are in QuickBooks."""

    entity_type: str
    plural: str
    total: int
    linked: int
    in_step: int
    with_warning: int
    rows: Link
    unlinked_rows: Link
    warning_rows: Link

    @property
    def linked_percent(self) -> Decimal | None:
        """Give the share that has a QuickBooks id."""
        return percent(self.linked, self.total)


@dataclass(frozen=True, slots=True)
class Difference:
    """Open differences of one kind and one type of record."""

    entity_type: str
    kind: str
    count: int
    since: datetime
    rows: Link


@dataclass(frozen=True, slots=True)
class Compared:
    """What the last comparison found of one type; totals as both books have them."""

    entity_type: str
    ours: int
    theirs: int
    equal: int
    total_ours: Decimal
    total_theirs: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last comparison of both books that went through."""

    finished_at: datetime
    types: tuple[Compared, ...]
    differences: int

    @property
    def compared(self) -> int:
        """Give how many records of ours were compared."""
        return sum(one.ours for one in self.types)

    @property
    def equal(self) -> int:
        """Give how many of them were equal to the cent."""
        return sum(one.equal for one in self.types)

    @property
    def equal_percent(self) -> Decimal | None:
        """Give the share of equal records."""
        return percent(self.equal, self.compared)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The section `accuracy`."""

    kinds: tuple[Kind, ...]
    differences: tuple[Difference, ...]
    comparison: Comparison | None
    lost: int
    lost_rows: Link
    doubles: int
    doubles_rows: Link

    @property
    def open_differences(self) -> int:
        """Give how many differences nobody has decided about."""
        return sum(one.count for one in self.differences)


def read(session: Session) -> Accuracy:
    """Give how both books agree at this moment."""
    found = _differences(session)
    return Accuracy(
        kinds=_kinds(session),
        differences=found,
        comparison=last_comparison(session),
        lost=_lost(session, Invoice, "invoice") + _lost(session, CreditMemo, "credit_memo"),
        lost_rows=link(
            "invoices",
            {"column": "issued_at", "operator": "not_empty"},
            among("sync_state", (SyncState.NOT_SYNCED.value, SyncState.DRAFT.value)),
        ),
        doubles=sum(one.count for one in found if one.kind == DOUBLE),
        doubles_rows=link("sync_differences", equal("state", OPEN), equal("kind", DOUBLE)),
    )


def _kinds(session: Session) -> tuple[Kind, ...]:
    parts = [_kind_query(kind) for kind in SYNCED.values()]
    found = {row[0]: row for row in session.execute(sa.union_all(*parts))}
    return tuple(_kind(kind, found[kind.entity_type]) for kind in SYNCED.values())


def _kind_query(kind: SyncedKind) -> Any:
    model = kind.model
    query = sa.select(
        sa.literal(kind.entity_type),
        sa.func.count(),
        sa.func.count(getattr(model, kind.id_column)),
        sa.func.count(sa.case((model.sync_state == SyncState.SYNCED, 1))),
        sa.func.count(sa.case((model.sync_state == SyncState.WARNING, 1))),
    ).select_from(model)
    # A draft belongs to nobody but us.
    return query.where(model.issued_at.is_not(None)) if model in (Invoice, CreditMemo) else query


def _kind(kind: SyncedKind, row: Any) -> Kind:
    table = GRIDS.get(kind.entity_type, kind.plural)
    of_all: tuple[Mapping[str, Any], ...] = ()
    if kind.model in (Invoice, CreditMemo):
        of_all = ({"column": "issued_at", "operator": "not_empty"},)
    apart = [state.value for state in SyncState if state not in IN_STEP]
    return Kind(
        entity_type=kind.entity_type,
        plural=kind.plural,
        total=row[1],
        linked=row[2],
        in_step=row[3],
        with_warning=row[4],
        rows=link(table, *of_all),
        unlinked_rows=link(table, *of_all, among("sync_state", apart)),
        warning_rows=link(table, *of_all, equal("sync_state", SyncState.WARNING.value)),
    )


def _differences(session: Session) -> tuple[Difference, ...]:
    one = SyncDifference
    count = sa.func.count().label("number")
    found = session.execute(
        sa.select(one.entity_type, one.kind, count, sa.func.min(one.created_at))
        .where(one.state == OPEN)
        .group_by(one.entity_type, one.kind)
        .order_by(count.desc(), one.entity_type, one.kind)
    )
    return tuple(
        Difference(
            kind,
            what,
            number,
            since,
            link(
                "sync_differences",
                equal("state", OPEN),
                equal("entity_type", kind),
                equal("kind", what),
            ),
        )
        for kind, what, number, since in found
    )


def _lost(session: Session, model: type[Any], entity_type: str) -> int:
    known = sa.exists().where(
        SyncQueueRow.entity_type == entity_type,
        SyncQueueRow.entity_id == model.id,
        SyncQueueRow.status.in_(VISIBLE),
    )
    query = (
        sa.select(sa.func.count())
        .select_from(model)
        .where(
            model.issued_at.is_not(None),
            model.voided_at.is_(None),
            getattr(model, SYNCED[entity_type].id_column).is_(None),
            ~known,
        )
    )
    start = company(session).setting("sync_start_date")
    if start and model is Invoice:
        # What is older than the day from which QuickBooks is kept stays here on purpose.
        query = query.where(Invoice.invoice_date >= date.fromisoformat(str(start)))
    return session.scalar(query) or 0


def last_comparison(session: Session) -> Comparison | None:
    """Give the last comparison that went through, or None when there was none."""
    row = last_whole(session)
    if row is None or row.finished_at is None:
        return None
    tallies: Mapping[str, Any] = row.types or {}
    types = tuple(_compared(name, tally) for name, tally in tallies.items())
    return Comparison(row.finished_at, types, row.found)


def _compared(name: str, tally: Mapping[str, Any]) -> Compared:
    return Compared(
        name,
        int(tally.get("ours") or 0),
        int(tally.get("theirs") or 0),
        int(tally.get("equal") or 0),
        Decimal(str(tally.get("total_ours") or 0)),
        Decimal(str(tally.get("total_theirs") or 0)),
    )
