"""A shop with a hundred thousand purchase orders, the same on every machine."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.ids import new_id
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder

ORDERS = 100_000
CUSTOMERS = 2_000
_START = datetime(2026, 1, 1, tzinfo=UTC)
_STATUSES = [member.value for member in OrderStatus]


def fill(engine: Engine, *, orders: int = ORDERS) -> None:
    """Write customers and orders straight into the tables: there is nothing to undo here."""
    chance = random.Random(20260101)
    customers = [
        {"id": new_id(), "display_name": f"Customer {number:05d}", **_stamps()}
        for number in range(CUSTOMERS)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(Customer), customers)
        for first in range(0, orders, 5_000):
            numbers = range(first, min(first + 5_000, orders))
            connection.execute(
                sa.insert(PurchaseOrder), [_order(n, customers, chance) for n in numbers]
            )
    vacuum(engine)


def vacuum(engine: Engine) -> None:
    """Tell the database what the tables hold, and PostgreSQL that every row is visible."""
    upkeep = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(upkeep))


def _order(number: int, customers: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    customer = chance.choice(customers)
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(1000))
    subtotal = Decimal(chance.randrange(1_000, 900_000)) / 100
    tax = (subtotal * Decimal("0.08")).quantize(Decimal("0.01"))
    return {
        "id": new_id(),
        "po_number": f"PO-{number:06d}",
        "customer_id": customer["id"],
        "customer_name": customer["display_name"],
        "status": chance.choice(_STATUSES),
        "po_date": day,
        "due_date": day + timedelta(days=14),
        "subtotal": subtotal,
        "tax_amount": tax,
        "total_amount": subtotal + tax,
        "priority": chance.randint(1, 5),
        "rush_order": chance.random() < 0.1,
        "job_count": chance.randint(0, 2),
        **_stamps(),
    }


def _stamps() -> dict[str, Any]:
    return {"created_at": _START, "updated_at": _START, "version": 1}
