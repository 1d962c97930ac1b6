"""Refunds: refund receipts, paid out of an account, with the sales tax that goes back.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/refundreceipt
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.models.billing import Refund
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.credit_memo import tax_detail
from batchly_admin.qbo.mapping.invoice import TAXED, UNTAXED, total_tax

REASON_LENGTH = 300
REFERENCE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class PulledRefund:
    """A refund as QuickBooks knows it."""

    qbo_id: str
    customer_ref: str | None
    refund_date: date | None
    amount: Decimal
    tax: Decimal
    method_ref: str | None
    account_ref: str | None
    reference: str | None
    note: str | None


def to_qbo_refund(
    refund: Refund,
    *,
    customer_ref: str,
    item_ref: str,
    account_ref: str,
    quickbooks_taxes: bool = False,
) -> dict[str, Any]:
    """Give a refund as one line without its tax, and the tax beside it."""
    invoice = refund.invoice
    code = invoice.tax_code if invoice is not None and refund.tax_amount else None
    method = refund.payment_method
    net = refund.amount - refund.tax_amount
    of = f" of {invoice.invoice_number}" if invoice is not None else ""
    return fields.without_nothing(
        {
            "DocNumber": refund.refund_number,
            "TxnDate": refund.refund_date.isoformat(),
            "CustomerRef": fields.ref(customer_ref),
            "DepositToAccountRef": fields.ref(account_ref),
            "PaymentMethodRef": fields.ref(method.qb_payment_method_id)
            if method is not None and method.qb_payment_method_id
            else None,
            "PaymentRefNum": refund.reference[:21] if refund.reference else None,
            "PrivateNote": fields.private_note(refund.id, refund.reason),
            "Line": [
                {
                    "LineNum": 1,
                    "Description": f"Refund{of}",
                    "Amount": net,
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {
                        "ItemRef": fields.ref(item_ref),
                        "Qty": 1,
                        "UnitPrice": net,
                        "TaxCodeRef": fields.ref(TAXED if refund.tax_amount else UNTAXED),
                    },
                }
            ],
            "TxnTaxDetail": tax_detail(code, refund.tax_amount, quickbooks_taxes=quickbooks_taxes),
        }
    )


def from_qbo_refund(body: Mapping[str, Any]) -> PulledRefund:
    """Give a refund out of QuickBooks; its number there is the reference when it has no other."""
    reference = str(body.get("PaymentRefNum") or body.get("DocNumber") or "")
    note = str(body.get("PrivateNote") or "")
    return PulledRefund(
        qbo_id=str(body.get("Id")),
        customer_ref=fields.ref_id(body, "CustomerRef"),
        refund_date=fields.day(body.get("TxnDate")),
        amount=fields.amount(body.get("TotalAmt")),
        tax=total_tax(body),
        method_ref=fields.ref_id(body, "PaymentMethodRef"),
        account_ref=fields.ref_id(body, "DepositToAccountRef"),
        reference=reference[:REFERENCE_LENGTH] or None,
        note=note[:REASON_LENGTH] or None,
    )
