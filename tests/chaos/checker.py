"""The judge of a campaign: it reads both sides' records, and nothing else.

It knows nothing of what the campaign did. It asks our database for what was promised and
QuickBooks' API for what is there, and counts where they are not the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import sales_lines
from tests.chaos.stage import OPEN, Stage

PARTS = 1000


@dataclass(slots=True)
class Verdict:
    """How often each promise was broken; all of it has to be nought."""

    documents: int = 0
    lost: int = 0
    doubled: int = 0
    cents_off: int = 0
    wrong_customer: int = 0
    gaps: int = 0
    completed_without_id: int = 0
    attempts_without_row: int = 0
    still_open: int = 0
    payments_off: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def broken(self) -> int:
        """The number of broken promises."""
        counted = asdict(self)
        return sum(value for name, value in counted.items() if name not in {"documents", "words"})

    def as_json(self) -> dict[str, Any]:
        """Give it as the report has it."""
        return {**asdict(self), "broken": self.broken, "words": self.words[:20]}


def judge(stage: Stage) -> Verdict:
    """Compare both sides."""
    verdict = Verdict()
    theirs = _everything(stage, "Invoice")
    by_id = {str(body["Id"]): body for body in theirs}
    marks = Counter(fields.marked_id(body.get("PrivateNote")) for body in theirs)
    shop = stage.shop
    customers = {one.id: one for one in shop.all(Customer)}
    with shop.uows.read() as session:
        ours = [session.get_one(Invoice, key) for key in stage.documents]
        for invoice in ours:
            body = by_id.get(invoice.qb_invoice_id or "")
            _judge_invoice(verdict, invoice, body, marks[invoice.id], customers)
    _judge_numbers(verdict, [one.invoice_number for one in ours])
    _judge_names(verdict, _everything(stage, "Customer"), "DisplayName", shop.all(Customer))
    _judge_names(verdict, _everything(stage, "Item"), "Name", shop.all(Product))
    _judge_payments(verdict, stage)
    _judge_queue(verdict, shop.rows(), shop.all(SyncAttempt), stage.hopeless)
    return verdict


def _judge_invoice(
    verdict: Verdict,
    invoice: Invoice,
    body: dict[str, Any] | None,
    marked: int,
    customers: dict[UUID, Customer],
) -> None:
    verdict.documents += 1
    number = invoice.invoice_number
    if body is None:
        verdict.lost += 1
        verdict.words.append(f"{number} is not in QuickBooks ({invoice.sync_state})")
        return
    if marked != 1:
        verdict.doubled += 1
        verdict.words.append(f"{number} is there {marked} times")
    lines = [line.line_total for line in invoice.lines]
    same = (
        body["DocNumber"] == number
        and fields.amount(body["TotalAmt"]) == invoice.total_amount
        and sales_lines(body) == lines
    )
    if not same:
        verdict.cents_off += 1
        verdict.words.append(f"{number}: {body['TotalAmt']} there, {invoice.total_amount} here")
    if fields.ref_id(body, "CustomerRef") != customers[invoice.customer_id].qb_customer_id:
        verdict.wrong_customer += 1


def _judge_numbers(verdict: Verdict, numbers: Iterable[str]) -> None:
    """The series has no gap and no number twice."""
    places = sorted(int(number.rpartition("-")[2]) for number in numbers)
    expected = list(range(places[0], places[0] + len(places))) if places else []
    verdict.gaps += places != expected


def _judge_names(
    verdict: Verdict, theirs: list[dict[str, Any]], name: str, ours: Iterable[Any]
) -> None:
    there = Counter(body[name] for body in theirs)
    for record in ours:
        label = getattr(record, "display_name", None) or record.name
        if there[label] > 1:
            verdict.doubled += 1
            verdict.words.append(f"{label} is there {there[label]} times")


def _judge_payments(verdict: Verdict, stage: Stage) -> None:
    theirs = {str(one["Id"]): one for one in _everything(stage, "Payment")}
    ours = stage.shop.all(Payment)
    total = sum((fields.amount(one["TotalAmt"]) for one in theirs.values()), Decimal(0))
    if total != sum((one.amount for one in ours), Decimal(0)):
        verdict.payments_off += 1
        verdict.words.append(f"{len(theirs)} payments there, {len(ours)} here")


def _judge_queue(
    verdict: Verdict,
    rows: list[SyncQueueRow],
    attempts: list[SyncAttempt],
    hopeless: set[UUID],
) -> None:
    known = {row.id for row in rows}
    verdict.attempts_without_row += sum(one.queue_row_id not in known for one in attempts)
    for row in rows:
        if row.entity_id in hopeless:
            continue
        if row.status in OPEN:
            verdict.still_open += 1
        elif row.status == "completed" and row.operation == "create" and not row.qbo_id:
            verdict.completed_without_id += 1
        elif row.status == "failed":
            verdict.lost += 1
            verdict.words.append(f"{row.label} failed: {row.error_message}")


def _everything(stage: Stage, entity: str) -> list[dict[str, Any]]:
    """Give every record of a kind, page after page."""
    return stage.quickbooks.everything(entity)
