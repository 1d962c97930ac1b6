"""Purchase orders of QuickBooks, which name a vendor. Read only.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/purchaseorder
A line may say for which customer it is bought, and the document to whose address it is sent. Where
both are silent, or the lines are for several customers, nobody but a person knows who ordered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from batchly_admin.domain.money import money
from batchly_admin.domain.order_papers import Paper, PaperSource, Standing
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.estimate import (
    NAMELESS,
    Reading,
    add_priced,
    head,
    ref_name,
)

DETAILS = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")


def from_qbo_purchase_order(body: Mapping[str, Any], today: date) -> Paper:
    """Give a purchase order in our words."""
    status = str(body.get("POStatus") or "Open")
    is_over = status == "Closed"
    read = Reading()
    for line in body.get("Line") or []:
        _read(read, line)
    named = _customers(body)
    ref, name = next(iter(named.items())) if len(named) == 1 else (None, None)
    return Paper(
        source=PaperSource.VENDOR_ORDER.value,
        standing=(Standing.ENDED if is_over else Standing.FIRM).value,
        status=status,
        ending="was closed" if is_over else None,
        lines=tuple(read.lines),
        discount=read.discount,
        customer_ref=ref,
        customer_name=name,
        customers=len(named),
        customer={"display_name": name} if name else None,
        vendor_name=ref_name(body, "VendorRef"),
        customer_notes=body.get("Memo") or None,
        due_date=fields.day(body.get("DueDate")),
        **head(body, today),
    )


def _customers(body: Mapping[str, Any]) -> dict[str, str | None]:
    """Give the customers the lines are for, else the one it is sent to."""
    found: dict[str, str | None] = {}
    for line in body.get("Line") or []:
        detail = _detail(line)
        ref = fields.ref_id(detail, "CustomerRef")
        if ref:
            found[ref] = ref_name(detail, "CustomerRef") or found.get(ref)
    sent_to = fields.ref_id(body, "ShipTo")
    if not found and sent_to:
        found[sent_to] = ref_name(body, "ShipTo")
    return found


def _read(found: Reading, line: Mapping[str, Any]) -> None:
    detail = _detail(line)
    if detail:
        add_priced(found, line, detail, money(fields.amount(line.get("Amount"))))
    elif line.get("DetailType") == "DescriptionOnly":
        found.add_text(str(line.get("Description") or NAMELESS))


def _detail(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((line[name] for name in DETAILS if isinstance(line.get(name), Mapping)), {})
