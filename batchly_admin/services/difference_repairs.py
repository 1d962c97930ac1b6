"""What a person does about a difference between the two books.

Nothing here calls QuickBooks: what has to go there is queued, what has to be fetched is asked for,
and the next comparison says whether it helped. A difference that is still there then opens again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from batchly_admin.domain import differences as rules
from batchly_admin.domain.statuses import QueueStatus, SyncState, WebhookState
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.models.billing import CreditMemo, Invoice
from batchly_admin.models.company import User
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import QbConnection, ScheduleSlot, SyncDifference, WebhookEvent
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import (
    credit_memos,
    invoicing,
    outbox,
    payments,
    pushing,
    repairing,
)
from batchly_admin.services.company import company
from batchly_admin.services.unit_of_work import UnitOfWork

VOIDED_THERE = "Voided in QuickBooks."
ALREADY_VOID = "It is void in QuickBooks already."
TEXTS = frozenset({"display_name", "company_name", "email", "phone", "mobile"})
PULLS = {"tax_code": "tax_rates", "invoice": "payments", "credit_memo": "payments"}
"""What is fetched together with all news of its type."""

FETCHED = {"payment": "payment", "customer": "customer", "refund": "refundreceipt"}
"""What is fetched by itself, by the name under which its news come."""

Perform = Callable[[UnitOfWork, SyncDifference], str]


def repair(uow: UnitOfWork, difference_id: UUID, how: str) -> str:
    """Repair a difference in one of the ways that fit it; give the words for the person.

    Raises:
        NotFound: there is no such difference, or its record is gone.
        Conflict: it was decided already, or this way does not fit it.
    """
    row = _waiting(uow, difference_id)
    fitting = rules.repairs(row.entity_type, row.kind, is_void_here=row.ours == "void")
    if how not in fitting or how not in _WAYS:
        raise Conflict(row.advice or rules.advice(row.entity_type, row.kind))
    words = _WAYS[how](uow, row)
    row.state, row.resolved_at = "repaired", uow.now()
    row.owner_id = row.owner_id or uow.actor.user_id
    row.note = f"{row.note} {words}" if row.note else words
    uow.session.flush()
    return words


def assign(uow: UnitOfWork, difference_id: UUID, owner_id: str) -> str:
    """Give a difference to somebody, or to nobody.

    Raises:
        NotFound: there is no such difference.
        Conflict: it was decided already.
        InvalidInput: there is no such person.
    """
    row = _waiting(uow, difference_id)
    if not owner_id:
        row.owner_id = None
        return "Assigned to nobody."
    try:
        owner = uow.session.get(User, UUID(owner_id))
    except ValueError:
        owner = None
    if owner is None:
        raise InvalidInput("There is no such person.", field="owner")
    row.owner_id = owner.id
    return f"Assigned to {owner.name}."


def reopen(uow: UnitOfWork, difference_id: UUID) -> str:
    """Take the acceptance of a difference back.

    Raises:
        NotFound: there is no such difference.
        Conflict: it was not accepted.
    """
    row = _locked(uow, difference_id)
    if row.state != "ignored":
        raise Conflict("Only what was accepted can be opened again.")
    row.state = "listed" if row.kind == rules.DifferenceKind.MADE_THERE else "open"
    row.resolved_at = None
    return "Open again."


def _push_again(uow: UnitOfWork, row: SyncDifference) -> str:
    record = _record(uow, row)
    kind = SYNCED[row.entity_type]
    if kind.qbo_id(record) and kind.qbo_id(record) != row.qbo_id:
        raise Conflict(f"{kind.label(record)} is linked to another record by now.")
    _unlink(uow, row, record)
    if isinstance(record, Invoice | CreditMemo):
        pushing.push_parents(uow, record)
    pushing.send_again(uow, record)
    return "Queued for QuickBooks, as a new request."


def _unlink(uow: UnitOfWork, row: SyncDifference, record: Any) -> None:
    """Forget an id that QuickBooks does not know any more; it stays in the history."""
    kind = SYNCED[row.entity_type]
    if not kind.qbo_id(record):
        return
    setattr(record, kind.id_column, None)
    record.qb_sync_token = record.qb_created_time = record.qb_last_updated_time = None
    outbox.set_badge(record, SyncState.MISSING, "Its copy in QuickBooks is gone.")
    uow.session.flush()


def _link(uow: UnitOfWork, row: SyncDifference) -> str:
    record = _record(uow, row)
    target = (row.field or "").removeprefix("into ") if row.kind == "merged" else row.qbo_id
    if row.kind == "merged":
        _refuse_taken(uow, row, target)
        _unlink(uow, row, record)
    repairing.link(uow, row.entity_type, record.id, str(target))
    return f"It is linked to number {target} once the two were compared."


def _refuse_taken(uow: UnitOfWork, row: SyncDifference, target: str | None) -> None:
    kind = SYNCED[row.entity_type]
    other = uow.session.scalar(
        sa.select(kind.model).where(getattr(kind.model, kind.id_column) == target).limit(1)
    )
    if other is not None:
        raise Conflict(
            f"Number {target} is {kind.label(other)} here. Move the documents of {row.label} to "
            "it and deactivate the double, then accept this with a note."
        )


def _take_theirs(uow: UnitOfWork, row: SyncDifference) -> str:
    pull = PULLS.get(row.entity_type)
    if pull is not None and row.kind != "voided":
        return _owe(uow, pull)
    if row.kind in _TAKEN:
        return _TAKEN[row.kind](uow, row)
    return _fetch(uow, row)


def _take_activity(uow: UnitOfWork, row: SyncDifference) -> str:
    record = _record(uow, row)
    record.is_active = row.theirs == "active"
    return f"It is {row.theirs} here too."


def _cancel_payment(uow: UnitOfWork, row: SyncDifference) -> str:
    payments.void_pulled_payment(uow, payment_id=_id(row))
    return "Cancelled here too; its invoices are open again."


def _void_here(uow: UnitOfWork, row: SyncDifference) -> str:
    if row.entity_type == "payment":
        return _cancel_payment(uow, row)
    if row.entity_type == "credit_memo":
        credit_memos.cancel(uow, memo_id=_id(row), reason=VOIDED_THERE)
        return "Cancelled here too."
    invoice = invoicing.void(uow, invoice_id=_id(row), reason=VOIDED_THERE)
    for queued in pushing.rows_of(uow.session, invoice):
        if queued.operation == "void" and queued.status == QueueStatus.PENDING:
            queued.status = QueueStatus.CANCELLED.value
            queued.resolved_by_id, queued.resolved_note = uow.actor.user_id, ALREADY_VOID
    outbox.set_badge(invoice, SyncState.SYNCED, None)
    return "Voided here too."


def _take_field(uow: UnitOfWork, row: SyncDifference) -> str:
    record = _record(uow, row)
    if row.field == "is_active":
        record.is_active = row.theirs == "true"
    elif row.field in TEXTS and isinstance(record, Customer):
        setattr(record, row.field, row.theirs)
    else:
        raise Conflict("This field cannot be taken over; change it by hand.")
    return f"{row.field} is {row.theirs or 'empty'} here too."


def _fetch(uow: UnitOfWork, row: SyncDifference) -> str:
    """Ask for one record's news, as if QuickBooks had told that it changed."""
    realm = uow.session.scalar(sa.select(QbConnection.realm_id).limit(1))
    name = FETCHED.get(row.entity_type)
    if realm is None or name is None or row.qbo_id is None:
        raise Conflict(row.advice or "There is nothing to fetch.")
    if row.entity_id is not None:
        record = _record(uow, row)
        # Without a known version the news count as news, whatever changed on which side.
        record.qb_sync_token = record.qb_last_updated_time = None
    uow.session.add(
        WebhookEvent(
            event_key=f"repair:{row.id}:{uow.now().timestamp()}",
            realm_id=realm,
            entity_type=name,
            qbo_id=row.qbo_id,
            operation="updated",
            happened_at=uow.now(),
            state=WebhookState.WAITING.value,
        )
    )
    uow.session.flush()
    uow.ring_after_commit("webhooks")
    return "It is being fetched from QuickBooks."


