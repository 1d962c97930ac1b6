"""What services ask of the company again and again, read once for each transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.clock import local_date
from batchly_admin.models.company import Organization, Setting
from batchly_admin.services.settings import REGISTRY
from batchly_admin.services.unit_of_work import UnitOfWork

_KEY = "company"


@dataclass(frozen=True, slots=True)
class Company:
    """The company as one transaction sees it."""

    time_zone: str
    order_prefix: str
    invoice_prefix: str
    payment_prefix: str
    settings: Mapping[str, Any]

    def setting(self, key: str) -> Any:
        """Give a setting's value, or its default.

        Raises:
            KeyError: for a key the registry does not know.
        """
        return self.settings.get(key, REGISTRY[key].default)


def company(session: Session) -> Company:
    """Give the company; a change of it in the same transaction is seen by the next one."""
    known: Company | None = session.info.get(_KEY)
    if known is None:
        known = session.info[_KEY] = _read(session)
    return known


def today(uow: UnitOfWork) -> date:
    """Give the company's calendar day."""
    return local_date(uow.now(), company(uow.session).time_zone)


def _read(session: Session) -> Company:
    with session.no_autoflush:
        row = session.execute(
            sa.select(
                Organization.time_zone,
                Organization.order_prefix,
                Organization.invoice_prefix,
                Organization.payment_prefix,
            ).limit(1)
        ).first()
        found = session.execute(sa.select(Setting.key, Setting.value)).all()
    settings: dict[str, Any] = dict(found)
    zone, orders, invoices, payments = row if row is not None else ("UTC", "PO-", "INV-", "PAY-")
    return Company(zone, orders, invoices, payments, settings)
