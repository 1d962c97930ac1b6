"""The reconciliation to people and programs: the page, its button, the command, the schedule."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from batchly_admin.app import build_runtime, create_app
from batchly_admin.jobs import runtime as tasks_runtime
from batchly_admin.jobs import tasks
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import ScheduleSlot, SyncDifference
from batchly_admin.qbo.auth import connect_simulator
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings
from tests.functional.desk import HASTE
from tests.functional.planted import Garden
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.functional.test_commands import last_line
from tests.servers import batchly

PASSWORD = "a password long enough 7"
PAGE = "/admin/quickbooks/reconciliation"


class House:
    """The application over the same database as the shop of the garden."""

    def __init__(self, folder: Path, details: dict[str, Any], redis_url: str) -> None:
        self.folder = folder
        self.environ = {"REDIS_URL": redis_url, **HASTE}
        settings = Settings.from_env(self.environ, data_dir=folder)
        self.runtime: Runtime = build_runtime(settings)
        self.shop = Shop(self.runtime.uows, details, redis_url, box=self.runtime.box)
        connect_simulator(self.runtime.uows, self.runtime.box, details)
        self.app = create_app(settings, self.runtime)
        self.token = ""

    def client(self, role: str) -> FlaskClient:
        """Give somebody who is logged in."""
        email = f"{role}@shop.example"
        with self.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
            users.create_user(uow, email=email, name=role, role=role, password=PASSWORD)
        client = self.app.test_client()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
        assert found is not None
        sent = {"email": email, "password": PASSWORD, "csrf_token": found.group(1)}
        client.post("/login", data=sent)
        token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
        assert token is not None
        self.token = token.group(1)
        return client

    def press(self, client: FlaskClient) -> Any:
        """Press the button."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        return client.post(f"{PAGE}/run", headers=headers)


@pytest.fixture
def house(shop_folder: Path, simulator: dict[str, Any], redis_url: str) -> Any:
    made = House(shop_folder, simulator, redis_url)
    yield made
    made.runtime.dispose()


@pytest.fixture
def garden(house: House, simulator: dict[str, Any]) -> Garden:
    quickbooks = Quickbooks(simulator)
    quickbooks.limits(on=False)
    return Garden(house.shop, quickbooks)


def test_a_viewer_sees_the_page_and_may_not_press(house: House) -> None:
    client = house.client("viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "not compared yet" in page.text
    assert "Reconcile now" not in page.text
    assert house.press(client).status_code == 403
    assert house.shop.all(Reconciliation) == []


def test_the_button_asks_once_and_the_worker_compares(house: House, garden: Garden) -> None:
    garden.grow(2)
    garden.voided()
    client = house.client("accountant")
    first, second = house.press(client), house.press(client)
    assert first.status_code == second.status_code == 202
    assert "already" in second.json["message"]
    assert "Waiting for the worker" in client.get(PAGE).text

    tasks_runtime.bind(house.runtime)
    tasks.work_slots()

    done = house.shop.all(Reconciliation)[-1]
    assert (done.state, done.trigger, done.found) == ("finished", "button", 1)
    page = client.get(PAGE).text
    assert "1 difference waits" in page
    assert "Void on one side" in page
    assert "2026-03" in page
    (slot,) = [one for one in house.shop.all(ScheduleSlot) if one.name == "reconcile"]
    assert slot.state == "done"


def test_when_quickbooks_fails_the_page_says_so_and_the_slot_waits(
    house: House, garden: Garden
) -> None:
    garden.grow(1)
    client = house.client("admin")
    house.press(client)
    garden.quickbooks.fault("http500", route="query.read", count=50)
    tasks_runtime.bind(house.runtime)
    tasks.work_slots()
    assert "could not be finished" in client.get(PAGE).text
    (slot,) = [one for one in house.shop.all(ScheduleSlot) if one.name == "reconcile"]
    assert slot.state == "pending"
    assert house.shop.all(SyncDifference) == []


def test_the_command_ends_with_what_it_found(house: House, garden: Garden) -> None:
    garden.grow(2)
    equal = batchly(house.folder, "sync", "reconcile", "--json", environ=house.environ)
    assert equal.returncode == 0, equal.stderr
    assert last_line(equal.stdout)["equal"] is True

    garden.deleted()
    differs = batchly(house.folder, "sync", "reconcile", "--json", environ=house.environ)
    assert differs.returncode == 1
    said = last_line(differs.stdout)
    assert said["differences"] == said["new_differences"] == 1
    assert said["types"]["invoice"]["differences"] == {"deleted": 1}

    garden.quickbooks.fault("http500", route="query.read", count=500)
    failed = batchly(house.folder, "sync", "reconcile", "--json", environ=house.environ)
    assert failed.returncode == 2
    assert last_line(failed.stdout)["error"]["message"]


def test_the_nights_comparison_comes_after_the_payments(house: House) -> None:
    assert house.runtime.pulls["reconcile"] == "30 2 * * *"
    assert house.runtime.pulls["payments"] == "0 2 * * *"
