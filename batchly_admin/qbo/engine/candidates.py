"""Records of QuickBooks that may be one of ours, side by side with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.qbo.client import ALSO_INACTIVE, Client, equals, quote
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.push import Pusher

SHOWN = 20
LISTS = {"Customer": "DisplayName", "Item": "Name"}
NUMBERED = {"Invoice": "DocNumber", "CreditMemo": "DocNumber", "RefundReceipt": "DocNumber"}

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Our record, as far as it can be compared, and the words to look for."""

    entity_id: UUID
    text: str
    name: str
    number: str
    total: str
    customer: str
    customer_ref: str
    email: str
    sku: str


def wanted(session: Session, pusher: Pusher, entity_id: UUID, text: str) -> Wanted:
    """Give what to look for.

    Raises:
        Rejected: our record is gone.
    """
    record = session.get(pusher.kind.model, entity_id)
    if record is None:
        raise Rejected("The record no longer exists here.", code="gone")
    label = pusher.kind.label(record)
    customer = getattr(record, "customer", None)
    amount = getattr(record, "total_amount", getattr(record, "amount", None))
    is_list = pusher.entity in LISTS
    return Wanted(
        entity_id=entity_id,
        text=text or label,
        name=label if is_list else "",
        number="" if is_list else label,
        total="" if amount is None else f"{amount:.2f}",
        customer=customer.display_name if customer is not None else "",
        customer_ref=(customer.qb_customer_id or "") if customer is not None else "",
        email=str(getattr(record, "email", None) or ""),
        sku=str(getattr(record, "sku", None) or ""),
    )


def find(client: Client, entity: str, asked: Wanted) -> list[dict[str, Any]]:
    """Look in QuickBooks by every way that may find it; give each record once.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    found: dict[str, dict[str, Any]] = {}
    for condition in _conditions(entity, asked):
        for body in client.query(entity, condition, limit=SHOWN):
            found.setdefault(str(body["Id"]), body)
        if len(found) >= SHOWN:
            break
    return list(found.values())[:SHOWN]


def _conditions(entity: str, asked: Wanted) -> Iterator[str]:
    if entity in LISTS:
        yield f"{LISTS[entity]} LIKE {quote(f'%{asked.text}%')} AND {ALSO_INACTIVE}"
        if asked.email:
            yield f"{equals('PrimaryEmailAddr', asked.email)} AND {ALSO_INACTIVE}"
        if asked.sku:
            yield f"{equals('Sku', asked.sku)} AND {ALSO_INACTIVE}"
        return
    if entity in NUMBERED:
        yield equals(NUMBERED[entity], asked.text)
        yield f"{NUMBERED[entity]} LIKE {quote(f'%{asked.text}%')}"
    if asked.customer_ref:
        yield (f"{equals('CustomerRef', asked.customer_ref)} AND {equals('TotalAmt', asked.total)}")


def compare(
    session: Session, pusher: Pusher, asked: Wanted, bodies: Sequence[Body]
) -> dict[str, Any]:
    """Give both sides as plain values, the likeliest candidate first."""
    taken = _taken(session, pusher, [str(body["Id"]) for body in bodies])
    shown = [_candidate(asked, body, taken) for body in bodies]
    shown.sort(key=lambda one: (one["taken_by"] is not None, -len(one["equal"])))
    ours = {
        "name": asked.name or asked.customer,
        "number": asked.number,
        "total": asked.total,
        "email": asked.email,
    }
    return {"ours": ours, "candidates": shown, "text": asked.text}


def _candidate(asked: Wanted, body: Body, taken: Mapping[str, str]) -> dict[str, Any]:
    reference = body.get("CustomerRef")
    customer = reference.get("name") if isinstance(reference, Mapping) else None
    total = body.get("TotalAmt")
    email = body.get("PrimaryEmailAddr")
    theirs = {
        "name": str(body.get("DisplayName") or body.get("Name") or customer or ""),
        "number": str(body.get("DocNumber") or body.get("PaymentRefNum") or ""),
        "total": "" if total is None else f"{fields.amount(total):.2f}",
        "email": str(email.get("Address") or "") if isinstance(email, Mapping) else "",
    }
    ours = {
        "name": asked.name or asked.customer,
        "number": asked.number,
        "total": asked.total,
        "email": asked.email,
    }
    marked = fields.marked_id(body.get("PrivateNote"))
    return {
        "qbo_id": str(body["Id"]),
        **theirs,
        "date": str(body.get("TxnDate") or ""),
        "active": body.get("Active", True) is not False,
        "void": fields.is_voided(body),
        "marked": marked == asked.entity_id,
        "taken_by": taken.get(str(body["Id"])),
        "equal": [key for key in theirs if theirs[key] and theirs[key] == ours[key]],
    }


def _taken(session: Session, pusher: Pusher, ids: Sequence[str]) -> dict[str, str]:
    kind = pusher.kind
    column = getattr(kind.model, kind.id_column)
    label = getattr(kind.model, kind.label_column)
    rows = session.execute(sa.select(column, label).where(column.in_(ids)))
    return {str(qbo_id): str(name) for qbo_id, name in rows}
