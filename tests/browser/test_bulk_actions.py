"""Bulk actions with a person's hands: look, leave out, choose days, follow, take back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ADMIN, import_orders
from tests.servers import Up

pytestmark = pytest.mark.browser

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
8101,B-1,Flag,1,2026-03-01T09:00:00,10.00,B1,United States
8102,B-1,Flag,1,2026-03-02T09:00:00,20.00,B1,United States
8103,B-1,Flag,1,2026-03-03T09:00:00,40.00,B2,United States
"""
MINE = json.dumps([{"column": "po_number", "operator": "starts_with", "value": "81"}])


@pytest.fixture(scope="module", autouse=True)
def orders(shop: Up) -> None:
    """Put three pending orders beside the others."""
    import_orders(shop.data_dir, ORDERS)


def open_orders(page: Page) -> None:
    page.goto(f"/orders?filters={MINE}")
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def ask(page: Page, action: str) -> Locator:
    """Select every row of the filter and give the preview of an action."""
    page.get_by_role("checkbox", name="Select all rows").first.click()
    page.locator("#grid-actions").get_by_role("button", name=action).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Selected")
    return dialog


def statuses(page: Page) -> list[str]:
    asked = f"/orders/window?columns=status&sort=po_number&filters={MINE}"
    return [row[3] for row in page.request.get(asked).json()["rows"]]


def over(page: Page) -> Locator:
    """Wait until the run is over and give its dialog."""
    dialog = page.locator("dialog[open][data-state=finished]")
    expect(dialog).to_be_visible(timeout=30_000)
    return dialog


def test_a_row_is_left_out_and_the_run_is_taken_back(page: Page) -> None:
    open_orders(page)
    dialog = ask(page, "Approve")
    expect(dialog).to_contain_text("3 orders worth $70.00")
    dialog.get_by_label("8103").uncheck()
    expect(dialog).to_contain_text("2 orders worth $30.00")
    dialog.get_by_role("button", name="Approve 2").click()
    result = over(page)
    expect(result.get_by_role("list", name="Result of each row")).to_contain_text("8101")
    assert statuses(page) == ["approved", "approved", "pending"]
    result.get_by_role("button", name="Undo").click()
    sure = page.get_by_role("dialog", name="Undo", exact=True)
    expect(sure).to_contain_text("Rows changed since stay as they are")
    sure.get_by_role("button", name="Undo").click()
    expect(page.locator("dialog[open]")).to_contain_text("Undo of")
    result = over(page)
    expect(result).to_contain_text("taken back")
    assert statuses(page) == ["pending", "pending", "pending"]


def test_days_are_chosen_failures_kept_and_invoices_taken_back(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = log_in(email=ADMIN)
    open_orders(page)
    dialog = ask(page, "Approve")
    dialog.get_by_label("8103").uncheck()
    dialog.get_by_role("button", name="Approve 2").click()
    over(page).get_by_text("Close", exact=True).click()
    dialog = ask(page, "Bulk invoice")
    refused = dialog.locator("[data-row]", has_text="8103")
    expect(refused).to_contain_text("left out: pending, not approved")
    expect(refused.get_by_role("checkbox")).to_be_disabled()
    dialog.get_by_label("Invoice date", exact=True).fill("2026-11-20")
    dialog.get_by_label("Due date", exact=True).fill("2026-11-19")
    expect(dialog.get_by_label("Due date", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_text("before the invoice date")).to_be_visible()
    expect(dialog.get_by_role("button", name="Invoice 2")).to_be_disabled()
    assert [text for text in complaints if "422" not in text] == []
    complaints.clear()
    dialog.get_by_label("Due date", exact=True).fill("2026-12-24")
    own = dialog.get_by_label("Due date of 8102")
    expect(own).to_have_value("2026-12-24")
    own.fill("2026-11-02")
    expect(own).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_role("button", name="Invoice 2")).to_be_disabled()
    own.fill("2026-12-31")
    expect(own).not_to_have_attribute("aria-invalid", "true")
    dialog.get_by_role("button", name="Invoice 2").click()
    result = over(page)
    expect(result).to_contain_text("not approved")
    expect(result.get_by_role("button", name="Retry only the 1 failed")).to_be_visible()
    expect(result.get_by_role("button", name="Undo")).to_have_count(0)
    asked = "/invoices/window?columns=due_date,invoice_date,status&sort=-invoice_number&limit=2"
    assert sorted(row[3:5] for row in page.request.get(asked).json()["rows"]) == [
        ["2026-12-24", "2026-11-20"],
        ["2026-12-31", "2026-11-20"],
    ]
    expect(result.get_by_role("button", name="Void or credit")).to_be_visible()
    # Whoever closed the dialog finds the same on the page of the run.
    result.get_by_role("link", name="Open as a page").click()
    page.get_by_role("button", name="Void or credit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 invoices will be voided")
    dialog.get_by_label("Reason").fill("Wrong month")
    dialog.get_by_role("button", name="Take back 2").click()
    expect(over(page)).to_contain_text("Voided.")
    void = [row[5] for row in page.request.get(asked).json()["rows"]]
    assert void == ["void", "void"]


def test_the_preview_fits_a_phone(log_in: Callable[..., Page], complaints: list[str]) -> None:
    page = log_in(390, 844)
    open_orders(page)
    dialog = ask(page, "Cancel")
    expect(dialog.get_by_role("list", name=re.compile("^Rows"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
