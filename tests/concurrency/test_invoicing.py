"""Many at once: numbers without a gap or a double, and nothing billed twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.clock import SystemClock
from batchly_admin.errors import Conflict, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment
from batchly_admin.models.changes import Run
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import invoicing, orders, payments, production, runs
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN, DAY

THREADS = 16


@pytest.fixture
def shop(uows: UnitOfWorks) -> UnitOfWorks:
    """Threads meet in real time; a held clock is not made for several of them."""
    uows.clock = SystemClock()
    return uows


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it in as many threads, begun at one moment; give results or refusals."""
    barrier = Barrier(min(THREADS, len(acts)))

    def run(numbered: tuple[int, Callable[[], Any]]) -> Any:
        number, act = numbered
        if number < barrier.parties:
            barrier.wait(30)
        try:
            return act()
        except UserError as refused:
            return refused

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, enumerate(acts)))


def in_uow(uows: UnitOfWorks, act: Callable[[UnitOfWork], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with uows.begin(actor=ANN, source="task") as uow:
            return act(uow)

    return work


def numbers(uows: UnitOfWorks) -> list[str]:
    with uows.read() as session:
        query = sa.select(Invoice.invoice_number).where(Invoice.issued_at.is_not(None))
        return sorted(session.scalars(query))


def count(uows: UnitOfWorks, model: Any) -> int:
    with uows.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_sixteen_issue_at_once_without_gap_or_double(shop: UnitOfWorks) -> None:
    # One customer and one product that QuickBooks does not know: all want to queue them first.
    buyer, shirt = given.customer(shop), given.product(shop)
    ids = []
    with shop.begin(actor=ANN, source="form") as uow:
        for _ in range(48):
            line = OrderLine(quantity=Decimal(1), product_id=shirt)
            order = orders.create_order(uow, customer_id=buyer, lines=[line], po_date=DAY)
            orders.approve(uow, order_id=order.id)
            ids.append(order.id)

    def issue(key: UUID) -> Callable[[], Any]:
        return in_uow(shop, lambda uow: invoicing.invoice_order(uow, order_id=key).invoice_number)

    def fail(key: UUID) -> Callable[[], Any]:
        def act(uow: UnitOfWork) -> None:
            invoicing.invoice_order(uow, order_id=key)
            raise Conflict("changed my mind")

        return in_uow(shop, act)

    # A third of them takes a number and gives it back.
    acts = [fail(key) if place % 3 == 2 else issue(key) for place, key in enumerate(ids)]
    found = at_once(acts)
    issued = sorted(one for one in found if isinstance(one, str))
    assert [str(one) for one in found if isinstance(one, Exception)] == ["changed my mind"] * 16
    assert issued == numbers(shop) == [f"INV-{n:04d}" for n in range(1, 33)]
    with shop.read() as session:
        queued = session.execute(
            sa.select(SyncQueueRow.entity_type, sa.func.count()).group_by(SyncQueueRow.entity_type)
        )
        assert dict(queued.all()) == {"customer": 1, "item": 1, "invoice": 32}


def test_two_hundred_clicks_make_one_invoice(shop: UnitOfWorks) -> None:
    order_id = given.approved_order(shop)
    targets = [(order_id, "PO-0001")]

    def click(number: int) -> Callable[[], Any]:
        def act(uow: UnitOfWork) -> UUID:
            # Half of the clicks come from one button, the others from two hundred browsers.
            key = "one button" if number % 2 else f"browser {number}"
            run = runs.start_run(
                uow,
                table="orders",
                action="bulk-invoice",
                label="Bulk invoice",
                targets=targets,
                request_key=key,
            )
            return run.id

        return in_uow(shop, act)

    started = at_once([click(number) for number in range(200)])
    assert len(set(started)) == 101
    assert count(shop, Run) == 101
    wanted = sorted(set(started))
    at_once([partial(runs.work_slice, shop, key, seconds=60) for key in wanted])
    assert numbers(shop) == ["INV-0001"]
    with shop.read() as session:
        assert session.scalar(sa.select(sa.func.sum(Run.ok))) == 1
        assert session.scalar(sa.select(sa.func.sum(Run.failed))) == 100
        lines = session.execute(sa.select(PoLineItem.quantity, PoLineItem.quantity_invoiced)).all()
        assert all(row[0] == row[1] for row in lines)
        billed = session.scalar(sa.select(sa.func.count()).select_from(InvoiceLineItem))
        assert billed == len(lines)


def test_many_workers_at_one_run_do_each_row_once(shop: UnitOfWorks) -> None:
    ids = [given.order(shop) for _ in range(20)]
    with shop.begin(actor=ANN, source="grid") as uow:
        targets = [(key, str(key)) for key in ids]
        run_id = runs.start_run(
            uow, table="orders", action="approve", label="Approve", targets=targets
        ).id

    def work() -> bool:
        return runs.work_slice(shop, run_id, seconds=60)

    at_once([work] * 8)
    with shop.read() as session:
        run = session.get_one(Run, run_id)
        assert (run.state, run.ok, run.failed) == ("finished", 20, 0)


def test_an_order_gets_one_job_however_many_ask(shop: UnitOfWorks) -> None:
    order_id = given.approved_order(shop)
    make = in_uow(shop, lambda uow: len(production.create_jobs(uow, order_id=order_id)))
    found = at_once([make] * THREADS)
    assert sum(one for one in found if isinstance(one, int)) == 1
    assert count(shop, Job) == 1
    with shop.read() as session:
        assert session.get_one(PurchaseOrder, order_id).job_count == 1


def test_payments_at_once_never_pay_more_than_is_owed(shop: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(shop)
    with shop.read() as session:
        buyer = session.get_one(Invoice, invoice_id).customer_id

    def pay(uow: UnitOfWork) -> str:
        payment = payments.record_payment(
            uow,
            customer_id=buyer,
            amount=Decimal(10),
            payment_date=DAY,
            allocations={invoice_id: Decimal(10)},
        )
        return payment.payment_number

    found = at_once([in_uow(shop, pay)] * THREADS)
    paid = sorted(one for one in found if isinstance(one, str))
    assert paid == ["PAY-0001", "PAY-0002", "PAY-0003"]
    assert count(shop, Payment) == 3
    with shop.read() as session:
        assert session.get_one(Invoice, invoice_id).balance_due == Decimal("6.50")


def test_a_void_and_a_new_invoice_meet_without_billing_twice(shop: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(shop)
    with shop.read() as session:
        order_id = session.get_one(Invoice, invoice_id).po_id
    assert order_id is not None

    def void(uow: UnitOfWork) -> None:
        invoicing.void(uow, invoice_id=invoice_id, reason=f"No {new_id()}")

    bill = in_uow(shop, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    deadline = time.monotonic() + 60
    at_once([in_uow(shop, void), *[bill] * 10])
    assert time.monotonic() < deadline, "nobody waited for a deadlock"
    with shop.read() as session:
        live = session.scalars(sa.select(Invoice.status)).all()
        assert live.count("void") == 1
        assert len(live) in {1, 2}
