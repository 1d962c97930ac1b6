"""What can be done about a finished run: the same in its dialog and on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from batchly_admin.ids import parse_id
from batchly_admin.services import runs
from tests import given
from tests.house import House, Person, open_house

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
VOID, UNDO, RETRY = "invoices-reverse", "undo", "retry"


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("offers")
    roles = ("admin", "accountant", "viewer")
    with open_house(folder, roles, DATABASE_URL=shared_database_url) as found:
        yield found


def done(house: House, action: str, *ids: Any) -> str:
    """Let the admin do something to orders, and give the run."""
    body = {"selection": {"ids": [str(one) for one in ids]}}
    run: str = house["admin"].post(f"/orders/actions/{action}", body).get_json()["run"]
    work(house, run)
    return run


def work(house: House, run: str) -> None:
    run_id = parse_id(run)
    assert run_id is not None
    assert runs.work_slice(house.runtime.uows, run_id, seconds=60.0)


def offered(person: Person, run: str) -> list[str]:
    """Give what a run's dialog offers, which its page has to offer as well."""
    dialog = person.get(f"/runs/{run}").get_json()["offers"]
    page = person.client.get(f"/runs/{run}", headers={"Accept": CHROME}).text
    found = re.findall(rf'/runs/{run}/(undo|retry)"|data-run-offer="([^"]+)"', page)
    names = [one["name"] for one in dialog]
    assert ["".join(pair) for pair in found] == names
    assert all(one["label"] in page for one in dialog)
    return names


def test_issued_documents_are_taken_back_from_the_page_as_from_the_dialog(house: House) -> None:
    approved, pending = given.approved_order(house.runtime.uows), given.order(house.runtime.uows)
    run = done(house, "bulk-invoice", approved, pending)
    assert offered(house["admin"], run) == [VOID, RETRY]
    assert offered(house["accountant"], run) == [VOID]
    assert offered(house["viewer"], run) == []
    [offer, _retry] = house["admin"].get(f"/runs/{run}").get_json()["offers"]
    seen = house["admin"].post(f"{offer['action']}/preview", {"selection": offer["selection"]})
    assert seen.get_json()["will"] == 1


def test_only_who_may_do_it_may_do_it_again(house: House) -> None:
    run = done(house, "bulk-invoice", given.order(house.runtime.uows))
    assert house["accountant"].post(f"/runs/{run}/retry", {}).status_code == 403
    assert house["admin"].post(f"/runs/{run}/retry", {}).status_code == 202


def test_what_can_be_unwritten_is_undone_once(house: House) -> None:
    run = done(house, "approve", given.order(house.runtime.uows))
    assert offered(house["admin"], run) == [UNDO]
    assert offered(house["viewer"], run) == []
    back = house["admin"].post(f"/runs/{run}/undo", {}).get_json()["run"]
    assert offered(house["admin"], back) == []
    work(house, back)
    assert offered(house["admin"], run) == offered(house["admin"], back) == []
