"""Writing from the browser: a batch of cells, the form of a record, a deletion.

Cells and forms go the same way: every value carries what the person saw, and a different value in
the record is a conflict that shows both, never a silent overwrite.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import Form

from batchly_admin.admin_views import (
    cell_writing,
    context,
    fixing,
    forms,
    grid_paste,
    record_reading,
)
from batchly_admin.errors import Conflict, InvalidInput, NotFound, Refusal, UserError
from batchly_admin.grid import changes
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table
from batchly_admin.services import audit, records
from batchly_admin.words import _

form_class = forms.form_class


def write_cells(table: Table, asked: dict[str, Any], source: str) -> dict[str, Any]:
    """Write a batch of cells and new rows; give the grid's answer for each."""
    one_cell = isinstance(asked.get("changes"), list) and len(asked["changes"]) == 1
    if one_cell and not asked.get("creates"):
        # If it is refused all is rolled back, and the long way tells what is wrong with the cell.
        with suppress(UserError):
            return _write_cells(table, asked, source, alone=True)
    return _write_cells(table, asked, source)


def _write_cells(
    table: Table, asked: dict[str, Any], source: str, *, alone: bool = False
) -> dict[str, Any]:
    with context.runtime().uows.begin(actor=context.actor(), source=source) as uow:
        grid_paste.going_on(uow, asked)
        outcome = cell_writing.write(
            uow,
            table,
            context.person().rights,
            asked,
            today=context.today(),
            zone=context.company().time_zone,
            alone=alone,
        )
        uow.session.flush()
        return {"change_set": uow.change_set_id, **outcome}


def note_export(table: Table) -> None:
    """Write down who exported which table."""
    with context.runtime().uows.begin(actor=context.actor(), source="export") as uow:
        audit.note(uow, "export", subject=table.title, details=dict(request.args))


def delete(table: Table, record_id: UUID) -> None:
    """Delete a record; what refers to it makes this a conflict in words."""
    with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
        found = uow.session.get(table.model, record_id)
        if found is None:
            raise NotFound
        label = str(getattr(found, table.label_column))
        records.delete_record(uow, found)
    flash(_("{label} was deleted. Its history still has it.", label=label), "success")


def create_page(view: Any) -> ResponseReturnValue:
    """Show the empty form, or make the record and open it."""
    table: Table = view.table
    form = forms.bind(table, request.form or None, _prefilled(table))
    errors: list[str] = []
    if request.method == "POST":
        values = _parsed(table, form, made=False)
        if values is not None:
            try:
                with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
                    created = records.create_record(uow, table.model, values)
                    uow.session.flush()
                    record_id = created.id
            except UserError as refused:
                errors = _place(form, refused)
            else:
                flash(_("{record} created.", record=table.heading), "success")
                return redirect(f"{table.url}/{record_id}")
        else:
            errors = [_("Some values are not usable yet; see the marked fields.")]
    return _render(
        view, form, _("New {record}", record=table.singular), table.url, errors
    ), _status(errors)


def edit_page(view: Any, record_id: UUID) -> ResponseReturnValue:
    """Show the form of a record, or write what was changed in it."""
    table: Table = view.table
    record = record_reading.read(table, record_id)
    cells = record.cells
    url = f"{table.url}/{record_id}"
    form = forms.bind(table, request.form or None, cells)
    errors: list[str] = []
    conflict = None
    if request.method == "POST" and record.lock is None:
        outcome = _write_form(table, record_id, form)
        if outcome is None:
            if not fixing.send_again():
                flash(_("Saved."), "success")
            return redirect(url)
        errors, conflict = outcome
    elif request.method == "GET":
        errors = fixing.mark(form)
    label = str(cells.get(table.label_column) or table.singular)
    form["seen"].data = forms.seen(table, cells)
    page = _render(
        view,
        form,
        _("Edit {record}", record=label),
        url,
        errors,
        conflict=conflict,
        lock=record.lock,
        made=True,
    )
    return page, 200 if request.method == "GET" else _status(errors)


def _status(errors: list[str]) -> int:
    return 422 if errors else 200


def _prefilled(table: Table) -> dict[str, Any]:
    """Give the form values that the address names, such as the customer of a new order."""
    given = {name: request.args[name] for name in request.args if name in table.by_name}
    return {**forms.defaults(table), **given}


