"""Payments.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/payment
Linked invoices must belong to the same customer, be open and not be over-applied. What is not
linked stays as credit of the customer. DocNumber is of no use here; PaymentRefNum is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.models.billing import Payment
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.chosen import Chosen, note, text_of


@dataclass(frozen=True, slots=True)
class PulledPayment:
    """A payment as QuickBooks knows it; `applied` is how much went to which invoice there."""

    qbo_id: str
    sync_token: str
    customer_ref: str | None
    payment_date: date | None
    amount: Decimal
    method_ref: str | None
    reference: str | None
    note: str | None
    applied: tuple[tuple[str, Decimal], ...]
    is_voided: bool


def to_qbo_payment(
    payment: Payment,
    *,
    customer_ref: str,
    invoice_refs: Mapping[Any, str],
    chosen: Chosen | None = None,
) -> dict[str, Any]:
    """Give a payment; `invoice_refs` names QuickBooks' invoice of each allocation's invoice id."""
    method = payment.payment_method
    return fields.without_nothing(
        {
            "CustomerRef": fields.ref(customer_ref),
            "TotalAmt": payment.amount,
            "TxnDate": payment.payment_date.isoformat(),
            "PaymentRefNum": text_of("payment", payment, "PaymentRefNum", chosen),
            "PaymentMethodRef": fields.ref(method.qb_payment_method_id)
            if method and method.qb_payment_method_id
            else None,
            "PrivateNote": note("payment", payment, chosen),
            "Line": [
                {
                    "Amount": allocation.amount,
                    "LinkedTxn": [
                        {"TxnId": invoice_refs[allocation.invoice_id], "TxnType": "Invoice"}
                    ],
                }
                for allocation in payment.allocations
            ],
        }
    )


def from_qbo_payment(body: Mapping[str, Any]) -> PulledPayment:
    """Give a payment out of QuickBooks."""
    return PulledPayment(
        qbo_id=str(body.get("Id")),
        sync_token=str(body.get("SyncToken") or "0"),
        customer_ref=fields.ref_id(body, "CustomerRef"),
        payment_date=fields.day(body.get("TxnDate")),
        amount=fields.amount(body.get("TotalAmt")),
        method_ref=fields.ref_id(body, "PaymentMethodRef"),
        reference=body.get("PaymentRefNum") or None,
        note=body.get("PrivateNote") or None,
        applied=_applied(body),
        is_voided=fields.is_voided(body),
    )


def _applied(body: Mapping[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for line in body.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            if link.get("TxnType") == "Invoice":
                key = str(link.get("TxnId"))
                sums[key] = sums.get(key, Decimal(0)) + fields.amount(line.get("Amount"))
    return tuple((key, value) for key, value in sums.items() if value > 0)
