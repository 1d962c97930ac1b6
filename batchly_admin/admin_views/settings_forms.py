"""What the fields of the sync's settings show, and what a sent form says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from batchly_admin.admin_views import context, sync_status
from batchly_admin.admin_views.settings_rules import RULES, Rule
from batchly_admin.domain.field_mapping import ENTITIES, SOURCES
from batchly_admin.domain.notices import NoticeKind
from batchly_admin.errors import InvalidInput
from batchly_admin.models.catalogue import PaymentTerm, QbAccount, TaxCode
from batchly_admin.models.sync import ScheduleSlot
from batchly_admin.qbo import facts
from batchly_admin.services import settings, sync_settings
from batchly_admin.words import _

Form = MultiDict[str, str]
Choices = list[tuple[str, str]]
INCOME_TYPES = ("Income", "Other Income")
REFUND_TYPES = ("Bank", "Other Current Asset")
PAGE = "/admin/quickbooks/settings"
ASKED_WITHIN = timedelta(hours=1)
WORDS = {True: "Yes", False: "No"}
FIRST = "as delivered"


def tabs(active: str) -> list[dict[str, Any]]:
    """Give the pages of the settings."""
    found = [{"label": _("General"), "href": PAGE, "active": not active}]
    for entity_type, label in ENTITIES.items():
        href = f"{PAGE}/mapping/{entity_type}"
        found.append({"label": label, "href": href, "active": entity_type == active})
    return found


def rules(
    session: Session, errors: Mapping[str, str], given: Mapping[str, Any] | None
) -> dict[str, list[dict[str, Any]]]:
    """Give the fields of all rules, by card, with what they are or were just typed to be."""
    cards: dict[str, list[dict[str, Any]]] = {}
    for rule in RULES:
        value = settings.get(session, rule.key)
        shown = _spell(value)
        if given is not None and isinstance(given, MultiDict) and _was_sent(rule, given):
            shown = given.getlist(rule.key) if rule.kind == "some" else given.get(rule.key, "")
        cards.setdefault(rule.group, []).append(
            {
                "name": rule.key,
                "label": rule.label,
                "help": rule.help,
                "kind": rule.kind if rule.kind in {"some", "day"} else "choice",
                "value": shown,
                "choices": _choices(session, rule, shown),
                "error": errors.get(rule.key),
            }
        )
    return cards


def _was_sent(rule: Rule, given: MultiDict[str, Any]) -> bool:
    return "auto_issue" in given and (rule.key in given or rule.kind == "some")


def rules_given(form: Form) -> dict[str, Any]:
    """Give the values that a sent form of rules holds; what it does not name stays."""
    values: dict[str, Any] = {}
    for rule in RULES:
        if rule.kind == "some":
            values[rule.key] = form.getlist(rule.key)
        elif rule.key in form:
            text = form[rule.key].strip()
            is_truth = isinstance(settings.REGISTRY[rule.key].default, bool)
            values[rule.key] = (text == "1") if is_truth else (text or None)
    return values


def notice_fields(
    session: Session, errors: Mapping[str, str], given: Mapping[str, Any] | None
) -> dict[str, dict[str, Any]]:
    """Give the fields of the notices."""
    sent = given if isinstance(given, MultiDict) and "notice_digest_at" in given else None
    kinds = settings.get(session, "notice_kinds")
    values: dict[str, Any] = {
        "notice_recipients": "\n".join(settings.get(session, "notice_recipients")),
        "notice_digest_at": settings.get(session, "notice_digest_at"),
        "notice_failures_after": settings.get(session, "notice_failures_after"),
    }
    if sent is not None:
        kinds = sent.getlist("notice_kinds")
        values = {name: sent.get(name, "") for name in values}
    fields = {
        name: {"name": name, "value": value, "error": errors.get(name)}
        for name, value in values.items()
    }
    fields["notice_kinds"] = {
        "name": "notice_kinds",
        "value": kinds,
        "choices": [(kind.value, kind.label) for kind in NoticeKind],
        "error": errors.get("notice_kinds"),
    }
    return fields


def notices_given(form: Form) -> dict[str, Any]:
    """Give the values that a sent form of notices holds."""
    after = form.get("notice_failures_after", "").strip()
    return {
        "notice_kinds": form.getlist("notice_kinds"),
        "notice_recipients": form.get("notice_recipients", "").replace(",", " ").split(),
        "notice_digest_at": form.get("notice_digest_at", "").strip(),
        "notice_failures_after": int(after) if after.isdecimal() and len(after) < 6 else after,
    }


def fetched() -> list[str]:
    """Give everything that is done by the clock, or could be."""
    runtime = context.runtime()
    return list(dict.fromkeys((*runtime.engine.pull_types, *runtime.pulls)))


def rhythms(
    session: Session,
    types: Sequence[str],
    errors: Mapping[str, str],
    given: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """Give one row for each type that is fetched."""
    own = sync_settings.schedules(session)
    rows = []
    for name in types:
        usual = context.runtime().pulls.get(name)
        found = sync_settings.rhythm_of(own.get(name), usual)
        row: dict[str, Any] = {
            "type": name,
            "label": sync_status.label(name),
            "rhythm": found.rhythm,
            "at_time": f"{found.at_time:%H:%M}" if found.at_time is not None else "",
            "weekday": str(found.weekday if found.weekday is not None else sync_settings.SUNDAY),
            "on": found.is_enabled,
        }
        if given is not None and f"{name}.rhythm" in given:
            row |= {key: given.get(f"{name}.{key}", "") for key in ("rhythm", "at_time", "weekday")}
            row["on"] = f"{name}.on" in given
        row["errors"] = {
            key: errors[f"{name}.{key}"]
            for key in ("rhythm", "at_time", "weekday")
            if f"{name}.{key}" in errors
        }
        rows.append(row)
    return rows


def rhythm_given(name: str, form: Form) -> sync_settings.Rhythm:
    """Give the rhythm that a sent form says of one type.

    Raises:
        InvalidInput: naming the field that cannot be read.
    """
    rhythm = form.get(f"{name}.rhythm", "")
    if rhythm not in sync_settings.RHYTHMS:
        raise InvalidInput("Choose hourly, daily, weekly or by hand.", field="rhythm")
    at_time = _time(form.get(f"{name}.at_time", "").strip())
    if at_time is None and rhythm in {"daily", "weekly"}:
        raise InvalidInput("Write a time like 04:00.", field="at_time")
    weekday = form.get(f"{name}.weekday", "")
    if rhythm == "weekly" and weekday not in {str(day) for day in range(7)}:
        raise InvalidInput("Choose a day.", field="weekday")
    return sync_settings.Rhythm(
        rhythm, at_time, int(weekday) if rhythm == "weekly" else None, f"{name}.on" in form
    )


def lacks_accounts(session: Session, now: datetime) -> bool:
    """Tell whether the accounts should be fetched: there are none, and nobody asked just now."""
    connection = facts.connection_of(session)
    if connection is None or connection.state != "connected":
        return False
    if session.scalar(sa.select(QbAccount.id).limit(1)) is not None:
        return False
    asked = sa.select(ScheduleSlot.id).where(
        ScheduleSlot.name == "accounts", ScheduleSlot.due_at > now - ASKED_WITHIN
    )
    return session.scalar(asked.limit(1)) is None


def told(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the history in the words of the page."""
    labels = {rule.key: rule.label for rule in RULES}
    return [
        {
            **entry,
            "what": labels.get(entry["what"], _label(entry["what"])),
            "old": _words(_usual(entry) if entry["operation"] == "insert" else entry["old"]),
            "new": _words(entry["new"]),
        }
        for entry in entries
    ]


