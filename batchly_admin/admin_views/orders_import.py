"""The import of orders, in three steps: a file, its columns, the account of every line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import requires
from batchly_admin.domain import order_import as rules
from batchly_admin.domain.import_columns import TARGETS
from batchly_admin.errors import InvalidInput, NotFound, UserError
from batchly_admin.models.changes import ImportRun
from batchly_admin.services import order_import
from batchly_admin.services.import_files import Sheet
from batchly_admin.services.order_import import Preview, PreviewRow
from batchly_admin.words import _

blueprint = Blueprint("orders_import", __name__, url_prefix="/orders/import")

BADGES = {
    "draft": ["draft", "Being mapped", ""],
    "queued": ["pending", "Waiting", ""],
    "running": ["pending", "Running", ""],
    "finished": ["synced", "Finished", ""],
    "failed": ["failed", "Failed", ""],
    "undoing": ["pending", "Being taken back", ""],
    "undone": ["not_synced", "Taken back", ""],
}
PREVIEW_ROWS = 30
REFUSED_SHOWN = 200
DATE_ORDERS = (
    ("", "Let the file decide"),
    ("dmy", "Day first: 31/05/2011"),
    ("mdy", "Month first: 05/31/2011"),
)


@blueprint.get("")
@requires("orders:import")
def upload_page() -> ResponseReturnValue:
    """Show the first step: choose a file."""
    return _upload_page(None)


@blueprint.post("")
@requires("orders:import")
def upload() -> ResponseReturnValue:
    """Take a file, read its columns and go on to the mapping."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_page("Choose a file first."), 422
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="import") as uow:
            prepared = order_import.prepare(uow, content=sent.read(), file_name=sent.filename)
            run_id = prepared.id
    except UserError as refused:
        return _upload_page(refused.message), 422
    return redirect(f"/orders/import/{run_id}/mapping")


def _upload_page(error: str | None) -> str:
    past = context.reader().scalars(
        sa.select(ImportRun).order_by(ImportRun.created_at.desc()).limit(10)
    )
    page: str = render_template(
        "orders_import.html",
        upload_url="/orders/import",
        max_mb=order_import.MAX_MEGABYTES,
        error=error,
        sample_url=None,
        columns=[
            {
                "name": target.name,
                "label": target.label,
                "required": target.required,
                "help": target.help,
            }
            for target in TARGETS
        ],
        rules=[{"title": rule.title, "text": rule.text} for rule in rules.RULES],
        past=[_past(run) for run in past],
    )
    return page


def _past(run: ImportRun) -> dict[str, Any]:
    page = "mapping" if run.state == "draft" else "result"
    return {
        "href": f"/orders/import/{run.id}/{page}",
        "filename": run.file_name,
        "at": run.created_at,
        "by": run.actor_name,
        "badge": BADGES[run.state],
        "lines_read": run.lines_read,
        "created": run.lines_created,
        "skipped": run.lines_skipped,
        "refused": run.lines_refused,
    }


@blueprint.route("/<uuid:run_id>/mapping", methods=["GET", "POST"])
@requires("orders:import")
def mapping(run_id: UUID) -> ResponseReturnValue:
    """Choose the columns and see what would happen; then start."""
    run = _run(run_id)
    if run.state != "draft":
        return redirect(f"/orders/import/{run_id}/result")
    sheet = order_import.open_sheet(context.reader(), run_id)
    chosen = order_import.guess_mapping(sheet.columns)
    options: dict[str, Any] = {}
    errors: list[str] = []
    if request.method == "POST":
        chosen, options = _posted(sheet.columns)
        if request.form.get("step") == "start":
            try:
                _start(run_id, chosen, options)
            except UserError as refused:
                errors = _reasons(refused)
            else:
                return redirect(f"/orders/import/{run_id}/result")
    preview = None
    try:
        preview = order_import.preview(
            context.moment(), run_id, chosen, options, limit=PREVIEW_ROWS
        )
    except UserError as refused:
        errors = errors or _reasons(refused)
    return _mapping_page(run, sheet, chosen, options, errors, preview)


