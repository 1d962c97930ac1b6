"""Corners of an import: what it refuses to begin, where it stops, and what it shows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from batchly_admin.clock import ManualClock
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import order_import
from batchly_admin.services.import_files import read_file
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.order_files import (
    CLERK,
    COLUMNS,
    check,
    csv_file,
    imported,
    line,
    queue,
    refused_lines,
    repaired,
)

MAPPING = order_import.guess_mapping(COLUMNS)


def prepared(uows: UnitOfWorks, content: bytes) -> order_import.Preview:
    """Give the preview of a file that waits for its mapping."""
    with uows.begin(actor=CLERK, source="import") as uow:
        run_id = order_import.prepare(uow, content=content, file_name="a.csv").id
    with uows.read() as session:
        return order_import.preview(session, run_id, MAPPING)


def test_the_preview_warns_of_what_a_person_should_look_at(uows: UnitOfWorks) -> None:
    content = csv_file([line(Description="£", InvoiceDate="5/6/2011")]).decode().encode("cp1252")
    imported(uows, content, {"date_order": "dmy"})
    seen = prepared(uows, content)
    words = " ".join(seen.warnings)
    assert "5/6/2011" in words
    assert "Windows-1252" in words
    assert "imported before, on 2026-03-04" in words


def test_an_import_that_is_not_there_can_be_neither_started_shown_nor_undone(
    uows: UnitOfWorks,
) -> None:
    nobody = new_id()
    with uows.read() as session, pytest.raises(NotFound):
        order_import.open_sheet(session, nobody)
    with uows.begin(actor=CLERK, source="import") as uow:
        with pytest.raises(NotFound):
            order_import.start(uow, import_run_id=nobody, mapping=MAPPING)
        with pytest.raises(NotFound):
            order_import.begin_undo(uow, import_run_id=nobody)


def test_the_page_shows_the_first_lines_that_were_left_out(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line(UnitPrice="0"), line(Quantity="0"), line()]))
    with uows.read() as session:
        (first,) = order_import.left_out(session, account.id, limit=1)
        assert order_import.left_out(session, account.id, outcome="skipped") == []
    assert (first.number, first.reason, first.cells[5]) == (2, "zero_price", "0")


def test_an_import_whose_file_is_gone_stops_with_words(uows: UnitOfWorks) -> None:
    run_id = queue(uows, csv_file([line()]))
    with uows.sessions() as session, session.begin():
        session.get_one(ImportRun, run_id).content = None
    account = order_import.run_to_end(uows, run_id)
    assert account.state == "failed"
    assert "empty" in str(account.message)


def test_an_account_that_does_not_add_up_is_never_called_finished(uows: UnitOfWorks) -> None:
    run_id = queue(uows, csv_file([line(), line()]))
    with uows.sessions() as session, session.begin():
        session.get_one(ImportRun, run_id).lines_total = 3
    account = order_import.run_to_end(uows, run_id)
    assert account.state == "failed"
    assert "3 lines in the file, 2 read, 2 accounted for" in str(account.message)


def test_who_comes_second_waits_for_the_worker_and_takes_over_when_it_is_gone(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    run_id = queue(uows, csv_file([line()]))
    with uows.sessions() as session, session.begin():
        run = session.get_one(ImportRun, run_id)
        run.lease_token, run.lease_until = "gone", clock.now()
        run.lease_until = clock.now().replace(minute=clock.now().minute + 1)
    before = clock.monotonic()
    check(order_import.run_to_end(uows, run_id))
    assert clock.monotonic() - before >= 60


def test_names_in_use_are_given_with_the_number_behind_them(uows: UnitOfWorks) -> None:
    with uows.begin(actor=CLERK, source="form") as uow:
        uow.session.add_all(
            [
                Customer(display_name="Customer 17850", account_number="other"),
                Customer(display_name="customer 17850 (17850)"),
            ]
        )
    imported(uows, csv_file([line()]))
    with uows.read() as session:
        name = session.scalar(sa.select(PurchaseOrder.customer_name))
    assert name == "Customer 17850 (17850, 2)"


def test_an_order_takes_over_address_and_products_a_name_from_the_sku(uows: UnitOfWorks) -> None:
    street = {"line1": "1 Main St", "country": "united kingdom"}
    with uows.begin(actor=CLERK, source="form") as uow:
        uow.session.add(Customer(display_name="A", account_number="17850", billing_address=street))
    lines = [
        line(Description=""),
        line(InvoiceNo="2", Country=""),
        line(InvoiceNo="3", Country="France"),
    ]
    imported(uows, csv_file(lines))
    with uows.read() as session:
        found = session.scalars(sa.select(PurchaseOrder).order_by(PurchaseOrder.po_number)).all()
        assert session.scalar(sa.select(Product.name)) == "71053"
    addresses = {order.po_number: order.billing_address for order in found}
    assert addresses["500001"] == {"line1": "1 Main St", "country": "United Kingdom"}
    assert addresses["2"] == street
    assert addresses["3"] == {"country": "France"}


def test_a_repaired_line_that_equals_another_one_is_still_created(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line(), line(Quantity="0")]))
    (refused,) = refused_lines(uows, account)
    assert imported(uows, repaired([{**refused, "Quantity": "6"}])).lines_created == 1
    # The first file, repaired as a whole, has nothing new.
    assert imported(uows, csv_file([line(), line()])).reasons == {"already_imported": 2}


def test_marks_that_were_spoiled_count_as_none(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line(), line(StockCode="22", Quantity="0")]))
    (refused,) = refused_lines(uows, account)
    spoiled = {**refused, "Quantity": "1", "Batchly line": "two", "Batchly file": "B1"}
    assert imported(uows, repaired([spoiled])).lines_created == 1


def test_lines_added_by_an_import_stay_when_the_order_moved_on(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line()]))
    more = imported(uows, csv_file([line(StockCode="22")]))
    with uows.begin(actor=CLERK, source="grid") as uow:
        uow.session.scalars(sa.select(PurchaseOrder)).one().status = "approved"
    undone = order_import.undo(uows, more.id, actor=CLERK)
    assert [entry["what"] for entry in undone.kept] == ["line", "product"]
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PoLineItem)) == 2


def test_a_discount_keeps_the_lines_it_needs(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line()]))
    more = imported(uows, csv_file([line(StockCode="22")]))
    with uows.begin(actor=CLERK, source="grid") as uow:
        uow.session.scalars(sa.select(PurchaseOrder)).one().discount_amount = Decimal(30)
    undone = order_import.undo(uows, more.id, actor=CLERK)
    assert "discount" in undone.kept[0]["reason"]


def test_what_quickbooks_knows_stays(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line()]))
    with uows.begin(actor=CLERK, source="push", run_id=account.id) as uow:
        uow.session.scalars(sa.select(Customer)).one().sync_state = "synced"
    undone = order_import.undo(uows, account.id, actor=CLERK)
    assert [entry["reason"] for entry in undone.kept] == ["QuickBooks knows it"]


@pytest.mark.parametrize(("content", "words"), [
    (b'"A"x,B\n1,2\n', "no header"),
    (b'A,B\n1,"' + b"x" * 200_000 + b"\n", "not closed"),
])  # fmt: skip
def test_files_whose_quotation_marks_swallow_lines_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_file(content, "a.csv").count()


def test_the_command_says_why_it_stopped(uows: UnitOfWorks, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_file([line()]))

    def spoil(_done: int, _total: int) -> None:
        with uows.sessions() as session, session.begin():
            session.scalars(sa.select(ImportRun)).one().lines_total = 9

    with pytest.raises(Conflict, match="does not add up"):
        order_import.import_orders_file(uows, actor=CLERK, path=path, on_progress=spoil)
