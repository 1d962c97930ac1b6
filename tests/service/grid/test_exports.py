"""Exports: everything a filter holds, as people read it, safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import exports
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table, tables
from batchly_admin.grid.windows import Asked
from tests.service.grid.shop import put
from tests.service.grid.test_windows import where

Shop = Mapping[str, list[UUID]]
TODAY = date(2026, 3, 4)


def read(reader: Session, name: str, columns: str, asked: Asked | None = None) -> list[list[str]]:
    one = table(name)
    wanted = tuple(one.by_name[part] for part in columns.split()) if columns else one.columns
    text = "".join(exports.csv_lines(reader, one, wanted, asked or Asked(), today=TODAY))
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_an_export_reads_like_the_grid(reader: Session, shop: Shop) -> None:
    columns = "display_name credit_limit payment_term_id sync_state is_active billing_address"
    assert read(reader, "customers", columns) == [
        ["Customer", "Credit limit", "Terms", "QuickBooks", "Active", "Billing address"],
        ["'=cmd|' /C calc'!A0", "", "", "Failed", "yes", ""],
        ["Ann's Bakery", "1000.50", "Net 30", "Synced 145", "yes", "1 Main St, Troy"],
        ["Bob 100%_Cotton", "", "", "Not synced", "yes", ""],
        ["Carla", "-0.05", "", "Not synced", "no", ""],
    ]
    found = read(reader, "orders", "po_number status customer_id", Asked(sort=("po_number",)))
    assert found[2] == ["PO-001", "Approved", "'=cmd|' /C calc'!A0"]


def test_an_export_holds_what_the_filter_holds_in_the_order_asked(
    reader: Session, shop: Shop
) -> None:
    asked = Asked(sort=("-total_amount",), selection=where(("status", "is", "pending")))
    found = read(reader, "orders", "po_number", asked)
    assert [row[0] for row in found[1:]] == [f"PO-{n:03d}" for n in range(28, -1, -4)]


def test_a_filter_that_does_not_fit_is_refused_before_the_first_line(reader: Session) -> None:
    asked = Asked(selection=Selection(({"column": "nothing", "operator": "is"},)))
    with pytest.raises(InvalidInput):
        exports.csv_lines(reader, table("orders"), table("orders").columns, asked, today=TODAY)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("-12.50", "-12.50"),
        ("+1,200", "+1,200"),
        ("+1 212 555 0100", "'+1 212 555 0100"),
        ("-", "'-"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str, written: str) -> None:
    assert exports.safe(text) == written


def test_long_exports_come_in_pieces(engine: Engine, reader: Session) -> None:
    put(engine, table("counters").model, [{"series": f"S{n:04d}"} for n in range(1001)])
    one = table("counters")
    pieces = list(exports.csv_lines(reader, one, one.columns[:1], Asked(), today=TODAY))
    assert len(pieces) == 4
    assert "".join(pieces).split("\r\n")[1:-1] == [f"S{n:04d}" for n in range(1001)]


def test_every_table_can_be_exported(reader: Session, shop: Shop) -> None:
    for name, one in tables().items():
        assert read(reader, name, "")[0] == [exports.safe(spec.label) for spec in one.columns]
