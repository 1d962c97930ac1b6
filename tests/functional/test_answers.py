"""What a request gives back: a cell as its window shows it, and in any case its connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from tests import given
from tests.house import House, open_house

FILES = ("export.csv", "export.xlsx", "print")


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("answers")
    with open_house(folder, ("manager",), DATABASE_URL=shared_database_url) as found:
        for _number in range(3):
            given.order(found.runtime.uows, lines=(("2", "10"),))
        yield found


@pytest.mark.parametrize(
    ("column", "text", "shown"),
    [
        ("internal_notes", "  two\r\nlines ", "two\r\nlines"),
        ("discount_amount", "1.005", None),
        ("discount_amount", "1.5", "1.50"),
        ("due_date", "2030-01-31", "2030-01-31"),
        ("due_date", "", None),
        ("priority", "4", 4),
        ("rush_order", "yes", True),
        ("customer_notes", "", None),
    ],
)
def test_a_saved_cell_comes_back_as_the_window_shows_it(
    house: House, column: str, text: str, shown: Any
) -> None:
    ann = house["manager"]
    address = f"/orders/window?columns={column}&sort=po_number&limit=1"
    [before] = ann.get(address).get_json()["rows"]
    change = {"id": before[0], "column": column, "seen": before[3], "text": text}
    answer = ann.post("/orders/changes", {"changes": [change], "source": "cell"})
    [result] = answer.get_json()["results"]
    [after] = ann.get(address).get_json()["rows"]
    if result["status"] == "refused":
        assert after == before
        return
    assert [result["id"], result["version"], result["value"]] == [after[0], after[1], after[3]]
    assert shown is None or after[3] == shown


@pytest.mark.parametrize("file", FILES)
def test_a_file_gives_its_connection_back_read_or_not(house: House, file: str) -> None:
    pool = house.runtime.database.pool
    assert isinstance(pool, QueuePool)
    whole = house["manager"].client.get(f"/orders/{file}")
    assert whole.status_code == 200
    assert b"PO-" in whole.data or file.endswith("xlsx")
    whole.close()
    begun = house["manager"].client.get(f"/orders/{file}", buffered=False)
    next(iter(begun.response))
    begun.close()
    assert pool.checkedout() == 0


def test_a_file_that_is_refused_gives_its_connection_back(house: House) -> None:
    answer = house["manager"].get("/orders/export.csv", sort="nothing")
    assert answer.status_code == 422
    pool = house.runtime.database.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
