"""Which records are linked to which entity of QuickBooks, and which of them are still there.

A record that was deleted or merged in QuickBooks is unlinked here and says so; its old id stays in
the record's history and in the difference that asks for a decision. Nothing is made anew by itself:
a queue row stands among the failed ones, and sending it again makes the record once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus, SyncState
from batchly_admin.models.billing import CreditMemo, Invoice, Payment, Refund
from batchly_admin.models.sync import SyncDifference
from batchly_admin.models.synced import SYNCED, kind_of
from batchly_admin.qbo import differences
from batchly_admin.qbo.client import Client, one_of
from batchly_admin.qbo.mapping import fields
from batchly_admin.services import order_papers, outbox
from batchly_admin.services.unit_of_work import UnitOfWork

AT_ONCE = 100
BEARABLE = 20
"""So many records may vanish between two full reads before that looks like another company."""

MISSING = "missing"
HINT = "Link it to another record of QuickBooks, or send it again to make it there once more."


@dataclass(frozen=True, slots=True)
class Link:
    """Our side of one entity; `counts` leaves out what may well be gone there."""

    entity_type: str
    counts: Callable[[], sa.ColumnElement[bool]] = sa.true


LINKS: Mapping[str, Link] = {
    "Customer": Link("customer"),
    "Item": Link("item"),
    "Invoice": Link("invoice", lambda: Invoice.status != InvoiceStatus.VOID),
    "Payment": Link("payment", lambda: Payment.voided_at.is_(None)),
    "CreditMemo": Link("credit_memo", lambda: CreditMemo.status != CreditMemoStatus.VOID),
    "RefundReceipt": Link("refund", lambda: Refund.voided_at.is_(None)),
}


def ids(session: Session, entity: str) -> set[str]:
    """Give QuickBooks' ids of the records that should be there."""
    if entity in order_papers.SOURCES:
        return order_papers.known_ids(session, order_papers.SOURCES[entity])
    link = LINKS.get(entity)
    if link is None:
        return set()
    kind = SYNCED[link.entity_type]
    column = getattr(kind.model, kind.id_column)
    return set(session.scalars(sa.select(column).where(column.is_not(None), link.counts())))


def find(
    client: Client, entity: str, wanted: Collection[str], where: str = ""
) -> dict[str, dict[str, Any]]:
    """Give the records that are there, by their ids; one call for each hundred.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    found: dict[str, dict[str, Any]] = {}
    names = sorted(wanted)
    for start in range(0, len(names), AT_ONCE):
        condition = one_of("Id", names[start : start + AT_ONCE])
        if where:
            condition = f"{condition} AND {where}"
        found |= {str(body["Id"]): body for body in client.query(entity, condition)}
    return found


def deleted(qbo_id: str, moment: str, *, merged_into: str | None = None) -> dict[str, Any]:
    """Give what change data capture says of a deleted record, for one that only is not there."""
    body: dict[str, Any] = {"Id": qbo_id, "domain": "QBO", "status": "Deleted"}
    if merged_into:
        body["MergedInto"] = merged_into
    return body | {"MetaData": {"LastUpdatedTime": moment}}


def lose(uow: UnitOfWork, record: Any, body: Mapping[str, Any]) -> bool:
    """Unlink a record that is gone in QuickBooks and ask for a decision; True when that is new."""
    kind = kind_of(record)
    merged_into = body.get("MergedInto")
    name = kind.entity_type.replace("_", " ")
    words = f"This {name} was deleted in QuickBooks."
    if merged_into:
        words = f"This {name} was merged into another one in QuickBooks, number {merged_into}."
    found = SyncDifference(
        entity_type=kind.entity_type,
        entity_id=record.id,
        qbo_id=kind.qbo_id(record),
        label=kind.label(record)[:200],
        kind="merged" if merged_into else "deleted",
        ours="exists",
        theirs=f"merged into {merged_into}" if merged_into else "deleted",
    )
    is_new = differences.note(uow, found)
    setattr(record, kind.id_column, None)
    record.qb_sync_token = None
    record.qb_created_time = record.qb_last_updated_time = None
    outbox.hold(uow, record, error_class=MISSING, message=words, hint=HINT)
    outbox.set_badge(record, SyncState.MISSING, words)
    uow.session.flush()
    return is_new


def bury(record: Any, body: Mapping[str, Any]) -> None:
    """Remember when a record that keeps its link was deleted: older answers count no more."""
    moment = fields.changed_at(body)
    known = record.qb_last_updated_time
    if moment is not None and (known is None or known < moment):
        record.qb_last_updated_time = moment
