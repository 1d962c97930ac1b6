"""Windows and cells at 100,000 orders, against a bare endpoint and stock Flask-Admin."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import orjson
import pytest
from flask.testing import FlaskClient

from batchly_admin.grid.registry import tables
from tests.bench import rivals
from tests.bench.measure import interleaved, report
from tests.bench.subject import Subject, build

pytestmark = pytest.mark.bench

FAR = 70_000
SHOWN = [spec.name for spec in tables()["orders"].columns if not spec.hidden]
WINDOW = f"/orders/window?columns={','.join(SHOWN)}"
"""The columns a browser asks for: the ones it shows, fourteen of them."""

FILTER = '[{"column":"status","operator":"is","value":"pending"}]'


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Subject]]:
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        url = server.url(server.create())
    found = build(tmp_path_factory.mktemp("bench"), url)
    yield request.param, found
    found.runtime.dispose()


def test_windows(subject: tuple[str, Subject]) -> None:
    kind, ours = subject
    bare = rivals.bare_app(ours.runtime.database).test_client()
    stock = rivals.stock_app(ours.runtime.database).test_client()
    figures = interleaved(
        {
            "bare": lambda: bare.get("/window?limit=100"),
            "first window": lambda: ours.get(f"{WINDOW}&limit=100"),
            f"jump to row {FAR:,}": lambda: ours.get(f"{WINDOW}&limit=100&offset={FAR}"),
            "sorted by due date": lambda: ours.get(f"{WINDOW}&limit=100&sort=due_date"),
            "filtered by status": lambda: ours.get(f"{WINDOW}&limit=100&filters={FILTER}"),
            "count": lambda: ours.get("/orders/count"),
            "stock Flask-Admin, 50 rows": lambda: _page(stock),
        }
    )
    report(f"Grid of 100,000 orders on {kind}", figures, base="bare")
    first = figures["first window"]
    print(
        f"  first window: {first / figures['bare']:.2f} x bare (budget 1.5); "
        f"jump: {figures[f'jump to row {FAR:,}'] / first:.2f} x first window (budget 3); "
        f"stock list: {figures['stock Flask-Admin, 50 rows'] / first:.1f} x first window "
        "(budget: at least 10)"
    )


def _page(stock: FlaskClient) -> bytes:
    answer = stock.get("/admin/orders/")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def test_one_cell(subject: tuple[str, Subject]) -> None:
    kind, ours = subject
    bare = rivals.bare_app(ours.runtime.database).test_client()
    row_id = orjson.loads(ours.get("/orders/window?limit=1"))["rows"][0][0]
    numbers = itertools.count()
    seen: list[str | None] = [None]

    def bare_cell() -> object:
        body = orjson.dumps({"id": row_id, "value": seen[0]})
        return bare.post("/cell", data=body, content_type="application/json")

    def our_cell() -> None:
        text = f"note {next(numbers)}"
        change = {"id": row_id, "column": "internal_notes", "seen": seen[0], "text": text}
        result = ours.post("/orders/changes", {"changes": [change], "source": "cell"})
        assert result["results"][0]["status"] == "saved", result
        seen[0] = text

    figures = interleaved({"bare": bare_cell, "one cell": our_cell}, rounds=80)
    report(f"One cell saved on {kind} (budget 3 x)", figures, base="bare")
