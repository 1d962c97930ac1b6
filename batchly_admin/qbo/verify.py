"""What is checked before a document leaves and after it arrived: equal to the cent, or said.

Each rule is one small function. Before: a sentence that says what is wrong, or None. After: the
difference, or None. Nothing is corrected here; a person reviews what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.money import total
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Rejected
from batchly_admin.models.billing import CreditMemo, CreditMemoLineItem, Invoice, InvoiceLineItem
from batchly_admin.qbo import sequences
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import NUMBER_LENGTH, sales_lines, total_tax
from batchly_admin.services import settings

Document = Invoice | CreditMemo
Before = Callable[[Session, Any, Facts], str | None]


@dataclass(frozen=True, slots=True)
class Expected:
    """What QuickBooks has to answer for a document."""

    number: str
    customer_ref: str
    lines: tuple[Decimal, ...]
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """One field in which the two books differ."""

    field: str
    ours: str
    theirs: str


def customer_is_synced(_session: Session, document: Document, _facts: Facts) -> str | None:
    """R165, R169: the customer exists here and in QuickBooks."""
    customer = document.customer
    if customer is None or not customer.qb_customer_id:
        name = customer.display_name if customer is not None else ""
        return f"The customer {name} is not in QuickBooks yet."
    return None


def item_of(line: InvoiceLineItem | CreditMemoLineItem) -> str:
    """Give QuickBooks' item of a line; a credited line goes back on the item it was sold as."""
    sold = line if isinstance(line, InvoiceLineItem) else line.invoice_line
    own = line.product.qb_item_id if line.product is not None else None
    return (sold.qb_item_id if sold is not None else None) or own or ""


def items_are_synced(_session: Session, document: Document, _facts: Facts) -> str | None:
    """R166, R170: every line names an item that QuickBooks knows."""
    for line in document.lines:
        if not item_of(line):
            return f"Line {line.line_number} ({line.description[:60]}) has no item in QuickBooks."
    has_any = document.lines or document.shipping_amount
    return None if has_any else f"The {_noun(document)} has no lines."


def number_is_sequential(session: Session, document: Document, _facts: Facts) -> str | None:
    """R167: the number before this one is a document too, or its gap is explained."""
    return sequences.problem(session, document)


def number_fits(_session: Session, document: Document, _facts: Facts) -> str | None:
    """QuickBooks keeps 21 characters of a number."""
    number = sequences.number_of(document)
    if len(number) > NUMBER_LENGTH:
        return f"{number} is longer than QuickBooks' {NUMBER_LENGTH} characters."
    return None


def totals_add_up(_session: Session, document: Document, _facts: Facts) -> str | None:
    """R168: lines, discount, shipping and tax give the total."""
    noun = _noun(document)
    subtotal = total(line.line_total for line in document.lines)
    if subtotal != document.subtotal:
        return f"The lines add up to {subtotal}, the {noun} says {document.subtotal}."
    whole = subtotal - document.discount_amount + document.shipping_amount + document.tax_amount
    if whole != document.total_amount:
        return f"The parts add up to {whole}, the {noun} says {document.total_amount}."
    return None


def date_is_valid(_session: Session, document: Document, facts: Facts) -> str | None:
    """R171: the date is not in a closed period."""
    closed = facts.books_closed_until
    day = document.invoice_date if isinstance(document, Invoice) else document.credit_date
    if closed and day <= closed:
        return f"The books are closed up to {closed}; ask the accountant to reopen them."
    return None


def due_date_is_valid(_session: Session, invoice: Invoice, _facts: Facts) -> str | None:
    """R172: nobody owes before there is a bill."""
    if invoice.due_date and invoice.due_date < invoice.invoice_date:
        return "The due date is before the invoice date."
    return None


def features_are_on(_session: Session, document: Document, facts: Facts) -> str | None:
    """Shipping and discounts are preferences of the company in QuickBooks."""
    if document.shipping_amount and facts.forbids("SalesFormsPrefs", "AllowShipping"):
        return "Shipping is turned off in QuickBooks: Account and settings, Sales."
    if document.discount_amount and facts.forbids("SalesFormsPrefs", "AllowDiscount"):
        return "Discounts are turned off in QuickBooks: Account and settings, Sales."
    return None


def tax_is_linked(session: Session, document: Document, _facts: Facts) -> str | None:
    """A tax needs QuickBooks' own code, or it would be computed by another rate."""
    if settings.get(session, "tax_mode") == "quickbooks":
        return None
    if document.tax_amount and not (document.tax_code and document.tax_code.qb_tax_code_id):
        return "The tax code is not linked to QuickBooks: pull the tax rates."
    return None


