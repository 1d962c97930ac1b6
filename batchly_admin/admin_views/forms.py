"""WTForms made from column specs: the same description as the grid's cells and filters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    Form,
    HiddenField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)

from batchly_admin import words
from batchly_admin.admin_views import context
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.words import _, later

ADDRESS_PARTS = (
    ("line1", later("Street")),
    ("line2", later("Street, second line")),
    ("city", later("City")),
    ("state", later("State")),
    ("postal_code", later("ZIP")),
    ("country", later("Country")),
)
_AMOUNTS = frozenset({"money", "price"})


class LinkField(StringField):
    """A field that holds a record's id and shows its label; options come from the lookup."""

    lookup_url = ""
    display = ""


class _TextDateField(DateField):
    """A date field that hands over the text as it is: parsing is the grid's."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the text."""
        self.raw_data = valuelist

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data or "")


def fields_of(table: Table, rights: frozenset[str], *, made: bool = False) -> list[Column]:
    """Give the columns a person may write in the form; of a `made` record, those still open."""
    return [
        spec
        for spec in table.visible_columns(rights)
        if spec.editable
        and spec.in_form
        and spec.kind not in {"badge", "json"}
        and not (made and spec.once)
    ]


@cache
def form_class(table: Table) -> type[Form]:
    """Give the form of a table with a field for every column that can be written."""
    attributes: dict[str, Any] = {"seen": HiddenField()}
    for spec in table.columns:
        if not (spec.editable and spec.in_form) or spec.kind in {"badge", "json"}:
            continue
        if spec.kind == "address":
            for part, label in ADDRESS_PARTS:
                attributes[f"{spec.name}__{part}"] = StringField(_(label))
        attributes[spec.name] = _field(spec)
    return type(f"{table.model.__name__}Form", (Form,), attributes)


def _field(spec: Column) -> Any:
    common: dict[str, Any] = {"label": spec.label, "description": spec.help}
    if spec.required:
        common["render_kw"] = {"required": True}
    if spec.kind == "bool":
        return BooleanField(**common)
    if spec.kind == "choice":
        choices = [(member.value, member.label) for member in spec.choices or ()]
        empty = [] if spec.required else [("", "")]
        return SelectField(choices=[*empty, *choices], validate_choice=False, **common)
    kinds: dict[str, type[Field]] = {
        "date": _TextDateField,
        "long_text": TextAreaField,
        "email": EmailField,
        "phone": TelField,
        "address": HiddenField,
        "link": LinkField,
    }
    return kinds.get(spec.kind, StringField)(**common)


def bind(table: Table, posted: Any, cells: Mapping[str, Any]) -> Any:
    """Give the form filled with a record's cells, or with what was posted."""
    data: dict[str, Any] = {}
    for spec in table.columns:
        value = cells.get(spec.name)
        data[spec.name] = shown(spec, value)
        if spec.kind == "bool":
            data[spec.name] = bool(value)
        if spec.kind == "address" and isinstance(value, dict):
            for part, _label in ADDRESS_PARTS:
                data[f"{spec.name}__{part}"] = value.get(part, "")
    form = form_class(table)(posted, data=data)
    for spec in table.columns:
        if spec.name in form:
            _dress(table, form, spec, cells.get(spec.name))
    return form


def _dress(table: Table, form: Any, spec: Column, value: Any) -> None:
    field = form[spec.name]
    field.flags.required = spec.required
    field.wide = spec.kind in {"long_text", "address"}
    if spec.kind in _AMOUNTS:
        field.prefix = words.currency_sign()
    if spec.kind == "percent":
        field.suffix = "%"
    if isinstance(field, LinkField):
        field.lookup_url = f"{table.url}/lookup/{spec.name}"
        field.display = _label(spec, field.data, value)


def _label(spec: Column, record_id: Any, value: Any) -> str:
    if isinstance(value, list | tuple) and str(value[0]) == str(record_id):
        return str(value[1])
    if not record_id:
        return ""
    target = find_table(spec.link)
    found = context.reader().get(target.model, record_id) if _is_id(record_id) else None
    return str(getattr(found, target.label_column)) if found is not None else str(record_id)


def _is_id(value: Any) -> bool:
    from batchly_admin.ids import parse_id

    return parse_id(value) is not None


def shown(spec: Column, value: Any) -> str:
    """Give a cell as the text of its field."""
    if value is None:
        return ""
    if spec.kind == "link":
        return str(value[0]) if isinstance(value, list | tuple) else str(value)
    if spec.kind in {"address", "json"}:
        return orjson.dumps(value, default=str).decode()
    return str(value)


def text_of(form: Any, spec: Column) -> Any:
    """Give what the person entered for a column: text, a truth value or an address."""
    if spec.kind == "bool":
        return "true" if form[spec.name].data else "false"
    if spec.kind == "address":
        parts = {part: form[f"{spec.name}__{part}"].data or "" for part, _label in ADDRESS_PARTS}
        return {part: text for part, text in parts.items() if text.strip()} or None
    field = form[spec.name]
    if field.raw_data:
        return str(field.raw_data[0])
    return str(field.data or "")


def changed(spec: Column, before: Any, text: Any) -> bool:
    """Tell whether the person changed the field."""
    if spec.kind == "bool":
        return bool(("true" if before else "false") != text)
    if spec.kind == "address":
        return bool((before or None) != (text or None))
    return shown(spec, before) != str(text).replace("\r\n", "\n")


def seen(table: Table, cells: Mapping[str, Any]) -> str:
    """Give the record as the form shows it, to be sent back and compared."""
    kept = {
        spec.name: cells[spec.name]
        for spec in table.columns
        if spec.editable and spec.name in cells
    }
    return orjson.dumps(kept, default=str).decode()


def defaults(table: Table) -> dict[str, Any]:
    """Give the values a new record starts with."""
    found: dict[str, Any] = {}
    source = table.model.__table__
    for spec in table.columns:
        default = source.c[spec.name].default if spec.name in source.c else None
        if default is not None and default.is_scalar:
            found[spec.name] = default.arg
    for name in ("po_date", "invoice_date", "payment_date", "credit_date", "refund_date"):
        if name in table.by_name:
            found[name] = context.today().isoformat()
    return found


def groups(table: Table, rights: frozenset[str], *, made: bool) -> list[dict[str, Any]]:
    """Give the form's groups with their fields; what the table does not group comes first."""
    written = fields_of(table, rights, made=made)
    allowed = [spec.name for spec in written]
    addresses = [spec for spec in written if spec.kind == "address"]
    grouped: list[dict[str, Any]] = []
    placed: set[str] = {spec.name for spec in addresses}
    for title, names in table.form_groups:
        fields = [name for name in names if name in allowed and name not in placed]
        placed.update(fields)
        if fields:
            grouped.append({"title": title, "help": None, "fields": fields})
    rest = [name for name in allowed if name not in placed]
    if rest:
        title = _("More") if grouped else table.heading
        grouped.append({"title": title, "help": None, "fields": rest})
    for spec in addresses:
        parts = [f"{spec.name}__{part}" for part, _label in ADDRESS_PARTS]
        grouped.append({"title": spec.label, "help": None, "fields": parts})
    return grouped
