"""Bulk actions of production jobs: start and complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import (
    JOB_STEPS,
    JobStatus,
    OrderStatus,
)
from batchly_admin.errors import NotFound
from batchly_admin.models.production import Job
from batchly_admin.services import (
    production,
    settings,
)
from batchly_admin.services.tallies import (
    BulkAction,
    Params,
    Preview,
    preview_of,
    tally,
    words_of,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural


def _start(uow: UnitOfWork, job_id: UUID, _params: Params) -> str:
    production.advance_job(uow, job_id=job_id, status=JobStatus.IN_PROGRESS)
    return _("Started.")


def _complete(uow: UnitOfWork, job_id: UUID, _params: Params) -> str:
    job = uow.session.get(Job, job_id)
    if job is None:
        raise NotFound("This job no longer exists.")
    if job.status in (JobStatus.CREATED, JobStatus.PLANNED):
        production.advance_job(uow, job_id=job_id, status=JobStatus.IN_PROGRESS)
    production.advance_job(uow, job_id=job_id, status=JobStatus.COMPLETED)
    return _("Completed.")


def _preview_job(target: str, label: str, title: str, verb: str) -> Callable[..., Preview]:
    begun = (JobStatus.CREATED, JobStatus.PLANNED)

    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        def judge(status: str, on_hold: bool) -> str | None:  # noqa: FBT001 - a column's value
            if on_hold:
                return _("on hold")
            can = target in JOB_STEPS[status] or (target == JobStatus.COMPLETED and status in begun)
            reopens = status in (JobStatus.COMPLETED, JobStatus.CANCELLED)
            return None if can and not reopens else words_of(status)

        found = tally(session, Job, ids, [Job.status, Job.on_hold], judge=judge)
        lines: tuple[str, ...] = (
            _("{jobs} will be {verb}.", jobs=plural(found.will, "job"), verb=_(verb)),
        )
        trigger = settings.get(session, "invoice_trigger")
        if target == JobStatus.COMPLETED and trigger == OrderStatus.COMPLETED:
            lines = (*lines, _("Orders whose last job this is are invoiced."))
        return preview_of(_(title), lines, found, _(label))

    return preview


JOB_ACTIONS = (
    BulkAction(
        "start",
        later("Start"),
        "jobs:advance",
        _start,
        _preview_job(JobStatus.IN_PROGRESS, later("Start"), later("Start jobs"), later("started")),
    ),
    BulkAction(
        "complete",
        later("Complete"),
        "jobs:advance",
        _complete,
        _preview_job(
            JobStatus.COMPLETED, later("Complete"), later("Complete jobs"), later("completed")
        ),
    ),
)
