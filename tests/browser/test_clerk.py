"""The paths a clerk walks, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers import Up, wait_until

pytestmark = pytest.mark.browser

MORE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
2001,TOT-01,Tote,5,2026-04-01T09:00:00,3.30,C80,United States
2001,TOT-02,Tote free of charge,1,2026-04-01T09:00:00,0,C80,United States
"""


def ready(page: Page) -> None:
    """Wait until the grid shows its rows and knows how many there are."""
    expect(page.locator("#grid-page")).to_have_attribute("data-state", re.compile("ready|empty"))


def test_a_wrong_password_gets_one_neutral_sentence(shop: Up, log_in: Callable[..., Page]) -> None:
    page = log_in()
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("input[name=email]", "nobody@shop.example")
    page.fill("input[name=password]", "not the password")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.url.endswith("/login")


def test_a_work_queue_opens_its_grid_with_its_filter(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Orders to approve")).click()
    ready(page)
    assert "/orders?filters=" in page.url
    expect(page.locator("#grid-page")).to_have_attribute("data-total", re.compile(r"^\d+$"))


def test_a_file_is_mapped_imported_and_accounted_for(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text(MORE)
    page.goto("/orders/import")
    page.set_input_files("input[type=file]", str(path))
    if "/mapping" not in page.url:
        page.get_by_role("button", name="Continue to columns").click()
    page.wait_for_url(re.compile("/mapping$"))
    expect(page.get_by_role("cell", name="Tote free of charge")).to_be_visible()
    page.locator("button[name=step][value=start]").click()
    page.wait_for_url(re.compile("/result$"))
    expect(page.get_by_text("price", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("refused", re.IGNORECASE))).to_be_visible(
        timeout=20_000
    )


def test_a_cell_is_edited_and_is_still_there_after_a_reload(page: Page) -> None:
    page.goto("/customers")
    ready(page)
    target = page.locator(".grid-canvas-right .slick-row").first.locator(".slick-cell").nth(2)
    target.click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+A")
    with page.expect_response(re.compile("/customers/changes$")) as sent:
        page.keyboard.type("ann@example.com")
        page.keyboard.press("Enter")
    assert sent.value.ok
    page.reload()
    ready(page)
    expect(page.get_by_text("ann@example.com").first).to_be_visible()


def where(**columns: str) -> str:
    """Give a filter as the address of a grid carries it."""
    return json.dumps(
        [{"column": name, "operator": "is", "value": value} for name, value in columns.items()]
    )


def test_orders_are_approved_and_invoiced_and_the_badge_turns_to_synced(page: Page) -> None:
    steps = {
        "Approve": where(status="pending"),
        "Bulk invoice": where(status="approved", invoicing="none"),
    }
    for action, filters in steps.items():

        def left(asked: str = filters) -> int:
            return int(page.request.get(f"/orders/count?filters={asked}").json()["total"])

        page.goto(f"/orders?filters={filters}")
        ready(page)
        page.get_by_role("checkbox", name="Select all rows").first.check()
        page.locator("#grid-actions").get_by_role("button", name=action).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("will be")
        dialog.get_by_role("button", name=re.compile(r"\d")).click()
        wait_until(lambda: left() == 0, seconds=30, what=action)

    def synced() -> int:
        asked = where(sync_state="synced")
        return int(page.request.get(f"/invoices/count?filters={asked}").json()["total"])

    wait_until(lambda: synced() >= 3, seconds=30, what="the arrival in QuickBooks")
    page.goto("/invoices")
    ready(page)
    expect(page.get_by_text(re.compile(r"Synced \d+")).first).to_be_attached()


def test_the_phone_shows_the_grid_without_scrolling_sideways(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = log_in(390, 844)
    page.goto("/orders")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/orders",
        "/jobs",
        "/invoices",
        "/products",
        "/orders/import",
        "/account",
        "/admin/quickbooks/status",
    ],
)
def test_no_page_complains_in_the_console(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1").first).to_be_visible()
