"""The simulator with a hundred thousand invoices in its books: it must never be the bottleneck."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.contract.wire import Wire, running

pytestmark = pytest.mark.bench

INVOICES = 100_000
AT_ONCE = 1_000
CALLS = 500
SUSTAINED_SECONDS = 10.0
BY_NUMBER = "SELECT * FROM Invoice WHERE DocNumber = 'B{number}'"
QUERIES = (
    ("Query by number (budget 5 ms)", BY_NUMBER, CALLS),
    (
        "Query by customer and day (budget 5 ms)",
        "SELECT * FROM Invoice WHERE CustomerRef = '7' AND TxnDate = '2026-03-0{digit}'",
        CALLS,
    ),
    (
        "A page of 1,000 (budget 100 ms)",
        "SELECT * FROM Invoice ORDERBY Id STARTPOSITION {thousand} MAXRESULTS 1000",
        50,
    ),
)


def invoice(number: int, customers: list[str], items: list[str]) -> dict[str, Any]:
    """Give an ordinary invoice of three lines."""
    lines = [
        {
            "Amount": 12.5,
            "Description": f"Line {place} of {number}",
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": items[(number + place) % len(items)]},
                "Qty": 5,
                "UnitPrice": 2.5,
                "TaxCodeRef": {"value": "TAX"},
            },
        }
        for place in range(3)
    ]
    return {
        "DocNumber": f"B{number}",
        "TxnDate": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "CustomerRef": {"value": customers[number % len(customers)]},
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "1"}},
        "Line": lines,
    }


def own_time(process: psutil.Process) -> float:
    """Give the seconds of processor time a process has used: other people's load is not in it."""
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def measure(
    process: psutil.Process, name: str, call: Callable[[int], requests.Response], calls: int = CALLS
) -> None:
    """Print what one kind of call costs the simulator, and how long the caller waits."""
    waits = []
    before = own_time(process)
    for number in range(calls):
        start = time.perf_counter()
        answer = call(number)
        waits.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.text[:300]
    own = (own_time(process) - before) / calls
    print(
        f"{name}: {own * 1000:.2f} ms of its own, the caller waits "
        f"{statistics.median(waits) * 1000:.2f} ms (median of {calls})"
    )


def test_a_hundred_thousand_invoices(tmp_path: Path) -> None:
    with running(tmp_path, company="demo") as details:
        wire = Wire(details)
        wire.settle()
        process = psutil.Process(details["pid"])
        wire.fine("GET", "companyinfo/1")
        customers = [one["Id"] for one in wire.find("Customer")]
        items = [one["Id"] for one in wire.find("Item", "WHERE Type = 'Service'")]
        first = process.memory_info().rss
        _fill(wire, customers, items)
        print(f"\nMemory: {first / 2**20:.0f} MB with the demo company")
        print(f"        {process.memory_info().rss / 2**20:.0f} MB with {INVOICES:,} invoices")
        made = iter(range(INVOICES, 2 * INVOICES))
        measure(
            process,
            "Create an invoice (budget 5 ms)",
            lambda _: wire.call("POST", "invoice", invoice(next(made), customers, items)),
        )
        measure(
            process,
            "Read one (budget 5 ms)",
            lambda number: wire.call("GET", f"invoice/{100 + number * 7}"),
        )
        for name, statement, calls in QUERIES:
            measure(process, name, asking(wire, statement), calls)
        _sustain(process, wire, made, customers, items)
        print(f"        {process.memory_info().rss / 2**20:.0f} MB at the end")
        wire.close()


def asking(wire: Wire, statement: str) -> Callable[[int], requests.Response]:
    """Give a call that asks for something else each time."""

    def ask(number: int) -> requests.Response:
        text = statement.format(
            number=number * 13, digit=number % 9 + 1, thousand=number * 1000 + 1
        )
        return wire.call("GET", "query", params={"query": text})

    return ask


def _fill(wire: Wire, customers: list[str], items: list[str]) -> None:
    start = time.perf_counter()
    for thousand in range(0, INVOICES, AT_ONCE):
        entities = [
            {"type": "Invoice", "data": invoice(number, customers, items)}
            for number in range(thousand, thousand + AT_ONCE)
        ]
        answer = wire.http.post(
            f"{wire.details['control_url']}/api/seed",
            data=json.dumps({"entities": entities}),
            timeout=120,
        )
        assert answer.ok, answer.text[:300]
    print(f"\n{INVOICES:,} invoices written in {time.perf_counter() - start:.0f} s")


def _sustain(
    process: psutil.Process, wire: Wire, made: Any, customers: list[str], items: list[str]
) -> None:
    """Print how many requests a second it takes, one create to two reads to one query."""
    calls, before = 0, own_time(process)
    start = time.perf_counter()
    while time.perf_counter() - start < SUSTAINED_SECONDS:
        assert wire.call("POST", "invoice", invoice(next(made), customers, items)).ok
        for number in (calls, calls + 1):
            assert wire.call("GET", f"invoice/{100 + number}").ok
        assert asking(wire, BY_NUMBER)(calls % 1000).ok
        calls += 4
    seconds = time.perf_counter() - start
    busy = own_time(process) - before
    print(
        f"Sustained by one client: {calls / seconds:.0f} requests/s, "
        f"{calls / busy:.0f} for each second of its own (budget 300)"
    )
