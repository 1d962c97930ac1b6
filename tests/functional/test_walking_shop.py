"""The whole house, over HTTP only: a file of orders becomes invoices in QuickBooks, once."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import requests

from tests.servers import Up, batchly, batchly_up, wait_until
from tests.web import Client

pytestmark = pytest.mark.processes

PASSWORD = "correct horse battery staple 9"
EMAIL = "manager@shop.example"
FILE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,TEE-01,Plain tee,12,2026-03-01T09:00:00,4.35,C77,United States
1001,TEE-02,Printed tee,3,2026-03-01T09:00:00,0.335,C77,United States
1001,TEE-01,Plain tee,2,2026-03-01T09:00:00,4.35,C77,United States
1002,MUG-01,"Mug 11"" white",7,2026-03-02T09:00:00,5.95,C78,United States
1002,MUG-02,Mug free of charge,1,2026-03-02T09:00:00,0,C78,United States
1003,CAP-01,Cap,5,2026-03-02T10:00:00,9.99,,United States
C1004,CAP-01,Cap,-5,2026-03-02T10:00:00,9.99,C78,United States
1005,POST,Postage,1,2026-03-03T10:00:00,12.50,C79,United States
1005,CAP-01,Cap,10,2026-03-03T10:00:00,9.99,C79,United States
"""
TOTALS = {"1001": Decimal("61.91"), "1002": Decimal("41.65"), "1005": Decimal("112.40")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with batchly_up(tmp_path_factory.mktemp("shop") / "data") as running:
        running.ready()
        made = batchly(
            running.data_dir,
            *("users", "create", EMAIL, "--role", "manager", "--password-stdin"),
            stdin=f"{PASSWORD}\n",
        )
        assert made.returncode == 0, made.stderr
        yield running


@pytest.fixture
def manager(shop: Up) -> Client:
    client = Client(shop.url)
    assert client.log_in(EMAIL, PASSWORD).url == f"{shop.url}/"
    return client


def import_file(shop: Up, folder: Path, text: str = FILE) -> dict[str, Any]:
    path = folder / "orders.csv"
    path.write_text(text)
    done = batchly(shop.data_dir, "import", "orders", str(path), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def received(shop: Up, entity: str) -> list[dict[str, Any]]:
    """Read QuickBooks' side with nothing of ours in between."""
    details = shop.state["simulator"]
    token = requests.post(
        requests.get(details["discovery_url"], timeout=5).json()["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": details["refresh_token"]},
        auth=(details["client_id"], details["client_secret"]),
        timeout=5,
    ).json()["access_token"]
    answer = requests.get(
        f"{details['api_base']}/company/{details['realm_id']}/query",
        params={"query": f"select * from {entity} maxresults 1000"},  # noqa: S608 - no SQL
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=10,
    )
    body = json.loads(answer.text, parse_float=Decimal)
    found: list[dict[str, Any]] = body["QueryResponse"].get(entity, [])
    return found


def rows(client: Client, table: str) -> list[dict[str, Any]]:
    """Give the first window of a grid, its rows as dictionaries."""
    page = client.get(f"/{table}").text
    config = json.loads(page.split('id="grid-config"', 1)[1].split(">", 1)[1].split("</script>")[0])
    names = [column["name"] for column in config["columns"]]
    found = client.json(f"/{table}/window", limit=200)["rows"]
    return [
        {"id": row[0], "lock": row[2], **dict(zip(names, row[3:], strict=True))} for row in found
    ]


def test_a_file_of_orders_becomes_invoices_in_quickbooks(
    shop: Up, manager: Client, tmp_path: Path
) -> None:
    account = import_file(shop, tmp_path)
    assert account["lines_read"] == 9
    assert account["lines_created"] == 6
    assert account["lines_skipped"] == 1
    assert account["lines_refused"] == 2
    assert account["orders_created"] == 3
    assert account["reasons"] == {"cancelled_order": 1, "zero_price": 1, "missing_customer": 1}

    assert import_file(shop, tmp_path)["orders_created"] == 0

    approved = manager.act("orders", "approve", {"filter": {"status": "pending"}, "all": True})
    assert (approved["total"], approved["ok"], approved["failed"]) == (3, 3, 0)
    invoiced = manager.act("orders", "bulk-invoice", {"filter": {}, "all": True})
    assert (invoiced["total"], invoiced["ok"]) == (3, 3)

    def all_synced() -> bool:
        return all(row["sync_state"][0] == "synced" for row in rows(manager, "invoices"))

    wait_until(all_synced, seconds=60, what="the arrival of the invoices in QuickBooks")
    ours = {row["invoice_number"]: row for row in rows(manager, "invoices")}
    theirs = {invoice["DocNumber"]: invoice for invoice in received(shop, "Invoice")}
    assert set(ours) == set(theirs) == {"INV-0001", "INV-0002", "INV-0003"}
    assert sorted(Decimal(str(i["TotalAmt"])) for i in theirs.values()) == sorted(TOTALS.values())
    for number, row in ours.items():
        assert Decimal(row["total_amount"]) == Decimal(str(theirs[number]["TotalAmt"]))
        assert theirs[number]["Id"] in row["sync_state"][1]
        assert row["lock"], "an issued invoice is locked"
    first = next(i for i in theirs.values() if Decimal(str(i["TotalAmt"])) == TOTALS["1001"])
    lines = [line for line in first["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    assert [Decimal(str(line["Amount"])) for line in lines] == [
        Decimal("52.20"),
        Decimal("1.01"),
        Decimal("8.70"),
    ]
    assert not received(shop, "Estimate"), "orders never reach QuickBooks"
    assert not received(shop, "PurchaseOrder"), "orders never reach QuickBooks"


def test_a_second_bulk_invoice_of_the_same_orders_fails_row_by_row_and_makes_nothing(
    shop: Up, manager: Client
) -> None:
    before = len(rows(manager, "invoices"))
    run = manager.act("orders", "bulk-invoice", {"filter": {}, "all": True})
    assert run["ok"] == 0
    assert run["failed"] == run["total"] == 3
    assert all(result["message"] for result in run["results"])
    assert len(rows(manager, "invoices")) == before


def test_a_double_click_starts_one_run(manager: Client) -> None:
    chosen = manager.chosen("orders", "approve", {"filter": {}, "all": True})
    body = {"selection": chosen, "params": {}, "key": "one-click"}
    runs = {manager.post("/orders/actions/approve", body).json()["run"] for _ in range(5)}
    assert len(runs) == 1


def test_a_bulk_run_survives_a_flushed_redis_and_a_killed_worker(
    shop: Up, manager: Client, tmp_path: Path
) -> None:
    header, _, _rest = FILE.partition("\n")
    lines = [
        f"2{n:03d},TEE-01,Plain tee,{n % 9 + 1},2026-03-05T09:00:00,4.35,C77,United States"
        for n in range(60)
    ]
    account = import_file(shop, tmp_path, "\n".join([header, *lines]) + "\n")
    assert account["orders_created"] == 60
    manager.act("orders", "approve", {"filter": {"status": "pending"}, "all": True})
    known = len(rows(manager, "invoices"))
    rest = {"filter": {"status": "approved", "invoicing": "none"}, "all": True}
    chosen = manager.chosen("orders", "bulk-invoice", rest)
    started = manager.post("/orders/actions/bulk-invoice", {"selection": chosen}).json()["run"]
    details = json.loads((shop.data_dir / "redis" / "server.json").read_text())
    redis.Redis.from_url(details["url"]).flushall()
    kill_worker(shop)
    run = manager.finished(started)
    assert (run["ok"], run["failed"]) == (60, 0)

    def arrived() -> bool:
        state = json.loads(
            batchly(shop.data_dir, "sync", "status", "--json").stdout.splitlines()[-1]
        )
        figures = state["types"]["invoices"]
        return bool(figures["pending"] + figures["processing"] + figures["blocked"] == 0)

    wait_until(arrived, seconds=120, what="the arrival of the invoices in QuickBooks")
    numbers = sorted(row["invoice_number"] for row in rows(manager, "invoices"))
    assert numbers == [f"INV-{n:04d}" for n in range(1, known + 61)]
    assert sorted(invoice["DocNumber"] for invoice in received(shop, "Invoice")) == numbers


def kill_worker(shop: Up) -> None:
    """Kill the worker process the hard way; the supervisor starts another."""
    children = psutil.Process(shop.process.pid).children()
    named = [child for child in children if "worker" in " ".join(child.cmdline()).lower()]
    for child in named:
        os.kill(child.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "attempt",
    [("nobody@shop.example", PASSWORD), (EMAIL, "wrong password 123")],
    ids=["unknown user", "wrong password"],
)
def test_every_refused_log_in_looks_alike(shop: Up, attempt: tuple[str, str]) -> None:
    answer = Client(shop.url).log_in(*attempt)
    assert answer.status_code == 401
    assert "e-mail" in answer.text.lower()
    assert "csrf-token" in answer.text
