"""The reconciliation to people and programs: the page, its button, the command, the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from batchly_admin.jobs import runtime as tasks_runtime
from batchly_admin.jobs import tasks
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import ScheduleSlot, SyncDifference
from batchly_admin.qbo.auth import connect_simulator
from tests.functional.desk import HASTE
from tests.functional.planted import Garden
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.functional.test_commands import last_line
from tests.house import House, Person, open_house
from tests.servers import batchly

PAGE = "/admin/quickbooks/reconciliation"


@dataclass(frozen=True)
class Books:
    """The application over the same database as the shop of the garden."""

    house: House
    shop: Shop
    folder: Path
    environ: dict[str, str]

    @property
    def runtime(self) -> Runtime:
        return self.house.runtime


def press(person: Person) -> TestResponse:
    """Press the button of the page, which asks for JSON."""
    headers = {"X-CSRFToken": person.token, "Accept": "application/json"}
    return person.client.post(f"{PAGE}/run", headers=headers)


@pytest.fixture
def books(shop_folder: Path, simulator: dict[str, Any], redis_url: str) -> Iterator[Books]:
    environ = {"REDIS_URL": redis_url, **HASTE}
    with open_house(shop_folder, **environ) as house:
        runtime = house.runtime
        connect_simulator(runtime.uows, runtime.box, simulator)
        shop = Shop(runtime.uows, simulator, redis_url, box=runtime.box)
        yield Books(house, shop, shop_folder, environ)


@pytest.fixture
def garden(books: Books, simulator: dict[str, Any]) -> Garden:
    quickbooks = Quickbooks(simulator)
    quickbooks.limits(on=False)
    return Garden(books.shop, quickbooks)


def test_a_viewer_sees_the_page_and_may_not_press(books: Books) -> None:
    person = books.house.log_in("viewer")
    page = person.get(PAGE)
    assert page.status_code == 200
    assert "not compared yet" in page.text
    assert "Reconcile now" not in page.text
    assert press(person).status_code == 403
    assert books.shop.all(Reconciliation) == []


def test_the_button_asks_once_and_the_worker_compares(books: Books, garden: Garden) -> None:
    garden.grow(2)
    garden.voided()
    person = books.house.log_in("accountant")
    first, second = press(person), press(person)
    assert first.status_code == second.status_code == 202
    assert "already" in second.get_json()["message"]
    assert "Waiting for the worker" in person.get(PAGE).text

    tasks_runtime.bind(books.runtime)
    tasks.work_slots()

    done = books.shop.all(Reconciliation)[-1]
    assert (done.state, done.trigger, done.found) == ("finished", "button", 1)
    page = person.get(PAGE).text
    assert "1 difference waits" in page
    assert "Void on one side" in page
    assert "2026-03" in page
    (slot,) = [one for one in books.shop.all(ScheduleSlot) if one.name == "reconcile"]
    assert slot.state == "done"


def test_when_quickbooks_fails_the_page_says_so_and_the_slot_waits(
    books: Books, garden: Garden
) -> None:
    garden.grow(1)
    person = books.house.log_in("admin")
    press(person)
    garden.quickbooks.fault("http500", route="query.read", count=50)
    tasks_runtime.bind(books.runtime)
    tasks.work_slots()
    assert "could not be finished" in person.get(PAGE).text
    (slot,) = [one for one in books.shop.all(ScheduleSlot) if one.name == "reconcile"]
    assert slot.state == "pending"
    assert books.shop.all(SyncDifference) == []


def test_the_command_ends_with_what_it_found(books: Books, garden: Garden) -> None:
    garden.grow(2)
    equal = batchly(books.folder, "sync", "reconcile", "--json", environ=books.environ)
    assert equal.returncode == 0, equal.stderr
    assert last_line(equal.stdout)["equal"] is True

    garden.deleted()
    differs = batchly(books.folder, "sync", "reconcile", "--json", environ=books.environ)
    assert differs.returncode == 1
    said = last_line(differs.stdout)
    assert said["differences"] == said["new_differences"] == 1
    assert said["types"]["invoice"]["differences"] == {"deleted": 1}

    garden.quickbooks.fault("http500", route="query.read", count=500)
    failed = batchly(books.folder, "sync", "reconcile", "--json", environ=books.environ)
    assert failed.returncode == 2
    assert last_line(failed.stdout)["error"]["message"]


def test_the_nights_comparison_comes_after_the_payments(books: Books) -> None:
    assert books.runtime.pulls["reconcile"] == "30 2 * * *"
    assert books.runtime.pulls["payments"] == "0 2 * * *"
