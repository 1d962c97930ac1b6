from datetime import date, timedelta
from decimal import Decimal

import pytest

from batchly_admin.errors import InvalidInput, SyncError
from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation
from batchly_admin.models.catalogue import (
    PaymentMethod,
    PaymentTerm,
    Product,
    QbItem,
    TaxAgency,
    TaxCode,
    TaxRate,
)
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.customers import Customer, PriceOverride
from batchly_admin.models.sync import QbSyncStatus, SyncDifference
from batchly_admin.services import settings
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


def product(shop: Shop, name: str) -> Product:
    found: Product = next(one for one in shop.all(Product) if one.name == name)
    return found


def test_new_items_become_products_and_a_second_pull_changes_nothing(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    for number in range(55):
        quickbooks.item(f"Poster {number:03d}", sku=f"POS-{number}", kind="Service", price="12.5")

    result = shop.engine.pull("items")

    assert result.is_full
    assert result.created >= 55
    assert product(shop, "Poster 007").unit_price == Decimal("12.5000")
    assert product(shop, "Poster 007").sync_state == "synced"
    before = len(shop.all(ChangeItem))
    again = shop.engine.pull("items")
    assert again.changed == 0
    assert not again.is_full
    assert len(shop.all(ChangeItem)) == before


def test_an_item_is_linked_by_sku_then_by_name(shop: Shop, quickbooks: Quickbooks) -> None:
    by_sku, by_name = shop.product("Our flyer", sku="FLY-1"), shop.product("Card")
    flyer = quickbooks.item("Their flyer", sku="FLY-1", kind="Service")
    card = quickbooks.item("Card", sku="CARD-9", kind="Service")

    shop.engine.pull("items")

    assert shop.get(Product, by_sku).qb_item_id == flyer["Id"]
    assert shop.get(Product, by_name).qb_item_id == card["Id"]
    assert len(shop.all(Product)) - len(_others(shop)) == 2


def _others(shop: Shop) -> list[Product]:
    return [found for found in shop.all(Product) if found.name not in ("Their flyer", "Card")]


def test_a_new_price_reaches_the_product_and_no_agreed_price(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    body = quickbooks.item("Poster", kind="Service", price="10")
    shop.engine.pull("items")
    poster, ann = product(shop, "Poster"), shop.customer()
    with shop.begin() as uow:
        uow.session.add(
            PriceOverride(
                customer_id=ann,
                product_id=poster.id,
                unit_price=Decimal("8.5000"),
                valid_from=date(2026, 1, 1),
            )
        )
    quickbooks.update("Item", body["Id"], {"UnitPrice": 11.25})

    result = shop.engine.pull("items")

    assert result.updated == 1
    assert product(shop, "Poster").unit_price == Decimal("11.2500")
    assert shop.all(PriceOverride)[0].unit_price == Decimal("8.5000")


def test_a_deactivated_item_deactivates_its_product_and_none_is_made_of_a_new_one(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    known = quickbooks.item("Poster", kind="Service")
    shop.engine.pull("items")
    quickbooks.update("Item", known["Id"], {"Active": False})
    stranger = quickbooks.item("Gone", kind="Service")
    quickbooks.update("Item", stranger["Id"], {"Active": False})

    shop.engine.pull("items")

    assert product(shop, "Poster").is_active is False
    assert "Gone" not in {found.name for found in shop.all(Product)}


def test_types_that_are_not_asked_for_are_left_out(shop: Shop, quickbooks: Quickbooks) -> None:
    quickbooks.item("Paper", kind="NonInventory")
    shop.engine.pull("items")
    assert "Paper" not in {item.name for item in shop.all(QbItem)}

    with shop.begin() as uow:
        settings.put(uow, "pulled_item_types", ["Service", "NonInventory"])
    _forget_cursor(shop, "items")
    shop.engine.pull("items")

    assert "Paper" in {item.name for item in shop.all(QbItem)}


def test_products_are_not_made_when_the_shop_does_not_want_them(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.item("Poster", kind="Service")
    with shop.begin() as uow:
        settings.put(uow, "auto_create_products", value=False)

    shop.engine.pull("items")

    assert "Poster" not in {found.name for found in shop.all(Product)}
    mirror = next(item for item in shop.all(QbItem) if item.name == "Poster")
    assert mirror.product_id is None


def _forget_cursor(shop: Shop, sync_type: str, cursor: str | None = None) -> None:
    with shop.begin() as uow:
        for row in shop.all(QbSyncStatus):
            if row.sync_type == sync_type:
                uow.session.get(QbSyncStatus, row.id).last_sync_token = cursor


def test_a_cursor_older_than_quickbooks_looks_back_means_a_full_read(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.engine.pull("items")
    quickbooks.item("Poster", kind="Service")
    old = shop.uows.clock.now() - timedelta(days=31)
    _forget_cursor(shop, "items", old.isoformat())

    result = shop.engine.pull("items")

    assert result.is_full
    assert "Poster" in {found.name for found in shop.all(Product)}


def test_customers_are_imported_once_linked_and_then_only_compared(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ann = shop.customer("Ann Smith", phone="555 0100")
    theirs = quickbooks.create("Customer", {"DisplayName": "Ann Smith"})
    quickbooks.create("Customer", {"DisplayName": "Bob Jones", "CompanyName": "Jones Ltd"})

    first = shop.engine.pull("customers")

    assert shop.get(Customer, ann).qb_customer_id == theirs["Id"]
    assert first.differences == 1, "they have no phone number"
    bob = next(found for found in shop.all(Customer) if found.display_name == "Bob Jones")
    assert bob.company_name == "Jones Ltd"
    assert shop.engine.pull("customers").changed == 0

    quickbooks.update("Customer", theirs["Id"], {"CompanyName": "Smith & Co"})
    result = shop.engine.pull("customers")
    assert result.differences == 1
    assert shop.get(Customer, ann).company_name is None, "ours is not overwritten"
    found = shop.all(SyncDifference)[-1]
    assert (found.field, found.ours, found.theirs) == ("company_name", None, "Smith & Co")
    assert shop.engine.pull("customers").differences == 0


def test_a_payment_recorded_in_quickbooks_pays_our_invoice(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    invoice = shop.get(Invoice, invoice_id)
    customer = shop.get(Customer, invoice.customer_id)
    quickbooks.payment(customer.qb_customer_id, {invoice.qb_invoice_id: "3.00"})

    result = shop.engine.pull("payments")

    assert result.created == 1
    invoice = shop.get(Invoice, invoice_id)
    assert (invoice.amount_paid, invoice.balance_due) == (Decimal("3.00"), Decimal("4.04"))
    assert invoice.status in ("partial", "overdue")
    (payment,) = shop.all(Payment)
    assert payment.source == "quickbooks"
    assert shop.engine.pull("payments").changed == 0

    quickbooks.payment(customer.qb_customer_id, {invoice.qb_invoice_id: "4.04"})
    shop.engine.pull("payments")
    assert shop.get(Invoice, invoice_id).status == "paid"


def test_a_payment_changed_voided_or_deleted_there_is_so_here(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    invoice = shop.get(Invoice, invoice_id)
    customer = shop.get(Customer, invoice.customer_id)
    voided = quickbooks.payment(customer.qb_customer_id, {invoice.qb_invoice_id: "3.00"})
    deleted = quickbooks.payment(customer.qb_customer_id, {invoice.qb_invoice_id: "2.00"})
    shop.engine.pull("payments")
    assert shop.get(Invoice, invoice_id).amount_paid == Decimal("5.00")

    quickbooks.void("Payment", voided["Id"])
    shop.engine.pull("payments")
    assert shop.get(Invoice, invoice_id).amount_paid == Decimal("2.00")

    quickbooks.delete("Payment", deleted["Id"])
    shop.engine.pull("payments")
    assert shop.get(Invoice, invoice_id).amount_paid == Decimal("0.00")
    assert shop.engine.pull("payments").changed == 0


def test_a_payment_we_pushed_ourselves_is_not_counted_twice(shop: Shop) -> None:
    invoice_id = shop.invoice()
    payment_id = shop.payment(invoice_id, "5.00")
    shop.drain()

    result = shop.engine.pull("payments")

    assert result.created == 0
    assert len(shop.all(Payment)) == 1
    assert len(shop.all(PaymentAllocation)) == 1
    assert shop.get(Payment, payment_id).source == "batchly"


def test_an_invoice_voided_in_quickbooks_is_said_aloud_and_not_voided_here(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    quickbooks.void("Invoice", shop.get(Invoice, invoice_id).qb_invoice_id)

    result = shop.engine.pull("payments")

    assert result.differences == 1
    invoice = shop.get(Invoice, invoice_id)
    assert (invoice.status, invoice.sync_state) == ("sent", "warning")
    assert [found.kind for found in shop.all(SyncDifference)] == ["voided"]


def test_taxes_terms_and_methods_are_mirrored(shop: Shop, quickbooks: Quickbooks) -> None:
    quickbooks.tax_code("Albany", {"State": "4", "County": "4.875"})
    for sync_type in ("tax_rates", "terms", "payment_methods"):
        assert shop.engine.pull(sync_type).created > 0
        assert shop.engine.pull(sync_type).changed == 0

    assert shop.all(TaxAgency)
    code = next(found for found in shop.all(TaxCode) if found.combined_rate)
    assert code.combined_rate == Decimal("0.08875")
    rates = {rate.qb_tax_rate_id: rate.rate_value for rate in shop.all(TaxRate)}
    assert code.combined_rate == sum(rates[rate_id] for rate_id in code.rates)
    assert not {found.qb_tax_code_id for found in shop.all(TaxCode)} & {"TAX", "NON"}
    assert "Net 30" in {term.name for term in shop.all(PaymentTerm)}
    assert shop.all(PaymentMethod)


def test_the_company_is_known_after_a_pull(shop: Shop) -> None:
    shop.engine.pull("company")

    connection = shop.connection()

    assert connection.company_name
    assert connection.preferences
    assert connection.preferences["quickbooks"]["SalesFormsPrefs"]
    assert shop.engine.pull("company").changed == 0


def test_a_pull_that_fails_says_so_and_keeps_its_cursor(shop: Shop, quickbooks: Quickbooks) -> None:
    shop.engine.pull("items")
    (before,) = shop.all(QbSyncStatus)
    quickbooks.fault("http503", route="cdc.read")

    with pytest.raises(SyncError):
        shop.engine.pull("items")

    (after,) = shop.all(QbSyncStatus)
    assert (after.sync_status, after.last_sync_token) == ("error", before.last_sync_token)
    assert after.error_message
    shop.engine.pull("items")
    assert shop.all(QbSyncStatus)[0].sync_status == "success"


def test_an_unknown_type_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInput, match="payments"):
        shop.engine.pull("horoscopes")


def test_two_equal_books_reconcile_and_planted_differences_are_found_once(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoices = [shop.invoice() for _ in range(4)]
    shop.drain()
    shop.engine.pull("customers")
    assert shop.engine.reconcile()["equal"] is True

    voided, foreign = shop.get(Invoice, invoices[0]), shop.get(Invoice, invoices[1])
    quickbooks.void("Invoice", voided.qb_invoice_id)
    quickbooks.invoice("X-1", *_refs(shop, foreign), amount="10.00")
    quickbooks.delete("Invoice", shop.get(Invoice, invoices[2]).qb_invoice_id)

    found = shop.engine.reconcile()["types"]["invoice"]

    assert found["differences"] == {"voided": 1, "deleted": 1}
    assert (found["new_differences"], found["made_there"]) == (2, 1)
    assert shop.engine.reconcile()["types"]["invoice"]["new_differences"] == 0
    assert len(shop.all(SyncDifference)) == 3


def _refs(shop: Shop, invoice: Invoice) -> tuple[str, str]:
    customer = shop.get(Customer, invoice.customer_id)
    return customer.qb_customer_id, shop.all(Product)[0].qb_item_id
