"""Credit memos before they are issued: their lines and their amounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.domain import crediting, totals
from batchly_admin.domain.crediting import Parts
from batchly_admin.domain.invoices import DRAFT_PREFIX
from batchly_admin.domain.money import ZERO, money, total
from batchly_admin.domain.statuses import CreditMemoStatus
from batchly_admin.errors import Conflict, DocumentLocked, InvalidInput, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.billing import (
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
)
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.services import credit_rests, taxing
from batchly_admin.services.company import today
from batchly_admin.services.credit_rests import Rest
from batchly_admin.services.unit_of_work import UnitOfWork


def create_memo(uow: UnitOfWork, values: Mapping[str, Any]) -> CreditMemo:
    """Make a draft; of an invoice it begins with all that is left to credit, to be cut down.

    Raises:
        InvalidInput: without a customer or an invoice.
        Conflict: when the invoice is another customer's, not issued, or credited in full.
    """
    given = dict(values)
    invoice_id = given.get("invoice_id")
    invoice = uow.session.get(Invoice, invoice_id) if invoice_id else None
    customer_id = given.pop("customer_id", None) or (invoice.customer_id if invoice else None)
    customer = uow.session.get(Customer, customer_id) if customer_id else None
    if customer is None:
        raise InvalidInput("A credit memo needs a customer or an invoice.", field="customer_id")
    key = new_id()
    memo = CreditMemo(
        **{
            "credit_date": today(uow),
            **given,
            "id": key,
            "customer_id": customer.id,
            "credit_memo_number": f"{DRAFT_PREFIX}{key.hex[-12:]}",
            "status": CreditMemoStatus.DRAFT.value,
        }
    )
    memo.customer = customer
    if invoice is not None:
        _take_over(uow, memo, invoice)
    recalculate(uow, memo)
    uow.session.add(memo)
    uow.session.flush()
    return memo


def update_memo(uow: UnitOfWork, memo: CreditMemo, values: Mapping[str, Any]) -> None:
    """Change a draft; of an issued one only what may still change passes the lock.

    Raises:
        Conflict: when it should move to another invoice or customer.
        DocumentLocked: when it is issued and the value is frozen.
    """
    for name in ("invoice_id", "customer_id"):
        fixed = memo.invoice_id is not None or name == "invoice_id"
        if fixed and name in values and values[name] != getattr(memo, name):
            words = "A credit memo stays with its invoice; delete this draft and make another."
            raise Conflict(words, field=name)
    for name, value in values.items():
        setattr(memo, name, value)
    if "customer_id" in values:
        memo.customer = uow.session.get_one(Customer, memo.customer_id)
    if memo.issued_at is None:
        recalculate(uow, memo)


def add_line(uow: UnitOfWork, values: Mapping[str, Any]) -> CreditMemoLineItem:
    """Add a line to a draft, at its end unless a number is given.

    Raises:
        NotFound: when there is no such credit memo.
        DocumentLocked: when it is issued.
        InvalidInput: without description, quantity or price.
    """
    memo = _draft(uow, values.get("credit_memo_id"))
    given = dict(values)
    product_id = given.get("product_id")
    product = uow.session.get(Product, product_id) if product_id else None
    if product is not None:
        given.setdefault("description", product.description or product.name)
        given.setdefault("unit_price", product.unit_price)
        given.setdefault("is_taxable", product.is_taxable)
    last = max((line.line_number for line in memo.lines), default=0)
    given.setdefault("line_number", last + 1)
    line = CreditMemoLineItem(id=new_id(), **given)
    line.is_taxable = line.is_taxable is not False
    if line.unit_price is None or line.quantity is None or not line.description:
        raise InvalidInput("A line needs a description, a quantity and a price.")
    memo.lines.append(line)
    recalculate(uow, memo)
    uow.session.flush()
    return line


def update_line(uow: UnitOfWork, line: CreditMemoLineItem, values: Mapping[str, Any]) -> None:
    """Change a line of a draft.

    Raises:
        DocumentLocked: when the credit memo is issued.
        Conflict: when the line should move to another one.
    """
    if "credit_memo_id" in values and values["credit_memo_id"] != line.credit_memo_id:
        raise Conflict("A line stays with its credit memo.", field="credit_memo_id")
    memo = _draft(uow, line.credit_memo_id)
    for name, value in values.items():
        setattr(line, name, value)
    recalculate(uow, memo)
    uow.session.flush()


def delete_line(uow: UnitOfWork, line: CreditMemoLineItem) -> None:
    """Take a line out of a draft.

    Raises:
        DocumentLocked: when the credit memo is issued.
    """
    memo = _draft(uow, line.credit_memo_id)
    memo.lines.remove(line)
    uow.session.delete(line)
    recalculate(uow, memo)
    uow.session.flush()


def recalculate(uow: UnitOfWork, memo: CreditMemo) -> None:
    """Bring a draft's amounts up to date with its lines.

    A credit of all that is left has exactly the discount and the tax that are left. A smaller one
    has its share of the discount, is taxed as its invoice was, and never takes more than is left.

    Raises:
        InvalidInput: when the shipping is negative.
    """
    invoice = memo.invoice
    shipping = money(memo.shipping_amount or ZERO)
    subtotal = total(money(line.quantity * line.unit_price) for line in memo.lines)
    if invoice is None:
        code = taxing.code_for(uow.session, customer=memo.customer, chosen_id=memo.tax_code_id)
        memo.tax_code_id = code.id if code is not None else None
        taxation = taxing.taxation(uow.session, code, memo.credit_date)
        discount = ZERO
    else:
        rest = credit_rests.rest_of(uow.session, invoice)
        if (subtotal, shipping) == (rest.parts.subtotal, rest.parts.shipping):
            _write(memo, rest.parts, invoice.tax_rate)
            return
        taxation = _taxation_of(uow.session, invoice)
        discount = crediting.share_of_rest(credit_rests.parts_of(invoice), rest.parts, subtotal)
    found = totals.add_up(
        [
            totals.Line(line.quantity, line.unit_price, line.is_taxable is not False)
            for line in memo.lines
        ],
        totals.Extras(discount, shipping, bool(memo.shipping_taxable)),
        taxation,
    )
    tax = found.tax
    if invoice is not None:
        tax = rest.parts.tax if _takes_all_taxed(memo, rest) else min(tax, rest.parts.tax)
    parts = Parts(found.subtotal, found.discount, found.shipping, tax)
    _write(memo, parts, taxation.combined_rate)


def _takes_all_taxed(memo: CreditMemo, rest: Rest) -> bool:
    """Tell whether nothing that is taxed is left after a credit: then no tax may be left either."""
    taxed = total(
        money(line.quantity * line.unit_price)
        for line in memo.lines
        if line.is_taxable is not False
    )
    left = total(
        money(line["quantity"] * line["unit_price"]) for line in rest.lines if line["is_taxable"]
    )
    is_shipped = not memo.shipping_taxable or memo.shipping_amount == rest.parts.shipping
    return is_shipped and taxed == left and bool(taxed or memo.shipping_amount)


def _write(memo: CreditMemo, parts: Parts, rate: Decimal) -> None:
    memo.subtotal, memo.discount_amount = parts.subtotal, parts.discount
    memo.shipping_amount, memo.tax_amount = parts.shipping, parts.tax
    memo.total_amount, memo.tax_rate = parts.total, rate


def _take_over(uow: UnitOfWork, memo: CreditMemo, invoice: Invoice) -> None:
    number = invoice.invoice_number
    if invoice.issued_at is None or invoice.voided_at is not None:
        word = "void" if invoice.voided_at is not None else "a draft"
        raise Conflict(f"{number} is {word}; there is nothing to credit.", field="invoice_id")
    if invoice.customer_id != memo.customer_id:
        raise Conflict(f"{number} belongs to {invoice.customer_name}.", field="invoice_id")
    rest = credit_rests.rest_of(uow.session, invoice)
    if rest.total <= 0:
        raise Conflict(f"{number} is credited in full already.", field="invoice_id")
    memo.invoice = invoice
    memo.tax_code_id = invoice.tax_code_id
    memo.shipping_amount = rest.parts.shipping
    memo.shipping_taxable = invoice.shipping_taxable
    memo.lines = [
        CreditMemoLineItem(id=new_id(), line_number=place, **line)
        for place, line in enumerate(rest.lines, start=1)
    ]


def _taxation_of(session: Session, invoice: Invoice) -> totals.Taxation:
    """Give the rates an invoice was taxed by, whatever its code says today."""
    known = taxing.taxation(session, invoice.tax_code, invoice.invoice_date)
    if known.combined_rate == invoice.tax_rate:
        return known
    return totals.Taxation(rates=(invoice.tax_rate,), rounding=known.rounding)


def _draft(uow: UnitOfWork, memo_id: Any) -> CreditMemo:
    memo = uow.session.get(CreditMemo, memo_id) if memo_id else None
    if memo is None:
        raise NotFound("This credit memo no longer exists.")
    if memo.issued_at is not None:
        raise DocumentLocked
    return memo
