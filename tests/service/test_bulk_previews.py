"""What a bulk action says before it is started, and what may be chosen there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.errors import DocumentLocked, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.changes import ChangeSet, Run
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.queries.runs import run_summary
from batchly_admin.services import orders, row_answers, runs
from batchly_admin.services.actions import ACTIONS, Preview, refusal
from batchly_admin.services.company import today
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN


def preview(
    uows: UnitOfWorks, action: str, ids: Sequence[UUID], params: Mapping[str, Any], table: str
) -> Preview:
    with uows.read() as session:
        return ACTIONS[table, action].preview(session, ids, params)


def done(
    uows: UnitOfWorks, action: str, ids: Sequence[UUID], params: Mapping[str, Any], table: str
) -> dict[str, Any]:
    with uows.begin(actor=ANN, source="grid") as uow:
        targets = [(key, str(key)) for key in ids]
        run = runs.start_run(
            uow, table=table, action=action, label="Test", targets=targets, params=dict(params)
        )
    assert runs.work_slice(uows, run.id, seconds=600.0)
    with uows.read() as session:
        return run_summary(session, run.id)


def this_day(uows: UnitOfWorks) -> date:
    with uows.begin(actor=ANN, source="grid") as uow:
        return today(uow)


def test_few_rows_are_named_with_worth_and_reason(uows: UnitOfWorks) -> None:
    pending, approved, gone = given.order(uows), given.approved_order(uows), new_id()
    found = preview(uows, "approve", [pending, approved, gone], {}, "orders")
    with uows.read() as session:
        worth = session.get_one(PurchaseOrder, pending).total_amount
    assert {row.id: (row.reason, row.amount) for row in found.rows} == {
        pending: (None, worth),
        approved: ("approved, not pending", None),
    }
    assert (found.will, found.wont) == (1, 2)


def test_many_rows_are_only_counted(uows: UnitOfWorks) -> None:
    order = given.order(uows)
    found = preview(uows, "approve", [order, *(new_id() for _ in range(200))], {}, "orders")
    assert (found.will, found.wont, found.rows) == (1, 200, ())


def test_rows_in_use_are_named_before_they_are_deleted(uows: UnitOfWorks) -> None:
    free = given.order(uows)
    with uows.read() as session:
        held = session.get_one(Invoice, given.issued_invoice(uows)).po_id
    assert held is not None
    found = preview(uows, "delete", [free, held], {}, "orders")
    assert {row.id: row.reason for row in found.rows} == {
        free: None,
        held: "something still refers to it",
    }


def test_the_days_chosen_are_those_of_the_invoices(uows: UnitOfWorks) -> None:
    order, day = given.approved_order(uows), this_day(uows)
    days = {"invoice_date": str(day - timedelta(3)), "due_date": str(day + timedelta(40))}
    assert preview(uows, "bulk-invoice", [order], days, "orders").will == 1
    found = done(uows, "bulk-invoice", [order], days, "orders")
    with uows.read() as session:
        [invoice] = session.query(Invoice).all()
        assert (str(invoice.invoice_date), str(invoice.due_date)) == tuple(days.values())
    assert [(one["table"], one["action"], one["ids"]) for one in found["counters"]] == [
        ("invoices", "reverse", [invoice.id])
    ]
    assert not found["undoable"]


def test_what_was_taken_back_needs_no_counter_document(uows: UnitOfWorks) -> None:
    found = done(uows, "bulk-invoice", [given.approved_order(uows)], {}, "orders")
    [counter] = found["counters"]
    back = done(uows, counter["action"], counter["ids"], {"reason": "Twice"}, counter["table"])
    assert (back["ok"], back["counters"]) == (1, [])
    with uows.read() as session:
        assert run_summary(session, found["run"])["counters"] == []


def test_a_new_invoice_day_moves_the_due_day_of_a_draft(uows: UnitOfWorks) -> None:
    given.setting(uows, "auto_issue", False)
    order, day = given.approved_order(uows), this_day(uows)
    done(uows, "bulk-invoice", [order], {}, "orders")
    with uows.read() as session:
        [draft] = session.query(Invoice).all()
        assert draft.due_date is not None
        span = draft.due_date - draft.invoice_date
    late = day + timedelta(5)
    done(uows, "issue", [draft.id], {"invoice_date": str(late)}, "invoices")
    with uows.read() as session:
        issued = session.get_one(Invoice, draft.id)
        assert (issued.invoice_date, issued.due_date) == (late, late + span)
        assert issued.issued_at is not None


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"invoice_date": "soon"}, "invoice_date"),
        ({"due_date": "31.12.2026"}, "due_date"),
        ({"invoice_date": "2026-03-10", "due_date": "2026-03-09"}, "due_date"),
    ],
)
def test_days_that_do_not_fit_are_refused_in_the_preview(
    uows: UnitOfWorks, days: dict[str, str], field: str
) -> None:
    for table, action in (("orders", "bulk-invoice"), ("invoices", "issue")):
        with uows.read() as session, pytest.raises(InvalidInput) as refused:
            row_answers.problems(session, ACTIONS[table, action], days)
        assert refused.value.field == field


def test_answers_of_a_row_that_do_not_fit_name_row_and_question(uows: UnitOfWorks) -> None:
    wrong, early, right = new_id(), new_id(), new_id()
    own = {
        wrong: {"due_date": "soon"},
        early: {"invoice_date": "2026-03-12"},
        right: {"due_date": ""},
        new_id(): {"due_date": "of a row that is not selected"},
    }
    days = {"invoice_date": "2026-03-10", "due_date": "2026-03-11"}
    params = row_answers.with_own(days, own, [wrong, early, right])
    with uows.read() as session:
        found = row_answers.problems(session, ACTIONS["invoices", "issue"], params)
    assert {key: (one.field, one.reason) for key, one in found.items()} == {
        wrong: ("due_date", "The due date is not a day."),
        early: ("due_date", "The due date is before the invoice date."),
    }


@pytest.mark.parametrize(
    "asked",
    [
        [],
        {"not an id": {"due_date": ""}},
        {str(new_id()): "2026-03-01"},
        {str(new_id()): {"invoice_date": "2026-03-01"}},
        {str(new_id()): {"due_date": 3}},
        {str(new_id()): {"due_date": "x" * 201}},
        {str(new_id()): {} for _ in range(201)},
    ],
)
def test_what_an_action_does_not_ask_of_rows_is_refused(asked: object) -> None:
    with pytest.raises(InvalidInput):
        row_answers.read(ACTIONS["orders", "create-jobs"], asked)


def test_each_row_has_its_own_day_also_when_it_is_tried_again(uows: UnitOfWorks) -> None:
    usual, own, late = given.approved_order(uows), given.approved_order(uows), given.order(uows)
    answers = {own: {"due_date": "2027-02-01"}, late: {"due_date": "2027-03-01"}}
    params = row_answers.with_own({"due_date": "2027-01-05"}, answers, [usual, own, late])
    first = done(uows, "create-jobs", [usual, own, late], params, "orders")
    assert (first["ok"], first["failed"]) == (2, 1)
    with uows.begin(actor=ANN, source="form") as uow:
        orders.approve(uow, order_id=late)
    with uows.begin(actor=ANN, source="grid") as uow:
        again = runs.retry_failed(uow, uow.session.get_one(Run, first["run"]))
    assert runs.work_slice(uows, again.id, seconds=600.0)
    with uows.read() as session:
        due = dict(session.query(Job.po_id, Job.estimated_completion_date).all())
        said = session.query(ChangeSet.summary).filter_by(run_id=again.id).one()[0]
    assert due == {usual: date(2027, 1, 5), own: date(2027, 2, 1), late: date(2027, 3, 1)}
    assert (said or "").endswith(", due date 2027-03-01")


def test_a_row_can_answer_that_the_usual_holds_for_it(uows: UnitOfWorks) -> None:
    usual, plain = given.approved_order(uows), given.approved_order(uows)
    done(uows, "bulk-invoice", [plain], {}, "orders")
    params = row_answers.with_own({"due_date": "2027-01-05"}, {usual: {"due_date": ""}}, [usual])
    done(uows, "bulk-invoice", [usual], params, "orders")
    with uows.read() as session:
        first, second = session.query(Invoice).all()
        assert first.due_date == second.due_date != date(2027, 1, 5)


def test_jobs_are_due_on_the_day_chosen(uows: UnitOfWorks) -> None:
    order = given.approved_order(uows)
    found = preview(uows, "create-jobs", [order], {"due_date": "2027-01-05"}, "orders")
    assert "due on Jan 5, 2027" in found.lines[0]
    done(uows, "create-jobs", [order], {"due_date": "2027-01-05"}, "orders")
    with uows.read() as session:
        [job] = session.query(Job).all()
        assert job.estimated_completion_date == date(2027, 1, 5)


def test_what_an_issued_document_can_only_refuse_is_told_beforehand(uows: UnitOfWorks) -> None:
    issued = given.issued_invoice(uows)
    order = given.order(uows)
    with uows.read() as session:

        def told(table: str, name: str, record: UUID) -> str | None:
            return refusal(session, ACTIONS[table, name], record)

        assert told("invoices", "issue", issued) == "Not possible: issued already."
        assert "void it" in (told("invoices", "delete", issued) or "")
        assert told("invoices", "reverse", issued) is None
        assert told("orders", "delete", order) is None
        assert told("orders", "create-jobs", order) == "Not possible: pending, not approved."
        line = session.query(InvoiceLineItem.id).filter_by(invoice_id=issued).limit(1).scalar()
        assert told("invoice_lines", "delete", line) == "Not possible: its document is issued."
    found = preview(uows, "delete", [issued], {}, "invoices")
    assert (found.will, found.wont) == (0, 1)
    with pytest.raises(DocumentLocked), uows.begin(actor=given.ANN, source="grid") as uow:
        ACTIONS["invoices", "delete"].perform(uow, issued, {})


def test_no_action_can_be_done_to_what_is_not_there(uows: UnitOfWorks) -> None:
    with uows.read() as session:
        for (table, name), action in ACTIONS.items():
            if (table, name) == ("change_sets", "undo"):
                continue
            assert refusal(session, action, new_id()), (table, name)
