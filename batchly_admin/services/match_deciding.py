"""What a person decides about the pairs of a first connection, one by one or in bulk.

Linking only writes QuickBooks' id here; what is to be made in QuickBooks is queued like any other
change and leaves when the connection goes live. Nothing here calls QuickBooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.any_case import is_one_of
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.matching import MatchCandidate as Candidate
from batchly_admin.models.synced import SYNCED, kind_of
from batchly_admin.services import match_leftovers, outbox, pushing
from batchly_admin.services.unit_of_work import UnitOfWork

LEFT_OUT = "Left out of QuickBooks when it was connected."


def link(uow: UnitOfWork, candidate_id: UUID, *, other: str = "") -> str:
    """Make the two sides of a pair one record; `other` names another record of QuickBooks.

    Raises:
        Conflict: it was decided already, has only one side, or one side is linked meanwhile.
        NotFound: the pair, our record, or the other record of QuickBooks is not there.
    """
    pair = _take(uow, candidate_id)
    if other.strip():
        _choose(uow, pair, other.strip())
    if pair.entity_id is None or pair.qbo_id is None:
        raise Conflict(f"{pair.label} has nothing to be linked to; name the record it is.")
    record = _record(uow, pair)
    _refuse_linked(uow, pair, record)
    pushing.withdraw(uow, record, "Linked to the record QuickBooks has.")
    setattr(record, kind_of(record).id_column, pair.qbo_id)
    record.qb_sync_token = pair.sync_token or "0"
    record.last_synced_at = uow.now()
    values = pair.their_values or {}
    if isinstance(record, Customer) and values.get("balance") is not None:
        record.balance = Decimal(values["balance"])
    outbox.set_badge(record, SyncState.SYNCED, None)
    _decide(uow, pair, MatchDecision.LINKED)
    return f"Linked to {pair.theirs}."


def create_there(uow: UnitOfWork, candidate_id: UUID) -> str:
    """Queue our record to be made in QuickBooks.

    Raises:
        Conflict: it was decided already, is not ours, or its name is not free in QuickBooks.
        NotFound: the pair or our record is not there.
    """
    pair = _take(uow, candidate_id)
    if pair.entity_id is None:
        raise Conflict(f"{pair.label} is in QuickBooks already; create it here, or skip it.")
    if pair.kind == MatchKind.NAME:
        raise Conflict(f"QuickBooks has {pair.theirs} already; link it, or rename one of the two.")
    taken = uow.session.scalar(
        sa.select(Candidate.reason).where(
            Candidate.connection_id == pair.connection_id,
            Candidate.entity_type == pair.entity_type,
            Candidate.entity_id == pair.entity_id,
            Candidate.kind == MatchKind.NAME_TAKEN,
        )
    )
    if taken is not None:
        raise Conflict(taken)
    record = _record(uow, pair)
    if kind_of(record).qbo_id(record):
        raise Conflict(f"{pair.ours} is linked already.")
    if not any(row.status in outbox.OPEN for row in pushing.rows_of(uow.session, record)):
        outbox.enqueue(uow, record, "create")
    _decide(uow, pair, MatchDecision.CREATE_THERE)
    return "Waits to be created in QuickBooks."


def create_here(uow: UnitOfWork, candidate_id: UUID) -> str:
    """Make the record that only QuickBooks has, linked.

    Raises:
        Conflict: it was decided already, is not in QuickBooks, or its name is not free here.
        NotFound: the pair is not there.
    """
    pair = _take(uow, candidate_id)
    if pair.qbo_id is None or pair.their_values is None:
        raise Conflict(f"{pair.label} is not in QuickBooks; create it there, or skip it.")
    _refuse_linked(uow, pair, None)
    record = _MAKERS[pair.entity_type](uow, pair.their_values["columns"])
    setattr(record, kind_of(record).id_column, pair.qbo_id)
    record.qb_sync_token = pair.sync_token or "0"
    record.qb_created_time = _moment(pair.their_values.get("created"))
    record.qb_last_updated_time = _moment(pair.their_values.get("changed"))
    record.last_synced_at = uow.now()
    if isinstance(record, Customer) and pair.their_values.get("balance") is not None:
        record.balance = Decimal(pair.their_values["balance"])
    record.sync_state = SyncState.SYNCED.value
    uow.session.add(record)
    uow.session.flush()
    entity_id, pair.entity_id = pair.entity_id, None
    _decide(uow, pair, MatchDecision.CREATED_HERE)
    if entity_id is not None:
        match_leftovers.leave_ours(uow, pair, entity_id)
        pair.ours = pair.ours_details = None
    return "Created here."


def skip(uow: UnitOfWork, candidate_id: UUID) -> str:
    """Leave a record where it is: ours is not sent, theirs is not brought in.

    Raises:
        Conflict: it was decided already.
        NotFound: the pair is not there.
    """
    pair = _take(uow, candidate_id)
    if pair.entity_id is not None:
        record = _record(uow, pair)
        pushing.withdraw(uow, record, LEFT_OUT)
        outbox.set_badge(record, SyncState.NOT_SYNCED, LEFT_OUT)
        # Theirs is not left out with ours: it stays to be brought in or skipped by itself.
        qbo_id, pair.qbo_id = pair.qbo_id, None
        _decide(uow, pair, MatchDecision.SKIPPED)
        if qbo_id is not None:
            match_leftovers.leave_theirs(uow, pair, qbo_id)
    else:
        _decide(uow, pair, MatchDecision.SKIPPED)
    return "Skipped."


def reopen(uow: UnitOfWork, candidate_id: UUID) -> str:
    """Take a decision back that changed nothing in either book.

    Raises:
        Conflict: it is linked or made already, or nobody has decided yet.
        NotFound: the pair is not there.
    """
    pair = _locked(uow, candidate_id)
    if pair.decision not in (MatchDecision.SKIPPED, MatchDecision.CREATE_THERE):
        label = MatchDecision(pair.decision).label.lower()
        raise Conflict(f"{pair.label} is {label}; only what is skipped or waits is decided again.")
    if pair.entity_id is not None:
        record = _record(uow, pair)
        if not pushing.withdraw(uow, record, "Decided again.") or kind_of(record).qbo_id(record):
            raise Conflict(f"{pair.label} is in QuickBooks already.")
        outbox.set_badge(record, SyncState.NOT_SYNCED, None)
    pair.decision = MatchDecision.OPEN.value
    pair.decided_by_id = pair.decided_at = None
    return "To be decided again."


def _locked(uow: UnitOfWork, candidate_id: UUID) -> Candidate:
    pair = uow.session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if pair is None:
        raise NotFound("This pair is no longer there: the two sides were matched anew.")
    return pair


def _take(uow: UnitOfWork, candidate_id: UUID) -> Candidate:
    pair = _locked(uow, candidate_id)
    if pair.decision != MatchDecision.OPEN:
        raise Conflict(f"Decided already: {MatchDecision(pair.decision).label}.")
    return pair


def _record(uow: UnitOfWork, pair: Candidate) -> Any:
    model = SYNCED[pair.entity_type].model
    record = uow.session.get(
        model, pair.entity_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if record is None:
        raise NotFound(f"{pair.ours} no longer exists here.")
    return record


def _choose(uow: UnitOfWork, pair: Candidate, other: str) -> None:
    """Put another record of QuickBooks, by number or exact name, into the pair."""
    named = sa.or_(Candidate.qbo_id == other, sa.func.lower(Candidate.theirs) == other.lower())
    found = uow.session.scalar(
        sa.select(Candidate)
        .where(
            Candidate.connection_id == pair.connection_id,
            Candidate.entity_type == pair.entity_type,
            Candidate.decision == MatchDecision.OPEN,
            Candidate.qbo_id.is_not(None),
            named,
        )
        .order_by(Candidate.id)
        .limit(1)
    )
    if found is None:
        raise NotFound(f"QuickBooks has no free record called {other}.")
    for column in ("qbo_id", "theirs", "theirs_details", "their_values", "sync_token"):
        setattr(pair, column, getattr(found, column))


def _refuse_linked(uow: UnitOfWork, pair: Candidate, record: Any) -> None:
    kind = SYNCED[pair.entity_type]
    if record is not None and kind.qbo_id(record):
        raise Conflict(f"{pair.ours} is linked already.")
    holder = uow.session.scalar(
        sa.select(kind.model).where(getattr(kind.model, kind.id_column) == pair.qbo_id)
    )
    if holder is not None:
        raise Conflict(f"{pair.theirs} is linked to {kind.label(holder)} already.")


def _decide(uow: UnitOfWork, pair: Candidate, decision: MatchDecision) -> None:
    pair.decision = decision.value
    pair.decided_by_id = uow.actor.user_id
    pair.decided_at = uow.now()
    uow.session.flush()
    match_leftovers.settle_others(uow, pair)


def _new_customer(uow: UnitOfWork, columns: Mapping[str, Any]) -> Customer:
    name = str(columns["display_name"])
    taken = is_one_of(Customer.display_name, [name])
    _refuse_name(uow, name, sa.select(Customer.id).where(taken))
    return Customer(**columns)


def _new_product(uow: UnitOfWork, columns: Mapping[str, Any]) -> Product:
    name, sku = str(columns["name"]), columns.get("sku")
    taken = Product.name == name
    _refuse_name(uow, name, sa.select(Product.id).where(taken))
    if sku:
        _refuse_name(uow, f"the SKU {sku}", sa.select(Product.id).where(Product.sku == sku))
    return Product(**{**columns, "unit_price": Decimal(columns.get("unit_price") or 0)})


def _refuse_name(uow: UnitOfWork, name: str, query: Any) -> None:
    if uow.session.scalar(query.limit(1)) is not None:
        raise Conflict(f"There is {name} here already; link the two, or rename one of them.")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_MAKERS: dict[str, Callable[[UnitOfWork, Mapping[str, Any]], Any]] = {
    "customer": _new_customer,
    "item": _new_product,
}
