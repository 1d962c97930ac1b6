"""Why single records cannot be deleted as they stand, told before anybody tries.

What refers to a record is told by `deleting`. The rules here repeat, as conditions of one query,
what the writers refuse; a writer stays the judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import JobStatus
from batchly_admin.models.billing import CreditMemo, CreditMemoLineItem, Invoice, InvoiceLineItem
from batchly_admin.models.orders import PoLineItem
from batchly_admin.models.production import Job, TimeEntry
from batchly_admin.models.synced import kind_of_model

Rule = tuple[sa.ColumnElement[bool], str]

ISSUED = "issued; void it, or correct it with a credit memo"
LINE_ISSUED = "its document is issued"
UNTOUCHED = (JobStatus.CREATED, JobStatus.PLANNED, JobStatus.CANCELLED)


def kept(session: Session, model: type[Any], ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give those of `ids` that may not be deleted, each with the reason."""
    rules = [*_documents(model), *_work(model), *_in_quickbooks(model)]
    if not rules:
        return {}
    reason = sa.case(*rules, else_="")
    rows = session.execute(sa.select(model.id, reason).where(model.id.in_(list(ids))))
    return {key: words for key, words in rows if words}


def _documents(model: type[Any]) -> list[Rule]:
    if model in (Invoice, CreditMemo):
        return [(model.issued_at.is_not(None), ISSUED)]
    parents: dict[Any, tuple[Any, Any]] = {
        InvoiceLineItem: (Invoice, InvoiceLineItem.invoice_id),
        CreditMemoLineItem: (CreditMemo, CreditMemoLineItem.credit_memo_id),
    }
    if model in parents:
        parent, column = parents[model]
        is_issued = sa.exists().where(parent.id == column, parent.issued_at.is_not(None))
        return [(is_issued, LINE_ISSUED)]
    if model is PoLineItem:
        return [(PoLineItem.quantity_invoiced != 0, "invoiced; correct it with a credit memo")]
    return []


def _work(model: type[Any]) -> list[Rule]:
    if model is Job:
        worked = sa.exists().where(TimeEntry.job_id == Job.id)
        return [
            (Job.status.not_in(UNTOUCHED), "in work or done; cancel it instead"),
            (worked, "somebody has worked on it; cancel it instead"),
        ]
    if model is TimeEntry:
        return [(TimeEntry.is_locked.is_(True), "its hours are locked")]
    return []


def _in_quickbooks(model: type[Any]) -> list[Rule]:
    kind = kind_of_model(model)
    if kind is None:
        return []
    way_out = "make it inactive instead" if hasattr(model, "is_active") else "void it there"
    return [(getattr(model, kind.id_column).is_not(None), f"in QuickBooks; {way_out}")]