def _parsed(table: Table, form: Form, *, made: bool) -> dict[str, Any] | None:
    """Give the form's values, or None after marking the fields that are not usable."""
    values: dict[str, Any] = {}
    good = True
    for spec in forms.fields_of(table, context.person().rights, made=made):
        try:
            values[spec.name] = _value(table, form, spec)
        except InvalidInput as refused:
            form[spec.name].errors = [refused.message]
            good = False
    return values if good else None


def _value(table: Table, form: Form, spec: Column) -> Any:
    return changes.parse_value(
        context.reader(),
        table,
        spec,
        forms.text_of(form, spec),
        today=context.today(),
        zone=context.company().time_zone,
    )


def _write_form(
    table: Table, record_id: UUID, form: Form
) -> tuple[list[str], dict[str, Any] | None] | None:
    """Write the changed fields of a form; None when all of them were saved."""
    if _parsed(table, form, made=True) is None:
        return ["Some values are not usable yet; see the marked fields."], None
    before = _seen(form)
    edits = [
        {
            "id": str(record_id),
            "column": spec.name,
            "seen": before.get(spec.name),
            "text": forms.text_of(form, spec),
        }
        for spec in forms.fields_of(table, context.person().rights, made=True)
        if forms.changed(spec, before.get(spec.name), forms.text_of(form, spec))
    ]
    if not edits:
        return None
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            results = cell_writing.write(
                uow,
                table,
                context.person().rights,
                {"changes": edits},
                today=context.today(),
                zone=context.company().time_zone,
            )["results"]
            _insist(results)
    except _NotSaved as not_saved:
        return _explain(table, form, not_saved.results)
    except UserError as refused:
        return _place(form, refused), None
    return None


def _insist(results: list[dict[str, Any]]) -> None:
    """Let a form through only as a whole: one value that cannot be saved takes back the rest."""
    if any(result["status"] in {"conflict", "refused"} for result in results):
        raise _NotSaved(results)


class _NotSaved(Conflict):
    """Nothing was saved."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__()
        self.results = results


def _explain(
    table: Table, form: Form, results: list[dict[str, Any]]
) -> tuple[list[str], dict[str, Any] | None]:
    errors = []
    for result in results:
        if result["status"] == "refused":
            form[result["column"]].errors = [result["reason"]]
            errors.append(result["reason"])
    clashes = [result for result in results if result["status"] == "conflict"]
    if not clashes:
        return errors or ["Nothing was saved."], None
    fields = []
    for result in clashes:
        spec = table.by_name[result["column"]]
        fields.append(
            {
                "name": spec.name,
                "label": spec.label,
                "yours": forms.text_of(form, spec),
                "now": forms.shown(spec, result.get("current")),
                "now_raw": forms.shown(spec, result.get("current")),
            }
        )
    conflict = {"by": clashes[0].get("by"), "at": clashes[0].get("at"), "fields": fields}
    return [*errors, "Somebody changed this record while you were editing it."], conflict


def _seen(form: Form) -> dict[str, Any]:
    try:
        found = orjson.loads(form["seen"].data or "{}")
    except orjson.JSONDecodeError:
        found = {}
    return found if isinstance(found, dict) else {}


def _place(form: Form, refused: UserError) -> list[str]:
    """Put the reasons beside their fields; give the ones that belong to none."""
    refusals = refused.refusals if isinstance(refused, InvalidInput) else ()
    if not refusals and refused.field:
        refusals = (Refusal(refused.field, refused.message),)
    loose = []
    for refusal in refusals:
        if refusal.field in form:
            form[refusal.field].errors = [_(refusal.reason)]
        else:
            loose.append(_(refusal.reason))
    return loose or [refused.message]


def _render(view: Any, form: Form, title: str, back: str, errors: list[str], **shown: Any) -> str:
    table: Table = view.table
    page: str = view.render(
        "form.html",
        form=form,
        title=title,
        subtitle=None,
        crumbs=[{"label": table.title, "href": table.url}],
        submit_label=_("Save"),
        cancel_url=back,
        action="",
        groups=forms.groups(table, context.person().rights, made=shown.get("made", False)),
        form_errors=errors,
        lock=shown.get("lock"),
        conflict=shown.get("conflict"),
    )
    return page