BEFORE_CREDIT: tuple[Before, ...] = (
    customer_is_synced,
    items_are_synced,
    number_fits,
    number_is_sequential,
    totals_add_up,
    date_is_valid,
    features_are_on,
    tax_is_linked,
)
BEFORE: tuple[Before, ...] = (*BEFORE_CREDIT, due_date_is_valid)


def check_before(session: Session, document: Document, facts: Facts) -> None:
    """Let an invoice or a credit memo leave.

    Raises:
        Rejected: with every rule it breaks.
    """
    rules = BEFORE if isinstance(document, Invoice) else BEFORE_CREDIT
    problems = [words for rule in rules if (words := rule(session, document, facts))]
    if problems:
        raise Rejected(" ".join(problems), code="check", hint="Put right what it names, and retry.")


def expected(document: Document, customer_ref: str) -> Expected:
    """Give what QuickBooks has to answer."""
    return Expected(
        number=sequences.number_of(document),
        customer_ref=customer_ref,
        lines=tuple(line.line_total for line in document.lines),
        tax=document.tax_amount,
        total=document.total_amount,
    )


def id_is_given(_expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R173: there is an id to store."""
    return None if body.get("Id") else Finding("id", "an id", "none")


def number_is_equal(expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R174: the number is ours."""
    return _differ("number", expected.number, str(body.get("DocNumber") or ""))


def total_is_equal(expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R175: the total is ours to the cent."""
    return _differ_money("total", expected.total, fields.amount(body.get("TotalAmt")))


def tax_is_equal(expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R175: so is the tax."""
    return _differ_money("tax", expected.tax, total_tax(body))


def lines_are_equal(expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R176: as many lines, in our order, each with our amount."""
    theirs = tuple(sales_lines(body))
    if theirs == expected.lines:
        return None
    return Finding("lines", _spell(expected.lines), _spell(theirs))


def customer_is_equal(expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R177: it stands with the right customer."""
    return _differ("customer", expected.customer_ref, fields.ref_id(body, "CustomerRef") or "")


def time_is_given(_expected: Expected, body: Mapping[str, Any]) -> Finding | None:
    """R178: QuickBooks says when it took the document."""
    return None if fields.changed_at(body) else Finding("time", "a time", "none")


AFTER = (
    id_is_given,
    number_is_equal,
    total_is_equal,
    tax_is_equal,
    lines_are_equal,
    customer_is_equal,
    time_is_given,
)


def check_after(expected: Expected, body: Mapping[str, Any]) -> list[Finding]:
    """Give every difference between what was sent and what QuickBooks holds now."""
    return [found for rule in AFTER if (found := rule(expected, body))]


NUMBERS: Mapping[str, tuple[str, str]] = {
    "invoice": ("invoice_number", "total_amount"),
    "credit_memo": ("credit_memo_number", "total_amount"),
    "refund": ("refund_number", "amount"),
    "payment": ("", "amount"),
}
"""Where our number and our total stand; a payment has no number in QuickBooks."""


def check_document(entity_type: str, record: Any, body: Mapping[str, Any]) -> list[Finding]:
    """R174, R175, R177 for every kind of document: number, total and customer are ours."""
    number, amount = NUMBERS.get(entity_type, ("", ""))
    if not amount:
        return []
    customer = getattr(record, "customer", None)
    found = [
        _differ_money("total", getattr(record, amount), fields.amount(body.get("TotalAmt"))),
        _differ(
            "customer",
            str(getattr(customer, "qb_customer_id", None) or ""),
            fields.ref_id(body, "CustomerRef") or "",
        ),
    ]
    if number:
        theirs = str(body.get("DocNumber") or "")
        found.insert(0, _differ("number", getattr(record, number), theirs))
    return [one for one in found if one]


def gap_before(session: Session, invoice: Invoice) -> str:
    """C26: say that QuickBooks lacks the invoice before this one; that stops nothing."""
    number = sequences.before(invoice.invoice_number)
    if number is None:
        return ""
    state = session.scalar(
        sa.select(Invoice.sync_state).where(
            Invoice.invoice_number == number,
            Invoice.qb_invoice_id.is_(None),
            Invoice.voided_at.is_(None),
        )
    )
    return f"Gap in QuickBooks: {number} failed." if state == SyncState.FAILED else ""


def _noun(document: Document) -> str:
    return "invoice" if isinstance(document, Invoice) else "credit memo"


def _differ(field: str, ours: str, theirs: str) -> Finding | None:
    return None if ours == theirs else Finding(field, ours, theirs)


def _differ_money(field: str, ours: Decimal, theirs: Decimal) -> Finding | None:
    return None if ours == theirs else Finding(field, f"{ours:.2f}", f"{theirs:.2f}")


def _spell(amounts: tuple[Decimal, ...]) -> str:
    words = ", ".join(f"{amount:.2f}" for amount in amounts[:20])
    return f"{len(amounts)} lines: {words}"
