"""Taxes: agencies, rates and the codes that group them. Read only.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/taxrate
QuickBooks writes percentages, we keep fractions; this module is the only place that knows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.domain.tax import Period, in_force
from batchly_admin.qbo.mapping import fields

PERCENT = Decimal(100)
PSEUDO_CODES = frozenset({"TAX", "NON", "CustomSalesTax"})


def fraction(percent: Any) -> Decimal:
    """Give a percentage as the fraction we keep: 8.875 becomes 0.08875."""
    return fields.amount(percent) / PERCENT


def from_qbo_tax_rate(body: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Give a rate in our columns, at the value that is in force on `today`, and all its periods."""
    periods = _periods(body)
    current = in_force(periods, today) or Period(fraction(body.get("RateValue")))
    return {
        "name": str(body.get("Name") or "")[:100],
        "description": str(body.get("Description") or "")[:400] or None,
        "rate_value": current.rate,
        "effective_from": current.begins,
        "effective_to": current.ends,
        "periods": [
            {
                "rate": f"{period.rate:f}",
                "from": period.begins.isoformat() if period.begins else None,
                "to": period.ends.isoformat() if period.ends else None,
            }
            for period in periods
        ],
        "is_active": body.get("Active", True) is not False,
    }


def _periods(body: Mapping[str, Any]) -> list[Period]:
    """Give the spans of a rate, the earliest first, in whatever order they were sent."""
    stated = body.get("RateValue")
    periods = [
        Period(
            fraction(span.get("RateValue", stated)),
            fields.day(span.get("EffectiveDate")),
            fields.day(span.get("EndDate")),
        )
        for span in body.get("EffectiveTaxRate") or []
    ]
    return sorted(periods, key=lambda period: period.begins or date.min)


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
