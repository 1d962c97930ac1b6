"""Imports that are interrupted, doubled or taken back: nothing is lost and nothing comes twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.errors import Conflict
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ImportLine, ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import order_import
from batchly_admin.services.import_accounts import Account
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.order_files import (
    CLERK,
    EXTRACT,
    check,
    csv_file,
    imported,
    line,
    queue,
    refused_lines,
    repaired,
)

TABLES = (PurchaseOrder, PoLineItem, Customer, Product)


class Killed(BaseException):
    """What the end of a process looks like from inside: nothing below catches it."""


def account_of(uows: UnitOfWorks, run_id: UUID) -> Account:
    with uows.read() as session:
        return order_import.result(session, run_id)


def counts(uows: UnitOfWorks) -> list[int]:
    with uows.read() as session:
        return [
            session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in TABLES
        ]


def waiting(uows: UnitOfWorks) -> list[UUID]:
    with uows.read() as session:
        return order_import.unfinished_imports(session, uows.clock.now())


def keep_lease(uows: UnitOfWorks, run_id: UUID) -> None:
    """Leave the run as a killed worker does: leased, by somebody who will not come back."""
    with uows.sessions() as session, session.begin():
        run = session.get_one(ImportRun, run_id)
        run.lease_token, run.lease_until = "gone", uows.clock.now() + timedelta(seconds=60)


def test_slices_take_turns_until_the_file_is_done(uows: UnitOfWorks) -> None:
    run_id = queue(uows, EXTRACT.read_bytes())
    slices = 1
    while not order_import.work_slice(uows, run_id, seconds=0):
        slices += 1
        assert waiting(uows) == [run_id]
    assert slices > 3
    assert waiting(uows) == []
    check(account_of(uows, run_id))


def test_a_worker_killed_in_the_middle_of_a_chunk_does_nothing_twice(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    whole = queue(uows, EXTRACT.read_bytes())

    def die(done: int, _total: int) -> None:
        if done > 300:
            raise Killed

    with pytest.raises(Killed):
        order_import.work_slice(uows, whole, seconds=60, on_progress=die)
    keep_lease(uows, whole)
    before = account_of(uows, whole)
    assert 300 < before.lines_read < before.lines_total
    # Nobody else touches it while the lease runs; afterwards anybody goes on.
    assert waiting(uows) == []
    assert order_import.work_slice(uows, whole, seconds=60)
    assert account_of(uows, whole) == before
    clock.advance(timedelta(seconds=61))
    assert waiting(uows) == [whole]
    account = order_import.run_to_end(uows, whole)
    check(account)
    assert counts(uows)[:2] == [account.orders_created, account.lines_created]
    assert imported(uows, EXTRACT.read_bytes()).lines_created == 0


def test_equal_lines_on_both_sides_of_an_interruption_are_told_apart(uows: UnitOfWorks) -> None:
    others = [line(InvoiceNo=str(number)) for number in range(1, 131)]
    content = csv_file([line(), line(), *others, line(), line(InvoiceNo="130")])
    run_id = queue(uows, content)
    assert not order_import.work_slice(uows, run_id, seconds=0)
    account = order_import.run_to_end(uows, run_id)
    assert account.lines_created == account.lines_total == 134
    assert imported(uows, content).lines_created == 0


def test_an_order_longer_than_a_chunk_is_one_order(uows: UnitOfWorks) -> None:
    lines = [line(Quantity=str(number % 7 + 1)) for number in range(3_500)]
    lines[5]["UnitPrice"] = lines[3_400]["UnitPrice"] = "0"
    account = imported(uows, csv_file(lines))
    assert (account.orders_created, account.lines_created) == (1, 3_498)
    with uows.read() as session:
        (made,) = session.scalars(sa.select(PurchaseOrder))
        numbers = [entry.line_number for entry in made.lines]
    assert numbers == list(range(1, 3_499))
    assert made.warning == "2 of 3500 lines were refused at import (lines 7, 3402)"


def test_a_worker_that_lost_its_lease_writes_nothing_more(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    run_id = queue(uows, EXTRACT.read_bytes())

    def lose(_done: int, _total: int) -> None:
        clock.advance(timedelta(seconds=61))
        keep_lease(uows, run_id)

    assert order_import.work_slice(uows, run_id, seconds=600, on_progress=lose)
    stopped = account_of(uows, run_id)
    assert 0 < stopped.lines_read < stopped.lines_total
    clock.advance(timedelta(seconds=61))
    check(order_import.run_to_end(uows, run_id))


def test_an_import_that_gets_nowhere_is_given_up_with_words(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    run_id = queue(uows, csv_file([line()]))
    with uows.sessions() as session, session.begin():
        session.get_one(ImportRun, run_id).attempts = 5
    assert order_import.work_slice(uows, run_id, seconds=60)
    account = account_of(uows, run_id)
    assert account.state == "failed"
    assert "5 attempts" in str(account.message)
    assert order_import.undo(uows, run_id, actor=CLERK).state == "undone"


def test_one_file_imported_by_two_people_at_once_is_imported_once(
    database_url: str, engine: Engine, uows: UnitOfWorks, clock: ManualClock
) -> None:
    content = EXTRACT.read_bytes()
    runs = [queue(uows, content), queue(uows, content)]
    failures: list[BaseException] = []

    def work(run_id: UUID) -> None:
        own = make_engine(database_url)
        mine = UnitOfWorks(make_sessions(own), make_readers(own), clock)
        try:
            while not order_import.work_slice(mine, run_id, seconds=1e9):
                pass
        except BaseException as error:  # noqa: BLE001 - the test looks at it below
            failures.append(error)
        finally:
            own.dispose()

    threads = [threading.Thread(target=work, args=(run_id,)) for run_id in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failures
    accounts = [account_of(uows, run_id) for run_id in runs]
    for account in accounts:
        check(account)
    assert counts(uows)[1] == sum(account.lines_created for account in accounts)
    single = accounts[0].lines_created + accounts[0].reasons.get("already_imported", 0)
    assert counts(uows)[1] == single


def test_undo_takes_back_orders_customers_and_products(uows: UnitOfWorks) -> None:
    account = imported(uows, EXTRACT.read_bytes())
    undone = order_import.undo(uows, account.id, actor=CLERK)
    assert undone.state == "undone"
    assert undone.removed["orders"] == account.orders_created
    assert undone.kept == ()
    assert counts(uows) == [0, 0, 0, 0]
    again = imported(uows, EXTRACT.read_bytes())
    assert again.lines_created == account.lines_created


def test_undo_goes_on_after_an_interruption(uows: UnitOfWorks, rung: list[str]) -> None:
    account = imported(uows, EXTRACT.read_bytes())
    with uows.begin(actor=CLERK, source="import") as uow:
        order_import.begin_undo(uow, import_run_id=account.id)
        order_import.begin_undo(uow, import_run_id=account.id)
    assert rung[-1] == "runs"
    assert not order_import.work_slice(uows, account.id, seconds=0)
    assert 0 < counts(uows)[0] < account.orders_created
    while not order_import.work_slice(uows, account.id, seconds=0):
        assert waiting(uows) == [account.id]
    assert counts(uows) == [0, 0, 0, 0]
    assert account_of(uows, account.id).removed["orders"] == account.orders_created
    with uows.begin(actor=CLERK, source="import") as uow, pytest.raises(Conflict):
        order_import.begin_undo(uow, import_run_id=account.id)


def change(uows: UnitOfWorks, number: str, **values: Any) -> None:
    with uows.begin(actor=CLERK, source="grid") as uow:
        query = sa.select(PurchaseOrder).where(PurchaseOrder.po_number == number)
        order = uow.session.scalars(query).one()
        for name, value in values.items():
            setattr(order, name, value)


def test_what_somebody_used_or_changed_stays_and_is_listed(uows: UnitOfWorks) -> None:
    content = csv_file(
        [
            line(InvoiceNo="1", CustomerID="A1", StockCode="P1"),
            line(InvoiceNo="2", CustomerID="A2", StockCode="P2", Description="B"),
            line(InvoiceNo="3", CustomerID="A3", StockCode="P3", Description="C"),
        ]
    )
    account = imported(uows, content)
    change(uows, "1", status="approved")
    change(uows, "2", internal_notes="call first")
    undone = order_import.undo(uows, account.id, actor=CLERK)
    reasons = {(entry["what"], entry["label"]): entry["reason"] for entry in undone.kept}
    assert reasons["order", "1"] == "it is approved"
    assert reasons["order", "2"] == "Ann changed it on 2026-03-04"
    assert reasons["customer", "Customer A1"] == "it is used in purchase orders"
    assert undone.kept_count == 6
    assert counts(uows) == [2, 2, 2, 2]
    assert "6 stayed" in str(undone.message)


def test_undoing_a_repair_takes_its_lines_out_and_brings_the_warning_back(
    uows: UnitOfWorks,
) -> None:
    account = imported(uows, csv_file([line(), line(StockCode="22", UnitPrice="0")]))
    (refused,) = refused_lines(uows, account)
    refused["UnitPrice"] = "5"
    repair = imported(uows, repaired([refused]))
    undone = order_import.undo(uows, repair.id, actor=CLERK)
    assert undone.removed["lines"] == 1
    with uows.read() as session:
        (order,) = session.scalars(sa.select(PurchaseOrder))
        assert len(order.lines) == 1
    assert str(order.warning).startswith("1 of 2 lines was refused")
    assert str(order.total_amount) == str(order.subtotal) == "20.34"
    # The order stands as the first import left it, so that one can be taken back as well.
    assert order_import.undo(uows, account.id, actor=CLERK).kept == ()
    assert counts(uows) == [0, 0, 0, 0]


def test_an_import_another_one_built_on_is_taken_back_after_it(uows: UnitOfWorks) -> None:
    first = imported(uows, csv_file([line()]))
    second = imported(uows, csv_file([line(), line(StockCode="22")]))
    kept = order_import.undo(uows, first.id, actor=CLERK)
    assert kept.kept[0]["what"] == "order"
    later = order_import.undo(uows, second.id, actor=CLERK)
    assert later.removed["lines"] == 1


def test_an_undo_before_the_end_is_refused(uows: UnitOfWorks) -> None:
    run_id = queue(uows, csv_file([line()]))
    with pytest.raises(Conflict, match="not finished yet"):
        order_import.undo(uows, run_id, actor=CLERK)


def test_tens_of_thousands_of_lines_are_accounted_for(sqlite_url: str, clock: ManualClock) -> None:
    engine = make_engine(sqlite_url)
    uows = UnitOfWorks(make_sessions(engine), make_readers(engine), clock)
    orders = csv_file([line(InvoiceNo=str(number)) for number in range(1_000)])
    cancelled = csv_file([line(InvoiceNo="C500001")]).splitlines(keepends=True)[1]
    account = imported(uows, orders + cancelled * 39_000)
    assert (account.lines_read, account.lines_created) == (40_000, 1_000)
    assert account.reasons == {"cancelled_order": 39_000}
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ImportLine)) == 39_000
    engine.dispose()