def _posted(columns: tuple[str, ...]) -> tuple[dict[str, str], dict[str, Any]]:
    chosen = {
        target.name: columns[int(place)]
        for target in TARGETS
        if (place := request.form.get(f"map_{target.name}", "")).isdigit()
        and int(place) < len(columns)
    }
    form = request.form
    options = {
        "walk_in_customer": form.get("walk_in_customer", "").strip(),
        "free_lines": form.get("free_lines") == "create",
        "date_order": form.get("date_order", ""),
        "decimal_comma": bool(form.get("decimal_comma")),
    }
    return chosen, options


def _start(run_id: UUID, chosen: Mapping[str, str], options: Mapping[str, Any]) -> None:
    with context.runtime().uows.begin(actor=context.actor(), source="import") as uow:
        order_import.start(uow, import_run_id=run_id, mapping=chosen, options=options)


def _reasons(refused: UserError) -> list[str]:
    listed = refused.refusals if isinstance(refused, InvalidInput) else ()
    return [one.reason for one in listed] or [refused.message]


def _mapping_page(
    run: ImportRun,
    sheet: Sheet,
    chosen: Mapping[str, str],
    options: Mapping[str, Any],
    errors: list[str],
    preview: Preview | None,
) -> str:
    samples = _samples(preview, len(sheet.columns))
    places = {name: str(place) for place, name in enumerate(sheet.columns)}
    page: str = render_template(
        "orders_import_mapping.html",
        upload={
            "filename": run.file_name,
            "lines": run.lines_total,
            "size": None,
            "encoding": sheet.encoding,
            "delimiter": sheet.delimiter,
            "sheet": sheet.note or None,
        },
        action=f"/orders/import/{run.id}/mapping",
        back_url="/orders/import",
        fields=[
            {
                "name": target.name,
                "label": target.label,
                "required": target.required,
                "help": target.help,
                "selected": places.get(chosen.get(target.name, ""), ""),
            }
            for target in TARGETS
        ],
        source_columns=[
            {"key": str(place), "label": name, "samples": samples[place]}
            for place, name in enumerate(sheet.columns)
        ],
        walk_in_customer=options.get("walk_in_customer") or "",
        free_lines="create" if options.get("free_lines") else "refuse",
        free_line_choices=[
            {"value": "refuse", "label": _("Refuse them"), "help": "Enter the price, then import."},
            {"value": "create", "label": _("Create them"), "help": "They really cost nothing."},
        ],
        extra_options=_extra_options(options),
        errors=errors,
        preview=None if preview is None else _preview(preview),
    )
    return page


def _extra_options(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": "date_order",
            "label": _("Dates with slashes"),
            "kind": "choice",
            "value": options.get("date_order") or "",
            "choices": [{"value": value, "label": label} for value, label in DATE_ORDERS],
            "help": "Only matters where day and month could be either.",
        },
        {
            "name": "decimal_comma",
            "label": _("Prices with a decimal comma"),
            "kind": "bool",
            "value": bool(options.get("decimal_comma")),
            "choices": [],
            "help": "1.234,50 instead of 1,234.50",
        },
    ]


def _samples(preview: Preview | None, width: int) -> list[list[str]]:
    rows = preview.rows[:3] if preview is not None else ()
    return [
        [row.cells[place] for row in rows if place < len(row.cells) and row.cells[place]]
        for place in range(width)
    ]


def _preview(preview: Preview) -> dict[str, Any]:
    more = preview.lines_total - preview.lines_counted
    summary = [
        {"label": _("Create"), "value": preview.outcomes.get(rules.CREATED, 0), "tone": "green"},
        {"label": _("Skip"), "value": preview.outcomes.get(rules.SKIPPED, 0), "tone": "neutral"},
        {"label": _("Refuse"), "value": preview.outcomes.get(rules.REFUSED, 0), "tone": "red"},
        {"label": _("New orders"), "value": preview.orders, "tone": "blue"},
        {"label": _("New customers"), "value": preview.customers, "tone": "blue"},
        {"label": _("New products"), "value": preview.products, "tone": "blue"},
    ]
    if more > 0:
        label = f"Lines not counted yet, after the first {preview.lines_counted:,}"
        summary.append({"label": label, "value": more, "tone": "neutral"})
    return {
        "columns": list(preview.columns),
        "rows": [_preview_row(row) for row in preview.rows],
        "summary": summary,
        "warnings": list(preview.warnings),
    }


