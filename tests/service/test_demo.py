"""The demo shop as it is written without QuickBooks: complete, consistent, the same every time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import demo
from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine
from batchly_admin.demo import troubles
from batchly_admin.demo.bills import draft_bills
from batchly_admin.demo.calendar import working_days
from batchly_admin.demo.catalogue import draft_products
from batchly_admin.demo.customers import draft_customers
from batchly_admin.demo.orders import OrderBook
from batchly_admin.demo.story import SEED
from batchly_admin.domain.statuses import InvoiceStatus, JobStatus, OrderStatus
from batchly_admin.models.billing import Counter, Invoice, InvoiceLineItem, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ChangeSet
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job, QualityCheck, TimeEntry
from batchly_admin.models.stock import InventoryAllocation, InventoryItem, StockMovement
from batchly_admin.models.sync import SyncQueueRow
from tests.conftest import NOON
from tests.demo_shop import runtime_of

TODAY = date(2026, 3, 4)


def fill(url: str) -> Any:
    runtime = runtime_of(make_engine(url), ManualClock(NOON))
    demo.fill(runtime)
    return runtime


@pytest.fixture(scope="module")
def shop(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One filled shop for all questions of this file."""
    path = tmp_path_factory.mktemp("demo") / "shop.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    runtime = fill(f"sqlite:///{path}")
    with runtime.uows.read() as session:
        yield session
    runtime.database.dispose()


