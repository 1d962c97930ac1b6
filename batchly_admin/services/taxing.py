"""Which taxes a sale to a customer carries, by what the company and QuickBooks have set up."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.tax import choose
from batchly_admin.domain.totals import Taxation
from batchly_admin.ids import parse_id
from batchly_admin.models.catalogue import TaxCode, TaxRate
from batchly_admin.models.customers import Customer
from batchly_admin.services.company import company


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


def taxation(session: Session, code: TaxCode | None) -> Taxation:
    """Give the rates of a code, and how the company rounds them."""
    if code is None:
        return Taxation()
    rounding = company(session).setting("tax_rounding")
    return Taxation(rates=_rates(session, code), rounding=rounding)


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


def _rates(session: Session, code: TaxCode) -> tuple[Decimal, ...]:
    ids = [str(one) for one in code.rates or ()]
    found = dict(
        session.execute(
            sa.select(TaxRate.qb_tax_rate_id, TaxRate.rate_value).where(
                TaxRate.qb_tax_rate_id.in_(ids)
            )
        ).all()
        if ids
        else ()
    )
    if ids and all(one in found for one in ids):
        return tuple(found[one] for one in ids)
    # A code typed by hand, or rates that were not pulled yet: the sum is all that is known.
    return (code.combined_rate,) if code.combined_rate else ()
