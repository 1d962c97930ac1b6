"""Bulk runs: once per click, once per row, whatever happens to the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.clock import ManualClock
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.grid.registry import tables
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.changes import ChangeSet, Run, RunRow
from batchly_admin.models.company import User
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.queries.runs import recent_runs, run_summary
from batchly_admin.services import runs, users
from batchly_admin.services.actions import ACTIONS, BulkAction, Preview
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN

LONG = 600.0


def start(uows: UnitOfWorks, ids: Sequence[UUID], action: str = "approve", **more: Any) -> UUID:
    actor = more.pop("actor", ANN)
    table = more.pop("table", "orders")
    with uows.begin(actor=actor, source="grid") as uow:
        targets = [(key, f"row {number}") for number, key in enumerate(ids)]
        run = runs.start_run(uow, table=table, action=action, label="Test", targets=targets, **more)
        return run.id


def finish(uows: UnitOfWorks, run_id: UUID) -> dict[str, Any]:
    assert runs.work_slice(uows, run_id, seconds=LONG)
    with uows.read() as session:
        return run_summary(session, run_id)


def preview(uows: UnitOfWorks, table: str, action: str, ids: Sequence[UUID]) -> Preview:
    with uows.read() as session:
        return ACTIONS[table, action].preview(session, ids, {})


def test_a_run_of_nothing_is_refused(uows: UnitOfWorks) -> None:
    with pytest.raises(Conflict):
        start(uows, [])


def test_a_run_that_is_gone_is_not_worked_on(uows: UnitOfWorks) -> None:
    with pytest.raises(NotFound):
        runs.work_slice(uows, new_id(), seconds=1)


def test_the_same_click_is_the_same_run(uows: UnitOfWorks, rung: list[str]) -> None:
    ids = [given.order(uows)]
    assert len({start(uows, ids, request_key="one click") for _ in range(5)}) == 1
    assert start(uows, ids) != start(uows, ids)
    assert "runs" in rung


def test_every_row_ends_with_its_own_words(uows: UnitOfWorks) -> None:
    good, bad, gone = given.order(uows), given.order(uows, lines=()), new_id()
    found = finish(uows, start(uows, [good, bad, gone]))
    assert (found["state"], found["total"], found["ok"], found["failed"]) == ("finished", 3, 1, 2)
    assert [(row["label"], row["ok"], row["message"]) for row in found["results"]] == [
        ("row 1", False, "PO-0002 has no lines."),
        ("row 2", False, "This purchase order no longer exists."),
        ("row 0", True, "Approved."),
    ]


def test_a_row_is_a_change_set_of_the_run_by_who_started_it(uows: UnitOfWorks) -> None:
    run_id = start(uows, [given.order(uows)])
    finish(uows, run_id)
    with uows.read() as session:
        change = session.scalars(sa.select(ChangeSet).where(ChangeSet.run_id == run_id)).one()
        assert (change.actor_name, change.source) == ("Ann", "task")
        assert change.summary == "Approve: row 0"


def test_a_warning_is_told_with_the_approval(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    with uows.begin(actor=ANN, source="import") as uow:
        uow.session.get_one(PurchaseOrder, order_id).warning = "2 lines were refused"
    assert preview(uows, "orders", "approve", [order_id]).warnings
    found = finish(uows, start(uows, [order_id]))
    assert found["results"][0]["message"] == "Approved. To check: 2 lines were refused"


def test_who_lost_the_right_meanwhile_does_nothing(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    found = finish(uows, start(uows, [order_id], actor=Actor("Vera", None, frozenset({"viewer"}))))
    assert (found["ok"], found["failed"]) == (0, 1)
    with uows.begin(actor=ANN, source="form") as uow:
        olga = users.create_user(
            uow, email="o@x.example", name="Olga", role="office", password="some long words 7"
        )
        actor = Actor("Olga", olga.id, frozenset({"office"}))
    run_id = start(uows, [order_id], actor=actor)
    with uows.begin(actor=ANN, source="form") as uow:
        users.update_user(uow, uow.session.get_one(User, actor.user_id), {"is_active": False})
    assert finish(uows, run_id)["results"][0]["message"] == "Olga is no longer active."
    with uows.read() as session:
        assert session.get_one(PurchaseOrder, order_id).status == "pending"


def test_an_unknown_action_fails_in_words(uows: UnitOfWorks) -> None:
    found = finish(uows, start(uows, [given.order(uows)], "explode"))
    assert found["results"][0]["message"] == "There is no action explode for orders."


def counting(calls: list[UUID], fail: Any = None) -> dict[tuple[str, str], BulkAction]:
    def perform(uow: UnitOfWork, key: UUID, _params: Mapping[str, Any]) -> str:
        calls.append(key)
        order = uow.session.get_one(PurchaseOrder, key)
        order.internal_notes = f"{order.internal_notes or ''}x"
        uow.session.flush()
        if fail is not None:
            fail(key)
        return "done"

    def look(_session: Session, ids: Sequence[UUID], _params: Mapping[str, Any]) -> Preview:
        return Preview("", (), len(ids), 0)

    return {("orders", "mark"): BulkAction("mark", "Mark", "orders:edit", perform, look)}


def notes(uows: UnitOfWorks) -> list[str | None]:
    with uows.read() as session:
        query = sa.select(PurchaseOrder.internal_notes).order_by(PurchaseOrder.id)
        return list(session.scalars(query))


class Killed(BaseException):
    """The worker process is gone."""


def test_a_killed_worker_does_no_row_twice(uows: UnitOfWorks, clock: ManualClock) -> None:
    ids = [given.order(uows) for _ in range(4)]
    run_id = start(uows, ids, "mark")
    calls: list[UUID] = []

    def die(key: UUID) -> None:
        if key == ids[2]:
            raise Killed

    with pytest.raises(Killed):
        runs.work_slice(uows, run_id, seconds=LONG, actions=counting(calls, die))
    with uows.begin(actor=ANN, source="task") as uow:
        # A worker that is killed cannot let go of its lease.
        values = {"lease_token": "dead", "lease_until": uow.now() + runs.LEASE}
        uow.session.execute(sa.update(Run).values(**values))
    assert runs.work_slice(uows, run_id, seconds=LONG, actions=counting(calls))
    assert notes(uows) == ["x", "x", None, None], "the lease still holds"
    with uows.read() as session:
        assert runs.unfinished_runs(session, clock.now()) == []
        clock.advance(timedelta(seconds=61))
        assert runs.unfinished_runs(session, clock.now()) == [run_id]
    assert runs.work_slice(uows, run_id, seconds=LONG, actions=counting(calls))
    assert notes(uows) == ["x", "x", "x", "x"]
    with uows.read() as session:
        run = session.get_one(Run, run_id)
        assert (run.ok, run.failed, run.state) == (4, 0, "finished")


def test_a_worker_that_lost_its_lease_changes_nothing(uows: UnitOfWorks) -> None:
    ids = [given.order(uows) for _ in range(3)]
    run_id = start(uows, ids, "mark")
    calls: list[UUID] = []

    def lose(key: UUID) -> None:
        if key != ids[0]:
            raise AssertionError("worked on without the lease")

    taken = False
    original = uows.clock.monotonic

    class Thief(ManualClock):
        def monotonic(self) -> float:
            nonlocal taken
            if calls and not taken:
                taken = True
                with uows.sessions.begin() as session:
                    session.execute(sa.update(Run).values(lease_token="somebody else"))
            return original()

    uows.clock = Thief(uows.clock.now())
    assert runs.work_slice(uows, run_id, seconds=LONG, actions=counting(calls, lose))
    assert notes(uows) == ["x", None, None]


def test_an_error_of_our_own_fails_one_row_and_shows_no_insides(uows: UnitOfWorks) -> None:
    ids = [given.order(uows) for _ in range(2)]
    run_id = start(uows, ids, "mark")

    def break_(key: UUID) -> None:
        if key == ids[0]:
            raise ZeroDivisionError("secret")

    runs.work_slice(uows, run_id, seconds=LONG, actions=counting([], break_))
    assert notes(uows) == [None, "x"]
    with uows.read() as session:
        rows = session.scalars(sa.select(RunRow).order_by(RunRow.position)).all()
        assert [row.message for row in rows] == ["Internal error: ZeroDivisionError.", "done"]


def test_a_slice_ends_when_its_time_is_over(uows: UnitOfWorks) -> None:
    run_id = start(uows, [given.order(uows) for _ in range(3)])
    assert not runs.work_slice(uows, run_id, seconds=0)
    with uows.read() as session:
        found = run_summary(session, run_id)
        assert (found["state"], found["done"]) == ("running", 1)
        assert runs.unfinished_runs(session, uows.clock.now()) == [run_id]
    assert finish(uows, run_id)["ok"] == 3


def test_only_the_failed_rows_are_tried_again(uows: UnitOfWorks) -> None:
    good, bad = given.order(uows), given.order(uows, lines=())
    run_id = start(uows, [good, bad])
    with pytest.raises(Conflict), uows.begin(actor=ANN, source="grid") as uow:
        runs.retry_failed(uow, uow.session.get_one(Run, run_id))
    finish(uows, run_id)
    with uows.begin(actor=ANN, source="grid") as uow:
        again = runs.retry_failed(uow, uow.session.get_one(Run, run_id))
        again_id = again.id
        assert (again.total, again.retry_of_id) == (1, run_id)
    assert finish(uows, again_id)["failed"] == 1


def test_a_run_is_taken_back_as_a_run(uows: UnitOfWorks) -> None:
    ids = [given.order(uows) for _ in range(3)]
    run_id = start(uows, ids)
    assert finish(uows, run_id)["undoable"]
    with uows.begin(actor=ANN, source="undo") as uow:
        undone = runs.undo_run(uow, uow.session.get_one(Run, run_id))
        undo_id = undone.id
        assert undone.action == "undo"
    found = finish(uows, undo_id)
    assert (found["ok"], found["failed"], found["undoable"]) == (3, 0, False)
    with uows.read() as session:
        assert set(session.scalars(sa.select(PurchaseOrder.status))) == {"pending"}
        assert not run_summary(session, run_id)["undoable"]
    with pytest.raises(Conflict), uows.begin(actor=ANN, source="undo") as uow:
        runs.undo_run(uow, uow.session.get_one(Run, run_id))


def test_a_run_that_issued_invoices_is_not_offered_to_be_taken_back(uows: UnitOfWorks) -> None:
    run_id = start(uows, [given.approved_order(uows)], "bulk-invoice")
    found = finish(uows, run_id)
    assert found["results"][0]["message"] == "INV-0001 of $36.50."
    assert not found["undoable"]


def test_the_tray_shows_ones_own_runs_until_they_are_dismissed(
    uows: UnitOfWorks, clock: ManualClock
) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        made = users.create_user(
            uow, email="o@x.example", name="Olga", role="office", password="some long words 7"
        )
        olga, other = made.id, new_id()
    run_id = start(uows, [given.order(uows)], actor=Actor("Olga", olga, frozenset({"office"})))

    def tray(user_id: UUID) -> list[UUID]:
        with uows.read() as session:
            found = recent_runs(session, user_id=user_id, now=clock.now())
            return [one["run"] for one in found]

    assert (tray(olga), tray(other)) == ([run_id], [])
    finish(uows, run_id)
    assert tray(olga) == [run_id]
    with uows.begin(actor=ANN, source="grid") as uow:
        runs.dismiss(uow, uow.session.get_one(Run, run_id))
    assert tray(olga) == []


def test_previews_count_what_will_happen_and_why_not(uows: UnitOfWorks) -> None:
    pending, approved = given.order(uows), given.approved_order(uows)
    busy, billed = given.approved_order(uows), given.approved_order(uows)
    finish(uows, start(uows, [busy], "create-jobs"))
    finish(uows, start(uows, [billed], "bulk-invoice"))
    ids = [pending, approved, busy, billed, new_id()]
    counts = {
        name: (found.will, found.wont)
        for name in ("approve", "create-jobs", "bulk-invoice", "cancel")
        if (found := preview(uows, "orders", name, ids))
    }
    assert counts == {
        "approve": (1, 4),
        "create-jobs": (2, 3),
        "bulk-invoice": (2, 3),
        "cancel": (2, 3),
    }
    assert "1 order worth $36.50 will be approved." in preview(uows, "orders", "approve", ids).lines


@pytest.mark.parametrize("size", [1, 501, 1_200])
def test_previews_take_any_number_of_rows(uows: UnitOfWorks, size: int) -> None:
    ids = [given.order(uows), *(new_id() for _ in range(size - 1))]
    for (table, _name), action in ACTIONS.items():
        with uows.read() as session:
            found = action.preview(session, ids, {})
        assert found.will + found.wont == size, (table, action.name)


def test_invoices_are_issued_voided_and_sent_in_bulk(uows: UnitOfWorks) -> None:
    given.setting(uows, "auto_issue", value=False)
    finish(uows, start(uows, [given.approved_order(uows)], "bulk-invoice"))
    with uows.read() as session:
        key = session.scalars(sa.select(Invoice.id)).one()
    assert preview(uows, "invoices", "issue", [key]).will == 1
    found = finish(uows, start(uows, [key], "issue", table="invoices"))
    assert found["results"][0]["message"] == "Issued as INV-0001."
    waiting = finish(uows, start(uows, [key], "sync", table="invoices"))
    assert waiting["results"][0]["message"] == "INV-0001 is queued already."
    with uows.begin(actor=ANN, source="push") as uow:
        values = {"status": "failed", "error_class": "rejected", "sent_at": uow.now()}
        uow.session.execute(sa.update(SyncQueueRow).values(**values))
        uow.session.get_one(Invoice, key).sync_state = "failed"
    assert preview(uows, "invoices", "sync", [key]).will == 1
    again = finish(uows, start(uows, [key], "sync", table="invoices"))
    assert again["results"][0]["message"] == "Queued again."
    with uows.read() as session:
        row = session.scalars(sa.select(SyncQueueRow).filter_by(entity_type="invoice")).one()
        assert (row.status, row.generation, row.sent_at) == ("pending", 2, None)
    assert preview(uows, "invoices", "void", [key]).params
    reasonless = finish(uows, start(uows, [key], "void", table="invoices"))
    assert reasonless["results"][0]["message"] == "Say why the invoice is voided."
    void = start(uows, [key], "void", table="invoices", params={"reason": "Wrong"})
    assert finish(uows, void)["ok"] == 1


def test_a_request_of_unknown_outcome_keeps_its_name(uows: UnitOfWorks) -> None:
    key = given.issued_invoice(uows)
    with uows.begin(actor=ANN, source="push") as uow:
        values = {"status": "failed", "error_class": "transient", "sent_at": uow.now()}
        uow.session.execute(sa.update(SyncQueueRow).values(**values))
        before = uow.session.scalars(
            sa.select(SyncQueueRow.request_id).filter_by(entity_type="invoice")
        ).one()
    finish(uows, start(uows, [key], "sync", table="invoices"))
    with uows.read() as session:
        row = session.scalars(sa.select(SyncQueueRow).filter_by(entity_type="invoice")).one()
        assert (row.request_id, row.status) == (before, "pending")
        assert row.sent_at is not None, "the engine has to look before it sends again"


def test_jobs_are_started_and_completed_in_bulk(uows: UnitOfWorks) -> None:
    finish(uows, start(uows, [given.approved_order(uows)], "create-jobs"))
    with uows.read() as session:
        key = session.scalars(sa.select(Job.id)).one()
    assert preview(uows, "jobs", "complete", [key]).will == 1
    assert finish(uows, start(uows, [key], "complete", table="jobs"))["ok"] == 1
    assert preview(uows, "jobs", "start", [key]).wont == 1
    with uows.read() as session:
        assert session.get_one(Job, key).status == "completed"


def test_records_are_sent_and_deleted_in_bulk(uows: UnitOfWorks) -> None:
    free, used = given.customer(uows, "Free"), given.customer(uows, "Used")
    given.order(uows, customer_id=used)
    found = preview(uows, "customers", "delete", [free, used])
    assert (found.will, found.wont) == (1, 1)
    sent = finish(uows, start(uows, [free], "sync", table="customers"))
    assert sent["results"][0]["message"] == "Queued for QuickBooks."
    gone = finish(uows, start(uows, [free, used], "delete", table="customers"))
    assert (gone["ok"], gone["failed"]) == (1, 1)
    with uows.read() as session:
        assert session.scalars(sa.select(Customer.display_name)).all() == ["Used"]
        assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0


def test_every_action_a_grid_offers_exists() -> None:
    missing = [
        (table.name, name)
        for table in tables().values()
        for name in table.actions
        if (table.name, name) not in ACTIONS
    ]
    assert missing == []
    for (table_name, name), action in ACTIONS.items():
        if name == "delete":
            assert action.right == f"{tables()[table_name].rights_area}:delete"


def test_a_row_of_a_bulk_invoice_is_quick(uows: UnitOfWorks) -> None:
    from time import perf_counter

    code = given.tax_code(uows, "NY", "4", "4.5")
    buyer = given.customer(uows, default_tax_code_id=code)
    ids = [given.order(uows, customer_id=buyer) for _ in range(60)]
    for action in ("approve", "bulk-invoice"):
        begun = perf_counter()
        found = finish(uows, start(uows, ids, action))
        spent = (perf_counter() - begun) / len(ids) * 1000
        assert found["ok"] == len(ids)
        print(f"{action}: {spent:.1f} ms a row")
        assert spent < 250
    with uows.read() as session:
        total = session.scalar(sa.select(sa.func.sum(Invoice.total_amount)))
        assert total == Decimal("39.60") * len(ids)
