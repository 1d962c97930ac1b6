"""Pull the short lists that have no news of their own: taxes, terms, methods, the company."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from batchly_admin.models.base import assign
from batchly_admin.models.catalogue import (
    PaymentMethod,
    PaymentTerm,
    QbAccount,
    TaxAgency,
    TaxCode,
    TaxRate,
)
from batchly_admin.qbo import facts
from batchly_admin.qbo.mapping import fields, tax, terms
from batchly_admin.qbo.pull import base
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork


def pull_tax_rates(pull: base.Pull) -> None:
    """Fetch agencies, then rates, then the codes that group them."""
    pull.write(pull.all_of("TaxAgency", inactive=False), _apply_agency)
    pull.write(pull.all_of("TaxRate"), _apply_rate)
    codes = [body for body in pull.all_of("TaxCode") if str(body.get("Id")) not in tax.PSEUDO_CODES]
    pull.write(codes, _apply_code)


def _apply_agency(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    values = {"name": str(body.get("DisplayName") or "")[:100]}
    base.upsert(uow, TaxAgency, "qb_tax_agency_id", body, values, result)


def _apply_rate(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    values = tax.from_qbo_tax_rate(body, uow.today())
    agency = fields.ref_id(body, "AgencyRef")
    values["agency_id"] = uow.session.scalar(
        sa.select(TaxAgency.id).where(TaxAgency.qb_tax_agency_id == agency)
    )
    base.upsert(uow, TaxRate, "qb_tax_rate_id", body, values, result)


def _apply_code(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    rows = uow.session.execute(
        sa.select(TaxRate.qb_tax_rate_id, TaxRate.rate_value).where(
            TaxRate.qb_tax_rate_id.is_not(None)
        )
    )
    rates: dict[str, Decimal] = {str(rate_id): value for rate_id, value in rows}
    values = tax.from_qbo_tax_code(body, rates)
    base.upsert(uow, TaxCode, "qb_tax_code_id", body, values, result)


def pull_terms(pull: base.Pull) -> None:
    """Fetch payment terms."""
    pull.write(pull.all_of("Term"), _apply_term)


def _apply_term(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    values = terms.from_qbo_term(body)
    if values is None:
        result.unchanged += 1
        return
    base.upsert(uow, PaymentTerm, "qb_term_id", body, values, result)


def pull_payment_methods(pull: base.Pull) -> None:
    """Fetch payment methods."""
    pull.write(pull.all_of("PaymentMethod"), _apply_method)


def _apply_method(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    values = terms.from_qbo_payment_method(body)
    base.upsert(uow, PaymentMethod, "qb_payment_method_id", body, values, result)


def pull_accounts(pull: base.Pull) -> None:
    """Fetch the chart of accounts, from which people choose where sales and refunds are booked."""
    pull.write(pull.all_of("Account"), _apply_account)


def _apply_account(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    values = {
        "name": str(body.get("FullyQualifiedName") or body.get("Name") or "")[:500],
        "number": str(body.get("AcctNum") or "")[:40] or None,
        "account_type": str(body.get("AccountType") or "")[:60] or None,
        "account_subtype": str(body.get("AccountSubType") or "")[:60] or None,
        "is_active": body.get("Active", True) is not False,
    }
    base.upsert(uow, QbAccount, "qb_account_id", body, values, result)


def pull_company(pull: base.Pull) -> None:
    """Fetch the company's name and its preferences, on which the checks before a push depend."""
    company, preferences = pull.client.company_info(), pull.client.preferences()
    pull.result.seen = 2
    with pull.uows.begin(actor=SYSTEM, source="pull", summary="QuickBooks company") as uow:
        connection = facts.connection_of(uow.session)
        if connection is None:
            return
        known = (connection.company_info, facts.read(connection).preferences)
        found = (_plain(company), _plain(preferences))
        values = {
            "company_info": found[0],
            "company_name": str(company.get("CompanyName") or "")[:200] or None,
        }
        assign(connection, values)
        facts.keep(uow.session, connection.id, quickbooks=found[1])
        differing = sum(old != new for old, new in zip(known, found, strict=True))
        pull.result.updated = differing
        pull.result.unchanged = 2 - differing


def _plain(value: Any) -> Any:
    """Give a body as JSON holds it: amounts as text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
