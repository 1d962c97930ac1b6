from uuid import UUID

import orjson
import pytest

from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product, QbItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo import crash, webhooks
from tests.functional.killed_worker import work_until_killed
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.notifications import cloud_event

pytestmark = pytest.mark.processes

PUSHING = {"claim", "prepare", "lookup", "send", "record", "failure", "refresh"}
PUSH = [name for name in crash.POINTS if name.partition(".")[0] in PUSHING]
RECONCILE = [name for name in crash.POINTS if name.startswith("reconcile.")]
NEWS = [name for name in crash.POINTS if name.startswith("webhook.")]
PULL = [name for name in crash.POINTS if name.startswith("pull.")]
LATER = [f"{name}:2" for name in ("claim.after_commit", "send.after_call", "record.after_commit")]


def check_both_books(shop: Shop, quickbooks: Quickbooks, invoices: list[UUID]) -> None:
    for invoice_id in invoices:
        invoice = shop.get(Invoice, invoice_id)
        (document,) = quickbooks.marked(invoice_id)
        assert shop.row(invoice_id).status == "completed"
        assert document["Id"] == invoice.qb_invoice_id
        assert document["TotalAmt"] == invoice.total_amount
        assert document["DocNumber"] == invoice.invoice_number
    assert len(quickbooks.find("Customer", "DisplayName = 'Ann Smith'")) == 1
    assert len(quickbooks.find("Item", "Name = 'Flyer A5'")) == 1


@pytest.mark.parametrize("spec", [*PUSH, *LATER])
def test_a_worker_killed_anywhere_in_a_push_leaves_one_document_equal_to_the_cent(
    shop: Shop, quickbooks: Quickbooks, database_url: str, spec: str
) -> None:
    ann = shop.customer("Ann Smith", email="ann@example.com")
    flyer = shop.product("Flyer A5", sku="FLY-1")
    invoices = [shop.invoice(ann, [(flyer, "7", "1.0050")]) for _ in range(2)]
    wrong = shop.invoice(ann, number="INV-" + "9" * 30)

    work_until_killed(shop, database_url, spec)
    shop.later(301)
    shop.engine.sweep()
    result = shop.drain()

    assert result.left == 0
    assert shop.row(wrong).status == "failed"
    check_both_books(shop, quickbooks, invoices)
    assert shop.get(Customer, ann).sync_state == "synced"
    assert shop.get(Product, flyer).sync_state == "synced"


def test_a_worker_killed_over_and_over_at_one_row_gives_that_row_up_and_no_other(
    shop: Shop, quickbooks: Quickbooks, database_url: str
) -> None:
    invoices = [shop.invoice() for _ in range(3)]
    shop.drain()
    killer = shop.invoice()
    for _ in range(3):
        work_until_killed(shop, database_url, "send.before_call:1")
        shop.later(301)
    healthy = shop.invoice()

    shop.drain()

    assert shop.row(killer).status == "failed"
    assert "ended three times" in (shop.row(killer).error_message or "")
    check_both_books_of(shop, quickbooks, [*invoices, healthy])


def check_both_books_of(shop: Shop, quickbooks: Quickbooks, invoices: list[UUID]) -> None:
    for invoice_id in invoices:
        assert shop.row(invoice_id).status == "completed"
        assert len(quickbooks.marked(invoice_id)) == 1


@pytest.mark.parametrize("spec", PULL)
def test_a_worker_killed_anywhere_in_a_pull_loses_and_doubles_nothing(
    shop: Shop, quickbooks: Quickbooks, database_url: str, spec: str
) -> None:
    for number in range(3):
        quickbooks.item(f"Poster {number}", kind="Service")

    work_until_killed(shop, database_url, spec, lambda engine: engine.pull("items"))
    shop.engine.pull("items")

    names = [item.name for item in shop.all(QbItem)]
    assert sorted(name for name in names if name.startswith("Poster")) == [
        "Poster 0",
        "Poster 1",
        "Poster 2",
    ]
    products = [product.name for product in shop.all(Product)]
    assert len(products) == len(set(products))
    assert shop.engine.pull("items").changed == 0


@pytest.mark.parametrize("spec", RECONCILE)
def test_a_worker_killed_in_a_comparison_leaves_nothing_half(
    shop: Shop, quickbooks: Quickbooks, database_url: str, spec: str
) -> None:
    gone, _kept = shop.invoice(), shop.invoice()
    shop.drain()
    quickbooks.delete("Invoice", shop.get(Invoice, gone).qb_invoice_id)

    work_until_killed(shop, database_url, spec, lambda engine: engine.reconcile())

    found = [one.kind for one in shop.all(SyncDifference)]
    assert found == (["deleted"] if spec == "reconcile.after_commit" else [])
    shop.later(3600)
    shop.engine.reconcile()
    assert [one.kind for one in shop.all(SyncDifference)] == ["deleted"]


@pytest.mark.parametrize("spec", NEWS)
def test_a_worker_killed_over_the_news_hears_them_again(
    shop: Shop, quickbooks: Quickbooks, database_url: str, spec: str
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    ours = shop.get(Invoice, invoice_id)
    customer = shop.get(Customer, ours.customer_id)
    paid = quickbooks.payment(customer.qb_customer_id, {ours.qb_invoice_id: "7.04"})
    body = orjson.dumps([cloud_event(shop.details["realm_id"], "Payment", paid["Id"], "created")])
    with shop.begin() as uow:
        webhooks.store(uow, webhooks.read(body), body=body)

    work_until_killed(shop, database_url, spec, lambda engine: engine.read_webhooks())
    shop.later(3600)
    shop.engine.read_webhooks()

    assert shop.get(Invoice, invoice_id).status == "paid"
    assert len(shop.all(Payment)) == 1
    assert not shop.engine.has_webhooks()
