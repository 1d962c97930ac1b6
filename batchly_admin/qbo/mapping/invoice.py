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
from batchly_admin.qbo.mapping import chosen as by_choice
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.chosen import Chosen

TAXED = "TAX"
UNTAXED = "NON"
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
NUMBER_LENGTH = 21
SHIPPING_WORDS = "Shipping"


def to_qbo_invoice(
    invoice: Invoice,
    *,
    customer_ref: str,
    item_refs: Mapping[Any, str],
    chosen: Chosen | None = None,
    quickbooks_taxes: bool = False,
) -> dict[str, Any]:
    """Give an issued invoice; `item_refs` names QuickBooks' item of each line, by the line's id.

    `chosen` says what feeds the fields that are the company's to choose; with `quickbooks_taxes`
    QuickBooks computes the tax itself.
    """
    method = by_choice.text_of("invoice", invoice, "ShipMethodRef", chosen)
    memo = by_choice.text_of("invoice", invoice, "CustomerMemo", chosen)
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
            "ShipDate": by_choice.text_of("invoice", invoice, "ShipDate", chosen),
            "TrackingNum": by_choice.text_of("invoice", invoice, "TrackingNum", chosen),
            "ShipMethodRef": fields.ref(method) if method else None,
            "CustomerMemo": {"value": memo} if memo else None,
            "CustomField": by_choice.custom_fields(invoice, chosen),
            "PrivateNote": by_choice.note("invoice", invoice, chosen),
            "ApplyTaxAfterDiscount": bool(invoice.discount_amount),
            "Line": _lines(invoice, item_refs, chosen),
            "TxnTaxDetail": _tax(invoice, quickbooks_taxes=quickbooks_taxes),
        }
    )


def is_taxed(invoice: Invoice) -> bool:
    """Tell whether tax rates apply at all; if not, every line says so."""
    return invoice.tax_code is not None or invoice.tax_amount != 0


def _lines(
    invoice: Invoice, item_refs: Mapping[Any, str], chosen: Chosen | None
) -> list[dict[str, Any]]:
    taxed = is_taxed(invoice)
    lines = [
        _line(line, item_refs[line.id], by_choice.line_description(line, chosen), taxed=taxed)
        for line in invoice.lines
    ]
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


def _line(line: InvoiceLineItem, item_ref: str, description: str, *, taxed: bool) -> dict[str, Any]:
    return {
        "LineNum": line.line_number,
        "Description": description,
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


def _tax(invoice: Invoice, *, quickbooks_taxes: bool) -> dict[str, Any] | None:
    if not is_taxed(invoice):
        return None
    code = invoice.tax_code.qb_tax_code_id if invoice.tax_code else None
    detail: dict[str, Any] = {"TxnTaxCodeRef": fields.ref(code) if code else None}
    if not quickbooks_taxes:
        # Naming the tax overrides what QuickBooks would compute.
        detail["TotalTax"] = invoice.tax_amount
    return fields.without_nothing(detail) or None


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
