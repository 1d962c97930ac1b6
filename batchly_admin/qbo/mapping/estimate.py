"""Estimates: what customers want, before it is invoiced. Read only.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/estimate
TxnStatus is Pending, Accepted, Closed, Rejected or Converted; there is no void. Shipping is a line
of a reserved item, a discount a line of its own kind, a bundle a line that holds lines. Lines that
are only text belong to the line before them. Amounts are without tax whatever the edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.domain.money import ZERO, money
from batchly_admin.domain.order_papers import (
    ONE,
    Paper,
    PaperLine,
    PaperSource,
    Standing,
    priced,
)
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import SHIPPING_ITEM, UNTAXED, total_tax

ENDINGS = {
    "Rejected": "was rejected",
    "Closed": "was closed",
    "Converted": "was invoiced",
    "Voided": "was voided",
}
NAMELESS = "Item"
SALE = "SalesItemLineDetail"
GROUP = "GroupLineDetail"


@dataclass(slots=True)
class Reading:
    """What the lines of a document come to, line by line."""

    lines: list[PaperLine] = field(default_factory=list)
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    heading: str = ""

    def add(self, line: PaperLine) -> None:
        """Take a line in, under the text that stood before the first one."""
        keys = {known.key for known in self.lines}
        key = line.key if line.key and line.key not in keys else f"n{len(self.lines) + 1}"
        words = "\n".join(filter(None, (self.heading, line.description))) or None
        self.heading = ""
        self.lines.append(replace(line, key=key, description=words))

    def add_text(self, text: str) -> None:
        """Take in a line that is only words."""
        if not text:
            return
        if not self.lines:
            self.heading = "\n".join(filter(None, (self.heading, text)))
            return
        last = self.lines[-1]
        words = "\n".join(filter(None, (last.description, text)))
        self.lines[-1] = replace(last, description=words)


def from_qbo_estimate(body: Mapping[str, Any], today: date) -> Paper:
    """Give an estimate in our words."""
    status = "Voided" if fields.is_voided(body) else str(body.get("TxnStatus") or "Pending")
    ending = ENDINGS.get(status)
    offered = Standing.FIRM if status == "Accepted" else Standing.OFFERED
    read = read_sale(body)
    return Paper(
        source=PaperSource.ESTIMATE.value,
        standing=(Standing.ENDED if ending else offered).value,
        status=status,
        ending=ending,
        lines=tuple(read.lines),
        discount=read.discount,
        shipping=read.shipping,
        tax_code_ref=fields.ref_id(body.get("TxnTaxDetail") or {}, "TxnTaxCodeRef"),
        term_ref=fields.ref_id(body, "SalesTermRef"),
        customer_ref=fields.ref_id(body, "CustomerRef"),
        customer_name=ref_name(body, "CustomerRef"),
        customer=_customer(body),
        customer_notes=(body.get("CustomerMemo") or {}).get("value") or None,
        due_date=fields.day(body.get("DueDate")) or fields.day(body.get("ShipDate")),
        billing_address=fields.our_address(body.get("BillAddr")),
        **head(body, today),
    )


def head(body: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Give what every document has in common."""
    return {
        "qbo_id": str(body["Id"]),
        "doc_number": str(body.get("DocNumber") or "") or None,
        "day": fields.day(body.get("TxnDate")) or today,
        "total": money(fields.amount(body.get("TotalAmt"))),
        "tax": money(total_tax(body)),
        "currency": fields.ref_id(body, "CurrencyRef"),
        "internal_notes": body.get("PrivateNote") or None,
        "shipping_address": fields.our_address(body.get("ShipAddr")),
    }


def ref_name(body: Mapping[str, Any], key: str) -> str | None:
    """Give the name a reference carries."""
    found = body.get(key)
    return str(found["name"]) if isinstance(found, Mapping) and found.get("name") else None


def read_sale(body: Mapping[str, Any]) -> Reading:
    """Read the lines of a document to a customer."""
    found = Reading()
    for line in _flat(body.get("Line") or []):
        kind = line.get("DetailType")
        if kind == "DiscountLineDetail":
            found.discount += money(fields.amount(line.get("Amount")))
        elif kind == "DescriptionOnly":
            found.add_text(str(line.get("Description") or ""))
        elif kind == SALE:
            _read_item(found, line)
    return found


def _flat(lines: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Give all lines in their order, those of bundles in the place of the bundle."""
    for line in lines:
        if line.get("DetailType") == GROUP:
            yield from _flat((line.get(GROUP) or {}).get("Line") or [])
        else:
            yield line


def _read_item(found: Reading, line: Mapping[str, Any]) -> None:
    detail = line.get(SALE) or {}
    amount = money(fields.amount(line.get("Amount")))
    if fields.ref_id(detail, "ItemRef") == SHIPPING_ITEM:
        found.shipping += amount
        return
    add_priced(found, line, detail, amount)


def add_priced(
    found: Reading, line: Mapping[str, Any], detail: Mapping[str, Any], amount: Decimal
) -> None:
    """Take in a line of an item; one that takes something off is a discount."""
    text = str(line.get("Description") or "")
    if amount < 0:
        found.discount -= amount
        return
    wanted = fields.number(detail.get("Qty"))
    if not amount and wanted is not None and wanted <= 0:
        found.add_text(text)
        return
    quantity, price = priced(wanted, fields.number(detail.get("UnitPrice")), amount)
    if quantity == ONE and wanted is not None and wanted != ONE:
        # The pieces cannot be told from the price any more, so they are said in words.
        text = "\n".join(filter(None, (text, f"{wanted.normalize():f} pieces")))
    code = fields.ref_id(detail, "TaxCodeRef")
    name = ref_name(detail, "ItemRef") or ref_name(detail, "AccountRef") or text or NAMELESS
    found.add(
        PaperLine(
            key=str(line.get("Id") or ""),
            quantity=quantity,
            unit_price=price,
            item_name=name.splitlines()[0][:200],
            item_ref=fields.ref_id(detail, "ItemRef"),
            description=text or None,
            is_taxable=None if code is None else code != UNTAXED,
        )
    )


def _customer(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an estimate itself tells of its customer."""
    return {
        "display_name": ref_name(body, "CustomerRef"),
        "email": (body.get("BillEmail") or {}).get("Address") or None,
        "billing_address": fields.our_address(body.get("BillAddr")),
        "shipping_address": fields.our_address(body.get("ShipAddr")),
    }
