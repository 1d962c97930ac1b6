"""What the business may change about Batchly: a typed registry over the settings table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.notices import NoticeKind
from batchly_admin.domain.statuses import ItemType
from batchly_admin.errors import InvalidInput
from batchly_admin.models.company import Setting
from batchly_admin.services.unit_of_work import UnitOfWork

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
MOST_RECIPIENTS = 20

Check = Callable[[Any], str | None]
"""What is wrong with a value, in words, or None."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting: its default, the values it may take and what it does."""

    key: str
    default: Any
    label: str
    choices: tuple[Any, ...] = ()
    check: Check | None = None

    def problem(self, value: Any) -> str | None:
        """Say why the setting cannot take `value`, or give None."""
        if self.choices and not any(
            value == choice and type(value) is type(choice) for choice in self.choices
        ):
            allowed = ", ".join(str(choice) for choice in self.choices)
            return f"{value} is not one of {allowed}."
        return self.check(value) if self.check is not None else None


def _some_of(*allowed: str, at_least: int = 0) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or any(one not in allowed for one in value):
            return f"Choose among {', '.join(allowed)}."
        return None if len(value) >= at_least else "Choose at least one."

    return check


def _addresses(value: Any) -> str | None:
    if not isinstance(value, list) or len(value) > MOST_RECIPIENTS:
        return f"Give at most {MOST_RECIPIENTS} e-mail addresses."
    for one in value:
        if not isinstance(one, str) or not _EMAIL.fullmatch(one) or len(one) > 254:
            return f"{one} is not an e-mail address."
    return None


def _time(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)
    return None if fits else "Write a time of day like 07:00."


def _day(value: Any) -> str | None:
    try:
        if value is not None:
            date.fromisoformat(value)
    except (TypeError, ValueError):
        return "Write a day like 2026-03-31."
    return None


def _between(low: int, high: int) -> Check:
    def check(value: Any) -> str | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if fits else f"Give a whole number from {low} to {high}."

    return check


def _text(value: Any) -> str | None:
    fits = value is None or (isinstance(value, str) and 0 < len(value) <= 500)
    return None if fits else "Give at most 500 characters."


REGISTRY: dict[str, Definition] = {
    definition.key: definition
    for definition in (
        Definition("auto_issue", True, "Issue invoices at once when they are made", (True, False)),
        Definition(
            "invoice_trigger",
            "completed",
            "When an order's invoice is made by itself",
            ("completed", "shipped", "manual"),
        ),
        Definition(
            "customer_master", "batchly", "Who owns customer data", ("batchly", "quickbooks")
        ),
        Definition("customer_updates", "immediate", "When changes go", ("immediate", "nightly")),
        Definition("auto_create_products", True, "Pulled items become products", (True, False)),
        Definition(
            "pulled_item_types",
            ["Inventory", "Service"],
            "Item types that are pulled",
            check=_some_of(*(kind.value for kind in ItemType), at_least=1),
        ),
        Definition("default_tax_code", None, "Tax code where nothing else applies", check=_text),
        Definition(
            "default_payment_term", None, "Payment terms where the customer has none", check=_text
        ),
        Definition("income_account", None, "QuickBooks account for new items", check=_text),
        Definition(
            "refund_account", None, "QuickBooks account that refunds are paid from", check=_text
        ),
        Definition("tax_rounding", "line", "How tax is rounded", ("line", "document")),
        Definition("tax_mode", "batchly", "Who computes sales tax", ("batchly", "quickbooks")),
        Definition("sync_purchase_orders", True, "Take orders from QuickBooks", (True, False)),
        Definition(
            "pull_pending_estimates", False, "Take estimates nobody accepted", (True, False)
        ),
        Definition("sync_start_date", None, "Nothing dated before this day is pushed", check=_day),
        Definition(
            "notice_kinds",
            [kind.value for kind in NoticeKind],
            "Of what admins are told by e-mail",
            check=_some_of(*(kind.value for kind in NoticeKind)),
        ),
        Definition(
            "notice_recipients", [], "Who is told; nobody named: every admin", (), _addresses
        ),
        Definition("notice_digest_at", "07:00", "When the daily digest goes", check=_time),
        Definition(
            "notice_failures_after",
            3,
            "Failures of one cause before admins are told",
            check=_between(1, 100),
        ),
    )
}


def get(session: Session, key: str) -> Any:
    """Give a setting's value, or its default.

    Raises:
        KeyError: for a key the registry does not know.
    """
    definition = REGISTRY[key]
    found = session.scalar(sa.select(Setting).where(Setting.key == key))
    return definition.default if found is None else found.value


def put(uow: UnitOfWork, key: str, value: Any) -> None:
    """Change a setting.

    Raises:
        InvalidInput: when the setting does not exist or cannot take the value.
    """
    definition = REGISTRY.get(key)
    if definition is None:
        msg = f"There is no setting called {key}."
        raise InvalidInput(msg, field=key)
    problem = definition.problem(value)
    if problem is not None:
        raise InvalidInput(f"{definition.label}: {problem}", field=key)
    found = uow.session.scalar(sa.select(Setting).where(Setting.key == key))
    if found is None and value == definition.default:
        return
    if found is None:
        uow.session.add(Setting(key=key, value=value))
    else:
        found.value = value
