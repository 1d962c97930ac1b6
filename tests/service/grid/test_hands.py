"""Sums, edges and finds over rows the browser has not loaded, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.domain.rights import granted
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import finding, palette, spans, windows
from batchly_admin.grid.registry import table, tables
from batchly_admin.models.catalogue import Product
from batchly_admin.services.saved_views import Viewer
from tests.service.grid.shop import put

TODAY = date(2026, 3, 4)
Shop = Mapping[str, list[UUID]]
BY_SKU = windows.Asked(sort=("sku",))


@pytest.fixture
def products(engine: Engine) -> list[UUID]:
    """Products whose descriptions have gaps and whose prices need every digit."""
    rows = [
        ("P-00", "Plain tee", "plain", "0.10"),
        ("P-01", "Printed Tee", "PLAIN print", "1234.5678"),
        ("P-02", "Mug 50%_off", None, "12.30"),
        ("P-03", "Cap", None, "-35.01"),
        ("P-04", "Tote", "plain", "10"),
        ("P-05", "Über tee", "", "99999999.9999"),
    ]
    return put(
        engine,
        Product,
        [
            {
                "sku": sku,
                "name": name,
                "description": description,
                "unit_price": Decimal(price),
                "is_active": sku != "P-03",
            }
            for sku, name, description, price in rows
        ],
    )


def summed(reader: Session, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    one = table("products")
    read = spans.parts_of(orjson.dumps(parts).decode(), one.columns)
    return spans.summary(reader, one, read, BY_SKU, today=TODAY)


def hits(reader: Session, text: str, columns: str, **how: Any) -> list[tuple[int, str]]:
    one = table("products")
    wanted = finding.Wanted(text, **how)
    specs = [one.by_name[name] for name in columns.split()]
    found = finding.find(reader, one, specs, wanted, BY_SKU, today=TODAY)
    return [(place, name) for place, _id, name in found["hits"]]


@pytest.mark.usefixtures("products")
def test_sums_are_exact_over_several_spans_of_rows(reader: Session) -> None:
    found = summed(
        reader,
        [{"columns": ["unit_price", "description"], "rows": [[0, 1], [3, 5]]}],
    )
    assert [(one["column"], one["count"], one["sum"]) for one in found] == [
        ("unit_price", 2, "1234.6678"),
        ("description", 2, None),
        ("unit_price", 3, "99999974.9899"),
        ("description", 1, None),
    ]
    assert (found[2]["min"], found[2]["max"]) == ("-35.01", "99999999.9999")


@pytest.mark.usefixtures("products")
def test_spans_beyond_the_end_hold_nothing(reader: Session) -> None:
    found = summed(reader, [{"columns": ["unit_price"], "rows": [[5000, 9000]]}])
    assert found == [{"column": "unit_price", "count": 0, "sum": None, "min": None, "max": None}]


@pytest.mark.parametrize(
    "parts",
    [
        "",
        "{}x",
        '[{"columns": ["nothing"], "rows": [[0, 1]]}]',
        '[{"columns": ["sku"], "rows": [[2, 1]]}]',
        '[{"columns": ["sku"], "rows": [["0", 1]]}]',
        '[{"columns": ["sku"], "rows": [[0]]}]',
        "[" + ",".join(['{"columns": ["sku"], "rows": [[0, 1]]}'] * 31) + "]",
    ],
)
def test_parts_of_another_form_are_refused(parts: str) -> None:
    with pytest.raises(InvalidInput):
        spans.parts_of(parts, table("products").columns)


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize(
    ("row", "way", "lands"),
    [(0, 1, 1), (1, 1, 4), (2, 1, 4), (4, 1, 5), (5, -1, 4), (4, -1, 1), (1, -1, 0), (5, 1, 5)],
)
def test_the_edge_of_the_data_is_where_excel_stops(
    reader: Session, row: int, way: int, lands: int
) -> None:
    one = table("products")
    at = {"row": row, "way": way}
    assert spans.edge(reader, one, one.by_name["description"], BY_SKU, at, TODAY) == lands
    assert spans.edge(reader, one, one.by_name["sku"], BY_SKU, at, TODAY) == (5 if way > 0 else 0)


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize(
    ("text", "columns", "how", "expected"),
    [
        ("tee", "name description", {}, [(0, "name"), (1, "name"), (5, "name")]),
        ("Tee", "name", {"case": True}, [(1, "name")]),
        ("plain", "name description", {"whole": True}, [(0, "description"), (4, "description")]),
        ("50%_", "name", {}, [(2, "name")]),
        ("1,234.56", "unit_price", {}, [(1, "unit_price")]),
        ("$12.3", "unit_price", {"whole": True}, [(2, "unit_price")]),
        ("-35", "unit_price", {}, [(3, "unit_price")]),
        ("no", "is_active", {"whole": True}, [(3, "is_active")]),
        ("tee", "unit_price", {}, []),
        ("\x00", "name", {}, []),
        ("", "name", {}, []),
    ],
)
def test_find_reads_cells_as_people_do(
    reader: Session,
    text: str,
    columns: str,
    how: dict[str, Any],
    expected: list[tuple[int, str]],
) -> None:
    assert hits(reader, text, columns, **how) == expected


def test_find_looks_at_links_choices_and_days(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    specs = orders.columns
    for text in ("Ann", "pend", "2026-03", "3/4/2026", "Mar 4, 2026", "Main St"):
        found = finding.find(
            reader, orders, specs, finding.Wanted(text), windows.Asked(), today=TODAY
        )
        full = finding.cells(reader, orders, specs, found)
        names = full["columns"]
        by_id = {row[0]: dict(zip(names, row[3:], strict=True)) for row in full["rows"]}
        assert all(name in by_id[key] for _place, key, name in found["hits"]), text
    assert len(shop["orders"]) >= 1


@pytest.mark.usefixtures("products")
def test_too_many_finds_say_that_there_are_more(reader: Session) -> None:
    one = table("products")
    found = finding.find(reader, one, one.columns, finding.Wanted("e", most=2), BY_SKU, today=TODAY)
    assert len(found["hits"]) == 2
    assert found["more"] is True


def palette_of(reader: Session, text: str, role: str = "manager") -> list[str]:
    found = palette.records(reader, granted(frozenset({role})), text)
    return [str(one["label"]) for one in found]


def test_the_palette_finds_what_begins_with_a_text_before_what_holds_it(
    reader: Session, engine: Engine, shop: Shop
) -> None:
    put(engine, Product, [{"sku": "BOB-1", "name": "Cap of Bob", "unit_price": Decimal(1)}])
    found = palette_of(reader, "bob")
    assert set(found) == {"Bob 100%_Cotton", "Cap of Bob"}
    assert palette_of(reader, "100%_")[0] == "Bob 100%_Cotton"
    assert palette_of(reader, "b") == []
    assert palette_of(reader, "\x00b") == []


def test_the_palette_gives_nothing_a_role_may_not_open(reader: Session, shop: Shop) -> None:
    rights = granted(frozenset({"worker"}))
    assert palette_of(reader, "bob", "worker") == []
    offered = [*palette.commands(rights), *palette.views(reader, Viewer(shop["orders"][0], rights))]
    seen = {one.url for one in tables().values() if f"{one.rights_area}:view" in rights}
    assert all(one["href"].split("?")[0].removesuffix("/new") in seen for one in offered)
