"""Send everything of one type that QuickBooks lacks, as one run whose progress can be followed."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import NotFound
from batchly_admin.models.billing import Invoice
from batchly_admin.models.changes import Run
from batchly_admin.models.synced import SYNCED
from batchly_admin.services.company import company
from batchly_admin.services.runs import start_run
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, plural

GRIDS: dict[str, str] = {
    "customer": "customers",
    "item": "products",
    "invoice": "invoices",
    "payment": "payments",
    "refund": "refunds",
}
"""The grid of each type that can be sent by hand, and so the table of the run."""

AT_ONCE = 5_000


def send_missing(uow: UnitOfWork, entity_type: str) -> Run:
    """Start a run that sends what was never sent; at most some thousand records at once.

    Raises:
        NotFound: there is no such type that can be sent by hand.
        Conflict: everything of the type is in QuickBooks, or on its way.
    """
    table = GRIDS.get(entity_type)
    if table is None:
        raise NotFound("There is no such type of record to send.")
    kind = SYNCED[entity_type]
    model: Any = kind.model
    query = sa.select(model.id, getattr(model, kind.label_column)).where(
        model.sync_state == SyncState.NOT_SYNCED, getattr(model, kind.id_column).is_(None)
    )
    if model is Invoice:
        query = query.where(Invoice.issued_at.is_not(None), Invoice.voided_at.is_(None))
        start = company(uow.session).setting("sync_start_date")
        if start:
            query = query.where(Invoice.invoice_date >= date.fromisoformat(str(start)))
    found = uow.session.execute(query.order_by(model.id).limit(AT_ONCE)).all()
    targets = [(record_id, str(label)) for record_id, label in found]
    label = _("Send {records} to QuickBooks", records=plural(len(targets), entity_type))
    return start_run(uow, table=table, action="sync", label=label, targets=targets)
