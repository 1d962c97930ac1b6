"""Windows, counts and filters on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import windows
from batchly_admin.grid.columns import OPERATORS, Column
from batchly_admin.grid.filters import Selection, selection_of
from batchly_admin.grid.registry import table, tables
from tests.service.grid.shop import put

TODAY = date(2026, 3, 4)
Shop = Mapping[str, list[UUID]]
KEY = "01a1fca0-ba5f-7bfb-9224-26128a92a8f7"


def where(*conditions: tuple[str, str, Any], search: str = "") -> Selection:
    names = ("column", "operator", "value")
    return Selection(tuple(dict(zip(names, one, strict=True)) for one in conditions), search)


def look(
    session: Session,
    name: str,
    columns: str,
    selection: Selection | None = None,
    sort: str = "",
    offset: int = 0,
    limit: int = 100,
) -> list[list[Any]]:
    """Give the cells of a window, as JSON brings them to the browser."""
    one = table(name)
    asked = windows.Asked(offset, limit, windows.sort_of(one, sort), selection or Selection())
    wanted = tuple(one.by_name[part] for part in columns.split())
    found = windows.rows(session, one, wanted, asked, today=TODAY)
    return [row[3:] for row in orjson.loads(orjson.dumps(found))]


def flat(found: list[list[Any]]) -> list[Any]:
    return [row[0] for row in found]


def test_a_window_holds_ids_versions_locks_and_cells(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    wanted = tuple(orders.by_name[name] for name in ("po_number", "customer_id", "total_amount"))
    asked = windows.Asked(limit=4, sort=("po_number",))
    found = windows.rows(reader, orders, wanted, asked, today=TODAY)
    assert found[1] == [
        shop["orders"][1],
        1,
        None,
        "PO-001",
        [shop["customers"][1], "=cmd|' /C calc'!A0"],
        "0.25",
    ]
    assert "Cancelled" in found[3][2]


def test_cells_are_exact(reader: Session, shop: Shop) -> None:
    assert look(reader, "customers", "credit_limit", sort="display_name") == [
        [None],
        ["1000.50"],
        [None],
        ["-0.05"],
    ]
    assert look(reader, "order_lines", "quantity unit_price line_total", sort="line_number")[0] == [
        "1.5",
        "2.3333",
        "3.50",
    ]
    assert look(reader, "products", "unit_price", sort="name") == [["0.0125"], ["12.50"]]
    assert look(reader, "tax_codes", "combined_rate") == [["8.875"]]
    cells = "invoice_date tax_rate balance_due issued_at shipping_taxable"
    assert look(reader, "invoices", cells, sort="-invoice_number")[0] == [
        "2026-01-05",
        "8.875",
        "70.00",
        "2026-03-04T17:00:05Z",
        False,
    ]
    address = look(reader, "customers", "billing_address", sort="-credit_limit,display_name")
    assert [{"line1": "1 Main St", "city": "Troy"}] in address


def test_links_carry_the_label_of_the_row_they_point_to(reader: Session, shop: Shop) -> None:
    assert look(reader, "jobs", "po_id customer_id assigned_to_id", sort="job_number") == [
        [[str(shop["orders"][1]), "PO-001"], None, None],
        [None, [str(shop["customers"][0]), "Ann's Bakery"], None],
    ]


def test_badges_carry_state_label_and_hint(reader: Session, shop: Shop) -> None:
    assert look(reader, "customers", "sync_state", sort="display_name")[:3] == [
        [["failed", "Failed", "Too long"]],
        [["synced", "Synced 145", ""]],
        [["not_synced", "Not synced", ""]],
    ]


def test_any_window_is_the_same_as_that_part_of_the_whole(reader: Session, shop: Shop) -> None:
    for sort in (
        "",
        "po_date,-total_amount",
        "customer_id",
        "-customer_id,po_number",
        "rush_order",
    ):
        whole = look(reader, "orders", "po_number", sort=sort)
        assert len({name for (name,) in whole}) == 30
        parts = [look(reader, "orders", "po_number", None, sort, at, 7) for at in range(0, 35, 7)]
        assert [row for part in parts for row in part] == whole


def test_limits_and_offsets_are_clamped(reader: Session, shop: Shop) -> None:
    assert len(look(reader, "orders", "po_number", limit=0)) == 1
    assert len(look(reader, "orders", "po_number", limit=10**9)) == 30
    assert len(look(reader, "orders", "po_number", offset=-5)) == 30
    assert look(reader, "orders", "po_number", offset=10**30) == []


def test_no_more_than_five_hundred_rows_come_at_once(reader: Session, engine: Engine) -> None:
    put(engine, table("counters").model, [{"series": f"S{number}"} for number in range(501)])
    assert len(look(reader, "counters", "series", limit=501)) == 500


FOUND: list[tuple[tuple[str, str, Any], Iterable[int]]] = [
    (("po_number", "is", "PO-003"), [3]),
    (("po_number", "contains", "o-00"), list(range(10))),
    (("po_number", "starts_with", "po-02"), list(range(20, 30))),
    (("po_number", "starts_with", "O-02"), []),
    (("status", "is", "approved"), list(range(1, 30, 4))),
    (("status", "is", "Approved"), list(range(1, 30, 4))),
    (("status", "is_not", "cancelled"), [n for n in range(30) if n % 4 != 3]),
    (("status", "in", ["pending", "approved"]), [n for n in range(30) if n % 4 < 2]),
    (("status", "is", ["pending"]), [n for n in range(30) if n % 4 == 0]),
    (("status", "is_not", ["pending", "approved", "completed"]), range(3, 30, 4)),
    (("total_amount", "gt", "7"), [29]),
    (("total_amount", "gte", "$7.00"), [28, 29]),
    (("total_amount", "lt", "0.25"), [0]),
    (("total_amount", "lte", 0.25), [0, 1]),
    (("total_amount", "between", ["0.25", "0.75"]), [1, 2, 3]),
    (("total_amount", "is", "0.5"), [2]),
    (("total_amount", "is_not", "0.5"), [n for n in range(30) if n != 2]),
    (("due_date", "empty", None), list(range(0, 30, 5))),
    (("due_date", "not_empty", None), [n for n in range(30) if n % 5]),
    (("due_date", "is_not", "2026-03-02"), [n for n in range(30) if n not in {1, 21}]),
    (("due_date", "lt", "today"), [1, 2, 21, 22]),
    (("due_date", "between", ["today", "today+1"]), [3, 4, 23, 24]),
    (("rush_order", "is", True), [0, 7, 14, 21, 28]),
    (("rush_order", "is", "no"), [n for n in range(30) if n % 7]),
    (("job_count", "is", 0), list(range(0, 30, 2))),
    (("customer_id", "contains", "100%_c"), list(range(2, 30, 3))),
    (("customer_id", "is", "Ann's Bakery"), list(range(0, 30, 3))),
    (("customer_id", "is_not", "Ann's Bakery"), [n for n in range(30) if n % 3]),
    (("tax_code_id", "contains", "ny"), list(range(30))),
    (("tax_code_id", "empty", None), []),
    (("tax_code_id", "is", KEY), []),
    (("import_run_id", "is_not", KEY), list(range(30))),
    (("created_at", "gte", "2026-03-04"), list(range(30))),
    (("created_at", "lt", "2026-03-04T17:00:05+00:00"), []),
    (("created_at", "between", ["today", "today+1"]), list(range(30))),
    (("billing_address", "not_empty", None), []),
    (("internal_notes", "empty", None), list(range(30))),
]


def test_each_operator_finds_what_it_says(reader: Session, shop: Shop) -> None:
    for condition, numbers in FOUND:
        found = flat(look(reader, "orders", "po_number", where(condition), "po_number"))
        assert found == [f"PO-{number:03d}" for number in numbers], condition
        count = windows.total(reader, table("orders"), where(condition), today=TODAY)
        assert count == len(found), condition


def test_a_link_is_found_by_its_id(reader: Session, shop: Shop) -> None:
    ann = str(shop["customers"][0])
    assert (
        windows.total(reader, table("orders"), where(("customer_id", "is", ann)), today=TODAY) == 10
    )
    both = [ann, str(shop["customers"][1])]
    assert (
        windows.total(reader, table("orders"), where(("customer_id", "in", both)), today=TODAY)
        == 20
    )
    no = where(("customer_id", "is_not", ann))
    assert windows.total(reader, table("orders"), no, today=TODAY) == 20


def test_all_filters_and_the_search_must_hold(reader: Session, shop: Shop) -> None:
    both = where(("status", "is", "pending"), ("job_count", "is", 0), search="bakery")
    assert flat(look(reader, "orders", "po_number", both, "po_number")) == [
        "PO-000",
        "PO-012",
        "PO-024",
    ]


def test_an_empty_text_counts_as_empty(reader: Session, shop: Shop) -> None:
    found = look(reader, "customers", "display_name", where(("notes", "empty", None)))
    assert len(found) == 4


def test_the_ready_views_find_what_they_name(reader: Session, shop: Shop) -> None:
    counts = {
        (name, view.label): windows.total(reader, table(name), Selection(view.filters), today=TODAY)
        for name in ("orders", "invoices", "jobs", "customers")
        for view in table(name).views
    }
    assert counts == {
        ("orders", "To approve"): 8,
        ("orders", "Without job"): 0,
        ("orders", "Ready to invoice"): 7,
        ("invoices", "Drafts"): 1,
        ("invoices", "Overdue"): 1,
        ("invoices", "Sync errors"): 1,
        ("jobs", "Open"): 2,
        ("jobs", "Late"): 1,
        ("jobs", "On hold"): 0,
        ("customers", "Active"): 3,
        ("customers", "Sync errors"): 1,
    }


HOSTILE = [
    "'", "''", '"', "\\", "\\'", "%", "_", "%%", "/%", "/", "--", ";", "/*", "*/", "`", "$$", ":x",
    ":window_limit", "?", "%s", "%(x)s", "{0}", "${1}", "\x00", "a\x00b", "\ud800", "\udfff a",
    "\x1b[31m", "\u202e", "\ufeff", "\u00a0", "\n", "\r\n", "\t", "NULL", "null", "true", "0", "-1",
    "1e999", "NaN", "' OR 1=1 --", "'; DROP TABLE purchase_orders; --", '") OR ("1"="1',
    "<script>alert(1)</script>", "../../etc/passwd", "😀" * 50, "ß" * 200, "a" * 5000, "Ω≈ç√∫",
]  # fmt: skip


def test_hostile_texts_are_looked_for_and_nothing_else(reader: Session, shop: Shop) -> None:
    assert len(HOSTILE) >= 50
    for text in HOSTILE:
        for operator in ("is", "is_not", "contains", "starts_with"):
            for name, column in (("orders", "payment_terms"), ("customers", "email")):
                selection = where((column, operator, text))
                try:
                    count = windows.total(reader, table(name), selection, today=TODAY)
                except InvalidInput:
                    continue
                whole = {"orders": 30, "customers": 4}[name]
                plain = text.strip() and text.strip() not in "Ann@Bakery.example"
                assert not plain or count == (whole if operator == "is_not" else 0), text
        by_label = where(("customer_id", "contains", text))
        windows.total(reader, table("orders"), by_label, today=TODAY)
        windows.rows(
            reader,
            table("orders"),
            table("orders").columns,
            windows.Asked(selection=selection_of(text, None)),
            today=TODAY,
        )
    assert reader.scalar(sa.text("SELECT count(*) FROM purchase_orders")) == 30


def test_wildcards_are_plain_characters(reader: Session, shop: Shop) -> None:
    for text, count in (("%", 1), ("_", 1), ("100%_", 1), ("/", 1), ("//", 0), ("\\", 0)):
        assert len(look(reader, "customers", "display_name", where(search=text))) == count, text


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_window_is_one_query_however_many_rows_links_and_filters(
    engine: Engine, reader: Session, shop: Shop
) -> None:
    for one in (table("orders"), table("jobs"), table("invoices"), table("customers")):
        for selection in (Selection(), where(("created_at", "not_empty", None), search="a")):
            for limit in (1, 100):
                with statements(engine) as sent:
                    asked = windows.Asked(limit=limit, selection=selection)
                    windows.rows(reader, one, one.columns, asked, today=TODAY)
                assert len([text for text in sent if text.startswith("SELECT")]) == 1


def sample(spec: Column) -> Any:
    samples = {
        "integer": "1", "quantity": "1", "money": "1", "price": "1", "percent": "1",
        "date": "today", "datetime": "today", "time": "04:00", "bool": "yes", "id": KEY,
        "link": KEY, "badge": "synced",
    }  # fmt: skip
    if spec.kind == "choice" and spec.choices is not None:
        return next(iter(spec.choices)).value
    return samples.get(spec.kind, "x")


def each_condition(spec: Column) -> Iterator[tuple[str, str, Any]]:
    for operator in OPERATORS[spec.kind]:
        value = sample(spec)
        listed = {"between": [value, value], "in": [value, value]}
        yield (spec.name, operator, listed.get(operator, value))


def test_every_table_can_be_looked_at_searched_and_counted(reader: Session, shop: Shop) -> None:
    for one in tables().values():
        for selection in (Selection(), where(search="x")):
            asked = windows.Asked(selection=selection)
            found = windows.rows(reader, one, one.columns, asked, today=TODAY)
            assert len(found) == min(windows.total(reader, one, selection, today=TODAY), 100)
            assert len(windows.ids(reader, one, selection, today=TODAY)) == len(found)
            assert all(len(row) == 3 + len(one.columns) for row in found)
            orjson.dumps(found)


def test_every_column_that_can_be_sorted_sorts_both_ways(reader: Session, shop: Shop) -> None:
    for one in tables().values():
        for spec in one.columns:
            for name in (spec.name, f"-{spec.name}") if spec.sortable else ():
                asked = windows.Asked(sort=windows.sort_of(one, name), limit=10)
                windows.rows(reader, one, one.columns[:3], asked, today=TODAY)


def test_every_operator_of_every_column_runs(reader: Session, shop: Shop) -> None:
    for one in tables().values():
        for spec in one.columns:
            selections = [where(condition) for condition in each_condition(spec)]
            for selection in selections:
                # A count asks every row.
                windows.total(reader, one, selection, today=TODAY)
            # What a window adds to that are joins and an order, alike for all operators.
            asked = windows.Asked(selection=selections[0], limit=5)
            windows.rows(reader, one, one.columns[:2], asked, today=TODAY)


def test_every_ready_view_of_every_table_runs(reader: Session) -> None:
    for one in tables().values():
        for view in one.views:
            assert windows.total(reader, one, Selection(view.filters), today=TODAY) == 0