def count(session: Session, model: Any, *where: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def states(session: Session, column: Any) -> set[str]:
    return set(session.scalars(sa.select(column).distinct()))


def digest(session: Session) -> list[Any]:
    """What two fills have to agree on: names, numbers, states and money, but no ids."""
    customers = session.execute(
        sa.select(Customer.display_name, Customer.email, Customer.phone).order_by(
            Customer.account_number
        )
    )
    orders = session.execute(
        sa.select(
            PurchaseOrder.po_number,
            PurchaseOrder.customer_name,
            PurchaseOrder.status,
            PurchaseOrder.total_amount,
        ).order_by(PurchaseOrder.po_number)
    )
    jobs = session.execute(sa.select(Job.job_number, Job.status).order_by(Job.job_number))
    invoices = session.execute(
        sa.select(
            Invoice.customer_name, Invoice.status, Invoice.total_amount, Invoice.amount_paid
        ).order_by(Invoice.customer_name, Invoice.total_amount, Invoice.invoice_date)
    )
    return [[tuple(row) for row in rows] for rows in (customers, orders, jobs, invoices)]


def test_the_shop_has_the_size_that_was_promised(shop: Session) -> None:
    assert count(shop, Customer) == 300
    assert count(shop, Product) == 80
    assert count(shop, PurchaseOrder) == 400
    assert 240 <= count(shop, Job) <= 260
    assert 190 <= count(shop, Invoice) <= 225
    assert count(shop, Payment) > 100
    assert count(shop, TimeEntry) > 100
    assert count(shop, QualityCheck) > 50


def test_every_state_of_a_document_can_be_seen(shop: Session) -> None:
    assert states(shop, PurchaseOrder.status) == {status.value for status in OrderStatus}
    assert states(shop, Job.status) == {status.value for status in JobStatus}
    # Sent is what QuickBooks makes of an issued invoice; here nothing has reached it yet.
    assert states(shop, Invoice.status) >= {
        InvoiceStatus.DRAFT,
        InvoiceStatus.PARTIAL,
        InvoiceStatus.PAID,
        InvoiceStatus.OVERDUE,
        InvoiceStatus.VOID,
        InvoiceStatus.SENT,
        InvoiceStatus.VIEWED,
    }
    assert states(shop, Payment.source) == {"batchly", "quickbooks"}


def test_no_work_queue_of_the_home_page_is_empty(shop: Session) -> None:
    orders, open_jobs = PurchaseOrder, ("created", "planned", "in_progress", "review")
    assert count(shop, orders, orders.status == "pending") > 10
    assert count(shop, orders, orders.status == "approved", orders.job_count == 0) > 10
    done = orders.status.in_(("completed", "shipped"))
    assert count(shop, orders, done, orders.invoicing != "full") > 10
    late = Job.estimated_completion_date < TODAY
    assert 3 < count(shop, Job, Job.status.in_(open_jobs), late) < 40
    assert count(shop, Job, Job.on_hold, Job.blocked_reason.is_not(None)) > 3


def test_issued_numbers_run_without_a_gap_up_to_the_counter(shop: Session) -> None:
    issued = sa.select(Invoice.invoice_number).where(Invoice.issued_at.is_not(None))
    numbers = list(shop.scalars(issued.order_by(Invoice.invoice_number)))
    last = shop.scalar(sa.select(Counter.last_number).where(Counter.series == "INV-"))
    assert numbers == [f"INV-{place:04d}" for place in range(1, len(numbers) + 1)]
    assert last == len(numbers)


def test_invoices_are_numbered_in_the_order_of_their_days(shop: Session) -> None:
    issued = sa.select(Invoice.invoice_date).where(Invoice.issued_at.is_not(None))
    days = list(shop.scalars(issued.order_by(Invoice.invoice_number)))
    assert days == sorted(days)
    assert TODAY - timedelta(days=121) < days[0] < days[-1] <= TODAY


def test_nothing_is_dated_in_the_future(shop: Session) -> None:
    for model in (PurchaseOrder, Job, Invoice, Payment, ChangeSet, Customer, StockMovement):
        newest = shop.scalar(sa.select(sa.func.max(model.created_at)))
        assert newest is not None, model
        assert newest <= NOON, model
    assert count(shop, Invoice, Invoice.viewed_at > NOON) == 0


def test_totals_add_up_and_paid_is_what_payments_say(shop: Session) -> None:
    lines = dict(
        shop.execute(
            sa.select(
                InvoiceLineItem.invoice_id,
                sa.func.sum(InvoiceLineItem.line_total, type_=Invoice.subtotal.type),
            ).group_by(InvoiceLineItem.invoice_id)
        ).all()
    )
    for invoice in shop.scalars(sa.select(Invoice)):
        assert lines[invoice.id] == invoice.subtotal
        whole = invoice.subtotal - invoice.discount_amount + invoice.shipping_amount
        assert whole + invoice.tax_amount == invoice.total_amount
        assert Decimal(0) <= invoice.amount_paid <= invoice.total_amount
        assert (invoice.status == "paid") == (invoice.amount_paid == invoice.total_amount)


def test_an_order_has_one_to_six_lines_and_printed_goods_say_how(shop: Session) -> None:
    sizes = list(shop.scalars(sa.select(sa.func.count(PoLineItem.id)).group_by(PoLineItem.po_id)))
    assert len(sizes) == 400
    assert (min(sizes), max(sizes)) == (1, 6)
    printed = PoLineItem.print_specifications.is_not(None)
    assert count(shop, PoLineItem, printed) > 300


def test_what_lies_on_the_shelf_is_the_sum_of_its_movements(shop: Session) -> None:
    moved = dict(
        shop.execute(
            sa.select(
                StockMovement.inventory_item_id,
                sa.func.sum(StockMovement.quantity, type_=InventoryItem.quantity_on_hand.type),
            ).group_by(StockMovement.inventory_item_id)
        ).all()
    )
    reserved: dict[Any, Decimal] = {}
    for part in shop.scalars(sa.select(InventoryAllocation)):
        left = part.quantity - part.quantity_consumed
        reserved[part.inventory_item_id] = reserved.get(part.inventory_item_id, Decimal(0)) + left
    for item in shop.scalars(sa.select(InventoryItem)):
        assert item.quantity_on_hand == moved.get(item.id, 0), item.name
        assert item.quantity_allocated == reserved.get(item.id, 0), item.name


def test_without_quickbooks_everything_waits_and_nothing_failed(shop: Session) -> None:
    assert states(shop, SyncQueueRow.status) <= {"pending", "cancelled"}
    assert states(shop, Customer.sync_state) == {"pending", "not_synced"}
    waiting = count(shop, SyncQueueRow, SyncQueueRow.status == "pending")
    assert waiting > 300


def test_history_names_people_and_says_what_they_did(shop: Session) -> None:
    sets = list(shop.scalars(sa.select(ChangeSet).where(ChangeSet.source == "demo")))
    assert len(sets) > 60
    assert all(entry.summary for entry in sets)
    assert {entry.actor_name for entry in sets} >= {"Office", "Manager", "Worker", "Accountant"}


def test_two_fills_give_the_same_shop_on_either_database(
    shop: Session, postgresql_url: str
) -> None:
    other = fill(postgresql_url)
    with other.uows.read() as session:
        assert digest(session) == digest(shop)
    other.database.dispose()


def test_whatever_day_it_is_the_story_can_be_told() -> None:
    for distance in range(0, 730, 7):
        today = TODAY + timedelta(days=distance + distance % 5)
        rng, days = Random(SEED), working_days(today)
        orders = OrderBook(rng, draft_customers(rng), draft_products(), days).draw()
        bills = draft_bills(rng, orders, days)
        bad = troubles.choose(orders, bills, days)
        recent = [days[bills[place].made] for place in (bad.waiting, bad.refused, bad.fresh)]
        assert len(bad.bills) == 4
        assert days[bills[bad.too_late].made] <= bad.closed_until < min(recent)
