from decimal import Decimal

import pytest

from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.company import Notification
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import ApiUsage, QbConnection, SyncDifference
from batchly_admin.qbo.engine import queue
from batchly_admin.qbo.engine.work import Outcome, RowWork
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import SYSTEM
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop, pulled_tax_code


def test_an_invoice_takes_its_customer_and_its_items_along(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ann = shop.customer("Ann's \\ Print: Shop", email="ann@example.com")
    flyer, card = shop.product("Flyer A5", sku="FLY-1"), shop.product("Card")
    lines = [(flyer, "7", "1.0050"), (card, "1.5", "45.0000"), (flyer, "1", "0.0050")]
    invoice_id = shop.invoice(ann, lines)

    result = shop.drain()

    assert (result.completed, result.failed, result.left) == (4, 0, 0)
    invoice = shop.get(Invoice, invoice_id)
    (document,) = quickbooks.marked(invoice_id)
    assert document["Id"] == invoice.qb_invoice_id
    assert document["DocNumber"] == invoice.invoice_number == invoice.qb_doc_number
    assert document["TotalAmt"] == invoice.total_amount == Decimal("74.55")
    assert quickbooks.amounts(document) == [Decimal("7.04"), Decimal("67.50"), Decimal("0.01")]
    assert document["CustomerRef"]["value"] == shop.get(Customer, ann).qb_customer_id
    assert (invoice.sync_state, invoice.sync_note) == ("synced", None)
    assert invoice.sent_to_qb_at is not None
    assert shop.row(invoice_id).qbo_id == invoice.qb_invoice_id
    assert shop.row(invoice_id).attempts == 1
    assert shop.get(Product, card).sync_state == "synced"


def test_tax_shipping_and_discount_arrive_to_the_cent(shop: Shop, quickbooks: Quickbooks) -> None:
    quickbooks.tax_code("Albany", {"State": "4", "County": "4.875"})
    code = pulled_tax_code(shop)
    flyer = shop.product("Flyer A5")
    lines = [(flyer, "7", "1.0050"), (flyer, "3", "19.9900")]
    # 7.04 + 59.97 = 67.01; less 4.40, taxed on 62.61, plus shipping 9.95
    tax = quickbooks.tax("62.61", code.combined_rate)
    invoice_id = shop.invoice(
        None,
        lines,
        tax_code_id=code.id,
        tax_rate=code.combined_rate,
        tax_amount=tax,
        discount_amount=Decimal("4.40"),
        shipping_amount=Decimal("9.95"),
    )

    shop.drain()

    invoice = shop.get(Invoice, invoice_id)
    (document,) = quickbooks.marked(invoice_id)
    assert document["TotalAmt"] == Decimal("72.56") + tax == invoice.total_amount
    assert document["TxnTaxDetail"]["TotalTax"] == tax
    assert invoice.sync_state == "synced", invoice.sync_note


def test_a_customer_of_the_same_name_is_linked_and_not_made_twice(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    theirs = quickbooks.create("Customer", {"DisplayName": "Ann Smith"})
    ann = shop.customer("Ann Smith", email="ann@example.com")
    shop.invoice(ann)

    shop.drain()

    assert shop.get(Customer, ann).qb_customer_id == theirs["Id"]
    (known,) = quickbooks.find("Customer", "DisplayName = 'Ann Smith'")
    assert known["PrimaryEmailAddr"]["Address"] == "ann@example.com"
    assert shop.row(ann, "update").status == "completed"


def test_a_customer_without_an_email_is_linked_when_its_name_is_refused(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    theirs = quickbooks.create("Customer", {"DisplayName": "Ann Smith"})
    ann = shop.customer("Ann Smith")
    shop.enqueue(Customer, ann, "create")

    shop.drain()

    assert shop.get(Customer, ann).qb_customer_id == theirs["Id"]


def test_a_customer_with_the_only_such_email_is_linked(shop: Shop, quickbooks: Quickbooks) -> None:
    theirs = quickbooks.create(
        "Customer", {"DisplayName": "A. Smith", "PrimaryEmailAddr": {"Address": "ann@example.com"}}
    )
    ann = shop.customer("Ann Smith", email="ann@example.com")
    shop.enqueue(Customer, ann, "create")

    shop.drain()

    assert shop.get(Customer, ann).qb_customer_id == theirs["Id"]


def test_two_customers_with_one_email_wait_for_a_person_and_so_does_the_invoice(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    for name in ("A. Smith", "B. Smith"):
        quickbooks.create(
            "Customer", {"DisplayName": name, "PrimaryEmailAddr": {"Address": "s@example.com"}}
        )
    ann = shop.customer("Ann Smith", email="s@example.com")
    invoice_id = shop.invoice(ann)

    shop.drain()

    assert shop.row(ann).status == "failed"
    assert "A. Smith" in (shop.row(ann).error_message or "")
    assert shop.row(invoice_id).status == "blocked"
    assert "which failed" in shop.get(Invoice, invoice_id).sync_note

    with shop.begin() as uow:
        uow.session.get(Customer, ann).email = "ann@example.com"
        batch = shop.engine.retry(uow, [shop.row(ann).id])
    shop.drain()

    assert shop.get(Invoice, invoice_id).sync_state == "synced"
    done = shop.get(type(batch), batch.id)
    assert (done.total, done.done, done.ok, done.failed) == (1, 1, 1, 0)
    assert done.finished_at is not None


def test_an_item_with_our_sku_is_linked(shop: Shop, quickbooks: Quickbooks) -> None:
    theirs = quickbooks.item("Flyer, old name", sku="FLY-1")
    flyer = shop.product("Flyer A5", sku="FLY-1")
    shop.enqueue(Product, flyer, "create")

    shop.drain()

    assert shop.get(Product, flyer).qb_item_id == theirs["Id"]


def test_an_item_with_our_name_is_linked(shop: Shop, quickbooks: Quickbooks) -> None:
    theirs = quickbooks.item("Flyer A5")
    flyer = shop.product("Flyer A5")
    shop.enqueue(Product, flyer, "create")

    shop.drain()

    assert shop.get(Product, flyer).qb_item_id == theirs["Id"]


def test_a_restored_database_finds_its_invoice_again(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    qbo_id = shop.get(Invoice, invoice_id).qb_invoice_id
    with shop.begin() as uow:
        invoice = uow.session.get(Invoice, invoice_id)
        invoice.qb_invoice_id = None
        outbox.enqueue(uow, invoice)

    shop.drain()

    assert shop.get(Invoice, invoice_id).qb_invoice_id == qbo_id
    assert len(quickbooks.marked(invoice_id)) == 1


def test_a_foreign_invoice_with_our_number_stops_only_that_invoice(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    first = shop.invoice()
    shop.drain()
    customer, item = shop.all(Customer)[0], shop.all(Product)[0]
    quickbooks.invoice("INV-0002", customer.qb_customer_id, item.qb_item_id, amount="999.00")
    second, third = shop.invoice(), shop.invoice()

    shop.drain()

    assert shop.row(second).status == "failed"
    assert "another invoice with the number INV-0002" in (shop.row(second).error_message or "")
    assert shop.get(Invoice, second).invoice_number == "INV-0002"
    assert shop.get(Invoice, second).sync_state == "failed"
    assert shop.row(third).status == "completed"
    assert shop.row(first).status == "completed"


def test_a_change_made_while_the_customer_is_sent_is_sent_afterwards(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ann = shop.customer("Ann Smith")
    shop.enqueue(Customer, ann, "create")
    with shop.uows.begin(actor=SYSTEM, source="push") as uow:
        (claim,) = queue.claim(uow.session, uow.now(), 1)
    with shop.begin() as uow:
        customer = uow.session.get(Customer, ann)
        customer.phone = "555 0100"
        outbox.enqueue(uow, customer, "update")
    client = shop.engine._open()

    assert RowWork(shop.uows, client, shop.connection().id).run(claim) is Outcome.COMPLETED
    assert shop.get(Customer, ann).sync_state == "pending"
    shop.drain()

    assert shop.row(ann, "update").status == "completed"
    (theirs,) = quickbooks.find("Customer", "DisplayName = 'Ann Smith'")
    assert theirs["PrimaryPhone"]["FreeFormNumber"] == "555 0100"
    assert shop.get(Customer, ann).sync_state == "synced"


def test_a_row_whose_lease_was_lost_changes_nothing_any_more(shop: Shop) -> None:
    ann = shop.customer("Ann Smith")
    shop.enqueue(Customer, ann, "create")
    with shop.uows.begin(actor=SYSTEM, source="push") as uow:
        (old,) = queue.claim(uow.session, uow.now(), 1)
    shop.later(301)
    with shop.uows.begin(actor=SYSTEM, source="push") as uow:
        (new,) = queue.claim(uow.session, uow.now(), 1)
    work = RowWork(shop.uows, shop.engine._open(), shop.connection().id)

    assert work.run(old) is Outcome.LOST
    assert work.run(new) is Outcome.COMPLETED
    assert work.run(old) is Outcome.LOST
    assert new.attempts == 1, "the first taker never began"


def test_an_update_of_a_customer_somebody_changed_is_sent_over_the_newest_version(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ann = shop.customer("Ann Smith")
    shop.enqueue(Customer, ann, "create")
    shop.drain()
    quickbooks.update("Customer", shop.get(Customer, ann).qb_customer_id, {"Notes": "VIP"})
    with shop.begin() as uow:
        customer = uow.session.get(Customer, ann)
        customer.phone = "555 0100"
        outbox.enqueue(uow, customer, "update")

    shop.drain()

    (theirs,) = quickbooks.find("Customer", "DisplayName = 'Ann Smith'")
    assert theirs["PrimaryPhone"]["FreeFormNumber"] == "555 0100"
    assert theirs["Notes"] == "VIP"


def test_a_deactivated_customer_becomes_inactive_there(shop: Shop, quickbooks: Quickbooks) -> None:
    ann = shop.customer("Ann Smith")
    shop.enqueue(Customer, ann, "create")
    shop.drain()
    shop.enqueue(Customer, ann, "delete")

    shop.drain()

    assert quickbooks.read("Customer", shop.get(Customer, ann).qb_customer_id)["Active"] is False


def test_a_voided_invoice_is_void_there_even_after_a_payment_raised_its_version(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    invoice = shop.get(Invoice, invoice_id)
    quickbooks.update("Invoice", invoice.qb_invoice_id, {"TrackingNum": "1Z"})
    shop.enqueue(Invoice, invoice_id, "void")

    shop.drain()

    assert shop.row(invoice_id, "void").status == "completed"
    document = quickbooks.read("Invoice", invoice.qb_invoice_id)
    assert document["TotalAmt"] == 0
    assert document["PrivateNote"].startswith("Voided")


def test_a_payment_is_linked_to_its_invoice(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = shop.invoice()
    payment_id = shop.payment(invoice_id, "5.00")

    shop.drain()

    payment = shop.get(Payment, payment_id)
    assert payment.sync_state == "synced"
    document = quickbooks.read("Invoice", shop.get(Invoice, invoice_id).qb_invoice_id)
    assert document["Balance"] == document["TotalAmt"] - 5
    theirs = quickbooks.read("Payment", payment.qb_payment_id)
    assert theirs["TotalAmt"] == 5


def test_without_a_connection_rows_wait_in_plain_words_and_nothing_fails(
    lonely_shop: Shop,
) -> None:
    shop = lonely_shop
    invoice_id = shop.invoice()

    result = shop.drain()

    assert not result
    assert shop.row(invoice_id).status == "blocked"
    assert shop.row(invoice_id).error_message == "Waits for a QuickBooks connection."
    assert shop.get(Invoice, invoice_id).sync_state == "blocked"
    with shop.uows.read() as session:
        assert shop.engine.status(session)["connection"]["state"] == "not_connected"

    shop.connect()
    assert shop.drain().failed == 0

    assert shop.row(invoice_id).status == "completed"
    assert shop.get(Invoice, invoice_id).sync_state == "synced"


def test_a_pause_keeps_rows_back_until_it_ends(shop: Shop) -> None:
    invoice_id = shop.invoice()
    _set_paused(shop, paused=True)
    assert not shop.drain()
    assert shop.row(invoice_id).status == "pending"

    _set_paused(shop, paused=False)
    shop.drain()

    assert shop.row(invoice_id).status == "completed"


def _set_paused(shop: Shop, *, paused: bool) -> None:
    with shop.begin() as uow:
        uow.session.get(QbConnection, shop.connection().id).pushes_paused = paused


def test_a_record_that_breaks_a_rule_fails_at_once_and_blocks_nobody(shop: Shop) -> None:
    flyer = shop.product("Flyer A5")
    wrong = shop.invoice(None, [(flyer, "1", "10.0000")], number="INV-" + "9" * 30)
    right = shop.invoice()

    shop.drain()

    assert shop.row(wrong).status == "failed"
    assert "longer than" in (shop.row(wrong).error_message or "")
    assert shop.row(wrong).attempts == 1
    assert shop.row(right).status == "completed"


def test_a_number_whose_predecessor_nobody_explained_does_not_go(shop: Shop) -> None:
    shop.invoice(number="INV-0001")
    shop.later(1)
    third = shop.invoice(number="INV-0003")

    shop.drain()

    assert shop.row(third).status == "failed"
    assert "INV-0002 is missing" in (shop.row(third).error_message or "")


def test_a_document_that_arrived_differently_is_marked_for_review(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.fault("wrong_total")
    invoice_id = shop.invoice()

    shop.drain()

    assert shop.row(invoice_id).status == "completed"
    invoice = shop.get(Invoice, invoice_id)
    assert invoice.sync_state == "warning"
    assert "needs a review" in invoice.sync_note
    assert invoice.qb_invoice_id
    assert [found.field for found in shop.all(SyncDifference)] == ["total"]
    assert "sync_mismatch" in {told.kind for told in shop.all(Notification)}


def test_the_second_of_two_engines_finds_nothing_left(shop: Shop, quickbooks: Quickbooks) -> None:
    ids = [shop.invoice() for _ in range(3)]
    shop.drain()

    assert shop.drain(shop.new_engine()).claimed == 0
    assert all(len(quickbooks.marked(invoice_id)) == 1 for invoice_id in ids)


def test_calls_are_counted_by_what_intuit_meters(shop: Shop) -> None:
    shop.invoice()
    shop.drain()

    counted = {(row.endpoint, row.metering): row.calls for row in shop.all(ApiUsage)}

    assert counted["invoice", "core"] == 1
    assert counted["customer", "core"] == 1
    assert counted["query", "coreplus"] >= 1


def test_attempts_keep_the_trace_id_and_no_address(shop: Shop) -> None:
    ann = shop.customer("Ann Smith", email="ann@example.com")
    shop.enqueue(Customer, ann, "create")
    shop.drain()

    (attempt,) = shop.attempts(ann)

    assert attempt.intuit_tid
    assert attempt.http_status == 200
    assert attempt.outcome == "ok"
    assert attempt.request["DisplayName"] == "Ann Smith"
    assert "ann@example.com" not in str(attempt.request) + str(attempt.answer)


def test_a_row_of_a_record_that_is_gone_says_so(shop: Shop) -> None:
    ann = shop.customer("Ann Smith")
    row_id = shop.enqueue(Customer, ann, "create")
    with shop.begin() as uow:
        uow.session.delete(uow.session.get(Customer, ann))

    shop.drain()

    assert shop.row(ann).id == row_id
    assert "no longer exists" in (shop.row(ann).error_message or "")


@pytest.mark.parametrize("where", [{}, {"entity_type": "invoice"}, {"error_class": "rejected"}])
def test_retry_all_takes_the_rows_that_fit(shop: Shop, where: dict[str, str]) -> None:
    wrong = shop.invoice(number="INV-" + "9" * 30)
    shop.drain()
    old = shop.row(wrong)
    with shop.begin() as uow:
        batch = shop.engine.retry_all(uow, where)
        total = batch.total
    with shop.begin() as uow:
        nothing = shop.engine.retry(uow, [new_id()])
        assert nothing.finished_at is not None

    shop.drain()

    assert total == 1
    assert shop.row(wrong).request_id != old.request_id, "a refused request is not asked again"
    assert shop.get(type(batch), batch.id).failed == 1
