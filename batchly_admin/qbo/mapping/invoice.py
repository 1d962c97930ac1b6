"""Invoices: number, order of lines and every amount exactly as issued.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
Amount must equal Qty times UnitPrice, rounded to the cent. In the US a line only says TAX or NON;
which rates apply stands once, in TxnTaxDetail. A discount goes as an amount, as QuickBooks
rounds a percentage by itself. TotalAmt and Balance are QuickBooks' to compute.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.qbo.mapping import fields

TAXED = "TAX"
UNTAXED = "NON"
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
NUMBER_LENGTH = 21
SHIPPING_WORDS = "Shipping"


def to_qbo_invoice(
    invoice: Invoice, *, customer_ref: str, item_refs: Mapping[Any, str]
) -> dict[str, Any]:
    """Give an issued invoice; `item_refs` names QuickBooks' item of each line, by the line's id."""
    customer = invoice.customer
    term = invoice.payment_term
    shipped = fields.address(customer.shipping_address) if customer else None
    billed = fields.address(customer.billing_address) if customer else None
    return fields.without_nothing(
        {
            "DocNumber": invoice.invoice_number,
            "TxnDate": invoice.invoice_date.isoformat(),
            "DueDate": invoice.due_date.isoformat() if invoice.due_date else None,
            "CustomerRef": fields.ref(customer_ref),
            "SalesTermRef": fields.ref(term.qb_term_id) if term and term.qb_term_id else None,
            "BillEmail": {"Address": customer.email} if customer and customer.email else None,
            "BillAddr": billed,
            "ShipAddr": shipped,
            "ShipDate": invoice.shipping_date.isoformat() if invoice.shipping_date else None,
            "TrackingNum": invoice.tracking_number,
            "ShipMethodRef": fields.ref(invoice.shipping_method)
            if invoice.shipping_method
            else None,
            "CustomerMemo": {"value": invoice.qb_customer_memo[:1000]}
            if invoice.qb_customer_memo
            else None,
            "PrivateNote": fields.private_note(invoice.id, invoice.qb_private_note),
            "ApplyTaxAfterDiscount": bool(invoice.discount_amount),
            "Line": _lines(invoice, item_refs),
            "TxnTaxDetail": _tax(invoice),
        }
    )


def is_taxed(invoice: Invoice) -> bool:
    """Tell whether tax rates apply at all; if not, every line says so."""
    return invoice.tax_code is not None or invoice.tax_amount != 0


def _lines(invoice: Invoice, item_refs: Mapping[Any, str]) -> list[dict[str, Any]]:
    taxed = is_taxed(invoice)
    lines = [_line(line, item_refs[line.id], taxed=taxed) for line in invoice.lines]
    if invoice.shipping_amount:
        lines.append(_shipping(invoice, taxed=taxed))
    if invoice.discount_amount:
        lines.append(
            {
                "DetailType": "DiscountLineDetail",
                "Amount": invoice.discount_amount,
                "DiscountLineDetail": {"PercentBased": False},
            }
        )
    return lines


def _line(line: InvoiceLineItem, item_ref: str, *, taxed: bool) -> dict[str, Any]:
    return {
        "LineNum": line.line_number,
        "Description": line.description[:4000],
        "Amount": line.line_total,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": fields.ref(item_ref),
            "Qty": line.quantity.normalize() + 0,
            "UnitPrice": line.unit_price,
            "TaxCodeRef": fields.ref(TAXED if taxed and line.is_taxable else UNTAXED),
        },
    }


def _shipping(invoice: Invoice, *, taxed: bool) -> dict[str, Any]:
    code = TAXED if taxed and invoice.shipping_taxable else UNTAXED
    return {
        "Description": SHIPPING_WORDS,
        "Amount": invoice.shipping_amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": fields.ref(SHIPPING_ITEM),
            "TaxCodeRef": fields.ref(code),
        },
    }


def _tax(invoice: Invoice) -> dict[str, Any] | None:
    if not is_taxed(invoice):
        return None
    code = invoice.tax_code.qb_tax_code_id if invoice.tax_code else None
    return fields.without_nothing(
        {"TxnTaxCodeRef": fields.ref(code) if code else None, "TotalTax": invoice.tax_amount}
    )


def sales_lines(body: Mapping[str, Any]) -> list[Decimal]:
    """Give the amounts of an answer's own lines in order; subtotal, shipping, discount are not."""
    amounts = []
    for line in body.get("Line") or []:
        detail = line.get("SalesItemLineDetail")
        if line.get("DetailType") != "SalesItemLineDetail" or not isinstance(detail, Mapping):
            continue
        if fields.ref_id(detail, "ItemRef") != SHIPPING_ITEM:
            amounts.append(fields.amount(line.get("Amount")))
    return amounts


def total_tax(body: Mapping[str, Any]) -> Decimal:
    """Give the tax of an answer."""
    return fields.amount((body.get("TxnTaxDetail") or {}).get("TotalTax"))
