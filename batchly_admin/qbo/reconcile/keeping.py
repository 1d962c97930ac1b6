"""Write down what a whole comparison found, in one transaction: new, seen again, settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from batchly_admin.domain import differences as rules
from batchly_admin.domain.statuses import SyncState
from batchly_admin.models.sync import SyncDifference
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo.reconcile.reading import Result
from batchly_admin.qbo.reconcile.records import ABSENT, COVERED, LISTED, Found
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork

SETTLED = "Settled by itself."
STILL_THERE = "Still there at the next comparison."
DONE = frozenset({"repaired", "kept_ours", "took_theirs"})
LIVE = ("open", "listed", "ignored", *sorted(DONE))
WARNED = frozenset({"amount", "customer", "number", "date", "lines", "voided"})
_SLOTS = {"total": "amount", "tax": "amount", "total_amount": "amount"}

Key = tuple[Any, ...]


@dataclass(slots=True)
class Kept:
    """What became of the differences."""

    new: int = 0
    settled: int = 0
    still_open: int = 0
    accepted: int = 0
    new_by_type: dict[str, int] = field(default_factory=dict)


def keep(uow: UnitOfWork, results: Iterable[Result]) -> Kept:
    """Bring the table of differences up to what the comparison found."""
    kept = Kept()
    for result in results:
        _keep_type(uow, result, kept)
    uow.session.flush()
    return kept


def _keep_type(uow: UnitOfWork, result: Result, kept: Kept) -> None:
    known = _known(uow, result.entity_type)
    seen: set[Any] = set()
    for found in result.found:
        row = _match(known.get(_key_of(found), []), found)
        if row is None:
            row = _new(uow, result.entity_type, found)
            known.setdefault(_key_of(found), []).append(row)
            kept.new += found.kind != LISTED
            count = kept.new_by_type.get(result.entity_type, 0)
            kept.new_by_type[result.entity_type] = count + (found.kind != LISTED)
        else:
            _see_again(uow, row, found)
        seen.add(row.id)
        kept.still_open += row.state == "open"
        kept.accepted += row.state == "ignored"
        if row.state == "open":
            result.tally.found[found.kind] += 1
    rows = [row for rows in known.values() for row in rows if row.id not in seen]
    for row in rows:
        if not result.is_cut and _is_settled(row, result):
            _settle(uow, row)
            kept.settled += 1


def _known(uow: UnitOfWork, entity_type: str) -> dict[Key, list[SyncDifference]]:
    rows = uow.session.scalars(
        sa.select(SyncDifference)
        .where(SyncDifference.entity_type == entity_type, SyncDifference.state.in_(LIVE))
        .order_by(SyncDifference.created_at, SyncDifference.id)
        .with_for_update()
    )
    found: dict[Key, list[SyncDifference]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _key(row: SyncDifference) -> Key:
    return _slot(row.entity_id or row.qbo_id, row.kind, row.field)


def _key_of(found: Found) -> Key:
    return _slot(found.entity_id or found.qbo_id, found.kind, found.field)


def _slot(record: Any, kind: str, name: str | None) -> Key:
    """Give what makes it one difference: losses are one, and so is a value told on sending."""
    if kind in ABSENT:
        return (record, "absent")
    if kind == "mismatch":
        return (record, _SLOTS.get(name or "", name), name)
    return (record, kind, name) if kind != "voided" else (record, kind)


def _match(rows: list[SyncDifference], found: Found) -> SyncDifference | None:
    """Give the row this is: an open one, a repaired one, or one that was accepted as it is."""
    for state in (("open", "listed"), tuple(DONE)):
        for row in reversed(rows):
            if row.state in state:
                return row
    same = (found.ours, found.theirs)
    return next((row for row in rows if (row.ours or "", row.theirs or "") == same), None)


def _see_again(uow: UnitOfWork, row: SyncDifference, found: Found) -> None:
    row.last_seen_at = uow.now()
    if row.state == "ignored":
        return
    if row.state in DONE:
        row.state, row.resolved_at = "open", None
        row.note = f"{row.note} {STILL_THERE}" if row.note else STILL_THERE
    values = {"ours": found.ours, "theirs": found.theirs, "qbo_id": found.qbo_id or row.qbo_id}
    if row.kind != "mismatch":
        values["kind"] = found.kind
        values["advice"] = _advice(row.entity_type, found)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _new(uow: UnitOfWork, entity_type: str, found: Found) -> SyncDifference:
    row = SyncDifference(
        entity_type=entity_type,
        entity_id=found.entity_id,
        qbo_id=found.qbo_id,
        label=found.label[:200],
        kind=found.kind,
        field=found.field,
        ours=found.ours,
        theirs=found.theirs,
        state="listed" if found.kind == LISTED else "open",
        advice=_advice(entity_type, found),
        last_seen_at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    if found.kind in WARNED and found.entity_id is not None:
        record = outbox.find_record(uow.session, entity_type, found.entity_id)
        if record is not None and record.sync_state == SyncState.SYNCED:
            words = f"Differs in QuickBooks: {found.kind}, ours {found.ours}, theirs {found.theirs}"
            outbox.set_badge(record, SyncState.WARNING, words[:500])
    return row


def _advice(entity_type: str, found: Found) -> str:
    return rules.advice(entity_type, found.kind, is_void_here=found.ours == "void")


def _is_settled(row: SyncDifference, result: Result) -> bool:
    return (
        row.kind in COVERED
        and row.state in ("open", "listed")
        and (row.entity_id is None or row.entity_id not in result.on_the_way)
    )


def _settle(uow: UnitOfWork, row: SyncDifference) -> None:
    row.state, row.resolved_at = "resolved", uow.now()
    row.note = f"{row.note} {SETTLED}" if row.note else SETTLED
    if row.entity_id is None or row.entity_type not in SYNCED:
        return
    uow.session.flush()
    left = sa.select(SyncDifference.id).where(
        SyncDifference.entity_type == row.entity_type,
        SyncDifference.entity_id == row.entity_id,
        SyncDifference.state == "open",
    )
    record = outbox.find_record(uow.session, row.entity_type, row.entity_id)
    is_warned = record is not None and record.sync_state == SyncState.WARNING
    if is_warned and uow.session.scalar(left.limit(1)) is None:
        outbox.set_badge(record, SyncState.SYNCED, None)
