"""What credit memos, their uses and refunds share: look by marker, end, and record the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from batchly_admin.errors import AlreadyThere, Rejected
from batchly_admin.models.catalogue import TaxCode
from batchly_admin.qbo.client import Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.push import base
from batchly_admin.qbo.verify import Finding, check_after
from batchly_admin.services import settings
from batchly_admin.services.unit_of_work import UnitOfWork


class DocumentPusher(base.Pusher):
    """Documents that are created and ended, never changed."""

    follows_changes: ClassVar[bool] = False
    end: ClassVar[str] = base.DELETE
    """How QuickBooks takes one back: most kinds can only be deleted."""

    def learn(self, client: Client, facts: Facts) -> dict[str, Any]:
        """Read the company's preferences when nobody has."""
        return {"quickbooks": client.preferences()} if facts.preferences is None else {}

    def ending(self, record: Any, known: Mapping[str, Any] | None = None) -> base.Sending:
        """Build the call that takes a document back; one without an id is looked for first."""
        has_id = bool(self.kind.qbo_id(record))
        payload = self.version_of(record) if has_id else {}
        return base.Sending(
            self.entity, self.end, payload, record.id, self.kind.label(record), known=known or {}
        )

    def nothing(self, record: Any, words: str) -> base.Sending:
        """Give the call that is not made."""
        label = self.kind.label(record)
        return base.Sending(self.entity, base.NOTHING, {}, record.id, label, words=words)

    def find(self, client: Client, sending: base.Sending) -> dict[str, Any] | None:
        """Look by number: ours carries our marker, or has the same customer and the same total."""
        number = sending.label
        found = client.query(self.entity, equals("DocNumber", number), limit=10)
        for body in found:
            if is_ours(sending, body):
                return body
        if found and sending.verb == base.CREATE:
            raise AlreadyThere(
                f"QuickBooks has another document with the number {number}.",
                code="6140",
                hint="Look at it there; link it when it is this one.",
            )
        return None

    def check(self, sending: base.Sending, answer: Mapping[str, Any]) -> list[Finding]:
        """Compare with the document as issued, to the cent."""
        if fields.is_deleted(answer) or sending.expected is None:
            return []
        return check_after(sending.expected, answer)

    def record(self, uow: UnitOfWork, record: Any, answer: Mapping[str, Any]) -> None:
        """Write what QuickBooks gave into our record; a deleted one keeps its old id."""
        if not fields.is_deleted(answer):
            super().record(uow, record, answer)
            return
        if not self.kind.qbo_id(record):
            setattr(record, self.kind.id_column, str(answer["Id"]))
        record.last_synced_at = uow.now()


def is_ours(sending: base.Sending, body: Mapping[str, Any]) -> bool:
    """Tell whether a document of our number is ours: its marker decides, else who and how much."""
    marked = fields.marked_id(body.get("PrivateNote"))
    if marked is not None:
        return marked == sending.entity_id
    wanted = sending.expected
    return (
        wanted is not None
        and not fields.is_voided(body)
        and fields.ref_id(body, "CustomerRef") == wanted.customer_ref
        and fields.amount(body.get("TotalAmt")) == wanted.total
    )


def refuse(problems: list[str | None]) -> None:
    """Let a document leave against which nothing speaks.

    Raises:
        Rejected: with everything that is wrong.
    """
    found = [words for words in problems if words]
    if found:
        raise Rejected(" ".join(found), code="check", hint="Put right what it names, and retry.")


def closed(day: date, facts: Facts) -> str | None:
    """Say that a day lies in a closed period."""
    until = facts.books_closed_until
    if until and day <= until:
        return f"The books are closed up to {until}; ask the accountant to reopen them."
    return None


def untaxable(session: Session, code: TaxCode | None, amount: Decimal) -> str | None:
    """Say that a tax has no code in QuickBooks."""
    if amount and not taxed_there(session) and not (code and code.qb_tax_code_id):
        return "The tax code is not linked to QuickBooks: pull the tax rates."
    return None


def taxed_there(session: Session) -> bool:
    """Tell whether QuickBooks computes the tax."""
    return bool(settings.get(session, "tax_mode") == "quickbooks")
