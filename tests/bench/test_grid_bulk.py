"""Much at once: pastes and their undo, exports, groups."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import psutil
import pytest
from flask.testing import FlaskClient

from tests.bench import rivals
from tests.bench.measure import interleaved, report, verdict
from tests.bench.subject import Subject

pytestmark = pytest.mark.bench

PASTED = ("internal_notes", "customer_notes", "priority", "due_date", "shipping_terms")
CELLS_A_PART = 2_000
"""The browser sends a paste in parts of this size and tells after each how far it is."""

DAY = "2027-05-01"


@pytest.mark.parametrize(("rows", "seconds"), [(1_000, 2), (10_000, 20)])
def test_paste_and_undo(subject: Subject, rows: int, seconds: int) -> None:
    targets = _rows(subject, rows)
    changes = [
        {"id": row[0], "column": name, "seen": seen, "text": _text(name, number)}
        for number, row in enumerate(targets)
        for name, seen in zip(PASTED, row[3:], strict=True)
    ]
    started = time.perf_counter()
    known, parts = None, 0
    for begin in range(0, len(changes), CELLS_A_PART):
        part = changes[begin : begin + CELLS_A_PART]
        sent = {"changes": part, "creates": [], "source": "paste", "change_set": known}
        answer = subject.post("/orders/changes", sent)
        statuses = {one["status"] for one in answer["results"]}
        assert statuses <= {"saved", "unchanged"}, statuses
        known, parts = answer["change_set"], parts + 1
    pasted = time.perf_counter() - started
    started = time.perf_counter()
    undone = subject.post("/history/mine/undo", {"table": "orders", "document": None})
    taken_back = time.perf_counter() - started
    assert not undone["conflicts"], undone["conflicts"][:3]
    print(f"\nPaste of {rows:,} x {len(PASTED)} on {subject.kind}, {parts} parts")
    verdict("paste", pasted, seconds, "s")
    verdict("undo", taken_back, seconds, "s")


def _rows(subject: Subject, number: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    # Orders that may be changed: neither cancelled nor invoiced in full.
    wanted = '[{"column":"status","operator":"is","value":"pending"}]'
    path = f"/orders/window?limit=500&columns={','.join(PASTED)}&filters={wanted}"
    while len(found) < number:
        found += orjson.loads(subject.get(f"{path}&offset={len(found)}"))["rows"]
    return found[:number]


def _text(name: str, number: int) -> str:
    texts = {"priority": str(number % 5 + 1), "due_date": DAY}
    return texts.get(name, f"pasted {number}")


def test_export(subject: Subject) -> None:
    bare = rivals.bare_app(subject.rival).test_client()
    columns = ",".join(name for name in rivals.COLUMNS if name not in {"customer_name", "source"})
    path = f"/orders/export.csv?columns={columns},customer_id,payment_terms"
    figures = interleaved(
        {
            "bare": lambda: _drain(bare, "/export"),
            "export as CSV": lambda: _drain(subject.client, path),
        },
        rounds=5,
        warmup=1,
    )
    report(f"Export of {subject.orders:,} orders on {subject.kind}", figures, base="bare")
    verdict("export to bare", figures["export as CSV"] / figures["bare"], 2)
    grown = _growth(lambda: _drain(subject.client, path))
    verdict("memory it takes", grown, 40, "MB")


def _drain(client: FlaskClient, path: str) -> int:
    answer = client.get(path, buffered=False)
    assert answer.status_code == 200
    return sum(len(piece) for piece in answer.response)


def _growth(work: Callable[[], object]) -> float:
    """Give by how many megabytes the process grows at most while something runs."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return float(most - before) / 1e6


def test_groups(subject: Subject) -> None:
    paths = {
        "by status": "/orders/groups?group=status",
        "by customer": "/orders/groups?group=customer_id",
        "by status, with totals": "/orders/groups?group=status&totals=total_amount:sum",
        "by month": "/orders/groups?group=po_date:month",
        "by age": "/orders/groups?group=due_date:aging",
        "by age, with totals": "/orders/groups?group=due_date:aging&totals=total_amount:sum",
    }
    work = {name: (lambda path=path: subject.get(path)) for name, path in paths.items()}
    figures = interleaved(work, rounds=8, warmup=1)
    report(f"Groups of {subject.orders:,} orders on {subject.kind}", figures, base="by status")
    for name, found in figures.items():
        verdict(name, found, 300, "ms")
