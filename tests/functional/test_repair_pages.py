"""The repair desk in the browser: what it shows and what its buttons do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.repairs import SyncPause, SyncRepair
from batchly_admin.models.sync import SyncBatch, SyncQueueRow
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import SYSTEM
from tests.functional import shop
from tests.functional.desk import Desk, open_desk
from tests.functional.quickbooks import Quickbooks

DESK = "/admin/quickbooks/repair"


@pytest.fixture
def desk(simulator: dict[str, Any], shop_folder: Path, redis_url: str) -> Iterator[Desk]:
    with open_desk(simulator, shop_folder, redis_url) as found:
        yield found


def row_of(desk: Desk, entity_id: UUID) -> SyncQueueRow:
    with desk.runtime.uows.read() as session:
        found = session.scalar(
            sa.select(SyncQueueRow)
            .where(SyncQueueRow.entity_id == entity_id)
            .order_by(SyncQueueRow.id.desc())
            .limit(1)
        )
        assert found is not None
        return found


def failed_customer(desk: Desk, quickbooks: Quickbooks) -> tuple[UUID, SyncQueueRow]:
    """A customer whose name an employee or vendor has in QuickBooks already."""
    quickbooks.create("Vendor", {"DisplayName": "Paper Mill"})
    answer = desk.post("/customers/new", display_name="Paper Mill", is_active="1")
    assert answer.status_code == 302, answer.text[:2000]
    customer_id = UUID(answer.headers["Location"].rsplit("/", 1)[1])
    desk.runtime.engine.drain()
    row = row_of(desk, customer_id)
    assert row.status == "failed", row.error_message
    return customer_id, row


def issued(desk: Desk) -> UUID:
    """An issued invoice with a product, queued."""
    with desk.runtime.uows.begin(actor=SYSTEM, source="form") as uow:
        customer = uow.session.scalar(sa.select(Customer).limit(1)) or Customer(display_name="Bob")
        product = uow.session.scalar(sa.select(Product).limit(1))
        product = product or Product(name="Flyer", unit_price=Decimal(1))
        uow.session.add_all([customer, product])
        uow.session.flush()
        made = shop._invoice(uow, customer.id, [(product.id, "7", "1.0050")], {})
        outbox.enqueue(uow, made)
        return made.id


def stopped(desk: Desk, quickbooks: Quickbooks) -> tuple[UUID, SyncQueueRow]:
    """An invoice whose number QuickBooks has already, for something else."""
    issued(desk)
    desk.runtime.engine.drain()
    customer = quickbooks.find("Customer")[0]["Id"]
    item = quickbooks.find("Item", "Type = 'NonInventory'")[0]["Id"]
    quickbooks.invoice("INV-0002", customer, item, amount="99.00")
    invoice_id = issued(desk)
    desk.runtime.engine.drain()
    row = row_of(desk, invoice_id)
    assert row.status == "failed", row.error_message
    return invoice_id, row


def test_a_row_that_is_gone_is_not_found(desk: Desk) -> None:
    assert desk.client.get(f"{DESK}/{UUID(int=7)}").status_code == 404
    assert desk.post(f"{DESK}/{UUID(int=7)}/retry").status_code == 404
    assert desk.client.get(f"{DESK}/batches/{UUID(int=7)}").status_code == 404


def test_an_empty_desk_says_so(desk: Desk) -> None:
    assert "Nothing is stuck" in desk.see(DESK)


def test_done_by_hand_needs_a_note_and_numbers_a_reason(desk: Desk, quickbooks: Quickbooks) -> None:
    _invoice_id, row = stopped(desk, quickbooks)

    assert desk.post(f"{DESK}/{row.id}/done", note=" ").status_code == 422
    assert desk.post(f"{DESK}/{row.id}/numbers", reason="").status_code == 422
    assert desk.post(f"{DESK}/{row.id}/link", qbo_id="a b").status_code == 422
    assert row_of(desk, row.entity_id).status == "failed"
    assert not desk.all(SyncRepair)


def test_the_page_says_the_cause_what_happens_and_what_can_be_pressed(
    desk: Desk, quickbooks: Quickbooks
) -> None:
    invoice_id, row = stopped(desk, quickbooks)

    page = desk.see(f"{DESK}/{row.id}")

    for words in (
        "QuickBooks has another invoice with the number INV-0002",
        "By itself",
        "Link to existing",
        "Continue numbering",
        "keeps its number",
        "Mark done by hand",
        "POST invoice",
        "HTTP 400",
        "intuit_tid",
        "Nothing changed here since it failed",
    ):
        assert words in page, words
    assert "INV-0002" in desk.see(DESK)
    record = desk.see(f"/invoices/{invoice_id}")
    assert "More ways to repair" in record
    assert "Got through" not in desk.see(f"/admin/quickbooks/attempts/{row.id}")


def test_what_is_in_quickbooks_links_there_and_attempts_got_through(
    desk: Desk, quickbooks: Quickbooks
) -> None:
    invoice_id = issued(desk)
    desk.runtime.engine.drain()

    page = desk.client.get(f"/invoices/{invoice_id}").text

    qbo_id = desk.get(Invoice, invoice_id).qb_invoice_id
    assert f"/control/records/Invoice/{qbo_id}" in page
    assert f"Synced {qbo_id}" in page
    row = row_of(desk, invoice_id)
    assert "Got through" in desk.see(f"/admin/quickbooks/attempts/{row.id}")


def test_search_and_link_from_the_page(desk: Desk, quickbooks: Quickbooks) -> None:
    customer_id, row = failed_customer(desk, quickbooks)
    right = quickbooks.create("Customer", {"DisplayName": "Paper Mill Ltd"})["Id"]

    desk.post(f"{DESK}/{row.id}/search", text="Paper")
    assert "Waiting" in desk.see(f"{DESK}/{row.id}")
    desk.runtime.engine.work_repairs()
    page = desk.see(f"{DESK}/{row.id}")
    assert "Paper Mill Ltd" in page
    desk.post(f"{DESK}/{row.id}/link", qbo_id=right)
    desk.runtime.engine.work_repairs()

    assert desk.get(Customer, customer_id).qb_customer_id == right
    assert row_of(desk, customer_id).id != row.id or row_of(desk, customer_id).status != "failed"
    assert "is linked: QuickBooks id" in desk.see(f"{DESK}/{row.id}")


def test_fix_and_retry_marks_the_field_and_sends_on_save(
    desk: Desk, quickbooks: Quickbooks
) -> None:
    customer_id, row = failed_customer(desk, quickbooks)
    form = desk.client.get(f"/customers/{customer_id}/edit?fix={row.id}")
    assert form.status_code == 200
    assert "QuickBooks already uses this name" in form.text
    fields = dict(_inputs(form.text))

    saved = desk.post(
        f"/customers/{customer_id}/edit?fix={row.id}",
        **{**fields, "display_name": "Paper Mill of Leeds"},
    )

    assert saved.status_code == 302, saved.text[:2000]
    desk.runtime.engine.drain()
    customer = desk.get(Customer, customer_id)
    assert customer.qb_customer_id
    assert quickbooks.read("Customer", customer.qb_customer_id)["DisplayName"] == (
        "Paper Mill of Leeds"
    )


def test_a_set_is_watched_to_its_summary(desk: Desk, quickbooks: Quickbooks) -> None:
    _customer_id, row = failed_customer(desk, quickbooks)

    away = desk.post(f"{DESK}/{row.id}/like")

    (batch,) = desk.all(SyncBatch)
    assert away.headers["Location"].endswith(f"/batches/{batch.id}")
    assert "0 of 1 retried" in desk.see(away.headers["Location"])
    desk.runtime.engine.drain()
    assert "0 got through, 1 still failed" in desk.see(away.headers["Location"])
    assert desk.post(f"{DESK}/batches/{batch.id}/again").status_code == 302


def test_a_held_back_type_is_shown_and_resumed(desk: Desk, quickbooks: Quickbooks) -> None:
    assert desk.post(f"{DESK}/types/invoice/pause", reason="").status_code == 422
    assert desk.post(f"{DESK}/types/nonsense/pause", reason="x").status_code == 422
    desk.post(f"{DESK}/types/invoice/pause", reason="Closing the year")
    invoice_id = issued(desk)
    desk.runtime.engine.drain()

    assert "Invoices are paused by Ann: Closing the year" in desk.see(DESK)
    assert "Closing the year" in desk.see(f"/invoices/{invoice_id}")
    desk.post(f"{DESK}/types/invoice/resume")
    desk.runtime.engine.drain()
    assert not desk.all(SyncPause)
    assert desk.get(Invoice, invoice_id).qb_invoice_id


def _inputs(page: str) -> list[tuple[str, str]]:
    """Give the names and values a browser would send."""
    body = page[page.index("<main") :]
    found = []
    for tag in re.findall(r"<input\b[^>]*>", body):
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        unticked = 'type="checkbox"' in tag and " checked" not in tag
        if name and not unticked:
            found.append((name.group(1), unescape(value.group(1)) if value else ""))
    return found
