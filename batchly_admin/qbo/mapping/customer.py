"""Customers.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/customer
DisplayName is unique among customers, vendors and employees, at most 500 characters, without colon.
The balance may be written on creation only, as an opening balance, so it is never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.chosen import Chosen, text_of

PHONE_LENGTH = 30


def to_qbo_customer(customer: Customer, chosen: Chosen | None = None) -> dict[str, Any]:
    """Give the fields of a customer that Batchly owns; `chosen` feeds the ones to be chosen."""
    term = customer.payment_term
    return fields.without_nothing(
        {
            "DisplayName": fields.name(customer.display_name, fields.NAME_LENGTH),
            "CompanyName": fields.name(customer.company_name) if customer.company_name else None,
            "PrimaryEmailAddr": {"Address": customer.email} if customer.email else None,
            "PrimaryPhone": _phone(customer.phone),
            "Mobile": _phone(customer.mobile),
            "Fax": _phone(customer.fax),
            "WebAddr": {"URI": customer.website} if customer.website else None,
            "BillAddr": fields.address(customer.billing_address),
            "ShipAddr": fields.address(customer.shipping_address),
            "SalesTermRef": fields.ref(term.qb_term_id) if term and term.qb_term_id else None,
            "Taxable": not customer.tax_exempt,
            "Notes": text_of("customer", customer, "Notes", chosen),
            "PrintOnCheckName": text_of("customer", customer, "PrintOnCheckName", chosen),
            "Active": None if customer.is_active else False,
        }
    )


def _phone(text: str | None) -> dict[str, str] | None:
    return {"FreeFormNumber": text[:PHONE_LENGTH]} if text else None


def from_qbo_customer(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give what QuickBooks says of a customer, in our columns."""
    return {
        "display_name": str(body.get("DisplayName") or ""),
        "company_name": body.get("CompanyName") or None,
        "email": ((body.get("PrimaryEmailAddr") or {}).get("Address")) or None,
        "phone": ((body.get("PrimaryPhone") or {}).get("FreeFormNumber")) or None,
        "mobile": ((body.get("Mobile") or {}).get("FreeFormNumber")) or None,
        "billing_address": fields.our_address(body.get("BillAddr")),
        "shipping_address": fields.our_address(body.get("ShipAddr")),
        "is_active": body.get("Active", True) is not False,
    }


def owned_by_quickbooks(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of a customer that QuickBooks owns."""
    return {"balance": fields.number(body.get("Balance"))}
