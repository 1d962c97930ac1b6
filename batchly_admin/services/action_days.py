"""Days that a person may choose in the preview of a bulk action."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.domain.invoices import Dates
from batchly_admin.errors import InvalidInput
from batchly_admin.services import closing
from batchly_admin.services.tallies import Params
from batchly_admin.words import _, later


def day_param(name: str, label: str, hint: str) -> dict[str, Any]:
    """Give the question for a day; left empty, what `hint` says holds."""
    return {
        "name": name,
        "label": label,
        "kind": "date",
        "value": "",
        "choices": [],
        "hint": hint,
    }


INVOICE_DAYS = (
    day_param(
        "invoice_date", later("Invoice date"), later("Empty: today, or the date of the draft.")
    ),
    day_param("due_date", later("Due date"), later("Empty: each by its terms.")),
)


INVOICE_DAY_NAMES = tuple(str(day["name"]) for day in INVOICE_DAYS)


def day_of(params: Params, name: str) -> date | None:
    """Give the day that was chosen, None when none was.

    Raises:
        InvalidInput: when it is no day.
    """
    text = params.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        words = name.replace("_", " ")
        msg = _("The {words} is not a day.", words=words)
        raise InvalidInput(msg, field=name) from None


def due_day(_session: Session, params: Params) -> date | None:
    """Give the due day that was chosen, None when none was.

    Raises:
        InvalidInput: when it is no day.
    """
    return day_of(params, "due_date")


def invoice_days(session: Session, params: Params) -> Dates:
    """Give the days chosen for invoices.

    Raises:
        InvalidInput: when one is no day, is in closed books, or is due before it is written.
    """
    chosen = Dates(day_of(params, "invoice_date"), day_of(params, "due_date"))
    if chosen.invoice and chosen.due and chosen.due < chosen.invoice:
        msg = _("The due date is before the invoice date.")
        raise InvalidInput(msg, field="due_date")
    if chosen.invoice and closing.is_closed(session, chosen.invoice):
        msg = _("The books are closed on that invoice date.")
        raise InvalidInput(msg, field="invoice_date")
    return chosen
