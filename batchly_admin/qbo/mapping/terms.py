"""Payment terms and payment methods. Read only.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/term
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.qbo.mapping import fields

LONGEST_TERM = 999


def from_qbo_term(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give a term in our columns, or None for one that counts from a day of the month."""
    if body.get("DueDays") is None:
        return None
    discount_days = body.get("DiscountDays")
    return {
        "name": str(body.get("Name") or "")[:31],
        "due_days": min(max(int(fields.amount(body["DueDays"])), 0), LONGEST_TERM),
        "discount_percent": fields.number(body.get("DiscountPercent")),
        "discount_days": int(discount_days) if discount_days not in (None, "") else None,
        "is_active": body.get("Active", True) is not False,
    }


def from_qbo_payment_method(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a payment method in our columns."""
    return {
        "name": str(body.get("Name") or "")[:31],
        "kind": str(body.get("Type") or "NON_CREDIT_CARD")[:20],
        "is_active": body.get("Active", True) is not False,
    }