def _usual(entry: Mapping[str, Any]) -> Any:
    """Give what stood there before anybody chose: the default."""
    definition = settings.REGISTRY.get(entry["what"])
    return definition.default if definition is not None else FIRST


def _label(key: str) -> str:
    definition = settings.REGISTRY.get(key)
    return definition.label if definition is not None else key


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "nothing"
    return SOURCES.get(str(value), str(value)) if value not in (None, "") else "nothing"


def _spell(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else ""
    return value if isinstance(value, list) else str(value or "")


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        return None


def _choices(session: Session, rule: Rule, value: Any) -> Choices:
    if rule.choices:
        return list(rule.choices)
    if rule.kind == "income":
        found = [
            ("", "As QuickBooks' own sales account"),
            *_accounts(session, INCOME_TYPES, QbAccount.qb_account_id),
        ]
    elif rule.kind == "refunds":
        found = [("", "Nothing chosen"), *_accounts(session, REFUND_TYPES, QbAccount.name)]
    elif rule.kind == "terms":
        found = [("", "None"), *_named(session, PaymentTerm)]
    elif rule.kind == "taxes":
        found = [("", "None"), *_named(session, TaxCode)]
    else:
        return []
    if value and value not in {key for key, _ in found}:
        found.append((str(value), f"{value} (as it was set)"))
    return found


def _accounts(session: Session, types: Sequence[str], key: Any) -> Choices:
    # Refunds name their account as people do: a number typed there could be another account's id.
    query = (
        sa.select(key, QbAccount.name, QbAccount.account_type)
        .where(QbAccount.is_active, QbAccount.account_type.in_(types))
        .order_by(QbAccount.name)
    )
    return [(str(value), f"{name} ({kind})") for value, name, kind in session.execute(query)]


def _named(session: Session, model: Any) -> Choices:
    query = sa.select(model.name).where(model.is_active).order_by(model.name)
    return [(str(name), str(name)) for name in session.scalars(query)]
