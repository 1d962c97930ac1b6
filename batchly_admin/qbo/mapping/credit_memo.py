"""Credit memos and how they are used: every amount exactly as issued.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/creditmemo
A credit memo is laid out like an invoice. Its use on an invoice is a payment of nothing with one
line on the invoice and one on the credit memo.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from batchly_admin.models.billing import CreditApplication, CreditMemo
from batchly_admin.models.catalogue import TaxCode
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import SHIPPING_ITEM, SHIPPING_WORDS, TAXED, UNTAXED

LONGEST_DESCRIPTION = 4000


def to_qbo_credit_memo(
    memo: CreditMemo,
    *,
    customer_ref: str,
    item_refs: Mapping[Any, str],
    quickbooks_taxes: bool = False,
) -> dict[str, Any]:
    """Give an issued credit memo; `item_refs` names QuickBooks' item of each line, by its id.

    With `quickbooks_taxes` QuickBooks computes the tax itself.
    """
    customer = memo.customer
    return fields.without_nothing(
        {
            "DocNumber": memo.credit_memo_number,
            "TxnDate": memo.credit_date.isoformat(),
            "CustomerRef": fields.ref(customer_ref),
            "BillEmail": {"Address": customer.email} if customer.email else None,
            "BillAddr": fields.address(customer.billing_address),
            "ShipAddr": fields.address(customer.shipping_address),
            "PrivateNote": fields.private_note(memo.id, memo.reason),
            "ApplyTaxAfterDiscount": bool(memo.discount_amount),
            "Line": _lines(memo, item_refs),
            "TxnTaxDetail": tax_detail(
                memo.tax_code, memo.tax_amount, quickbooks_taxes=quickbooks_taxes
            ),
        }
    )


def to_qbo_use(
    used: CreditApplication, *, customer_ref: str, memo_ref: str, invoice_ref: str
) -> dict[str, Any]:
    """Give the use of a credit memo on an invoice."""
    linked = (("Invoice", invoice_ref), ("CreditMemo", memo_ref))
    return {
        "CustomerRef": fields.ref(customer_ref),
        "TotalAmt": Decimal("0.00"),
        "TxnDate": used.application_date.isoformat(),
        "PrivateNote": fields.private_note(used.id, used.label),
        "Line": [
            {"Amount": used.amount, "LinkedTxn": [{"TxnId": key, "TxnType": kind}]}
            for kind, key in linked
        ],
    }


def tax_detail(
    code: TaxCode | None, amount: Decimal, *, quickbooks_taxes: bool
) -> dict[str, Any] | None:
    """Give which rates apply and what they come to; None when nothing is taxed."""
    if code is None and not amount:
        return None
    ref = code.qb_tax_code_id if code is not None else None
    detail: dict[str, Any] = {"TxnTaxCodeRef": fields.ref(ref) if ref else None}
    if not quickbooks_taxes:
        # Naming the tax overrides what QuickBooks would compute.
        detail["TotalTax"] = amount
    return fields.without_nothing(detail) or None


def _lines(memo: CreditMemo, item_refs: Mapping[Any, str]) -> list[dict[str, Any]]:
    taxed = memo.tax_code is not None or memo.tax_amount != 0
    lines: list[dict[str, Any]] = [
        {
            "LineNum": line.line_number,
            "Description": line.description[:LONGEST_DESCRIPTION],
            "Amount": line.line_total,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": fields.ref(item_refs[line.id]),
                "Qty": line.quantity.normalize() + 0,
                "UnitPrice": line.unit_price,
                "TaxCodeRef": fields.ref(TAXED if taxed and line.is_taxable else UNTAXED),
            },
        }
        for line in memo.lines
    ]
    if memo.shipping_amount:
        code = TAXED if taxed and memo.shipping_taxable else UNTAXED
        lines.append(
            {
                "Description": SHIPPING_WORDS,
                "Amount": memo.shipping_amount,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": fields.ref(SHIPPING_ITEM),
                    "TaxCodeRef": fields.ref(code),
                },
            }
        )
    if memo.discount_amount:
        lines.append(
            {
                "DetailType": "DiscountLineDetail",
                "Amount": memo.discount_amount,
                "DiscountLineDetail": {"PercentBased": False},
            }
        )
    return lines
