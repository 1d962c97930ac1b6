"""Jobs and the work that goes into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.domain.statuses import JobLineStatus, JobStatus
from batchly_admin.grid.columns import FILES, TIMES, column, fixed
from batchly_admin.grid.table import Empty, OnPaper, QuickView, Table
from batchly_admin.models.production import (
    Attachment,
    Job,
    JobLineItem,
    QualityCheck,
    TimeEntry,
    WorkCenter,
)

_OPEN = {
    "column": "status",
    "operator": "in",
    "value": ["created", "planned", "in_progress", "review"],
}
_LATE = (_OPEN, {"column": "estimated_completion_date", "operator": "lt", "value": "today"})


def _hours_lock(row: Mapping[str, Any]) -> str | None:
    return "These hours are locked." if row["is_locked"] else None


JOBS = Table(
    name="jobs",
    model=Job,
    title="Jobs",
    singular="job",
    group="Production",
    icon="jobs",
    declared=(
        fixed("job_number", label="Job", width=120, frozen=True),
        column("job_name", label="Name", width=240),
        column("po_id", label="Order", link="orders", width=120),
        column("customer_id", link="customers", width=200),
        column("status", choices=JobStatus),
        column("priority", help="1 is first, 5 is last."),
        column("estimated_completion_date", label="Due"),
        column("assigned_to_id", label="Assigned to", link="users", width=150),
        column("work_center_id", link="work_centers", width=140),
        column("progress_percentage", label="Progress %", width=90),
        column("estimated_hours", label="Hours planned"),
        fixed("actual_hours", label="Hours spent"),
        column("on_hold"),
        column("blocked_reason", width=200),
        column("estimated_start_date", label="Planned start"),
        fixed("actual_start_date", label="Started", hidden=True),
        fixed("actual_completion_date", label="Completed", hidden=True),
        column("estimated_cost", label="Cost planned", right="costs:view", hidden=True),
        fixed("actual_cost", label="Cost", right="costs:view", hidden=True),
        column("description", hidden=True),
        column("production_notes", hidden=True),
        column("quality_requirements", hidden=True),
        column("special_instructions", hidden=True),
        column("proof_required", hidden=True),
        column("proof_approved", hidden=True),
        column("customer_approved", hidden=True),
        column("customer_approval_date", label="Approved by customer", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="job_number",
    detail="job_name",
    default_sort=("-created_at",),
    search=("job_number", "job_name", "customer_id"),
    actions=("start", "complete", "delete"),
    views=(
        QuickView("Open", (_OPEN,)),
        QuickView("Late", _LATE),
        QuickView("On hold", (_OPEN, {"column": "on_hold", "operator": "is", "value": True})),
    ),
    words=(QuickView("Overdue", _LATE),),
    empty=Empty(
        "No jobs yet",
        "Jobs are made from approved purchase orders.",
        (("Purchase orders", "/orders"),),
    ),
    form_groups=(
        ("Job", ("job_name", "po_id", "customer_id", "status", "priority", "description")),
        (
            "Plan",
            (
                "estimated_start_date",
                "estimated_completion_date",
                "assigned_to_id",
                "work_center_id",
                "estimated_hours",
                "estimated_cost",
                "progress_percentage",
                "on_hold",
                "blocked_reason",
            ),
        ),
        (
            "Approval",
            ("proof_required", "proof_approved", "customer_approved", "customer_approval_date"),
        ),
        ("Notes", ("production_notes", "quality_requirements", "special_instructions")),
    ),
    lines=("job_lines", "job_id"),
    beside=(("communications", "customer_id"),),
    paper=OnPaper(
        (
            *("job_name", "po_id", "customer_id", "priority", "estimated_completion_date"),
            *("assigned_to_id", "work_center_id", "estimated_start_date", "estimated_hours"),
            *("description", "production_notes", "quality_requirements", "special_instructions"),
        ),
        ("line_number", "item_name", "quantity_ordered", "quantity_completed"),
        below=("quality_notes",),
    ),
    related=(
        ("time_entries", "job_id"),
        ("quality_checks", "job_id"),
        ("stock_movements", "job_id"),
        ("invoices", "job_id"),
    ),
    facts=("estimated_completion_date", "progress_percentage", "estimated_hours", "actual_hours"),
)

JOB_LINES = Table(
    name="job_lines",
    model=JobLineItem,
    title="Job lines",
    singular="job line",
    group="Production",
    icon="lines",
    area="jobs",
    declared=(
        column("job_id", link="jobs", by_key=True, width=120),
        column("line_number", label="Line", width=70),
        column("item_name", label="Item", width=240),
        column("status", choices=JobLineStatus),
        column("quantity_ordered", label="Ordered"),
        column("quantity_completed", label="Completed"),
        column("quantity_shipped", label="Shipped"),
        column("quality_approved"),
        column("quality_notes"),
        column("po_line_item_id", label="Order line", link="order_lines", hidden=True),
        fixed("production_started_at", label="Started", hidden=True),
        fixed("production_completed_at", label="Made", hidden=True),
        fixed("shipped_at", hidden=True),
        *TIMES,
    ),
    label_column="item_name",
    default_sort=("-job_id", "line_number"),
    search=("item_name",),
    actions=("delete",),
    empty=Empty("No job lines yet", "They come with their jobs."),
    related=(("inventory_allocations", "job_line_item_id"),),
    facts=("quantity_ordered", "quantity_completed", "quantity_shipped"),
)

TIME_ENTRIES = Table(
    name="time_entries",
    model=TimeEntry,
    title="Time",
    singular="time entry",
    group="Production",
    icon="clock",
    declared=(
        column("job_id", link="jobs", width=120),
        column("user_id", label="Person", link="users", width=160),
        column("started_at", label="From"),
        column("ended_at", label="Until", help="Empty while the clock runs."),
        column("hours"),
        column("hourly_rate", label="Rate", right="costs:view"),
        column("notes"),
        column("is_locked", label="Locked"),
        *TIMES,
    ),
    label_column="id",
    default_sort=("-started_at",),
    search=("job_id", "user_id", "notes"),
    lock=_hours_lock,
    lock_columns=("is_locked",),
    actions=("delete",),
    empty=Empty("No hours yet", "Hours are written down with the job they were spent on."),
)

QUALITY_CHECKS = Table(
    name="quality_checks",
    model=QualityCheck,
    title="Quality checks",
    singular="quality check",
    group="Production",
    icon="quality",
    declared=(
        column("job_id", link="jobs", width=120),
        column("checkpoint", width=240),
        column("passed"),
        column("checked_by_id", label="Checked by", link="users", width=160),
        column("checked_at"),
        column("notes"),
        column("job_line_item_id", label="Job line", link="job_lines", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="checkpoint",
    default_sort=("-created_at",),
    search=("checkpoint", "job_id", "notes"),
    actions=("delete",),
    empty=Empty("No quality checks yet", "Each check of a job and its verdict."),
)

WORK_CENTERS = Table(
    name="work_centers",
    model=WorkCenter,
    title="Work centers",
    singular="work center",
    group="Production",
    icon="production",
    declared=(
        column("name", width=220, frozen=True),
        column("hours_per_day", label="Hours a day", width=110),
        column("hourly_rate", label="Rate", right="costs:view"),
        column("is_active", label="Active"),
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name",),
    actions=("delete",),
    empty=Empty("No work centers yet", "The press, the embroidery machine, packing."),
    related=(("jobs", "work_center_id"),),
)

ATTACHMENTS = Table(
    name="attachments",
    model=Attachment,
    title="Files",
    singular="file",
    group="Production",
    icon="files",
    declared=(
        column("file_name", label="File", width=260, frozen=True),
        column("subject_table", label="Belongs to", width=140),
        column("content_type", label="Type"),
        column("size_bytes", label="Bytes", width=110),
        column("uploaded_by_id", label="By", link="users", width=160),
        column("created_at", label="Uploaded"),
        column("subject_id", label="Record", hidden=True),
    ),
    label_column="file_name",
    default_sort=("-created_at",),
    search=("file_name",),
    read_only=True,
    empty=Empty(
        "No files yet", "Artwork, proofs and photos, in the column Files of their records."
    ),
)

TABLES = (JOBS, JOB_LINES, TIME_ENTRIES, QUALITY_CHECKS, WORK_CENTERS, ATTACHMENTS)
