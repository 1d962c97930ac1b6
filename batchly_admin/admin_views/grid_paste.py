"""The routes of a paste: look at what it would do, make the records it names.

Its cells and rows are written the way all are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import InvalidInput, NotAllowed, UserError
from batchly_admin.grid import values
from batchly_admin.grid.lookups import target_of
from batchly_admin.grid.paste import columns, look, names
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.services import pasting, records
from batchly_admin.services.unit_of_work import UnitOfWork

MOST_NAMES = 500


class Paste:
    """What a grid offers to a block of texts before it is written."""

    table: Table

    @expose("/paste", methods=["POST"])
    @requires(":view")
    def paste_look(self) -> ResponseReturnValue:
        """Tell what each pasted text means, what is to be asked and which names are unknown."""
        asked, who = body(), context.person()
        memory = pasting.remembered(context.reader(), user_id=who.user_id, table=self.table.name)
        zone = context.company().time_zone
        person = look.Person(who.rights, context.today(), zone, memory)
        found = look.look(context.reader(), self.table, asked, person)
        answers = look.answers_of(self.table, who.rights, asked)
        if answers:
            _remember(self.table, answers)
        return answer(found)

    @expose("/paste/names", methods=["POST"])
    @requires(":view")
    def paste_names(self) -> ResponseReturnValue:
        """Make the records that pasted names stand for; they belong to the paste's change set."""
        asked = body()
        target = _target(self.table, str(asked.get("column", ""))[:60])
        texts = asked.get("texts")
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            msg = "The names are a list of texts."
            raise InvalidInput(msg, field="texts")
        if len(texts) > MOST_NAMES:
            msg = f"At most {MOST_NAMES} new records at once."
            raise InvalidInput(msg, field="texts")
        if not look.may_create(target, context.person().rights):
            msg = f"You cannot create {target.plural} by name."
            raise NotAllowed(msg)
        with context.runtime().uows.begin(actor=context.actor(), source="paste") as uow:
            going_on(uow, asked)
            made = _make(uow, target, texts, context.person().rights)
            uow.session.flush()
            return answer({"change_set": uow.change_set_id, "made": made})


def going_on(uow: UnitOfWork, asked: Mapping[str, Any]) -> None:
    """Write into the change set that the request names, if it names one."""
    given = asked.get("change_set")
    if given is None:
        return
    known: UUID | None = parse_id(given)
    if known is None:
        msg = "The change set has an unreadable id."
        raise InvalidInput(msg, field="change_set")
    pasting.carry_on(uow, known)


def _target(table: Table, name: str) -> Table:
    """Give what a link column points to, when the person fills that column."""
    rights = context.person().rights
    seen = {spec.name for spec in table.visible_columns(rights) if spec.editable}
    verbs = {f"{table.rights_area}:edit", f"{table.rights_area}:create"}
    if name in table.by_name and (name not in seen or table.read_only or not verbs & rights):
        raise NotAllowed
    return target_of(table, name)


def _remember(table: Table, answers: Mapping[str, str]) -> None:
    readings = {
        (name, str(columns.kind_of(table.by_name[name]))): reading
        for name, reading in answers.items()
    }
    with context.runtime().uows.begin(actor=context.actor(), source="paste") as uow:
        user_id = context.person().user_id
        pasting.remember(uow, user_id=user_id, table=table.name, readings=readings)


def _make(
    uow: UnitOfWork, target: Table, texts: list[str], rights: frozenset[str]
) -> list[dict[str, Any]]:
    """Make a record for each name, save for those that somebody made meanwhile."""
    hidden = not target.is_open_to(rights)
    clear, unclear = names.resolve(uow.session, target, texts, names_only=hidden)
    made: list[dict[str, Any]] = [
        {"text": text, "id": option.id, "label": option.label} for text, option in clear.items()
    ]
    label = target.by_name[target.label_column]
    for one in unclear.values():
        try:
            if not one.missing:
                raise InvalidInput(one.reason)
            value = values.parse(label, one.text, today=context.today())
            record = records.create_record(uow, target.model, {label.name: value})
        except UserError as refused:
            made.append({"text": one.text, "reason": refused.message})
        else:
            made.append({"text": one.text, "id": record.id, "label": str(value)})
    return made
