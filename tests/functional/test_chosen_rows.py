"""Bulk actions on all rows of a filter: what was shown happens, and each row is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.domain.statuses import RowState
from batchly_admin.grid.still_fits import still_fits
from batchly_admin.ids import new_id, parse_id
from batchly_admin.models.changes import Run, RunRow
from batchly_admin.models.customers import Customer
from batchly_admin.models.production import Job
from batchly_admin.services import row_answers, runs
from batchly_admin.services.unit_of_work import SYSTEM
from tests import given
from tests.house import House, open_house


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("chosen")
    with open_house(folder, ("manager", "office"), DATABASE_URL=shared_database_url) as found:
        yield found


def add(house: House, *names: str) -> None:
    with house.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        uow.session.add_all([Customer(display_name=name) for name in names])


def names(house: House) -> set[str]:
    with house.runtime.database.connect() as connection:
        return set(connection.execute(sa.select(Customer.display_name)).scalars())


@pytest.fixture
def path(house: House) -> str:
    with house.runtime.database.begin() as connection:
        connection.execute(sa.delete(Customer))
    add(house, "Old 1", "Old 2", "Stays", "Old 3")
    return "/customers/actions/delete"


GROUP = {
    "any": [
        {"column": "display_name", "operator": "starts_with", "value": "Old"},
        {"column": "display_name", "operator": "is", "value": "Nobody"},
    ]
}


def all_rows(*nodes: Any) -> dict[str, Any]:
    return {"selection": {"all": True, "filter": {"search": "", "where": list(nodes)}}}


def signed_rows(house: House, path: str) -> dict[str, Any]:
    """Give what starts an action on all rows of the filter."""
    seen = house["manager"].post(f"{path}/preview", all_rows(GROUP)).get_json()
    return {"selection": seen["selection"]}


def work(house: House, answer: Any) -> dict[str, str]:
    """Do a started run, and give what became of its rows."""
    assert answer.status_code == 202, answer.text
    run_id = parse_id(answer.get_json()["run"])
    assert run_id is not None
    assert runs.work_slice(house.runtime.uows, run_id, seconds=60.0, still_fits=still_fits)
    with house.runtime.uows.read() as session:
        rows = session.scalars(sa.select(RunRow).where(RunRow.run_id == run_id))
        return {row.label: str(row.message) if row.state == RowState.FAILED else "" for row in rows}


def test_rows_that_came_after_the_preview_are_left_out(house: House, path: str) -> None:
    manager = house["manager"]
    seen = manager.post(f"{path}/preview", all_rows(GROUP)).get_json()
    assert seen["total"] == 3
    add(house, "Old 4")
    assert set(work(house, manager.post(path, {"selection": seen["selection"]}))) == {
        "Old 1",
        "Old 2",
        "Old 3",
    }
    assert names(house) == {"Stays", "Old 4"}


def test_a_row_that_stopped_matching_is_not_touched(house: House, path: str) -> None:
    manager = house["manager"]
    seen = manager.post(f"{path}/preview", all_rows(GROUP)).get_json()
    started = manager.post(path, {"selection": seen["selection"]})
    with house.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        found = uow.session.scalars(sa.select(Customer).where(Customer.display_name == "Old 2"))
        found.one().display_name = "New 2"
    done = work(house, started)
    assert "no longer matches" in done.pop("Old 2")
    assert set(done.values()) == {""}
    assert names(house) == {"Stays", "New 2"}


def test_a_signature_is_for_one_filter_one_table_and_one_person(house: House, path: str) -> None:
    manager = house["manager"]
    signed = manager.post(f"{path}/preview", all_rows(GROUP)).get_json()["selection"]["signed"]
    wrong = [
        (house["office"], path, signed),
        (manager, "/products/actions/delete", signed),
        # Not the very last letter: some of its bits mean nothing.
        (manager, path, signed[:-5] + ("A" if signed[-5] != "A" else "B") + signed[-4:]),
        (manager, path, "W10." + signed.split(".", 1)[1]),
        (manager, path, ""),
        (manager, path, None),
        (manager, path, ["x"]),
    ]
    for person, to, text in wrong:
        for address in (to, f"{to}/preview"):
            answer = person.post(address, {"selection": {"signed": text}})
            assert answer.status_code == 409, (address, text, answer.text)
    assert len(names(house)) == 4


@pytest.mark.parametrize("selection", [all_rows(GROUP)["selection"], {"all": True}, {"all": 1}])
def test_no_filter_is_started_without_the_signature_of_its_preview(
    house: House, path: str, selection: dict[str, Any]
) -> None:
    answer = house["manager"].post(path, {"selection": selection})
    assert answer.status_code == 422
    assert "preview" in answer.get_json()["error"]["message"]
    assert len(names(house)) == 4


def test_a_filter_that_one_may_not_use_any_more_fits_nothing(house: House, path: str) -> None:
    answer = house["manager"].post(path, signed_rows(house, path))
    run_id = parse_id(answer.get_json()["run"])
    with house.runtime.database.begin() as connection:
        hidden = {"where": [{"column": "no_such_column", "operator": "empty"}]}
        params = {runs.CHOSEN_BY: hidden}
        connection.execute(sa.update(Run).where(Run.id == run_id).values(params=params))
    done = work(house, answer)
    assert len(done) == 3
    assert all("no longer matches" in str(said) for said in done.values())
    assert len(names(house)) == 4


def test_a_person_cannot_pass_a_filter_of_their_own_to_the_rows(house: House, path: str) -> None:
    """What a run remembers of its filter is what was checked, not what the request says."""
    body = {**signed_rows(house, path), "params": {runs.CHOSEN_BY: {"where": []}}}
    answer = house["manager"].post(path, body)
    with house.runtime.uows.read() as session:
        run = session.get_one(Run, parse_id(answer.get_json()["run"]))
        assert run.params == {runs.CHOSEN_BY: {"search": "", "where": [GROUP]}}


def test_a_row_has_a_day_of_its_own_and_what_does_not_fit_is_told_at_it(house: House) -> None:
    manager, path = house["manager"], "/orders/actions/create-jobs"
    first, second = (given.approved_order(house.runtime.uows) for _ in range(2))
    body: dict[str, Any] = {
        "selection": {"ids": [str(first), str(second)]},
        "params": {"due_date": "2027-01-05", row_answers.BY_ROW: {str(first): {"price": "0"}}},
        "by_row": {str(second): {"due_date": "tomorrow"}},
    }
    seen = manager.post(f"{path}/preview", body).get_json()
    assert [one["by_row"] for one in seen["params"]] == [True]
    assert {row["id"]: row["problem"] for row in seen["rows"]} == {
        str(first): None,
        str(second): {"name": "due_date", "reason": "The due date is not a day."},
    }
    refused = manager.post(path, body)
    assert refused.status_code == 422
    [field] = refused.get_json()["error"]["fields"]
    assert field["field"] == f"{second}.due_date"
    body["by_row"] = {str(second): {"due_date": "2027-02-01"}, str(new_id()): {"due_date": "x"}}
    seen = manager.post(f"{path}/preview", body).get_json()
    assert "Set apart below: 1 row." in seen["lines"]
    assert set(work(house, manager.post(path, body)).values()) == {""}
    with house.runtime.uows.read() as session:
        due = dict(session.query(Job.po_id, Job.estimated_completion_date).all())
    assert due == {first: date(2027, 1, 5), second: date(2027, 2, 1)}
