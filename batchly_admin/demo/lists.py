"""The short lists of the demo shop: the company itself, terms, methods, taxes, work centers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from batchly_admin.demo.catalogue import DIGITAL, NEEDLE, PRESS, SCREEN
from batchly_admin.demo.story import Story
from batchly_admin.models.catalogue import (
    PaymentMethod,
    PaymentTerm,
    TaxAgency,
    TaxCode,
    TaxRate,
)
from batchly_admin.models.company import Organization
from batchly_admin.models.production import WorkCenter
from batchly_admin.services.unit_of_work import UnitOfWork

COMPANY = "Inkwell Print Co."
FULFILMENT = "Fulfilment"

TERMS = {"Due on receipt": 0, "Net 15": 15, "Net 30": 30, "Net 60": 60}
METHODS = {"Cash": False, "Check": False, "Credit Card": True, "ACH": False}
WORK_CENTERS = {
    SCREEN: ("16", "48.00"),
    NEEDLE: ("8", "44.00"),
    DIGITAL: ("8", "52.00"),
    PRESS: ("8", "36.00"),
    FULFILMENT: ("8", "28.00"),
}
"""Hours a day and what an hour costs."""


@dataclass(frozen=True, slots=True)
class TaxDraft:
    """A tax code with its rates, each with the agency it is paid to; values are percents."""

    code: str
    state: str
    rates: tuple[tuple[str, str, str], ...]


TAXES = (
    TaxDraft(
        "Harlow County NY",
        "NY",
        (
            ("New York State", "4", "New York tax office"),
            ("Harlow County", "4", "New York tax office"),
        ),
    ),
    TaxDraft("New Jersey", "NJ", (("New Jersey State", "6.625", "New Jersey tax office"),)),
    TaxDraft("Connecticut", "CT", (("Connecticut State", "6.35", "Connecticut tax office"),)),
)


def write_lists(story: Story) -> None:
    """Write down the company and its lists, on the first morning of the story."""
    with story.chapter("admin", story.moment(0, 7.5), "Set up the shop") as uow:
        _company(uow)
        uow.session.add_all(PaymentTerm(name=name, due_days=days) for name, days in TERMS.items())
        uow.session.add_all(
            PaymentMethod(name=name, kind="CREDIT_CARD" if is_card else "NON_CREDIT_CARD")
            for name, is_card in METHODS.items()
        )
        uow.session.add_all(
            WorkCenter(name=name, hours_per_day=Decimal(hours), hourly_rate=Decimal(rate))
            for name, (hours, rate) in WORK_CENTERS.items()
        )
        _taxes(uow)


def _company(uow: UnitOfWork) -> None:
    company = uow.session.scalars(sa.select(Organization).limit(1)).one()
    company.name = COMPANY
    company.legal_name = "Inkwell Print Company LLC"
    company.email = "hello@inkwellprint.example"
    company.phone = "(518) 555-0100"
    company.website = "https://www.inkwellprint.example"
    company.address = {
        "line1": "48 Foundry Street",
        "line2": "Unit 3",
        "city": "Harlow Falls",
        "state": "NY",
        "postal_code": "12103",
        "country": "USA",
    }


def _taxes(uow: UnitOfWork) -> None:
    agencies: dict[str, TaxAgency] = {}
    for draft in TAXES:
        combined = Decimal(0)
        for name, percent, agency_name in draft.rates:
            agency = agencies.setdefault(agency_name, TaxAgency(name=agency_name))
            fraction = Decimal(percent) / 100
            uow.session.add(TaxRate(name=name, rate_value=fraction, agency=agency))
            combined += fraction
        uow.session.add(
            TaxCode(name=draft.code, region=draft.state, combined_rate=combined, rates=[])
        )
