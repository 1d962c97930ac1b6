"""Orders out of QuickBooks: what waits for a person first, then what is imported by itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import QbSyncStatus, SyncQueueRow
from batchly_admin.services import order_decisions, orders, records, settings
from tests.functional.notified import listening, web_of
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop

DAY = "2026-03-02"


def sale(item: str | None, amount: str, **more: Any) -> dict[str, Any]:
    detail = {"ItemRef": {"value": item}, **more.pop("detail", {})}
    return {
        "Amount": float(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
        **more,
    }


def pieces(item: str | None, quantity: str, price: str, **more: Any) -> dict[str, Any]:
    amount = f"{Decimal(quantity) * Decimal(price):.2f}"
    detail = {"Qty": float(quantity), "UnitPrice": float(price), **more.pop("detail", {})}
    return sale(item, amount, detail=detail, **more)


@pytest.fixture
def buyer(shop: Shop, quickbooks: Quickbooks) -> dict[str, Any]:
    """A customer both sides know."""
    body = quickbooks.create("Customer", {"DisplayName": "Harbor Cafe"})
    shop.engine.pull("customers")
    return body


@pytest.fixture
def flyer(shop: Shop, quickbooks: Quickbooks) -> dict[str, Any]:
    """An item both sides know."""
    body = quickbooks.item("Flyer A5", kind="Service", price="2.5")
    shop.engine.pull("items")
    return body


def estimate(
    quickbooks: Quickbooks,
    customer: dict[str, Any],
    lines: list[dict[str, Any]],
    *,
    status: str = "Accepted",
    number: str | None = "E-100",
    **more: Any,
) -> dict[str, Any]:
    body = {
        "CustomerRef": {"value": customer["Id"]},
        "TxnDate": DAY,
        "TxnStatus": status,
        "Line": lines,
        **more,
    }
    return quickbooks.create("Estimate", {**body, "DocNumber": number} if number else body)


def papers(shop: Shop) -> list[OrderPaper]:
    return shop.all(OrderPaper)


def waiting(shop: Shop) -> OrderPaper:
    found = [row for row in papers(shop) if row.state == "open"]
    assert len(found) == 1
    return found[0]


def only_order(shop: Shop) -> PurchaseOrder:
    found = shop.all(PurchaseOrder)
    assert len(found) == 1
    order: PurchaseOrder = found[0]
    return order


# --- what waits ------------------------------------------------------------------------------


def test_an_unknown_customer_waits_and_is_imported_when_it_came(
    shop: Shop, quickbooks: Quickbooks, flyer: dict[str, Any]
) -> None:
    nobody = quickbooks.create(
        "Customer", {"DisplayName": "New Bakery", "PrimaryEmailAddr": {"Address": "a@b.example"}}
    )
    estimate(quickbooks, nobody, [pieces(flyer["Id"], "4", "2.5")])

    result = shop.engine.pull("estimates")

    assert result.created == 0
    assert waiting(shop).reason == "customer"
    assert waiting(shop).paper["customer"]["email"] == "a@b.example"
    assert Decimal(str(waiting(shop).body["TotalAmt"])) == 10  # type: ignore[index]
    assert not shop.all(PurchaseOrder)
    shop.engine.pull("customers")
    shop.engine.pull("estimates")
    assert only_order(shop).customer_name == "New Bakery"
    assert not [row for row in papers(shop) if row.state == "open"]


def test_an_unknown_item_waits_and_is_imported_when_it_came(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any]
) -> None:
    poster = quickbooks.item("Poster", kind="Service", price="12")
    estimate(quickbooks, buyer, [pieces(poster["Id"], "2", "12")])

    shop.engine.pull("estimates")

    assert waiting(shop).reason == "items"
    assert "Poster" in str(waiting(shop).words)
    shop.engine.pull("items")
    shop.engine.pull("estimates")
    assert only_order(shop).total_amount == Decimal("24.00")
    assert shop.all(PoLineItem)[0].product_id == shop.all(Product)[-1].id


def test_a_number_that_is_taken_waits(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    ours = typed(shop, "E-100", "9", "1")
    estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])

    shop.engine.pull("estimates")

    assert (waiting(shop).reason, waiting(shop).similar_id) == ("number", ours)
    assert len(shop.all(PurchaseOrder)) == 1


def test_the_same_order_typed_in_by_hand_waits(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    ours = typed(shop, "PHONE-1", "4", "2.5")
    estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])

    shop.engine.pull("estimates")

    assert (waiting(shop).reason, waiting(shop).similar_id) == ("same", ours)


def typed(shop: Shop, number: str, quantity: str, price: str) -> Any:
    with shop.begin() as uow:
        customer = next(
            one for one in uow.session.query(Customer) if one.display_name == "Harbor Cafe"
        )
        line = orders.OrderLine(
            quantity=Decimal(quantity), unit_price=Decimal(price), item_name="Flyer A5"
        )
        made = orders.create_order(
            uow, customer_id=customer.id, lines=[line], po_date=uow.today(), po_number=number
        )
        return made.id


def test_a_changed_estimate_never_overwrites_what_was_worked_on(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    order = only_order(shop)
    with shop.begin() as uow:
        orders.approve(uow, order_id=order.id)
    quickbooks.update("Estimate", body["Id"], {"Line": [pieces(flyer["Id"], "6", "2.5")]})

    result = shop.engine.pull("estimates")

    assert (result.updated, result.differences) == (0, 1)
    assert (waiting(shop).reason, waiting(shop).order_id) == ("conflict", order.id)
    assert only_order(shop).total_amount == Decimal("10.00")


@pytest.mark.parametrize("how", ["Rejected", "Closed", "deleted"])
def test_an_estimate_that_ended_flags_its_order_and_deletes_nothing(
    shop: Shop,
    quickbooks: Quickbooks,
    buyer: dict[str, Any],
    flyer: dict[str, Any],
    how: str,
) -> None:
    body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    if how == "deleted":
        quickbooks.delete("Estimate", body["Id"])
    else:
        quickbooks.update("Estimate", body["Id"], {"TxnStatus": how})

    result = shop.engine.pull("estimates")

    assert result.removed == 1
    assert waiting(shop).reason == "ended"
    assert how.lower() in str(only_order(shop).warning)
    assert only_order(shop).status == "pending"
    assert shop.engine.pull("estimates").changed == 0


def test_a_deletion_missed_by_the_news_is_found_by_a_full_read(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    quickbooks.delete("Estimate", body["Id"])
    with shop.begin() as uow:
        for row in uow.session.query(QbSyncStatus):
            row.last_sync_token = None

    assert shop.engine.pull("estimates").is_full

    assert waiting(shop).reason == "ended"


def test_an_order_deleted_here_comes_back_only_when_a_person_says_so(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    with shop.begin() as uow:
        records.delete_record(uow, uow.session.get(PurchaseOrder, only_order(shop).id))
    quickbooks.update("Estimate", body["Id"], {"PrivateNote": "Call first"})

    shop.engine.pull("estimates")

    assert waiting(shop).reason == "deleted"
    assert not shop.all(PurchaseOrder)


def test_pending_and_ended_estimates_are_not_orders(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    line = [pieces(flyer["Id"], "4", "2.5")]
    for status in ("Pending", "Rejected", "Closed"):
        estimate(quickbooks, buyer, line, status=status, number=f"E-{status}")

    shop.engine.pull("estimates")

    assert not papers(shop)
    assert not shop.all(PurchaseOrder)


def test_nothing_is_fetched_when_the_switch_is_off(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    with shop.begin() as uow:
        settings.put(uow, "sync_purchase_orders", False)
    estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])

    result = shop.engine.pull("estimates")

    assert (result.seen, papers(shop)) == (0, [])
    with shop.begin() as uow:
        settings.put(uow, "sync_purchase_orders", True)
    shop.engine.pull("estimates")
    assert only_order(shop).po_number == "E-100"


def test_a_vendors_order_without_a_customer_waits(
    shop: Shop, quickbooks: Quickbooks, flyer: dict[str, Any]
) -> None:
    vendor_order(quickbooks, flyer)

    shop.engine.pull("purchase_orders")

    assert waiting(shop).reason == "vendor"
    assert waiting(shop).vendor_name == "Paper Mill"
    assert not shop.all(PurchaseOrder)


def vendor_order(
    quickbooks: Quickbooks,
    item: dict[str, Any],
    customer: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    vendor = quickbooks.create("Vendor", {"DisplayName": "Paper Mill"})
    detail: dict[str, Any] = {"ItemRef": {"value": item["Id"]}, "Qty": 10, "UnitPrice": 1.25}
    if customer is not None:
        detail["CustomerRef"] = {"value": customer["Id"]}
    line = {
        "Amount": 12.5,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    body = {"VendorRef": {"value": vendor["Id"]}, "TxnDate": DAY, "Line": [line], **more}
    return quickbooks.create("PurchaseOrder", {**body, "DocNumber": "V-7"})


# --- what is imported ------------------------------------------------------------------------


def test_an_accepted_estimate_becomes_an_order_to_the_cent(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    body = estimate(
        quickbooks,
        buyer,
        [
            pieces(flyer["Id"], "3", "3.3333", Description="First"),
            {"Description": "Cut to size", "DetailType": "DescriptionOnly"},
            sale(flyer["Id"], "7.77", Description="A sum only"),
            sale("SHIPPING_ITEM_ID", "4.50"),
            {
                "Amount": 1.25,
                "DetailType": "DiscountLineDetail",
                "DiscountLineDetail": {"PercentBased": False},
            },
        ],
        CustomerMemo={"value": "Deliver by the back door"},
    )

    result = shop.engine.pull("estimates")

    assert (result.created, result.differences) == (1, 0)
    order = only_order(shop)
    assert (order.po_number, order.qb_estimate_id) == ("E-100", body["Id"])
    assert (order.source, order.status) == ("quickbooks_estimate", "pending")
    assert order.total_amount == body["TotalAmt"]
    assert (order.discount_amount, order.shipping_amount) == (Decimal("1.25"), Decimal("4.50"))
    assert order.customer_notes == "Deliver by the back door"
    lines = sorted(shop.all(PoLineItem), key=lambda line: line.line_number)
    assert [line.line_total for line in lines] == [Decimal("10.00"), Decimal("7.77")]
    assert lines[0].description == "First\nCut to size"
    assert not shop.all(SyncQueueRow)


def test_taxes_of_the_estimate_are_the_orders(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    quickbooks.tax_code("County", {"State": "6", "County": "1.25"})
    shop.engine.pull("tax_rates")
    code = quickbooks.find("TaxCode", "Name = 'County'")[0]["Id"]
    body = estimate(
        quickbooks,
        buyer,
        [pieces(flyer["Id"], "13", "2.99", detail={"TaxCodeRef": {"value": "TAX"}})],
        TxnTaxDetail={"TxnTaxCodeRef": {"value": code}},
    )
    assert body["TxnTaxDetail"]["TotalTax"] > 0

    shop.engine.pull("estimates")

    order = only_order(shop)
    assert order.tax_amount == body["TxnTaxDetail"]["TotalTax"]
    assert order.total_amount == body["TotalAmt"]
    assert order.warning is None


def test_a_second_pull_changes_nothing(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    for number in range(3):
        estimate(
            quickbooks, buyer, [pieces(flyer["Id"], f"{number + 1}", "9")], number=f"N{number}"
        )
    nobody = quickbooks.create("Customer", {"DisplayName": "New Bakery"})
    estimate(quickbooks, nobody, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    before = len(shop.all(ChangeItem))

    news = shop.engine.pull("estimates")
    with shop.begin() as uow:
        for row in uow.session.query(QbSyncStatus):
            row.last_sync_token = None
    full = shop.engine.pull("estimates")

    assert (news.changed, full.changed, full.seen) == (0, 0, 4)
    assert len(shop.all(ChangeItem)) == before


def test_a_changed_estimate_updates_an_untouched_order(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    card = quickbooks.item("Card", kind="Service", price="1")
    shop.engine.pull("items")
    body = estimate(
        quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5"), pieces(card["Id"], "5", "1")]
    )
    shop.engine.pull("estimates")
    order = only_order(shop)
    first, second = quickbooks.read("Estimate", body["Id"])["Line"][:2]
    changed = {**second, "Amount": 8, "SalesItemLineDetail": {**second["SalesItemLineDetail"]}}
    changed["SalesItemLineDetail"]["Qty"] = 8
    lines = [as_sent(changed), as_sent(first), pieces(flyer["Id"], "1", "3")]
    theirs = quickbooks.update("Estimate", body["Id"], {"Line": lines})

    result = shop.engine.pull("estimates")

    assert (result.updated, result.differences) == (1, 0)
    assert only_order(shop).id == order.id
    assert only_order(shop).total_amount == theirs["TotalAmt"] == Decimal("21.00")
    found = sorted(shop.all(PoLineItem), key=lambda line: line.line_number)
    assert [(line.item_name, line.quantity) for line in found] == [
        (line["SalesItemLineDetail"]["ItemRef"]["name"], line["SalesItemLineDetail"]["Qty"])
        for line in theirs["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]
    assert shop.engine.pull("estimates").changed == 0


def as_sent(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_sent(item) for key, item in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def test_a_pending_estimate_is_a_draft_until_it_is_accepted(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any]
) -> None:
    with shop.begin() as uow:
        settings.put(uow, "pull_pending_estimates", True)
    body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")], status="Pending")
    shop.engine.pull("estimates")
    assert only_order(shop).status == "draft"
    quickbooks.update("Estimate", body["Id"], {"TxnStatus": "Accepted"})

    shop.engine.pull("estimates")

    assert only_order(shop).status == "pending"


@pytest.mark.parametrize("by", ["line", "ship_to"])
def test_a_vendors_order_for_a_customer_is_imported_with_a_warning(
    shop: Shop, quickbooks: Quickbooks, buyer: dict[str, Any], flyer: dict[str, Any], by: str
) -> None:
    if by == "line":
        body = vendor_order(quickbooks, flyer, buyer)
    else:
        body = vendor_order(quickbooks, flyer, ShipTo={"value": buyer["Id"]})

    shop.engine.pull("purchase_orders")

    order = only_order(shop)
    assert (order.customer_name, order.qb_po_id) == ("Harbor Cafe", body["Id"])
    assert order.source == "quickbooks_po"
    assert order.total_amount == body["TotalAmt"] == Decimal("12.50")
    assert "vendor" in str(order.warning)


def test_a_decision_imports_by_the_same_path_and_pushes_nothing(
    shop: Shop, quickbooks: Quickbooks, flyer: dict[str, Any]
) -> None:
    nobody = quickbooks.create("Customer", {"DisplayName": "New Bakery"})
    estimate(quickbooks, nobody, [pieces(flyer["Id"], "4", "2.5")])
    shop.engine.pull("estimates")
    with shop.begin() as uow:
        order_decisions.create_customer(uow, paper_id=waiting(shop).id)

    shop.drain()
    again = shop.engine.pull("estimates")

    assert again.changed == 0
    assert only_order(shop).total_amount == Decimal("10.00")
    assert not shop.all(SyncQueueRow)
    assert len(quickbooks.find("Customer", "DisplayName = 'New Bakery'")) == 1


def test_an_estimate_is_an_order_as_soon_as_it_is_told(
    shop: Shop,
    quickbooks: Quickbooks,
    simulator: dict[str, Any],
    database_url: str,
    tmp_path: Path,
    buyer: dict[str, Any],
    flyer: dict[str, Any],
) -> None:
    secret = simulator["webhook_verifier_token"]
    with (
        web_of(shop, database_url, tmp_path / "web", secret) as house,
        listening(shop, quickbooks, house.app, "cloudevents") as notified,
    ):
        body = estimate(quickbooks, buyer, [pieces(flyer["Id"], "4", "2.5")])
        notified.told("estimate", body["Id"], "created")
        shop.engine.read_webhooks()
        assert only_order(shop).qb_estimate_id == body["Id"]
        quickbooks.delete("Estimate", body["Id"])
        notified.told("estimate", body["Id"], "deleted")
        shop.engine.read_webhooks()

    assert waiting(shop).reason == "ended"
    assert shop.engine.pull("estimates").changed == 0
