"""Production: make jobs out of approved orders and move them through the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.rights import may
from batchly_admin.domain.statuses import (
    OPEN_JOB,
    OPEN_ORDER,
    ItemType,
    JobLineStatus,
    JobStatus,
    OrderStatus,
    check_step,
)
from batchly_admin.errors import Conflict, InvalidInput, NotAllowed
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import Product
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job, JobLineItem, TimeEntry
from batchly_admin.services import numbering, orders, settling
from batchly_admin.services.company import today
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork

LINE_STATUS: dict[str, JobLineStatus] = {
    JobStatus.IN_PROGRESS: JobLineStatus.IN_PROGRESS,
    JobStatus.COMPLETED: JobLineStatus.COMPLETED,
    JobStatus.SHIPPED: JobLineStatus.SHIPPED,
}
DONE = (JobStatus.COMPLETED, JobStatus.SHIPPED)


def create_jobs(uow: UnitOfWork, *, order_id: UUID, due: date | None = None) -> list[Job]:
    """Make the job of an order: a line for each line of goods; services are not produced.

    Raises:
        NotFound: when there is no such order.
        Conflict: when the order is not approved, has an open job, or holds nothing to make.
    """
    order = settling.lock_order(uow, order_id)
    goods = _goods(uow, order)
    _check_producible(uow, order, goods)
    hours = [line.estimated_production_hours for line in goods]
    job = Job(
        id=new_id(),
        job_number=numbering.job_number(uow, today(uow)),
        po_id=order.id,
        customer_id=order.customer_id,
        job_name=f"{order.po_number} {order.customer_name}"[:300],
        status=JobStatus.CREATED.value,
        priority=order.priority,
        estimated_completion_date=due or order.due_date,
        estimated_hours=sum((hour for hour in hours if hour), Decimal(0)) or None,
        special_instructions=order.special_instructions,
    )
    job.lines = [
        JobLineItem(
            id=new_id(),
            line_number=number,
            po_line_item_id=line.id,
            item_name=line.item_name,
            quantity_ordered=line.quantity - line.quantity_cancelled,
        )
        for number, line in enumerate(goods, start=1)
    ]
    uow.session.add(job)
    settling.settle_jobs(uow, order)
    if order.status == OrderStatus.APPROVED:
        orders.advance(uow, order, OrderStatus.IN_PROGRESS)
    uow.session.flush()
    return [job]


def advance_job(uow: UnitOfWork, *, job_id: UUID, status: str) -> Job:
    """Move a job to another status, with its lines and its order.

    When the last job of an order is completed or shipped, so is the order, and its invoice is made
    if the settings say so.

    Raises:
        NotFound: when there is no such job.
        IllegalTransition: when the status cannot be reached from the present one.
        NotAllowed: when a job is reopened without the right to.
        Conflict: when it is on hold, or reopened although its order is invoiced.
    """
    job, order = _locked(uow, job_id)
    if job.status == status:
        return job
    check_step(JobStatus, job.status, status)
    if job.status in (*DONE, JobStatus.CANCELLED) and status != JobStatus.SHIPPED:
        _check_reopening(uow, job, order)
    if job.on_hold and status != JobStatus.CANCELLED:
        why = f": {job.blocked_reason}" if job.blocked_reason else ""
        raise Conflict(f"{job.job_number} is on hold{why}.")
    job.status = str(status)
    _date_job(uow, job, status)
    _move_lines(uow, job, status)
    uow.session.flush()
    if order is not None:
        _follow(uow, order)
    return job


def cancel_job(uow: UnitOfWork, *, job_id: UUID) -> Job:
    """Cancel a job; its order can get another one.

    Raises:
        NotFound: when there is no such job.
        IllegalTransition: when it is finished.
    """
    return advance_job(uow, job_id=job_id, status=JobStatus.CANCELLED)


def create_job(uow: UnitOfWork, values: Mapping[str, Any]) -> Job:
    """Make a job by hand; one that belongs to an order takes over its customer and dates.

    Raises:
        InvalidInput: without a name.
        Conflict: when its order is not approved or has an open job.
    """
    given = dict(values)
    status = given.pop("status", JobStatus.CREATED)
    if status != JobStatus.CREATED:
        raise InvalidInput("A new job starts as created.", field="status")
    order = settling.lock_order(uow, given["po_id"]) if given.get("po_id") else None
    if order is not None:
        _check_open(uow, order)
        given.setdefault("customer_id", order.customer_id)
        given.setdefault("job_name", f"{order.po_number} {order.customer_name}"[:300])
        given.setdefault("estimated_completion_date", order.due_date)
    if not given.get("job_name"):
        raise InvalidInput("A job needs a name.", field="job_name")
    job = Job(
        **given,
        id=new_id(),
        job_number=numbering.job_number(uow, today(uow)),
        status=JobStatus.CREATED.value,
    )
    uow.session.add(job)
    uow.session.flush()
    if order is not None:
        settling.settle_jobs(uow, order)
        if order.status == OrderStatus.APPROVED:
            orders.advance(uow, order, OrderStatus.IN_PROGRESS)
    return job


def update_job(uow: UnitOfWork, job: Job, values: Mapping[str, Any]) -> None:
    """Change a job from a cell or a form; a new status goes through its own rules.

    Raises:
        InvalidInput: when a figure is not usable.
        Conflict: when the job should move to another order.
    """
    given = dict(values)
    status = given.pop("status", job.status)
    if "po_id" in given and given["po_id"] != job.po_id:
        raise Conflict("A job stays with its order.", field="po_id")
    for name, value in given.items():
        setattr(job, name, value)
    if not 0 <= job.progress_percentage <= 100:
        raise InvalidInput("Progress is a percentage.", field="progress_percentage")
    if not 1 <= job.priority <= 5:
        raise InvalidInput("The priority is a number from 1 to 5.", field="priority")
    if status != job.status:
        uow.session.flush()
        advance_job(uow, job_id=job.id, status=status)


def check_deletable(uow: UnitOfWork, job: Job) -> None:
    """Let a job be deleted that nobody worked on.

    Raises:
        Conflict: naming what stands in the way.
    """
    if job.status not in (JobStatus.CREATED, JobStatus.PLANNED, JobStatus.CANCELLED):
        label = job.status.replace("_", " ")
        raise Conflict(f"{job.job_number} is {label}; cancel it instead.")
    worked = sa.select(TimeEntry.id).where(TimeEntry.job_id == job.id).limit(1)
    if uow.session.scalar(worked) is not None:
        raise Conflict(f"Somebody has worked on {job.job_number}; cancel it instead.")


def after_deleting(uow: UnitOfWork, order_id: UUID | None) -> None:
    """Let the order of a job that is gone be planned anew."""
    if order_id is not None:
        _follow(uow, settling.lock_order(uow, order_id))


def _check_open(uow: UnitOfWork, order: PurchaseOrder) -> None:
    number = order.po_number
    if order.status not in OPEN_ORDER:
        label = order.status.replace("_", " ")
        raise Conflict(f"{number} is {label}; jobs are made of approved orders.")
    for job in settling.live_jobs(uow, order.id):
        if job.status in OPEN_JOB:
            raise Conflict(f"{number} has the job {job.job_number} already.")


def _check_producible(uow: UnitOfWork, order: PurchaseOrder, goods: Sequence[PoLineItem]) -> None:
    _check_open(uow, order)
    if not goods:
        raise Conflict(f"{order.po_number} has nothing to make: all its lines are services.")


def _goods(uow: UnitOfWork, order: PurchaseOrder) -> list[PoLineItem]:
    """Give the lines of an order that are made, not only charged for."""
    lines = settling.lines_of(uow, order.id)
    wanted = {line.product_id for line in lines if line.product_id is not None}
    services = set(
        uow.session.scalars(
            sa.select(Product.id).where(Product.id.in_(wanted), Product.qb_type == ItemType.SERVICE)
        )
    )
    return [
        line
        for line in lines
        if line.product_id not in services and line.quantity > line.quantity_cancelled
    ]


def _locked(uow: UnitOfWork, job_id: UUID) -> tuple[Job, PurchaseOrder | None]:
    """Lock the order first and then the job, as everybody does."""
    order_id = uow.session.scalar(sa.select(Job.po_id).where(Job.id == job_id))
    order = settling.lock_order(uow, order_id) if order_id is not None else None
    return locked(uow, Job, job_id, "job"), order


def _check_reopening(uow: UnitOfWork, job: Job, order: PurchaseOrder | None) -> None:
    if not may(uow.actor.roles, "jobs:reopen"):
        raise NotAllowed("Only a manager reopens a job.")
    if job.status == JobStatus.CANCELLED or order is None:
        return
    for invoice in settling.live_invoices(uow, order.id):
        if invoice.issued_at is not None:
            words = f"{job.job_number} is invoiced with {invoice.invoice_number}."
            raise Conflict(f"{words} It is not reopened any more.")


def _date_job(uow: UnitOfWork, job: Job, status: str) -> None:
    now = uow.now()
    if status == JobStatus.IN_PROGRESS:
        job.actual_start_date = job.actual_start_date or now
        if job.actual_completion_date is not None:
            job.actual_completion_date = None
            job.progress_percentage = 90
    elif status in DONE:
        job.actual_start_date = job.actual_start_date or now
        job.actual_completion_date = job.actual_completion_date or now
        job.progress_percentage = 100


def _move_lines(uow: UnitOfWork, job: Job, status: str) -> None:
    target = LINE_STATUS.get(status)
    if target is None:
        return
    now = uow.now()
    for line in job.lines:
        line.status = target.value
        line.production_started_at = line.production_started_at or now
        if status in DONE:
            line.quantity_completed = max(line.quantity_completed, line.quantity_ordered)
            line.production_completed_at = line.production_completed_at or now
        if status == JobStatus.SHIPPED:
            line.quantity_shipped = line.quantity_completed
            line.shipped_at = line.shipped_at or now


def _follow(uow: UnitOfWork, order: PurchaseOrder) -> None:
    """Let an order follow its jobs."""
    jobs = settling.settle_jobs(uow, order)
    wanted = _order_status(order, [job.status for job in jobs])
    for step in wanted:
        orders.advance(uow, order, step)
    uow.session.flush()


def _order_status(order: PurchaseOrder, jobs: Sequence[str]) -> list[OrderStatus]:
    """Give the steps an order takes because of the statuses of its jobs."""
    if not jobs:
        return [OrderStatus.APPROVED] if order.status == OrderStatus.IN_PROGRESS else []
    done = all(job in DONE for job in jobs)
    shipped = all(job == JobStatus.SHIPPED for job in jobs)
    steps: list[OrderStatus] = []
    if not done:
        reopened = order.status in (OrderStatus.COMPLETED, OrderStatus.APPROVED)
        return [OrderStatus.IN_PROGRESS] if reopened else []
    if order.status in OPEN_ORDER:
        steps.append(OrderStatus.COMPLETED)
    if shipped and order.status in (*OPEN_ORDER, OrderStatus.COMPLETED):
        steps.append(OrderStatus.SHIPPED)
    return steps
