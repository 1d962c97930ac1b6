"""Jobs: made from approved orders, moved through the shop, followed by their orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, UserError
from batchly_admin.models.billing import Invoice
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job, TimeEntry
from batchly_admin.services import orders, production, records, users
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN, DAY

OFFICE = Actor("Olga", None, frozenset({"office"}))


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any, actor: Actor = ANN) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=actor, source="grid") as uow:
        act(uow)
    return caught.value.message


def job_of(uows: UnitOfWorks, order_id: UUID) -> UUID:
    with uows.begin(actor=ANN, source="grid") as uow:
        return production.create_jobs(uow, order_id=order_id)[0].id


def move(uows: UnitOfWorks, job_id: UUID, *statuses: str, actor: Actor = ANN) -> None:
    for status in statuses:
        with uows.begin(actor=actor, source="grid") as uow:
            production.advance_job(uow, job_id=job_id, status=status)


def order_status(uows: UnitOfWorks, order_id: UUID) -> str:
    with uows.read() as session:
        return session.get_one(PurchaseOrder, order_id).status


def test_a_pending_order_gets_no_job(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    words = refused(uows, Conflict, lambda uow: production.create_jobs(uow, order_id=order_id))
    assert words == "PO-0001 is pending; jobs are made of approved orders."


def test_an_order_has_one_open_job(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    job_of(uows, order_id)
    words = refused(uows, Conflict, lambda uow: production.create_jobs(uow, order_id=order_id))
    assert words == "PO-0001 has the job JOB-20260304-001 already."


def test_services_are_not_produced(uows: UnitOfWorks) -> None:
    setup = given.product(uows, "Set-up", qb_type="Service")
    shirt = given.product(uows, "Shirt")
    buyer = given.customer(uows)

    def order_with(*products: UUID) -> UUID:
        with uows.begin(actor=ANN, source="form") as uow:
            lines = [OrderLine(quantity=Decimal(2), product_id=one) for one in products]
            made = orders.create_order(uow, customer_id=buyer, lines=lines, po_date=DAY)
            orders.approve(uow, order_id=made.id)
            return made.id

    only = order_with(setup)
    words = refused(uows, Conflict, lambda uow: production.create_jobs(uow, order_id=only))
    assert words == "PO-0001 has nothing to make: all its lines are services."
    job_id = job_of(uows, order_with(setup, shirt))
    with uows.read() as session:
        job = session.get_one(Job, job_id)
        assert [line.item_name for line in job.lines] == ["Shirt"]
        assert job.lines[0].quantity_ordered == Decimal(2)


def test_a_job_takes_over_what_the_order_says(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows, due_date=date(2026, 3, 20), priority=1)
    job_id = job_of(uows, order_id)
    with uows.read() as session:
        job = session.get_one(Job, job_id)
        order = session.get_one(PurchaseOrder, order_id)
        assert job.job_number == "JOB-20260304-001"
        assert (job.estimated_completion_date, job.priority) == (date(2026, 3, 20), 1)
        assert (order.status, order.job_count) == ("in_progress", 1)


def test_a_job_does_not_jump(uows: UnitOfWorks) -> None:
    job_id = job_of(uows, given.approved_order(uows))
    words = refused(
        uows,
        IllegalTransition,
        lambda uow: production.advance_job(uow, job_id=job_id, status="shipped"),
    )
    assert words.startswith("Created cannot become Shipped")


def test_a_job_on_hold_does_not_move(uows: UnitOfWorks) -> None:
    job_id = job_of(uows, given.approved_order(uows))
    with uows.begin(actor=ANN, source="grid") as uow:
        job = uow.session.get_one(Job, job_id)
        records.update_record(uow, job, {"on_hold": True, "blocked_reason": "no ink"})
    words = refused(
        uows,
        Conflict,
        lambda uow: production.advance_job(uow, job_id=job_id, status="in_progress"),
    )
    assert words.endswith("is on hold: no ink.")


def test_the_last_job_completes_the_order_and_makes_the_invoice(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    job_id = job_of(uows, order_id)
    move(uows, job_id, "in_progress", "completed")
    assert order_status(uows, order_id) == "completed"
    with uows.read() as session:
        invoice = session.scalars(sa.select(Invoice)).one()
        job = session.get_one(Job, job_id)
        assert invoice.job_id == job_id
        assert [line.job_line_item_id for line in invoice.lines] == [one.id for one in job.lines]
        assert job.progress_percentage == 100
        assert {line.status for line in job.lines} == {"completed"}
    move(uows, job_id, "shipped")
    assert order_status(uows, order_id) == "shipped"


def test_a_cancelled_job_lets_the_order_be_planned_anew(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    job_id = job_of(uows, order_id)
    with uows.begin(actor=ANN, source="grid") as uow:
        production.cancel_job(uow, job_id=job_id)
    with uows.read() as session:
        order = session.get_one(PurchaseOrder, order_id)
        assert (order.status, order.job_count) == ("approved", 0)
    job_of(uows, order_id)


def test_only_a_manager_reopens_a_job(uows: UnitOfWorks) -> None:
    given.setting(uows, "invoice_trigger", "manual")
    order_id = given.approved_order(uows)
    job_id = job_of(uows, order_id)
    move(uows, job_id, "in_progress", "completed")

    def reopen(uow: UnitOfWork) -> None:
        production.advance_job(uow, job_id=job_id, status="in_progress")

    refused(uows, NotAllowed, reopen, OFFICE)
    move(uows, job_id, "in_progress")
    assert order_status(uows, order_id) == "in_progress"


def test_a_job_whose_order_is_invoiced_is_not_reopened(uows: UnitOfWorks) -> None:
    job_id = job_of(uows, given.approved_order(uows))
    move(uows, job_id, "in_progress", "completed")
    words = refused(
        uows,
        Conflict,
        lambda uow: production.advance_job(uow, job_id=job_id, status="in_progress"),
    )
    assert "is invoiced with INV-0001" in words


def test_a_status_typed_into_a_cell_goes_the_same_way(uows: UnitOfWorks) -> None:
    job_id = job_of(uows, given.approved_order(uows))
    refused(
        uows,
        IllegalTransition,
        lambda uow: records.update_record(
            uow, uow.session.get_one(Job, job_id), {"status": "shipped"}
        ),
    )
    with uows.begin(actor=ANN, source="grid") as uow:
        records.update_record(uow, uow.session.get_one(Job, job_id), {"status": "in_progress"})
    with uows.read() as session:
        assert session.get_one(Job, job_id).actual_start_date is not None


def test_a_job_somebody_worked_on_is_not_deleted(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    job_id = job_of(uows, order_id)
    with uows.begin(actor=ANN, source="grid") as uow:
        worker = users.create_user(
            uow, email="w@x.example", name="W", role="worker", password="some long words 7"
        )
        uow.session.add(TimeEntry(job_id=job_id, user_id=worker.id, started_at=uow.now()))

    def delete(uow: UnitOfWork) -> None:
        records.delete_record(uow, uow.session.get_one(Job, job_id))

    assert "Somebody has worked" in refused(uows, Conflict, delete)
    with uows.begin(actor=ANN, source="grid") as uow:
        uow.session.delete(uow.session.scalars(sa.select(TimeEntry)).one())
    with uows.begin(actor=ANN, source="grid") as uow:
        delete(uow)
    assert order_status(uows, order_id) == "approved"


def test_a_job_by_hand_needs_a_name(uows: UnitOfWorks) -> None:
    refused(uows, InvalidInput, lambda uow: records.create_record(uow, Job, {}))
    with uows.begin(actor=ANN, source="form") as uow:
        made = records.create_record(uow, Job, {"job_name": "Samples"})
        assert made.job_number == "JOB-20260304-001"
