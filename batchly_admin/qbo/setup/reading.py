"""Step one: read how QuickBooks is set up, with the short lists that checks and taxes need."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.setup import CheckVerdict
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.billing import Invoice
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo import facts, pull
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.setup import checks
from batchly_admin.services import settings, setup_tasks
from batchly_admin.services.unit_of_work import UnitOfWorks

LISTS = ("company", "tax_rates", "terms", "payment_methods")


def run(uows: UnitOfWorks, client: Client, hold: setup_tasks.Hold) -> dict[str, Any]:
    """Fetch company, preferences and lists, and give what the checks say.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    for number, name in enumerate(LISTS):
        words = f"Reading {name.replace('_', ' ')}"
        setup_tasks.report(uows, hold, done=number, total=len(LISTS), message=words)
        pull.run(uows, client, name)
    with uows.read() as session:
        connection = facts.connection_of(session)
        company = checks.Company(
            info=(connection.company_info if connection else None) or {},
            preferences=(facts.read(connection).preferences if connection else None) or {},
        )
        found = checks.check_all(company, shop_of(session))
    return {
        "checks": [check.as_dict() for check in found],
        "must_fix": sum(check.verdict == CheckVerdict.MUST_FIX for check in found),
        "warnings": sum(check.verdict == CheckVerdict.WARNING for check in found),
        "edition": company.edition,
        "country": str(company.info.get("Country") or ""),
        "currency": company.home_currency,
    }


def shop_of(session: Session) -> checks.Shop:
    """Give what this shop uses."""
    start = settings.get(session, "sync_start_date")
    currency = session.scalar(sa.select(Organization.currency).limit(1))
    return checks.Shop(
        uses_discounts=_any(session, Invoice.discount_amount > 0),
        uses_shipping=_any(session, Invoice.shipping_amount > 0),
        uses_tax=_any(session, Invoice.tax_amount > 0),
        rounding=str(settings.get(session, "tax_rounding")),
        currency=currency or "USD",
        oldest_waiting=_oldest_waiting(session),
        start=date.fromisoformat(str(start)) if start else None,
    )


def _any(session: Session, where: sa.ColumnElement[bool]) -> bool:
    return session.scalar(sa.select(Invoice.id).where(where).limit(1)) is not None


def _oldest_waiting(session: Session) -> date | None:
    waiting = sa.select(SyncQueueRow.entity_id).where(
        SyncQueueRow.entity_type == "invoice",
        SyncQueueRow.status.in_((QueueStatus.PENDING, QueueStatus.BLOCKED)),
    )
    return session.scalar(
        sa.select(sa.func.min(Invoice.invoice_date)).where(Invoice.id.in_(waiting))
    )
