"""What it costs to compare ten thousand documents, with Intuit's limits off."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from batchly_admin import migrations
from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo.mapping import fields
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.shop import Shop
from tests.servers import simulator_process

pytestmark = pytest.mark.bench

DOCUMENTS = 10_000
CUSTOMERS = 100
AT_ONCE = 1_000
SECONDS, CALLS, MEGABYTES = 60.0, 40, 150
"""Budgets; a thousand records are one call."""

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, redis_url: str) -> Iterator[Shop]:
    engine = make_engine(f"sqlite:///{tmp_path / 'batchly.sqlite3'}")
    migrations.upgrade(engine)
    with simulator_process(tmp_path / "simulator") as details:
        _control(details, "settings", {"limits": False})
        uows = UnitOfWorks(make_sessions(engine), make_readers(engine), SystemClock())
        made = Shop(uows, details, redis_url)
        made.connect()
        made.engine.timeouts = (5.0, 60.0)
        yield made
    engine.dispose()


def test_ten_thousand_documents(shop: Shop) -> None:
    started = time.perf_counter()
    _fill(shop)
    print(f"\n{DOCUMENTS:,} invoices on both sides in {time.perf_counter() - started:.0f} s")
    for words in ("both sides equal", "once more", "200 of them differ"):
        if words.startswith("200"):
            _spoil(shop, 200)
        wall, own = time.perf_counter(), time.process_time()
        found = shop.engine.reconcile()
        wall, own = time.perf_counter() - wall, time.process_time() - own
        print(
            f"  {words:<18} {wall:6.2f} s ({own:.2f} s of our own), {found['api_calls']} calls, "
            f"{found['differences']} differences"
        )
        assert found["types"]["invoice"]["ours"] == DOCUMENTS
        assert wall < SECONDS
        assert found["api_calls"] <= CALLS
        assert found["differences"] == (200 if words.startswith("200") else 0)
    assert len(shop.all(SyncDifference)) == 200
    assert _peak(shop) < MEGABYTES


def _peak(shop: Shop) -> float:
    """Give the megabytes a comparison needs at most; it is slower while they are counted."""
    tracemalloc.start()
    shop.engine.reconcile()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"  {peak:.0f} MB at its peak")
    return peak


def _spoil(shop: Shop, count: int) -> None:
    """Let some of our invoices be paid that are not paid there."""
    with shop.uows.sessions.begin() as session:
        some = sa.select(Invoice.id).order_by(Invoice.id).limit(count)
        session.execute(
            sa.update(Invoice).where(Invoice.id.in_(some)).values(amount_paid=Decimal(1))
        )


def _fill(shop: Shop) -> None:
    """Write the same documents into both books, past queue and engine."""
    item_account = shop.engine._open().query("Account", "AccountType = 'Income'")[0]["Id"]
    item = {"Name": "Flyer", "Type": "Service", "IncomeAccountRef": {"value": item_account}}
    (item_body,) = _seed(shop, [("Item", item)])
    parties = _seed(
        shop, [("Customer", {"DisplayName": f"Customer {n:03d}"}) for n in range(CUSTOMERS)]
    )
    product, customers = new_id(), {str(one["Id"]): new_id() for one in parties}
    stamps = {"created_at": NOW, "updated_at": NOW, "version": 1, "sync_state": "synced"}
    with shop.uows.sessions.begin() as session:
        session.execute(
            sa.insert(Product),
            [{"id": product, "name": "Flyer", "qb_item_id": item_body["Id"], **stamps}],
        )
        session.execute(
            sa.insert(Customer),
            [
                {
                    "id": customers[str(one["Id"])],
                    "display_name": one["DisplayName"],
                    "qb_customer_id": str(one["Id"]),
                    **stamps,
                }
                for one in parties
            ],
        )
    for first in range(0, DOCUMENTS, AT_ONCE):
        _fill_some(shop, range(first, first + AT_ONCE), customers, product, item_body["Id"])
    # Pseudo codes and the like are known from here on.
    shop.engine.pull("tax_rates")
    shop.engine.pull("customers")


def _fill_some(
    shop: Shop, numbers: range, customers: dict[str, Any], product: Any, item: str
) -> None:
    ids = {number: new_id() for number in numbers}
    refs = list(customers)
    bodies = _seed(
        shop,
        [("Invoice", _body(n, ids[n], refs[n % len(refs)], item)) for n in numbers],
    )
    stamps = {"created_at": NOW, "updated_at": NOW, "version": 1}
    invoices, lines = [], []
    for number, body in zip(numbers, bodies, strict=True):
        ref = refs[number % len(refs)]
        invoices.append(
            {
                "id": ids[number],
                "invoice_number": f"INV-{number:06d}",
                "customer_id": customers[ref],
                "customer_name": "Customer",
                "invoice_date": _day(number),
                "subtotal": Decimal("37.50"),
                "total_amount": Decimal("37.50"),
                "status": "sent",
                "issued_at": NOW,
                "qb_invoice_id": str(body["Id"]),
                "qb_sync_token": str(body["SyncToken"]),
                "sync_state": "synced",
                **stamps,
            }
        )
        lines += [
            {
                "id": new_id(),
                "invoice_id": ids[number],
                "line_number": place,
                "product_id": product,
                "description": f"Line {place}",
                "quantity": Decimal(5),
                "unit_price": Decimal("2.50"),
                **stamps,
            }
            for place in (1, 2, 3)
        ]
    drafts = [{**one, "status": "draft", "issued_at": None} for one in invoices]
    with shop.uows.sessions.begin() as session:
        session.execute(sa.insert(Invoice), drafts)
        session.execute(sa.insert(InvoiceLineItem), lines)
        session.execute(
            sa.update(Invoice)
            .where(Invoice.issued_at.is_(None))
            .values(issued_at=NOW, status="sent")
        )


def _day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number % 60)


def _body(number: int, key: Any, customer: str, item: str) -> dict[str, Any]:
    line = {
        "Amount": 12.5,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 5, "UnitPrice": 2.5},
    }
    return {
        "DocNumber": f"INV-{number:06d}",
        "TxnDate": _day(number).isoformat(),
        "CustomerRef": {"value": customer},
        "PrivateNote": fields.marker(key),
        "Line": [{**line, "Description": f"Line {place}"} for place in (1, 2, 3)],
    }


def _seed(shop: Shop, entities: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    content = [{"type": kind, "data": data} for kind, data in entities]
    return list(_control(shop.details, "seed", {"entities": content})["created"])


def _control(details: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(
        f"{details['control_url']}/api/{path}", data=json.dumps(body), timeout=120
    )
    assert answer.ok, answer.text[:300]
    found: dict[str, Any] = answer.json()
    return found
