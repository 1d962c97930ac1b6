"""A window reads the same rows from whichever end, in whichever form, it is read."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import orjson
import pytest
from sqlalchemy.orm import Session

from batchly_admin.grid import windows
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table
from tests.service.grid.test_windows import TODAY

pytestmark = pytest.mark.usefixtures("shop")
COLUMNS = ("po_number", "customer_id", "due_date", "total_amount", "tax_code_id")


def read(session: Session, asked: windows.Asked, *, as_text: bool = False) -> list[list[object]]:
    orders = table("orders")
    wanted = tuple(orders.by_name[name] for name in COLUMNS)
    found = windows.rows(session, orders, wanted, asked, today=TODAY, as_text=as_text)
    answer: list[list[object]] = orjson.loads(orjson.dumps(found))
    return answer


@pytest.mark.parametrize("sort", [(), ("due_date",), ("-due_date", "po_number"), ("customer_id",)])
def test_the_far_half_is_the_same_from_the_end(reader: Session, sort: tuple[str, ...]) -> None:
    whole = read(reader, windows.Asked(sort=sort))
    total = len(whole)
    for offset in range(total + 2):
        for limit in (1, 2, total):
            asked = windows.Asked(offset, limit, sort, total=total)
            assert read(reader, asked) == whole[offset : offset + limit], (offset, limit)


def test_the_far_half_of_a_filter(reader: Session) -> None:
    selection = Selection(({"column": "po_number", "operator": "not_empty", "value": None},))
    whole = read(reader, windows.Asked(selection=selection))
    total = len(whole)
    asked = windows.Asked(total - 1, 10, selection=selection, total=total)
    assert read(reader, asked) == whole[-1:]


def test_rows_far_from_both_ends_are_found_by_their_ids(
    reader: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = read(reader, windows.Asked())
    monkeypatch.setattr(windows, "NEAR", 0)
    assert read(reader, windows.Asked()) == near


def test_ids_as_text_read_as_ids_do(reader: Session, shop: Mapping[str, list[UUID]]) -> None:
    asked = windows.Asked()
    assert read(reader, asked, as_text=True) == read(reader, asked)
    assert {row[0] for row in read(reader, asked)} == {str(key) for key in shop["orders"]}
