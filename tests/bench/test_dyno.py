"""A whole dyno: time to the first answer, memory under load, invoices reaching QuickBooks."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.servers import batchly, batchly_up, wait_until
from tests.web import Client

pytestmark = pytest.mark.bench

EMAIL, PASSWORD = "bench@shop.example", "a long password for a benchmark"
INVOICES = 100
PAGES = ("/", "/orders", "/orders/window", "/customers", "/invoices/window", "/jobs", "/products")


def pss_megabytes(pid: int) -> float:
    """Add up the proportional memory of the dyno: the supervisor, its children and its Redis."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    counted = [one for one in family if "simulator" not in " ".join(one.cmdline())]
    return float(sum(one.memory_full_info().pss for one in counted)) / 1024 / 1024


def write_orders(path: Path) -> None:
    """Write a file of orders, one line each."""
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    lines = [
        f"{7000 + n},TEE-{n % 10:02d},Tee,{n % 7 + 1},2026-03-01T09:00:00,4.35,K{n % 20},US\n"
        for n in range(INVOICES)
    ]
    path.write_text(header + "".join(lines))


def test_a_whole_dyno(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with batchly_up(data) as first:
        first.ready()
    started = time.monotonic()
    with batchly_up(data) as dyno:
        dyno.ready()
        requests.get(f"{dyno.url}/login", timeout=10).raise_for_status()
        print(f"\nStart to first answer: {time.monotonic() - started:.2f} s (budget 3)")
        batchly(
            data,
            "users",
            "create",
            EMAIL,
            "--role",
            "admin",
            "--password-stdin",
            stdin=f"{PASSWORD}\n",
        )
        client = Client(dyno.url)
        client.log_in(EMAIL, PASSWORD)
        write_orders(tmp_path / "orders.csv")
        done = batchly(data, "import", "orders", str(tmp_path / "orders.csv"), "--json")
        assert done.returncode == 0, done.stderr
        client.act("orders", "approve", {"filter": {}, "all": True})

        def synced(number: int) -> bool:
            found = client.json(
                "/invoices/count",
                filters='[{"column":"sync_state","operator":"is","value":"synced"}]',
            )
            return int(found["total"]) >= number

        def invoice(selection: dict[str, Any], number: int) -> float:
            issued = time.monotonic()
            chosen = client.chosen("orders", "bulk-invoice", selection)
            client.post("/orders/actions/bulk-invoice", {"selection": chosen})
            wait_until(lambda: synced(number), seconds=120, what="the arrival in QuickBooks")
            return time.monotonic() - issued

        first = client.json("/orders/window", limit=1)["rows"][0][0]
        span = invoice({"ids": [first]}, 1)
        print(f"One invoice in QuickBooks, its customer and item first: {span:.2f} s (budget 2)")
        rest = {"filter": {"status": "approved", "invoicing": "none"}, "all": True}
        span = invoice(rest, INVOICES)
        print(
            f"{INVOICES - 1} more, with 19 customers and 9 items: {span:.1f} s at 8 calls a second"
        )
        state = json.loads(batchly(data, "sync", "status", "--json").stdout.splitlines()[-1])
        print(f"  {state['types']['invoices']}")
        for _ in range(30):
            for page in PAGES:
                client.get(page)
        print(
            f"Memory of the dyno after load: {pss_megabytes(dyno.process.pid):.0f} MB PSS "
            "(budget 256)"
        )
