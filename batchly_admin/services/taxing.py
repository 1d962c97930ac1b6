"""Which taxes a sale to a customer carries, by what the company and QuickBooks have set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.tax import Period, choose, in_force
from batchly_admin.domain.totals import Taxation
from batchly_admin.ids import parse_id
from batchly_admin.models.catalogue import TaxCode, TaxRate
from batchly_admin.models.customers import Customer
from batchly_admin.services.company import company

_RATES = "tax rates"


def code_for(
    session: Session, *, customer: Customer, chosen_id: UUID | None = None
) -> TaxCode | None:
    """Give the code of a sale: none when exempt, else the document's, customer's or company's."""
    code = choose(
        session.get(TaxCode, chosen_id) if chosen_id else None,
        customer.default_tax_code,
        _of_company(session),
        is_exempt=customer.tax_exempt,
    )
    return code if code is not None and code.is_taxable else None


def taxation(session: Session, code: TaxCode | None, day: date) -> Taxation:
    """Give what the rates of a code come to on the day of a sale, and how the company rounds."""
    if code is None:
        return Taxation()
    rounding = company(session).setting("tax_rounding")
    return Taxation(rates=_rates(session, code, day), rounding=rounding)


def _of_company(session: Session) -> TaxCode | None:
    """Give the company's own code; the setting holds its id, QuickBooks' id or its name."""
    wanted = company(session).setting("default_tax_code")
    if not wanted:
        return None
    known = parse_id(wanted)
    if known is not None:
        return session.get(TaxCode, known)
    named = sa.or_(TaxCode.qb_tax_code_id == str(wanted), TaxCode.name == str(wanted))
    return session.scalar(sa.select(TaxCode).where(named, TaxCode.is_active).limit(1))


def _rates(session: Session, code: TaxCode, day: date) -> tuple[Decimal, ...]:
    ids = tuple(str(one) for one in code.rates or ())
    rows = _known_rates(session, ids) if ids else ()
    found = {rate_id: _value_on(day, today, periods) for rate_id, today, periods in rows}
    if ids and all(one in found for one in ids):
        return tuple(found[one] for one in ids)
    # A code typed by hand, or rates that were not pulled yet: the sum is all that is known.
    return (code.combined_rate,) if code.combined_rate else ()


def _known_rates(session: Session, ids: tuple[str, ...]) -> Sequence[Any]:
    """Read rates once for each transaction: a paste asks for the same ones row after row."""
    known: dict[tuple[str, ...], Sequence[Any]] = session.info.setdefault(_RATES, {})
    if ids not in known:
        known[ids] = session.execute(
            sa.select(TaxRate.qb_tax_rate_id, TaxRate.rate_value, TaxRate.periods).where(
                TaxRate.qb_tax_rate_id.in_(ids)
            )
        ).all()
    return known[ids]


def _value_on(day: date, today: Decimal, stored: Sequence[Mapping[str, Any]] | None) -> Decimal:
    """Give a rate as it is on a day; on one no period speaks of it is what it is today."""
    periods = [
        Period(Decimal(one["rate"]), _day(one.get("from")), _day(one.get("to")))
        for one in stored or ()
    ]
    current = in_force(periods, day)
    return current.rate if current is not None else today


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
