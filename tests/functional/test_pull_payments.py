"""Payments made, moved, overpaid and cancelled in QuickBooks, and taxes by their day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation
from batchly_admin.models.catalogue import TaxCode, TaxRate
from batchly_admin.models.customers import Customer
from batchly_admin.services import taxing
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop, pulled_tax_code


def two_invoices(shop: Shop) -> tuple[Invoice, Invoice, str]:
    ids = [shop.invoice(), shop.invoice()]
    shop.drain()
    one, two = (shop.get(Invoice, invoice_id) for invoice_id in ids)
    return one, two, shop.get(Customer, one.customer_id).qb_customer_id


def paid(shop: Shop, invoice: Invoice) -> tuple[Decimal, str]:
    found = shop.get(Invoice, invoice.id)
    return found.amount_paid, found.status


def link(invoice: Invoice, amount: str) -> dict[str, object]:
    linked = [{"TxnId": invoice.qb_invoice_id, "TxnType": "Invoice"}]
    return {"Amount": amount, "LinkedTxn": linked}


def test_a_payment_moved_to_another_invoice_opens_the_first_again(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    one, two, customer = two_invoices(shop)
    body = quickbooks.payment(customer, {one.qb_invoice_id: "7.04"})
    shop.engine.pull("payments")
    assert paid(shop, one) == (Decimal("7.04"), "paid")

    quickbooks.update("Payment", body["Id"], {"Line": [link(two, "7.04")]})
    result = shop.engine.pull("payments")

    assert (result.updated, result.created) == (1, 0)
    assert paid(shop, one)[0] == Decimal("0.00")
    assert paid(shop, one)[1] != "paid"
    assert paid(shop, two) == (Decimal("7.04"), "paid")
    assert shop.engine.pull("payments").changed == 0


def test_what_was_paid_too_much_stays_with_the_customer(shop: Shop, quickbooks: Quickbooks) -> None:
    one, two, customer = two_invoices(shop)
    body = quickbooks.payment(customer, {one.qb_invoice_id: "7.04"})
    quickbooks.update("Payment", body["Id"], {"TotalAmt": "10.00", "Line": [link(one, "7.04")]})

    shop.engine.pull("payments")

    assert paid(shop, one) == (Decimal("7.04"), "paid")
    assert paid(shop, two)[0] == Decimal("0.00")
    (payment,) = shop.all(Payment)
    shared = sum(share.amount for share in shop.all(PaymentAllocation))
    assert (payment.amount, shared) == (Decimal("10.00"), Decimal("7.04"))


def test_a_payment_of_a_customer_that_is_not_linked_any_more_still_pays_our_invoice(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    one, _two, customer = two_invoices(shop)
    with shop.begin() as uow:
        uow.session.get_one(Customer, one.customer_id).qb_customer_id = None
    quickbooks.payment(customer, {one.qb_invoice_id: "7.04"})

    shop.engine.pull("payments")

    assert paid(shop, one) == (Decimal("7.04"), "paid")
    assert shop.all(Payment)[0].customer_id == one.customer_id


def test_a_sale_is_taxed_by_the_rate_of_its_own_day(shop: Shop, quickbooks: Quickbooks) -> None:
    quickbooks.tax_code("Albany", {"State": "4"})
    code = pulled_tax_code(shop)
    (rate,) = [one for one in shop.all(TaxRate) if one.qb_tax_rate_id in code.rates]
    assert rate.periods, "QuickBooks says from when on the rate holds"
    with shop.begin() as uow:
        uow.session.get_one(TaxRate, rate.id).periods = [
            {"rate": "0.04", "from": "2020-01-01", "to": "2026-03-31"},
            {"rate": "0.05", "from": "2026-04-01", "to": None},
        ]

    def on(day: date) -> tuple[Decimal, ...]:
        with shop.uows.read() as session:
            return taxing.taxation(session, session.get(TaxCode, code.id), day).rates

    assert on(date(2026, 3, 31)) == (Decimal("0.04"),)
    assert on(date(2026, 4, 1)) == (Decimal("0.05"),)
    assert on(date(2019, 12, 31)) == (rate.rate_value,), "before all that is known"
