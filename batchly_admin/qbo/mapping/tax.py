"""Taxes: agencies, rates and the codes that group them. Read only.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/taxrate
QuickBooks writes percentages, we keep fractions; this module is the only place that knows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.mapping import fields

PERCENT = Decimal(100)
PSEUDO_CODES = frozenset({"TAX", "NON", "CustomSalesTax"})


def fraction(percent: Any) -> Decimal:
    """Give a percentage as the fraction we keep: 8.875 becomes 0.08875."""
    return fields.amount(percent) / PERCENT


def from_qbo_tax_rate(body: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Give a rate in our columns, at the value that is in force on `today`."""
    value, start, end = body.get("RateValue"), None, None
    for span in body.get("EffectiveTaxRate") or []:
        begins, ends = fields.day(span.get("EffectiveDate")), fields.day(span.get("EndDate"))
        if (begins is None or begins <= today) and (ends is None or ends >= today):
            value, start, end = span.get("RateValue", value), begins, ends
    return {
        "name": str(body.get("Name") or "")[:100],
        "description": str(body.get("Description") or "")[:400] or None,
        "rate_value": fraction(value),
        "effective_from": start,
        "effective_to": end,
        "is_active": body.get("Active", True) is not False,
    }


def from_qbo_tax_code(body: Mapping[str, Any], rates: Mapping[str, Decimal]) -> dict[str, Any]:
    """Give a code in our columns; `rates` are the known fractions by QuickBooks' rate id."""
    details = (body.get("SalesTaxRateList") or {}).get("TaxRateDetail") or []
    ordered = sorted(details, key=lambda detail: int(detail.get("TaxOrder") or 0))
    ids = [found for detail in ordered if (found := fields.ref_id(detail, "TaxRateRef"))]
    combined = sum((rates.get(rate_id, Decimal(0)) for rate_id in ids), Decimal(0))
    return {
        "name": str(body.get("Name") or "")[:100],
        "description": str(body.get("Description") or "")[:400] or None,
        "rates": ids,
        "combined_rate": combined,
        "is_taxable": bool(body.get("Taxable", True)),
        "is_group": bool(body.get("TaxGroup", True)),
        "is_active": body.get("Active", True) is not False,
    }