def _owe(uow: UnitOfWork, name: str) -> str:
    """Let the worker fetch all news of a type."""
    now = uow.now()
    wall = now.astimezone(ZoneInfo(company(uow.session).time_zone)).replace(tzinfo=None)
    key = f"{name}@{wall:%Y-%m-%dT%H:%M:%S}"
    known = uow.session.scalar(sa.select(ScheduleSlot.id).where(ScheduleSlot.slot_key == key))
    if known is None:
        uow.session.add(ScheduleSlot(name=name, slot_key=key, due_at=now, state="pending"))
        uow.session.flush()
    uow.ring_after_commit("slots")
    return f"The {name.replace('_', ' ')} are being fetched from QuickBooks."


def _keep_ours(uow: UnitOfWork, row: SyncDifference) -> str:
    record = _record(uow, row)
    outbox.enqueue(uow, record, "void" if row.kind == "voided" else "update")
    return "Ours is on its way to QuickBooks."


_TAKEN: Mapping[str, Perform] = {
    "voided": _void_here,
    "inactive": _take_activity,
    "field": _take_field,
    "deleted": _cancel_payment,
    "missing_there": _cancel_payment,
}
_WAYS: Mapping[str, Perform] = {
    rules.PUSH: _push_again,
    rules.LINK: _link,
    rules.TAKE: _take_theirs,
    rules.KEEP: _keep_ours,
}


def _record(uow: UnitOfWork, row: SyncDifference) -> Any:
    model = SYNCED[row.entity_type].model if row.entity_type in SYNCED else None
    if model is None or row.entity_id is None:
        raise Conflict("Batchly has no record of this to work on.")
    record = uow.session.get(model, row.entity_id, with_for_update={"key_share": True})
    if record is None:
        raise NotFound("The record no longer exists.")
    return record


def _id(row: SyncDifference) -> UUID:
    if row.entity_id is None:
        raise Conflict("Batchly has no record of this to work on.")
    return row.entity_id


def _waiting(uow: UnitOfWork, difference_id: UUID) -> SyncDifference:
    row = _locked(uow, difference_id)
    if row.state not in rules.WAITS:
        raise Conflict("This difference was decided already.")
    return row


def _locked(uow: UnitOfWork, difference_id: UUID) -> SyncDifference:
    row = uow.session.get(SyncDifference, difference_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such difference.")
    return row
