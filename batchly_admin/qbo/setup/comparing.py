"""What a rehearsal finds when it looks into QuickBooks: numbers and names that are taken, taxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.domain.matching import folded
from batchly_admin.domain.money import ZERO
from batchly_admin.domain.setup import RehearsalVerdict
from batchly_admin.domain.totals import Extras, Line, add_up
from batchly_admin.errors import UserError
from batchly_admin.models.billing import Invoice
from batchly_admin.qbo.client import ALSO_INACTIVE, Client, one_of
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.push import Sending
from batchly_admin.qbo.push.base import CREATE
from batchly_admin.services import taxing

NUMBERED = ("Invoice", "CreditMemo")
Row = dict[str, Any]
Body = Mapping[str, Any]


def totals(session: Session, record: Any) -> Iterator[str]:
    """Say where an invoice's tax is not what its code gives with QuickBooks' present rates."""
    if not isinstance(record, Invoice) or record.tax_code is None:
        return
    lines = [Line(one.quantity, one.unit_price, one.is_taxable) for one in record.lines]
    extras = Extras(
        discount=record.discount_amount or ZERO,
        shipping=record.shipping_amount or ZERO,
        shipping_taxable=bool(record.shipping_taxable),
    )
    try:
        found = add_up(
            lines, extras, taxing.taxation(session, record.tax_code, record.invoice_date)
        )
    except UserError as refused:
        yield refused.message
        return
    if found.tax != record.tax_amount:
        yield (
            f"The tax here is {record.tax_amount}; QuickBooks' code {record.tax_code.name} "
            f"gives {found.tax} with the rates it has now."
        )


def compare(client: Client, sendings: Sequence[tuple[Row, Sending]]) -> None:
    """Look up the numbers and names of some calls, and write into their rows what is taken.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    new = [(row, sending) for row, sending in sendings if sending.verb == CREATE]
    for entity in NUMBERED:
        mine = [pair for pair in new if pair[1].entity == entity]
        there = _by(client, entity, "DocNumber", (one.payload["DocNumber"] for _, one in mine))
        for row, sending in mine:
            _judge_number(row, sending, there.get(str(sending.payload["DocNumber"])))
    _compare_customers(client, [pair for pair in new if pair[1].entity == "Customer"])
    _compare_items(client, [pair for pair in new if pair[1].entity == "Item"])


def _judge_number(row: Row, sending: Sending, body: Body | None) -> None:
    if body is None:
        return
    if fields.marked_id(body.get("PrivateNote")) == sending.entity_id:
        _say(row, RehearsalVerdict.READY, "It is there already and will be linked, not sent again.")
        return
    owner = (body.get("CustomerRef") or {}).get("name") or "another customer"
    total = fields.amount(body.get("TotalAmt"))
    words = (
        f"QuickBooks has a document {body.get('DocNumber')} already: {owner}, {total:.2f}. "
        "Give it another number there, or start after its date."
    )
    _say(row, RehearsalVerdict.PROBLEM, words)


def _compare_customers(client: Client, mine: Sequence[tuple[Row, Sending]]) -> None:
    names = [str(one.payload["DisplayName"]) for _, one in mine]
    customers = _by(client, "Customer", "DisplayName", names, inactive=True)
    others = {
        name: entity
        for entity in ("Employee", "Vendor")
        for name in _by(client, entity, "DisplayName", names, inactive=True)
    }
    for row, sending in mine:
        name = folded(str(sending.payload["DisplayName"]))
        if name in customers:
            words = "QuickBooks has a customer of this name; it will be linked."
            _say(row, RehearsalVerdict.WARNING, words)
        elif name in others:
            words = (
                f"A {others[name].lower()} in QuickBooks has this name, which it gives only once. "
                "Rename one of the two."
            )
            _say(row, RehearsalVerdict.PROBLEM, words)


def _compare_items(client: Client, mine: Sequence[tuple[Row, Sending]]) -> None:
    names = _by(client, "Item", "Name", (one.payload["Name"] for _, one in mine), inactive=True)
    known = [str(one.payload["Sku"]) for _, one in mine if one.payload.get("Sku")]
    skus = _by(client, "Item", "Sku", known, inactive=True)
    for row, sending in mine:
        sku = folded(str(sending.payload.get("Sku") or ""))
        if (sku and sku in skus) or folded(str(sending.payload["Name"])) in names:
            word = "SKU" if sku in skus else "name"
            words = f"QuickBooks has an item of this {word}; it will be linked."
            _say(row, RehearsalVerdict.WARNING, words)


def _say(row: Row, verdict: RehearsalVerdict, words: str) -> None:
    if row["verdict"] != RehearsalVerdict.PROBLEM:
        row["verdict"] = verdict.value
    row["words"] = f"{row['words']} {words}" if row["words"] else words


def _by(
    client: Client, entity: str, field: str, values: Iterable[Any], *, inactive: bool = False
) -> dict[str, Body]:
    wanted = sorted({str(value) for value in values})
    if not wanted:
        return {}
    where = one_of(field, wanted)
    if inactive:
        where = f"{where} AND {ALSO_INACTIVE}"
    is_number = field == "DocNumber"
    return {
        str(body.get(field)) if is_number else folded(str(body.get(field) or "")): body
        for body in client.query(entity, where)
    }
