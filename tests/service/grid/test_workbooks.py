"""Excel workbooks and the page for paper, on both databases, read back by another reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.grid import printing, streams, workbooks
from batchly_admin.grid.columns import Column
from batchly_admin.grid.levels import levels_of
from batchly_admin.grid.registry import table, tables
from batchly_admin.grid.totals import totals_of
from batchly_admin.grid.windows import Asked
from batchly_admin.models.customers import Customer
from tests.service.grid.shop import put
from tests.service.grid.test_windows import where

Shop = Mapping[str, list[UUID]]
TODAY = date(2026, 3, 4)
DESK = printing.Desk(TODAY, ZoneInfo("UTC"))


def sheets(reader: Session, name: str, columns: str, asked: Asked | None = None) -> Any:
    one = table(name)
    wanted = tuple(one.by_name[part] for part in columns.split()) if columns else one.columns
    found = streams.blocks(reader, one, wanted, asked or Asked(), today=TODAY)
    return opened(wanted, found)


def opened(columns: tuple[Column, ...], found: Any) -> Any:
    pieces = workbooks.workbook(
        columns, found, title="A [very]: long/title? of rows", zone="America/New_York"
    )
    return openpyxl.load_workbook(io.BytesIO(b"".join(pieces)))


def test_cells_keep_their_types(reader: Session, shop: Shop) -> None:
    asked = Asked(sort=("po_number",), selection=where(("po_number", "is", "PO-001")))
    columns = "po_number customer_id status po_date total_amount job_count rush_order"
    columns += " created_at tax_code_id"
    sheet = sheets(reader, "orders", columns, asked).active
    head, row = list(sheet.iter_rows())
    assert [cell.value for cell in head][:3] == ["PO number", "Customer", "Status"]
    assert head[0].font.b
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in row] == [
        "PO-001",
        "=cmd|' /C calc'!A0",
        "Approved",
        datetime.fromisoformat("2026-02-02"),
        0.25,
        1,
        False,
        datetime.fromisoformat("2026-03-04 12:00:05"),
        "NY",
    ]
    assert [cell.number_format for cell in row][3:6] == ["yyyy-mm-dd", "#,##0.00", "0"]


def test_text_is_never_a_formula(engine: Engine, reader: Session) -> None:
    names = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", "a & b < c > d", "_x0041_", "Ünïcode 🎽"]
    put(engine, Customer, [{"display_name": name} for name in names])
    sheet = sheets(reader, "customers", "display_name").active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    read = [str(cell.value).replace("_x005F_", "_") for cell in cells]
    assert sorted(read) == sorted(names)
    # Text cells, all of them: "f" would be a formula. (openpyxl reads "=..." as one by its look.)
    pieces = workbooks.workbook(
        (table("customers").by_name["display_name"],),
        [[names]],
        title="x",
        zone="UTC",
    )
    raw = zipfile.ZipFile(io.BytesIO(b"".join(pieces))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in raw
    assert raw.count('t="inlineStr"') == len(names) + 1


def test_percents_prices_and_what_is_empty(reader: Session, shop: Shop) -> None:
    assert list(sheets(reader, "tax_codes", "combined_rate").active.values)[1] == (0.08875,)
    found = list(sheets(reader, "products", "name unit_price", Asked(sort=("name",))).active.values)
    assert found[1:] == [("Mug", 0.0125), ("T-shirt", 12.5)]
    limits = list(
        sheets(reader, "customers", "credit_limit", Asked(sort=("display_name",))).active.values
    )
    assert [limit for (limit,) in limits[1:]] == [None, 1000.5, None, -0.05]


def test_numbers_too_long_for_excel_stay_text() -> None:
    spec = Column("x", "X", kind="money")
    sheet = opened((spec,), [[["12345678901234.56"]]]).active
    assert sheet["A2"].value == "12345678901234.56"


def test_rows_stand_by_group_and_order(reader: Session, shop: Shop) -> None:
    asked = Asked(
        sort=("-total_amount",),
        selection=where(("status", "in", ["pending", "approved"])),
        group=levels_of(table("orders"), "-status", today=TODAY),
    )
    found = [row[0] for row in sheets(reader, "orders", "po_number", asked).active.values]
    assert found[1:] == [f"PO-{n:03d}" for n in (*range(29, 0, -4), *range(28, -1, -4))]


def test_a_long_export_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "ROWS_A_CHUNK", 10)
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 45)
    spec = Column("x", "X", kind="integer")
    book = opened((spec,), ([range(at, at + 10)] for at in range(0, 100, 10)))
    assert book.sheetnames == [
        "A very long title of rows",
        "A very long title of rows 2",
        "A very long title of rows 3",
    ]
    numbers = [row[0] for sheet in book for row in list(sheet.values)[1:]]
    assert numbers == list(range(100))


def test_groups_are_excels_own_with_their_totals(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    columns = tuple(orders.by_name[name] for name in ("po_number", "due_date", "total_amount"))
    asked = Asked(
        sort=("po_number",),
        selection=where(("total_amount", "lt", "1.30")),
        group=levels_of(orders, "status,rush_order", today=TODAY),
    )
    wanted = totals_of("total_amount:sum,due_date:empty", columns)
    groups = printing.grouped(reader, orders, asked, wanted, today=TODAY)
    heads = printing.heads_of(orders, asked.group, groups, wanted, DESK)
    found = streams.blocks(reader, orders, columns, asked, today=TODAY)
    pieces = workbooks.workbook(columns, found, heads, title="Orders", zone="UTC")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(pieces))).active
    assert sheet is not None
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=6)]
    # PO-000 to PO-005; pending are 0 (rush) and 4. Those due on no day are multiples of five.
    assert lines == [
        ["Status: Pending (2)", 1, 1],
        ["Rush: no (1)", 0, 1],
        ["PO-004", datetime.fromisoformat("2026-03-05"), 1],
        ["Rush: yes (1)", 1, 0],
        ["PO-000", None, 0],
    ]
    levels = [sheet.row_dimensions[row].outlineLevel for row in range(2, 7)]
    assert levels == [0, 1, 2, 1, 2]
    outline = sheet.sheet_properties.outlinePr
    assert outline is not None
    assert not outline.summaryBelow
    assert sheet["C2"].font.b
    assert sheet["C2"].number_format == "#,##0.00"


def test_every_table_makes_a_workbook_and_a_page(reader: Session, shop: Shop) -> None:
    for name, one in tables().items():
        assert sheets(reader, name, "").active.max_row >= 1
        found = printing.paper(reader, one, one.columns, Asked(), (), DESK)
        assert found.total == len(found.lines)


def test_paper_has_groups_rows_and_totals(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    columns = [orders.by_name[name] for name in ("po_number", "due_date", "total_amount")]
    asked = Asked(
        sort=("po_number",),
        selection=where(("total_amount", "lt", "0.80")),
        group=levels_of(orders, "status,po_date:month", today=TODAY),
    )
    wanted = totals_of("total_amount:sum", columns)
    found = printing.paper(reader, orders, columns, asked, wanted, DESK)
    # PO-000 to PO-003, one of each status; 0 + 25 + 50 + 75 cents.
    lines = [
        (line.kind, line.level, line.label or line.cells[0], line.cells[2]) for line in found.lines
    ]
    assert lines[:3] == [
        ("group", 0, "Status: Pending", "$0.00"),
        ("group", 1, "Ordered: Feb 2026", "$0.00"),
        ("row", 0, "PO-000", "$0.00"),
    ]
    assert found.lines[5].cells == ("PO-001", "Mar 2, 2026", "$0.25")
    assert (found.lines[-1].kind, found.lines[-1].count, found.lines[-1].cells) == (
        "total",
        4,
        ("", "", "$1.50"),
    )
    assert found.left_out == 0


def test_paper_ends_somewhere_and_says_so(
    reader: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MAX_ROWS", 7)
    orders = table("orders")
    found = printing.paper(reader, orders, orders.columns[:2], Asked(), (), DESK)
    assert (found.total, found.left_out, len(found.lines)) == (30, 23, 7)
