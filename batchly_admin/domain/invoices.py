"""The status of an invoice, when it is due, and what has to be right before it is issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from batchly_admin.domain.statuses import InvoiceStatus
from batchly_admin.errors import Refusal

DRAFT_PREFIX = "DRAFT-"
LATEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Dates:
    """The days somebody chose for invoices; what is not chosen follows from the terms."""

    invoice: date | None = None
    due: date | None = None


USUAL = Dates()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the status of an invoice follows from."""

    is_issued: bool
    is_sent: bool
    is_viewed: bool
    is_void: bool
    total: Decimal
    settled: Decimal
    """What was paid and credited together."""
    due_date: date | None


def status_of(facts: Facts, today: date) -> InvoiceStatus:
    """Give the status that the facts come to: void, paid, overdue, partial, viewed, sent, draft.

    The first that holds wins. An invoice that is issued but neither e-mailed nor in QuickBooks yet
    is still a draft to the outside: nobody has been told anything. Its number and its lock say that
    it is issued.
    """
    if not facts.is_issued:
        return InvoiceStatus.DRAFT
    rules = (
        (InvoiceStatus.VOID, facts.is_void),
        (InvoiceStatus.PAID, facts.settled >= facts.total),
        (InvoiceStatus.OVERDUE, facts.due_date is not None and facts.due_date < today),
        (InvoiceStatus.PARTIAL, facts.settled > 0),
        (InvoiceStatus.VIEWED, facts.is_viewed),
        (InvoiceStatus.SENT, facts.is_sent),
    )
    return next((status for status, holds in rules if holds), InvoiceStatus.DRAFT)


def due_date(invoice_date: date, due_days: int | None) -> date:
    """Give the day an invoice is due; without terms it is due on receipt."""
    return invoice_date + timedelta(days=due_days or 0)


def problems(
    *,
    line_count: int,
    invoice_date: date,
    due: date | None,
    today: date,
    parts: Decimal,
    total: Decimal,
) -> list[Refusal]:
    """Give what keeps a draft from being issued; `parts` is what its parts add up to."""
    found: list[Refusal] = []
    if not line_count:
        found.append(Refusal("lines", "The invoice has no lines."))
    if due is not None and due < invoice_date:
        found.append(Refusal("due_date", "The due date is before the invoice date."))
    if invoice_date > today + LATEST:
        reason = f"The invoice date {invoice_date} is more than a year ahead."
        found.append(Refusal("invoice_date", reason))
    if parts != total:
        reason = f"The parts add up to {parts}, the invoice says {total}."
        found.append(Refusal("total_amount", reason))
    if total < 0:
        found.append(Refusal("total_amount", "An invoice cannot be below zero."))
    return found
