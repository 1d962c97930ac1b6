"""Live through the story in the shop: orders come in, are approved, made and handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.demo import words
from batchly_admin.demo.events import Event
from batchly_admin.demo.lists import FULFILMENT, WORK_CENTERS
from batchly_admin.demo.orders import OrderDraft
from batchly_admin.demo.sales import Directory
from batchly_admin.demo.story import Story
from batchly_admin.domain.money import money
from batchly_admin.domain.statuses import JobLineStatus, JobStatus, OrderStatus
from batchly_admin.models.production import Job, QualityCheck, TimeEntry, WorkCenter
from batchly_admin.services import orders, production
from batchly_admin.services.unit_of_work import UnitOfWork

ON_HOLD = 7
IN_REVIEW = 9
ASSIGNED = 0.6


@dataclass(slots=True)
class Floor:
    """What the shop floor remembers from one day to the next."""

    story: Story
    directory: Directory
    drafts: Sequence[OrderDraft]
    order_ids: dict[int, UUID] = field(default_factory=dict)
    job_ids: dict[int, UUID] = field(default_factory=dict)
    centers: dict[str, UUID] = field(default_factory=dict)
    held: int = 0
    reviewed: int = 0

    def place(self, uow: UnitOfWork, event: Event) -> None:
        """Take an order."""
        draft = self.drafts[event.place]
        order = orders.create_order(
            uow,
            customer_id=self.directory.customers[draft.customer.number],
            po_date=self.story.days[draft.placed],
            due_date=draft.due,
            status=OrderStatus.DRAFT if draft.fate == "draft" else OrderStatus.PENDING,
            lines=[
                orders.OrderLine(
                    quantity=line.quantity,
                    product_id=self.directory.products[line.product.sku],
                    unit_price=line.price,
                    print_specifications=line.specifications,
                    estimated_production_hours=line.hours,
                )
                for line in draft.lines
            ],
            discount_amount=draft.discount,
            shipping_amount=draft.shipping,
            customer_notes=draft.note,
            priority=draft.priority,
            rush_order=draft.is_rush,
        )
        self.order_ids[event.place] = order.id

    def approve(self, uow: UnitOfWork, event: Event) -> None:
        """Approve an order."""
        orders.approve(uow, order_id=self.order_ids[event.place])

    def cancel(self, uow: UnitOfWork, event: Event) -> None:
        """Cancel an order, its job first."""
        if event.detail:
            production.cancel_job(uow, job_id=self.job_ids[event.place])
        orders.cancel(uow, order_id=self.order_ids[event.place])

    def job(self, uow: UnitOfWork, event: Event) -> None:
        """Make the job of an order and give it to a work center and, mostly, to a person."""
        draft, rng = self.drafts[event.place], self.story.rng
        [job] = production.create_jobs(uow, order_id=self.order_ids[event.place])
        self.job_ids[event.place] = job.id
        center = draft.work or FULFILMENT
        rate = Decimal(WORK_CENTERS[center][1])
        values = {
            "work_center_id": self._centers(uow)[center],
            "estimated_start_date": self.story.days[draft.started],
            "estimated_cost": money((job.estimated_hours or Decimal(1)) * rate),
            "proof_required": rng.random() < 0.4,
        }
        if rng.random() < ASSIGNED:
            values["assigned_to_id"] = self.story.user_id("worker")
        if draft.fate == "planned" and rng.random() < 0.55:
            values["status"] = JobStatus.PLANNED
        production.update_job(uow, job, values)

    def _centers(self, uow: UnitOfWork) -> dict[str, UUID]:
        if not self.centers:
            rows = uow.session.execute(sa.select(WorkCenter.name, WorkCenter.id))
            self.centers.update((name, key) for name, key in rows)
        return self.centers

    def start(self, uow: UnitOfWork, event: Event) -> None:
        """Begin a job; one that is still under way is left as far as it came by today."""
        job = production.advance_job(
            uow, job_id=self.job_ids[event.place], status=JobStatus.IN_PROGRESS
        )
        if job.proof_required:
            job.proof_approved = True
        if self.drafts[event.place].fate == "in_progress":
            self._leave_under_way(uow, job, event)

    def _leave_under_way(self, uow: UnitOfWork, job: Job, event: Event) -> None:
        rng = self.story.rng
        if self.reviewed < IN_REVIEW and rng.random() < 0.3:
            self.reviewed += 1
            job.progress_percentage = 95
            production.advance_job(uow, job_id=job.id, status=JobStatus.REVIEW)
            self._work(uow, job, event, share=Decimal(1))
            return
        share = Decimal(rng.randint(1, 8)) / 10
        job.progress_percentage = int(share * 100)
        for line in job.lines:
            line.quantity_completed = (line.quantity_ordered * share).quantize(Decimal(1))
            line.status = JobLineStatus.IN_PROGRESS.value
        if self.held < ON_HOLD and rng.random() < 0.3:
            job.blocked_reason = words.HOLD_REASONS[self.held % len(words.HOLD_REASONS)]
            job.on_hold = True
            self.held += 1
        self._work(uow, job, event, share=share)

    def finish(self, uow: UnitOfWork, event: Event) -> None:
        """Write down the hours and the checks of a job, and complete it."""
        job = uow.session.get_one(Job, self.job_ids[event.place])
        self._work(uow, job, event, share=Decimal(1))
        self._check(uow, job, event)
        production.advance_job(uow, job_id=job.id, status=JobStatus.COMPLETED)

    def _work(self, uow: UnitOfWork, job: Job, event: Event, *, share: Decimal) -> None:
        worker = self.story.user_id("worker")
        if worker is None:
            return
        rng = self.story.rng
        planned = (job.estimated_hours or Decimal(1)) * share
        hours = max(Decimal("0.25"), (planned * Decimal(rng.randint(80, 130)) / 25).quantize(1) / 4)
        center = self.drafts[event.place].work or FULFILMENT
        rate = Decimal(WORK_CENTERS[center][1])
        ended = uow.now()
        uow.session.add(
            TimeEntry(
                job_id=job.id,
                user_id=worker,
                started_at=ended - timedelta(hours=float(hours)),
                ended_at=ended,
                hours=hours,
                hourly_rate=rate,
                is_locked=self.drafts[event.place].fate == "shipped",
            )
        )
        job.actual_hours = hours
        job.actual_cost = money(hours * rate)

    def _check(self, uow: UnitOfWork, job: Job, event: Event) -> None:
        rng = self.story.rng
        for checkpoint in rng.sample(words.CHECKPOINTS, rng.randint(0, 2)):
            failed = rng.random() < 0.07
            uow.session.add(
                QualityCheck(
                    job_id=job.id,
                    checkpoint=checkpoint,
                    passed=not failed,
                    checked_by_id=self.story.user_id("worker"),
                    checked_at=event.moment,
                    notes="Two pieces printed again." if failed else None,
                )
            )

    def ship(self, uow: UnitOfWork, event: Event) -> None:
        """Hand over what was made."""
        production.advance_job(uow, job_id=self.job_ids[event.place], status=JobStatus.SHIPPED)

    def hand_over(self, uow: UnitOfWork, event: Event) -> None:
        """Complete an order that comes off the shelf, and hand it over unless it waits."""
        order_id = self.order_ids[event.place]
        orders.change_status(uow, order_id=order_id, status=OrderStatus.COMPLETED)
        if event.detail == "shipped":
            orders.change_status(uow, order_id=order_id, status=OrderStatus.SHIPPED)
