"""Windows and cells of the grid, against a bare endpoint and stock Flask-Admin."""

from __future__ import annotations

import itertools
import time
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from batchly_admin.grid.registry import tables
from tests.bench import rivals
from tests.bench.measure import interleaved, report, verdict
from tests.bench.subject import Subject

pytestmark = pytest.mark.bench

ORDERS = tables()["orders"]
SHOWN = [spec.name for spec in ORDERS.columns if not spec.hidden]
WINDOW = f"/orders/window?columns={','.join(SHOWN)}"
"""The columns a browser asks for: the ones it shows, fourteen of them."""

FILTER = '[{"column":"status","operator":"is","value":"pending"}]'


def test_windows(subject: Subject) -> None:
    subject.rest()
    engine, total = subject.rival, subject.orders
    bare = rivals.bare_app(engine).test_client()
    stock = rivals.stock_app(engine).test_client()
    trimmed = rivals.stock_app(engine, rivals.TrimmedOrders).test_client()
    far, farther = 70_000, total * 7 // 10
    figures = interleaved(
        {
            "bare": lambda: bare.get("/window?limit=100"),
            "first window": lambda: subject.get(f"{WINDOW}&limit=100"),
            "jump": lambda: subject.get(f"{WINDOW}&limit=100&offset={far}&total={total}"),
            "farther": lambda: subject.get(f"{WINDOW}&limit=100&offset={farther}&total={total}"),
            "middle": lambda: subject.get(f"{WINDOW}&limit=100&offset={total // 2}&total={total}"),
            "sorted by due date": lambda: subject.get(f"{WINDOW}&limit=100&sort=due_date"),
            "sorted by customer": lambda: subject.get(f"{WINDOW}&limit=100&sort=customer_id"),
            "filtered by status": lambda: subject.get(f"{WINDOW}&limit=100&filters={FILTER}"),
            "count": lambda: subject.get("/orders/count"),
            "stock Flask-Admin, 50 rows": lambda: _page(stock),
            "the same, fourteen columns": lambda: _page(trimmed),
        },
        rounds=60 if total <= 100_000 else 15,
    )
    report(f"Grid of {total:,} orders on {subject.kind}", figures, base="bare")
    first = figures["first window"]
    verdict("first window to bare", first / figures["bare"], 1.5)
    verdict(f"jump to row {far:,} to first window", figures["jump"] / first, 3)
    stock_ratio = figures["stock Flask-Admin, 50 rows"] / first
    verdict("stock list to first window", stock_ratio, 10, least=True)


def _page(stock: FlaskClient) -> bytes:
    answer = stock.get("/admin/orders/")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def test_number_of_queries(subject: Subject) -> None:
    """Every linked column together costs as many queries of orders as none of them."""
    linked = [spec.name for spec in ORDERS.columns if spec.link]
    without = [name for name in SHOWN if name not in linked]
    counts = [
        _queries(subject, f"/orders/window?columns={','.join(names)}&limit={limit}")
        for names in (without, [*without, *linked])
        for limit in (1, 100)
    ]
    print(f"\nQueries of a window on {subject.kind}: {counts[0]}; {len(linked)} linked columns")
    assert len(set(counts)) == 1, counts


def _queries(subject: Subject, path: str) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "purchase_orders" in statement:
            seen.append(statement)

    sa.event.listen(subject.runtime.database, "before_cursor_execute", note)
    try:
        subject.get(path)
    finally:
        sa.event.remove(subject.runtime.database, "before_cursor_execute", note)
    return len(seen)


def test_one_cell(subject: Subject) -> None:
    bare = rivals.bare_app(subject.rival).test_client()
    row_id = orjson.loads(subject.get("/orders/window?limit=1"))["rows"][0][0]
    numbers = itertools.count()
    seen: list[str | None] = [None]

    def bare_cell() -> object:
        body = orjson.dumps({"id": row_id, "value": seen[0]})
        return bare.post("/cell", data=body, content_type="application/json")

    def our_cell() -> None:
        text = f"note {next(numbers)}"
        change = {"id": row_id, "column": "internal_notes", "seen": seen[0], "text": text}
        result = subject.post("/orders/changes", {"changes": [change], "source": "cell"})
        assert result["results"][0]["status"] == "saved", result
        seen[0] = text

    both = {"bare": bare_cell, "one cell": our_cell}
    for words, clock in (("", time.perf_counter), (", time of the processor", time.process_time)):
        figures = interleaved(both, rounds=60, clock=clock)
        report(f"One cell saved on {subject.kind}{words}", figures, base="bare")
        verdict(f"one cell to bare{words}", figures["one cell"] / figures["bare"], 3)
