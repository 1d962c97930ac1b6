"""QuickBooks' side of each type: what a body says, in the words of our own columns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.invoice import SHIPPING_ITEM, total_tax
from batchly_admin.qbo.mapping.payment import from_qbo_payment
from batchly_admin.qbo.reconcile.records import Body, Line, Side

ONE = Decimal(1)


def party(body: Body) -> Side:
    """Give a customer or an item."""
    return Side(
        label=str(body.get("DisplayName") or body.get("Name") or body.get("Id")),
        is_active=body.get("Active", True) is not False,
    )


def sale(body: Body) -> Side:
    """Give an invoice or a credit memo."""
    left = body.get("RemainingCredit", body.get("Balance"))
    number = body.get("DocNumber")
    return Side(
        label=str(number or body.get("Id")),
        day=fields.day(body.get("TxnDate")),
        amount=fields.amount(body.get("TotalAmt")),
        tax=total_tax(body),
        balance=fields.amount(left),
        customer=fields.ref_id(body, "CustomerRef"),
        number=str(number or ""),
        is_void=fields.is_voided(body),
        lines=tuple(_line(line) for line in body.get("Line") or [] if _is_own(line)),
    )


def money(body: Body) -> Side:
    """Give a payment, or the use of a credit, which QuickBooks keeps as a payment of nothing."""
    paid = from_qbo_payment(body)
    return Side(
        label=paid.reference or f"Payment {paid.qbo_id}",
        day=paid.payment_date,
        amount=paid.amount,
        customer=paid.customer_ref,
        is_void=paid.is_voided,
        shares=tuple(sorted(paid.applied)),
    )


def refund(body: Body) -> Side:
    """Give a refund."""
    return Side(
        label=str(body.get("DocNumber") or body.get("Id")),
        day=fields.day(body.get("TxnDate")),
        amount=fields.amount(body.get("TotalAmt")),
        customer=fields.ref_id(body, "CustomerRef"),
        is_void=fields.is_voided(body),
    )


def is_credit_use(body: Body) -> bool:
    """Tell whether a payment only uses credits."""
    links = (link for line in body.get("Line") or [] for link in line.get("LinkedTxn") or [])
    return fields.amount(body.get("TotalAmt")) == 0 and any(
        link.get("TxnType") == "CreditMemo" for link in links
    )


def _is_own(line: Mapping[str, object]) -> bool:
    detail = line.get("SalesItemLineDetail")
    if line.get("DetailType") != "SalesItemLineDetail" or not isinstance(detail, Mapping):
        # A bundle or a text that somebody added there is a line we do not have.
        return line.get("DetailType") == "GroupLineDetail"
    return fields.ref_id(detail, "ItemRef") != SHIPPING_ITEM


def _line(line: Mapping[str, object]) -> Line:
    detail = line.get("SalesItemLineDetail")
    told = detail if isinstance(detail, Mapping) else {}
    amount = fields.amount(line.get("Amount"))
    quantity, price = fields.number(told.get("Qty")), fields.number(told.get("UnitPrice"))
    return Line(ONE if quantity is None else quantity, amount if price is None else price, amount)
