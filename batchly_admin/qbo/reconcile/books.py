"""The types that are compared, in the order in which one explains the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    Invoice,
    Payment,
    Refund,
)
from batchly_admin.models.catalogue import Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.client import ALSO_INACTIVE, Client
from batchly_admin.qbo.mapping import tax
from batchly_admin.qbo.reconcile import ours, theirs
from batchly_admin.qbo.reconcile.records import Body, Line, Shares, Side

Reader = Callable[[Body], Side]
Reads = Callable[[Client], Reader]
NEVER, MISSING, MADE_THERE = "never", "missing_here", "made_there"


@dataclass(frozen=True, slots=True)
class Book:
    """One type of record in both books.

    `strangers` says what a live record of QuickBooks' is that we do not know: nothing to us, one
    we should know, or one that was made there. `takes` leaves out what is another type's.
    """

    entity_type: str
    entity: str
    ours: sa.Select[Any]
    key: Any
    qbo_key: Any
    reads: Reads
    strangers: str = NEVER
    dated: Any = None
    takes: Callable[[Body], bool] = lambda _body: True
    lines: Callable[[Session, Sequence[UUID]], Mapping[UUID, tuple[Line, ...]]] | None = None
    shares: Callable[[Session, Sequence[UUID]], Mapping[UUID, Shares]] | None = None
    fixed_number: bool = False
    """Whether our number of it is QuickBooks' too, so that doubles are known by it."""

    @property
    def is_list(self) -> bool:
        """Whether its records can be inactive, and have neither day nor customer."""
        return self.dated is None

    @property
    def where(self) -> str:
        """Give the condition that finds inactive ones too."""
        return ALSO_INACTIVE if self.is_list else ""


def _as(reader: Reader) -> Reads:
    return lambda _client: reader


def _tax_codes(client: Client) -> Reader:
    """Read the rates first: a code only names them."""
    rates: dict[str, Decimal] = {}
    for page in client.pages("TaxRate", ALSO_INACTIVE):
        rates |= {str(body["Id"]): tax.fraction(body.get("RateValue")) for body in page}

    def read(body: Body) -> Side:
        values = tax.from_qbo_tax_code(body, rates)
        return Side(
            label=values["name"], is_active=values["is_active"], rate=values["combined_rate"]
        )

    return read


def _is_no_pseudo_code(body: Body) -> bool:
    return str(body.get("Id")) not in tax.PSEUDO_CODES


def _is_payment(body: Body) -> bool:
    return not theirs.is_credit_use(body)


BOOKS: tuple[Book, ...] = (
    Book(
        "customer",
        "Customer",
        ours.CUSTOMERS,
        Customer.id,
        Customer.qb_customer_id,
        _as(theirs.party),
        MISSING,
    ),
    Book("item", "Item", ours.ITEMS, Product.id, Product.qb_item_id, _as(theirs.party)),
    Book(
        "tax_code",
        "TaxCode",
        ours.TAX_CODES,
        TaxCode.id,
        TaxCode.qb_tax_code_id,
        _tax_codes,
        MISSING,
        takes=_is_no_pseudo_code,
    ),
    Book(
        "payment",
        "Payment",
        ours.PAYMENTS,
        Payment.id,
        Payment.qb_payment_id,
        _as(theirs.money),
        MISSING,
        dated=Payment.payment_date,
        takes=_is_payment,
        shares=ours.payment_shares,
    ),
    Book(
        "credit_application",
        "Payment",
        ours.CREDIT_USES,
        CreditApplication.id,
        CreditApplication.qb_payment_id,
        _as(theirs.money),
        MISSING,
        dated=CreditApplication.application_date,
        takes=theirs.is_credit_use,
        shares=ours.use_shares,
    ),
    Book(
        "credit_memo",
        "CreditMemo",
        ours.CREDIT_MEMOS,
        CreditMemo.id,
        CreditMemo.qb_credit_memo_id,
        _as(theirs.sale),
        MADE_THERE,
        dated=CreditMemo.credit_date,
        lines=ours.credit_memo_lines,
        fixed_number=True,
    ),
    Book(
        "refund",
        "RefundReceipt",
        ours.REFUNDS,
        Refund.id,
        Refund.qb_refund_id,
        _as(theirs.refund),
        MISSING,
        dated=Refund.refund_date,
    ),
    Book(
        "invoice",
        "Invoice",
        ours.INVOICES,
        Invoice.id,
        Invoice.qb_invoice_id,
        _as(theirs.sale),
        MADE_THERE,
        dated=Invoice.invoice_date,
        lines=ours.invoice_lines,
        fixed_number=True,
    ),
)
