"""What people type, and what the browser gets."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import values
from batchly_admin.grid.columns import OPERATORS, WIDTHS, Column, as_config

TODAY = date(2026, 3, 4)
KEY = UUID("01a1fca0-ba5f-7bfb-9224-26128a92a8f7")
SPECS = {
    "text": Column("name", "Name", max_length=10),
    "long_text": Column("notes", "Notes", kind="long_text"),
    "email": Column("email", "E-mail", kind="email", max_length=100),
    "phone": Column("phone", "Phone", kind="phone", max_length=30),
    "integer": Column("count", "Count", kind="integer"),
    "quantity": Column("quantity", "Quantity", kind="quantity", scale=4),
    "money": Column("amount", "Amount", kind="money", scale=2),
    "price": Column("price", "Price", kind="price", scale=4),
    "percent": Column("rate", "Rate", kind="percent", scale=6),
    "date": Column("day", "Day", kind="date"),
    "datetime": Column("at", "At", kind="datetime"),
    "time": Column("clock", "Clock", kind="time"),
    "bool": Column("is_on", "On", kind="bool", nullable=False),
    "choice": Column("status", "Status", kind="choice", choices=OrderStatus),
    "id": Column("key", "Key", kind="id"),
    "address": Column("address", "Address", kind="address"),
    "json": Column("data", "Data", kind="json"),
}


def parse(kind: str, text: Any) -> Any:
    return values.parse(SPECS[kind], text, today=TODAY, zone="America/New_York")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  two   words ", "two words"),
        ("long_text", "two\n  lines", "two\n  lines"),
        ("email", " ann@shop.example ", "ann@shop.example"),
        ("phone", "+1 (212) 555-0100", "+1 (212) 555-0100"),
        ("integer", "1,200", 1200),
        ("integer", "-3", -3),
        ("integer", "7.0", 7),
        ("quantity", "1.5", Decimal("1.5000")),
        ("quantity", ".25", Decimal("0.2500")),
        ("money", "$1,234.50", Decimal("1234.50")),
        ("money", "(12.5)", Decimal("-12.50")),
        ("money", "-$3", Decimal("-3.00")),
        ("money", "1\N{NO-BREAK SPACE}200", Decimal("1200.00")),
        ("money", "-0", Decimal("0.00")),
        ("price", "0.0125", Decimal("0.0125")),
        ("percent", "8.875", Decimal("0.088750")),
        ("percent", "8.875 %", Decimal("0.088750")),
        ("date", "2026-11-21", date(2026, 11, 21)),
        ("date", "11/21/2026", date(2026, 11, 21)),
        ("date", "1/2/26", date(2026, 1, 2)),
        ("date", "today", TODAY),
        ("date", "today-4", date(2026, 2, 28)),
        ("date", "TODAY+28", date(2026, 4, 1)),
        ("datetime", "2026-03-04 12:00", datetime(2026, 3, 4, 17, 0, tzinfo=UTC)),
        ("datetime", "2026-07-04T12:00:05Z", datetime(2026, 7, 4, 12, 0, 5, tzinfo=UTC)),
        ("time", "04:30", time(4, 30)),
        ("bool", "Yes", True),
        ("bool", "0", False),
        ("bool", "", False),
        ("choice", "In progress", "in_progress"),
        ("choice", "in_progress", "in_progress"),
        ("id", str(KEY), KEY),
        ("address", {"line1": " 1 Main St ", "planet": "Mars"}, {"line1": "1 Main St"}),
        ("address", {"line1": ""}, None),
        ("phone", "0800/123456 ext. 7", "0800/123456 ext. 7"),
        ("phone", "555.010.0199", "555.010.0199"),
        ("percent", "78.4%", Decimal("0.784000")),
        ("percent", "100", Decimal("1.000000")),
        (
            "address",
            "1 Main St, Suite 2, Troy NY 12180-1234, USA",
            {
                "line1": "1 Main St",
                "line2": "Suite 2",
                "city": "Troy",
                "state": "NY",
                "postal_code": "12180-1234",
                "country": "USA",
            },
        ),
        ("json", [1, 2], [1, 2]),
    ],
)
def test_what_people_type_becomes_the_value_they_meant(kind: str, text: Any, value: Any) -> None:
    parsed = parse(kind, text)
    assert parsed == value
    assert str(parsed) == str(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", "eleven chars"),
        ("text", "zero\x00byte"),
        ("text", "half \ud800"),
        ("text", ["a", "list"]),
        ("long_text", "zero\x00byte"),
        ("email", "ann"),
        ("email", "ann@shop"),
        ("email", "a b@shop.example"),
        ("email", "a@shop.example;b@shop.example"),
        ("integer", "1.5"),
        ("integer", "many"),
        ("integer", "1e3"),
        ("integer", "2147483648"),
        ("integer", "1" * 5000),
        ("quantity", "1.00001"),
        ("quantity", "100000000"),
        ("money", "12.345"),
        ("money", "1,2,3"),
        ("money", "12,50"),
        ("money", "1e5"),
        ("money", "NaN"),
        ("money", "Infinity"),
        ("money", "--1"),
        ("money", "."),
        ("money", "10000000000"),
        ("money", "9" * 40),
        ("money", "٣"),
        ("price", "0.00001"),
        ("percent", "101"),
        ("percent", "-1"),
        ("percent", "8.87501"),
        ("percent", "a lot"),
        ("date", "21.11.2026"),
        ("date", "2026-02-30"),
        ("date", "13/13/2026"),
        ("date", "0026-01-01"),
        ("date", "tomorrow"),
        ("datetime", "noon"),
        ("datetime", "0001-01-01T00:00:00+14:00"),
        ("datetime", "1000-01-01 00:00"),
        ("time", "25:00"),
        ("time", "04:00+01:00"),
        ("bool", "maybe"),
        ("choice", "Lost"),
        ("id", "42"),
        ("phone", "n/a"),
        ("phone", "555-SHOP"),
        ("phone", "12"),
        ("phone", "1" * 21),
        ("percent", "100.01"),
        ("address", "1 Main St"),
        ("address", "12180"),
        ("address", ", ,"),
        ("json", "{}"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(kind: str, text: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(kind, text)
    assert refused.value.field == SPECS[kind].name
    assert 10 < len(refused.value.message) < 200


@pytest.mark.parametrize("text", [None, "", "  "])
def test_an_emptied_cell_becomes_empty_or_its_default_or_is_refused(text: str | None) -> None:
    free = Column("a", "A", kind="money", scale=2)
    filled = Column("b", "B", kind="money", scale=2, nullable=False, when_empty=Decimal(0))
    needed = Column("c", "C", required=True, nullable=False)
    stuck = Column("d", "D", kind="json", nullable=False)
    undecided = Column("e", "E", kind="bool")
    assert values.parse(free, text, today=TODAY) is None
    assert values.parse(filled, text, today=TODAY) == Decimal(0)
    assert values.parse(undecided, text, today=TODAY) is None
    for spec in (needed, stuck):
        with pytest.raises(InvalidInput, match="is needed"):
            values.parse(spec, text, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("money", Decimal("12.5"), "12.50"),
        ("money", Decimal("-0.05"), "-0.05"),
        ("money", Decimal("0.00"), "0.00"),
        ("money", Decimal("1234567.89"), "1234567.89"),
        ("price", Decimal("12.0000"), "12.00"),
        ("price", Decimal("0.0125"), "0.0125"),
        ("price", Decimal("0.1250"), "0.125"),
        ("price", Decimal("-1.5000"), "-1.50"),
        ("quantity", Decimal("12.0000"), "12"),
        ("quantity", Decimal("-0.5000"), "-0.5"),
        ("quantity", Decimal("0.0000"), "0"),
        ("percent", Decimal("0.088750"), "8.875"),
        ("percent", Decimal("0.000000"), "0"),
        ("date", date(2026, 3, 4), "2026-03-04"),
        ("datetime", datetime(2026, 3, 4, 17, 0, 5, 999999, tzinfo=UTC), "2026-03-04T17:00:05Z"),
        ("time", time(4, 0), "04:00"),
        ("link", KEY, str(KEY)),
        ("text", "as it is", "as it is"),
        ("money", None, None),
    ],
)
def test_values_are_shown_exactly(kind: str, value: Any, shown: str | None) -> None:
    assert values.to_json(kind, value) == shown


@pytest.mark.parametrize(
    ("spec", "seen", "stored"),
    [
        (SPECS["money"], "12.50", Decimal("12.50")),
        (SPECS["money"], "12.5", Decimal("12.50")),
        (SPECS["quantity"], "12", Decimal("12.0000")),
        (SPECS["percent"], "8.875", Decimal("0.088750")),
        (SPECS["money"], None, None),
        (SPECS["text"], "", None),
        (SPECS["text"], None, ""),
        (SPECS["long_text"], "a\r\nb", "a\nb"),
        (SPECS["integer"], 3, 3),
        (SPECS["bool"], True, True),
        (SPECS["bool"], None, False),
        (SPECS["choice"], "draft", "draft"),
        (SPECS["date"], "2026-03-04", TODAY),
        (SPECS["datetime"], "2026-03-04T17:00:05Z", datetime(2026, 3, 4, 17, 0, 5, 7, tzinfo=UTC)),
        (Column("x", kind="link", link="customers"), [str(KEY), "Ann"], KEY),
        (Column("x", kind="link", link="customers"), str(KEY), KEY),
        (Column("x", kind="link", link="customers"), None, None),
        (SPECS["address"], {"line1": "x"}, {"line1": "x"}),
        (SPECS["address"], None, {}),
    ],
)
def test_what_was_seen_and_still_stands_is_no_conflict(
    spec: Column, seen: Any, stored: Any
) -> None:
    assert values.seen_matches(spec, seen, stored)


@pytest.mark.parametrize(
    ("spec", "seen", "stored"),
    [
        (SPECS["money"], "12.50", Decimal("12.51")),
        (SPECS["money"], None, Decimal("0.00")),
        (SPECS["money"], "0.00", None),
        (SPECS["money"], "free", Decimal("0.00")),
        (SPECS["text"], "Ann", "ann"),
        (SPECS["text"], None, "Ann"),
        (SPECS["bool"], True, False),
        (Column("x", kind="bool"), None, False),
        (SPECS["integer"], 3, 4),
        (SPECS["date"], "2026-03-04", None),
        (SPECS["datetime"], "2026-03-04T17:00:05Z", datetime(2026, 3, 4, 17, 0, 6, tzinfo=UTC)),
        (Column("x", kind="link", link="customers"), [str(KEY), "Ann"], None),
        (Column("x", kind="link", link="customers"), None, KEY),
        (SPECS["address"], {"line1": "x"}, {"line1": "y"}),
        (SPECS["json"], [1], [2]),
    ],
)
def test_what_changed_since_it_was_seen_is_a_conflict(spec: Column, seen: Any, stored: Any) -> None:
    assert not values.seen_matches(spec, seen, stored)


@pytest.mark.parametrize("kind", ["money", "quantity", "price", "percent"])
def test_what_is_shown_can_be_typed_back(kind: str) -> None:
    for text in ("0", "1", "12.5", "0.01", "99.99"):
        value = parse(kind, text)
        assert parse(kind, values.to_json(kind, value)) == value


@pytest.mark.parametrize("kind", sorted(OPERATORS))
def test_every_kind_has_all_it_takes(kind: str) -> None:
    spec = Column("cell", "Cell", kind=kind, choices=OrderStatus)
    assert WIDTHS[kind] > 0
    assert OPERATORS[kind]
    assert as_config(spec, editable=True)["operators"]
    assert values.to_json(kind, None) is None
    assert values.parse(spec, "", today=TODAY) is (None if spec.nullable else False)


@pytest.mark.parametrize("kind", sorted({*OPERATORS} - {"text", "long_text", "link"}))
def test_every_kind_but_text_refuses_what_it_is_not(kind: str) -> None:
    spec = Column("cell", "Cell", kind=kind, choices=OrderStatus)
    with pytest.raises(InvalidInput) as refused:
        values.parse(spec, "no such thing \N{SNOWMAN}", today=TODAY)
    assert refused.value.message.endswith(".")