def _preview_row(row: PreviewRow) -> dict[str, Any]:
    words = {
        rules.CREATED: ("Create", "green"),
        rules.SKIPPED: ("Skip", "neutral"),
        rules.REFUSED: ("Refuse", "red"),
    }
    verdict, tone = words[row.outcome]
    return {
        "line": row.number,
        "values": list(row.cells),
        "tone": tone,
        "verdict": verdict,
        "reason": row.message,
    }


@blueprint.get("/<uuid:run_id>/result")
@requires("orders:import")
def result(run_id: UUID) -> ResponseReturnValue:
    """Show the progress, then the account of every line."""
    run = _run(run_id)
    account = order_import.result(context.reader(), run_id)
    refused = order_import.left_out(context.reader(), run_id, limit=REFUSED_SHOWN)
    over = run.state in {"finished", "failed"}
    return render_template(
        "orders_import_result.html",
        import_run={
            "id": run_id,
            "filename": run.file_name,
            "at": run.created_at,
            "by": run.actor_name,
            "state": "running" if run.state == "undoing" else run.state,
            "total": run.lines_total,
            "done": run.lines_read,
            "message": run.message,
        },
        account=None if run.state in {"queued", "draft"} else account,
        reasons=[
            {"label": label, "outcome": outcome, "count": account.reasons[code]}
            for code, (outcome, label) in rules.REASONS.items()
            if account.reasons.get(code)
        ],
        refused=[
            {"line": one.number, "what": ", ".join(filter(None, one.cells)), "reason": one.message}
            for one in refused
        ],
        refused_total=run.lines_refused,
        refused_csv_url=(
            f"/orders/import/{run_id}/refused.csv" if over and run.lines_refused else None
        ),
        undo_url=f"/orders/import/{run_id}/undo" if over else None,
        orders_url=f"/orders?filters={_only_this(run_id)}",
        again_url="/orders/import",
    )


def _only_this(run_id: UUID) -> str:
    from urllib.parse import quote

    return quote(f'[{{"column":"import_run_id","operator":"is","value":"{run_id}"}}]')


@blueprint.get("/<uuid:run_id>/refused.csv")
@requires("orders:import")
def refused_csv(run_id: UUID) -> ResponseReturnValue:
    """Give the refused lines as a file to repair and import again."""
    run = _run(run_id)
    return _csv(
        order_import.refused_csv(context.moment(), run_id, bom=True), f"refused-{run.file_name}"
    )


@blueprint.get("/<uuid:run_id>/lines.csv")
@requires("orders:import")
def lines_csv(run_id: UUID) -> ResponseReturnValue:
    """Give every line of the file with what became of it."""
    run = _run(run_id)
    return _csv(
        order_import.all_outcomes_csv(context.moment(), run_id, bom=True), f"lines-{run.file_name}"
    )


def _csv(lines: Any, name: str) -> Response:
    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in name.rsplit(".", 1)[0])
    headers = {"Content-Disposition": f'attachment; filename="{plain}.csv"'}
    return Response(stream_with_context(lines), mimetype="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/<uuid:run_id>/undo")
@requires("orders:import")
def undo(run_id: UUID) -> ResponseReturnValue:
    """Take the whole import back, but for what somebody has worked on since."""
    with context.runtime().uows.begin(actor=context.actor(), source="import", run_id=run_id) as uow:
        order_import.begin_undo(uow, import_run_id=run_id)
    flash(_("The import is being taken back."), "info")
    return redirect(f"/orders/import/{run_id}/result")


def _run(run_id: UUID) -> ImportRun:
    found = context.reader().get(ImportRun, run_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found
