"""An invoice credited in any parts: what they come to is the invoice, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchly_admin.domain.money import money, total
from batchly_admin.domain.totals import Extras, Line, add_up
from batchly_admin.ids import new_id
from batchly_admin.models.billing import CreditMemo, Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import TaxCode
from batchly_admin.services import credit_drafts, credit_memos, credit_rests, taxing
from batchly_admin.services import settings as company_settings
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given as made
from tests.given import ANN, DAY

PARTS = ("subtotal", "discount_amount", "shipping_amount", "tax_amount", "total_amount")


class Enough(Exception):
    """Ends an example without keeping anything of it."""


class Sale(NamedTuple):
    """An invoice to be credited: quantity, price and taxability of its lines, and the rest."""

    lines: list[tuple[int, Decimal, bool]]
    discount: Decimal
    """As a share of the lines; beyond a half, the last cent left could be nothing but discount."""

    shipping: Decimal
    rounding: str


LINES = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.decimals("0.01", "99.9999", places=4),
        st.booleans() | st.just(True),
    ),
    min_size=1,
    max_size=4,
)
SALES = st.builds(
    Sale,
    LINES,
    st.decimals("0", "0.5", places=3),
    st.decimals("0", "20", places=2),
    st.sampled_from(("line", "document")),
)


def issued(uow: UnitOfWork, sale: Sale, customer_id: Any, code_id: Any) -> Invoice:
    company_settings.put(uow, "tax_rounding", sale.rounding)
    uow.session.flush()
    lines = [Line(Decimal(count), price, taxed) for count, price, taxed in sale.lines]
    discount = money(total(line.amount for line in lines) * sale.discount)
    code = uow.session.get_one(TaxCode, code_id)
    taxation = taxing.taxation(uow.session, code, DAY)
    assert (len(taxation.rates), taxation.rounding) == (2, sale.rounding)
    sums = add_up(lines, Extras(discount, sale.shipping, shipping_taxable=True), taxation)
    invoice = Invoice(
        id=new_id(),
        invoice_number=f"INV-{new_id().hex[-12:]}",
        customer_id=customer_id,
        customer_name="Ann",
        invoice_date=DAY,
        tax_code_id=code_id,
        tax_rate=taxation.combined_rate,
        subtotal=sums.subtotal,
        discount_amount=sums.discount,
        shipping_amount=sums.shipping,
        shipping_taxable=True,
        tax_amount=sums.tax,
        total_amount=sums.total,
    )
    invoice.lines = [
        InvoiceLineItem(
            id=new_id(),
            line_number=place,
            description=f"Line {place}",
            quantity=line.quantity,
            unit_price=line.unit_price,
            is_taxable=line.is_taxable,
        )
        for place, line in enumerate(lines, start=1)
    ]
    uow.session.add(invoice)
    uow.session.flush()
    invoice.issued_at = uow.now()
    uow.session.flush()
    uow.session.refresh(invoice)
    return invoice


def cut_down(uow: UnitOfWork, memo: CreditMemo, data: st.DataObject) -> None:
    for line in list(memo.lines):
        part = data.draw(st.integers(0, int(line.quantity)))
        if part:
            credit_drafts.update_line(uow, line, {"quantity": Decimal(part)})
        else:
            credit_drafts.delete_line(uow, line)
    if memo.lines:
        cents = data.draw(st.integers(0, int(memo.shipping_amount * 100)))
        credit_drafts.update_memo(uow, memo, {"shipping_amount": Decimal(cents) / 100})


def credit_all(uow: UnitOfWork, invoice: Invoice, data: st.DataObject) -> list[CreditMemo]:
    """Credit an invoice in up to four parts and then what is left of it."""
    for _step in range(data.draw(st.integers(0, 4))):
        if credit_rests.rest_of(uow.session, invoice).total <= 0:
            break
        memo = credit_drafts.create_memo(uow, {"invoice_id": invoice.id, "reason": "Part"})
        cut_down(uow, memo, data)
        if memo.total_amount > 0:
            # Never refused: whatever is cut down is within what is left.
            credit_memos.issue(uow, memo_id=memo.id)
    if credit_rests.rest_of(uow.session, invoice).total > 0:
        credit_memos.credit_rest(uow, invoice_id=invoice.id, reason="Rest")
    return list(uow.session.scalars(sa.select(CreditMemo).where(CreditMemo.issued_at.is_not(None))))


def compare(invoice: Invoice, memos: list[CreditMemo]) -> None:
    for name in PARTS:
        credited = sum((getattr(memo, name) for memo in memos), Decimal(0))
        assert credited == getattr(invoice, name), name
    assert invoice.balance_due == 0
    assert all(memo.tax_amount >= 0 for memo in memos)


def taken_back(uows: UnitOfWorks, work: Callable[[UnitOfWork], None]) -> None:
    """Do it in a transaction of which nothing is kept."""

    def act() -> None:
        with uows.begin(actor=ANN, source="form") as uow:
            work(uow)
            raise Enough

    with pytest.raises(Enough):
        act()


def test_parts_of_any_size_make_exactly_the_invoice(uows: UnitOfWorks) -> None:
    customer_id = made.customer(uows)
    code_id = made.tax_code(uows, "Albany", "4", "4.875")

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(SALES, st.data())
    def check(sale: Sale, data: st.DataObject) -> None:
        def work(uow: UnitOfWork) -> None:
            invoice = issued(uow, sale, customer_id, code_id)
            if invoice.total_amount > 0:
                compare(invoice, credit_all(uow, invoice, data))

        taken_back(uows, work)

    check()
