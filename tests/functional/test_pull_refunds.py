"""Refunds made in QuickBooks come in once; ours are watched; cancelling reaches the other book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.models.billing import Invoice, Payment, Refund
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo.pull.following import FOLLOWED
from batchly_admin.services import cancelling, difference_repairs, refunds
from batchly_admin.services import settings as company_settings
from tests import given
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


def linked_customer(shop: Shop) -> Customer:
    shop.invoice()
    shop.drain()
    found: Customer = shop.all(Customer)[0]
    return found


def bank(quickbooks: Quickbooks) -> dict[str, Any]:
    return quickbooks.find("Account", "AccountType = 'Bank'")[0]


def receipt(
    quickbooks: Quickbooks, customer_ref: str | None, amount: str, **more: Any
) -> dict[str, Any]:
    item = quickbooks.find("Item")[0]["Id"]
    line = {
        "Amount": float(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }
    body = {
        "CustomerRef": {"value": customer_ref},
        "DepositToAccountRef": {"value": bank(quickbooks)["Id"]},
        "Line": [line],
        "DocNumber": "R-1",
        **more,
    }
    return quickbooks.create("RefundReceipt", body)


def pull(shop: Shop) -> Any:
    shop.later(60)
    return shop.engine.pull("payments")


def refunded(shop: Shop, quickbooks: Quickbooks, amount: str = "5.00") -> Refund:
    """Give a refund of ours that is in QuickBooks."""
    shop.engine.pull("accounts")
    with shop.begin() as uow:
        company_settings.put(uow, "refund_account", bank(quickbooks)["Name"])
    payment_id = given.payment(shop.uows, shop.invoice())
    with shop.begin() as uow:
        key = refunds.record_refund(
            uow, payment_id=payment_id, amount=Decimal(amount), refund_date=uow.today()
        ).id
    assert shop.drain().failed == 0
    found: Refund = shop.get(Refund, key)
    assert found.sync_state == "synced", found.sync_note
    return found


def cancel(shop: Shop, key: UUID) -> None:
    with shop.begin() as uow:
        cancelling.cancel_refund(uow, refund_id=key, reason="Wrong one")


# --- pulled ------------------------------------------------------------------------------------


def test_a_strangers_refund_and_one_over_nothing_stay_out(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    linked_customer(shop)
    other = quickbooks.create("Customer", {"DisplayName": "Somebody Else"})["Id"]
    receipt(quickbooks, other, "9.00")
    pull(shop)
    assert shop.all(Refund) == []


def test_a_refund_made_there_comes_in_once_and_follows_its_changes(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.engine.pull("accounts")
    customer = linked_customer(shop)
    made = receipt(quickbooks, customer.qb_customer_id, "12.34", PrivateNote="Torn")

    first, again = pull(shop), pull(shop)

    (ours,) = shop.all(Refund)
    assert (first.created, again.created, again.updated) == (1, 0, 0)
    assert (ours.qb_refund_id, ours.source, ours.sync_state) == (made["Id"], "quickbooks", "synced")
    assert (ours.customer_id, ours.amount, ours.reason) == (customer.id, Decimal("12.34"), "Torn")
    assert (ours.reference, ours.account) == ("R-1", bank(quickbooks)["Name"])
    assert ours.invoice_id is None
    assert [row for row in shop.rows() if row.entity_id == ours.id] == [], "it is not sent back"

    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": made["Line"][0]["SalesItemLineDetail"] | {"UnitPrice": 10, "Qty": 1},
    }
    quickbooks.update("RefundReceipt", made["Id"], {"Line": [line]})
    assert pull(shop).updated == 1
    assert shop.get(Refund, ours.id).amount == Decimal("10.00")


@pytest.mark.parametrize("is_full", [False, True])
def test_a_refund_deleted_there_counts_no_more(
    shop: Shop, quickbooks: Quickbooks, *, is_full: bool
) -> None:
    customer = linked_customer(shop)
    made = receipt(quickbooks, customer.qb_customer_id, "12.34")
    pull(shop)
    quickbooks.delete("RefundReceipt", made["Id"])
    if is_full:
        shop.later(40 * 24 * 3600)  # longer than QuickBooks looks back: everything is read
        shop.forget_pace()

    assert pull(shop).removed == 1
    assert pull(shop).removed == 0

    (ours,) = shop.all(Refund)
    assert ours.voided_at is not None
    assert ours.amount == Decimal("12.34")


def test_it_is_followed_by_its_notifications() -> None:
    followed = FOLLOWED["refundreceipt"]
    assert (followed.entity, followed.pull) == ("RefundReceipt", "payments")
    assert followed.copies == ((Refund, "qb_refund_id"),)


def test_our_own_is_not_doubled_even_when_its_answer_was_lost(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ours = refunded(shop, quickbooks)
    pull(shop)
    with shop.uows.sessions.begin() as session:
        session.execute(sa.update(Refund).values(qb_refund_id=None, qb_sync_token=None))
    quickbooks.update("RefundReceipt", ours.qb_refund_id, {"PaymentRefNum": "77"})
    assert pull(shop).created == 0
    assert len(shop.all(Refund)) == 1


def test_our_own_that_was_changed_or_deleted_there_is_said_aloud(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ours = refunded(shop, quickbooks)
    theirs = quickbooks.read("RefundReceipt", ours.qb_refund_id)
    detail = theirs["Line"][0]["SalesItemLineDetail"]
    line = {
        "Amount": 3,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": detail["ItemRef"], "UnitPrice": 3, "Qty": 1},
    }
    quickbooks.update("RefundReceipt", ours.qb_refund_id, {"Line": [line]})
    pull(shop)
    refund = shop.get(Refund, ours.id)
    assert (refund.amount, refund.sync_state) == (Decimal("5.00"), "warning")
    (row,) = shop.all(SyncDifference)
    assert (row.entity_type, row.kind, row.ours, row.theirs) == ("refund", "amount", "5.00", "3.00")

    quickbooks.delete("RefundReceipt", ours.qb_refund_id)
    pull(shop)
    refund = shop.get(Refund, ours.id)
    assert (refund.sync_state, refund.qb_refund_id, refund.voided_at) == ("missing", None, None)
    assert [one.kind for one in shop.all(SyncDifference)] == ["amount", "deleted"]


# --- cancelled ---------------------------------------------------------------------------------


def test_a_cancelled_refund_is_deleted_there_and_pulls_do_not_bring_it_back(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ours = refunded(shop, quickbooks)
    cancel(shop, ours.id)
    pull(shop)
    assert shop.get(Refund, ours.id).voided_at is not None
    assert shop.drain().failed == 0

    assert quickbooks.find("RefundReceipt", f"DocNumber = '{ours.refund_number}'") == []
    assert pull(shop).removed == 0
    refund = shop.get(Refund, ours.id)
    assert (refund.sync_state, refund.voided_at is None) == ("synced", False)
    assert shop.all(SyncDifference) == []
    assert shop.engine.reconcile()["equal"]


def test_a_cancelled_payment_is_voided_there_and_pulls_do_not_bring_it_back(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    payment_id = given.payment(shop.uows, invoice_id)
    shop.drain()
    with shop.begin() as uow:
        cancelling.cancel_payment(uow, payment_id=payment_id, reason="Bounced")
    # The news of the payment as it was come before the void leaves.
    pull(shop)
    assert shop.get(Payment, payment_id).voided_at is not None
    assert shop.drain().failed == 0

    payment, invoice = shop.get(Payment, payment_id), shop.get(Invoice, invoice_id)
    assert quickbooks.read("Payment", payment.qb_payment_id)["TotalAmt"] == 0
    theirs = quickbooks.read("Invoice", invoice.qb_invoice_id)["Balance"]
    assert theirs == invoice.balance_due == invoice.total_amount
    assert payment.sync_state == "synced"
    pull(shop)
    assert shop.get(Payment, payment_id).amount == invoice.total_amount
    assert shop.engine.reconcile()["equal"]


def test_a_payment_cancelled_before_it_left_never_arrives(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    payment_id = given.payment(shop.uows, invoice_id)
    with shop.begin() as uow:
        cancelling.cancel_payment(uow, payment_id=payment_id, reason="Typed twice")
    shop.drain()
    assert quickbooks.find("Payment") == []
    assert shop.get(Payment, payment_id).sync_state == "not_synced"


@pytest.mark.parametrize("kind", ["reset_after_apply", "http500_after_apply"])
def test_a_payment_cancelled_while_its_arrival_is_unknown_is_found_and_voided(
    shop: Shop, quickbooks: Quickbooks, kind: str
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    payment_id = given.payment(shop.uows, invoice_id)
    quickbooks.fault(kind, route="payment.create")
    shop.drain()
    with shop.begin() as uow:
        cancelling.cancel_payment(uow, payment_id=payment_id, reason="Bounced")
    shop.later(3600)
    shop.forget_pace()
    shop.drain()

    bodies = quickbooks.find("Payment")
    assert [body["TotalAmt"] for body in bodies] == [0]
    assert shop.get(Payment, payment_id).sync_state == "synced"


# --- compared ----------------------------------------------------------------------------------


def test_the_comparison_knows_a_refund_and_says_what_differs(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ours = refunded(shop, quickbooks)
    assert shop.engine.reconcile()["equal"]
    with shop.begin() as uow:
        uow.session.get_one(Refund, ours.id).amount = Decimal("4.00")
    customer = shop.get(Customer, ours.customer_id)
    made = receipt(quickbooks, customer.qb_customer_id, "1.00")

    assert not shop.engine.reconcile()["equal"]

    rows = {row.kind: row for row in shop.all(SyncDifference)}
    assert set(rows) == {"amount", "missing_here"}
    assert (rows["amount"].entity_id, rows["amount"].ours, rows["amount"].theirs) == (
        ours.id,
        "4.00",
        "5.00",
    )
    assert rows["missing_here"].qbo_id == made["Id"]

    with shop.begin() as uow:
        words = difference_repairs.repair(uow, rows["missing_here"].id, "take_theirs")
        uow.session.get_one(Refund, ours.id).amount = Decimal("5.00")
    assert words == "It is being fetched from QuickBooks."
    pull(shop)
    assert shop.engine.reconcile()["equal"]
