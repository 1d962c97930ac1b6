"""Groups, totals, exports and the page for paper, with a person's hands."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import import_orders
from tests.servers import Up

pytestmark = pytest.mark.browser

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
7001,G-1,Banner,1,2026-03-01T09:00:00,10.10,G1,United States
7002,G-1,Banner,1,2026-03-02T09:00:00,20.20,G1,United States
7003,G-1,Banner,1,2026-04-03T09:00:00,0.30,G2,United States
7004,G-1,Banner,1,2026-04-04T09:00:00,5.00,G2,United States
"""
MINE = json.dumps([{"column": "po_number", "operator": "starts_with", "value": "70"}])


@pytest.fixture(scope="module", autouse=True)
def orders(shop: Up) -> None:
    """Put four orders of two customers beside the others."""
    import_orders(shop.data_dir, ORDERS)


def open_orders(page: Page, group: str = "") -> None:
    page.goto(f"/orders?filters={MINE}&group={group}")
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def heads(page: Page) -> Locator:
    """Give the heads' right halves: the frozen ones carry the names of the columns."""
    return page.locator(".grid-canvas-right .group-row")


def told(page: Page, words: str) -> None:
    """Wait until a screen reader has heard something."""
    expect(page.locator("[role=status], [aria-live]").filter(has_text=words).first).to_be_attached()


def test_status_then_customer_with_totals_fold_and_stay_folded(page: Page) -> None:
    open_orders(page)
    page.get_by_role("button", name="Group", exact=True).click()
    panel = page.get_by_role("dialog", name="Group")
    panel.get_by_label("Group by", exact=True).select_option("status")
    panel.get_by_label("Then by, level 2", exact=True).select_option("customer_id")
    page.keyboard.press("Escape")
    expect(heads(page)).to_have_count(3)
    expect(heads(page).nth(0)).to_contain_text("Pending4 rows$35.60")
    expect(heads(page).nth(1)).to_contain_text("Customer G12 rows$30.30")
    expect(heads(page).nth(2)).to_contain_text("Customer G22 rows$5.30")
    expect(page.locator(".foot[data-total=total_amount]")).to_contain_text("$35.60")
    assert "group=status%2Ccustomer_id" in page.url
    heads(page).nth(1).click()
    expect(page.get_by_role("link", name="7001")).to_have_count(0)
    expect(page.get_by_role("link", name="7003")).to_be_visible()
    page.reload()
    expect(heads(page)).to_have_count(3)
    expect(page.get_by_role("link", name="7003")).to_be_visible()
    expect(page.get_by_role("link", name="7001")).to_have_count(0)
    page.get_by_role("button", name="Grouped by Status, Customer").click()
    page.get_by_role("button", name="Expand all").click()
    expect(page.get_by_role("link", name="7001")).to_be_visible()


def test_keys_walk_and_fold_the_groups(page: Page) -> None:
    open_orders(page, "customer_id,status")
    page.locator(".slick-cell", has_text="Mar 2, 2026").click()
    page.keyboard.press("ArrowUp")
    told(page, "Status: Pending, group level 2, expanded, 2 rows")
    row = page.locator(".grid-canvas-left .group-row").nth(1)
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(row).to_have_attribute("aria-level", "2")
    page.keyboard.press("ArrowLeft")
    expect(row).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("link", name="7001")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    told(page, "Customer: Customer G1, group level 1, expanded")
    page.keyboard.press("Space")
    expect(page.locator(".grid-canvas-left .group-row")).to_have_count(3)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="7001")).to_be_visible()
    expect(page.get_by_role("treegrid")).to_have_count(1)


def test_an_edited_row_stays_until_it_is_left_and_then_moves(page: Page) -> None:
    open_orders(page, "priority")
    before = heads(page).count()
    assert before == 1
    row = page.locator(".slick-row", has_text="7004")
    top = row.first.bounding_box()
    place = page.evaluate(
        "[...document.querySelectorAll('.slick-header-column')]"
        ".findIndex((node) => node.dataset.id === 'priority')"
    )
    cell = page.locator(f".grid-canvas-right .slick-row:nth-child(2) .slick-cell.l{place}")
    cell.scroll_into_view_if_needed()
    cell.click()
    with page.expect_response(re.compile("/orders/changes$")) as saved:
        page.keyboard.type("5")
        page.keyboard.press("Enter")
    assert saved.value.ok
    page.keyboard.press("ArrowDown")
    expect(heads(page)).to_have_count(2)
    expect(page.locator(".stay-chip")).to_contain_text("moved into another group")
    assert row.first.bounding_box() != top
    page.keyboard.press("Control+z")
    expect(heads(page)).to_have_count(1)


def test_each_column_has_the_total_somebody_chose(page: Page) -> None:
    open_orders(page)
    foot = page.locator(".foot[data-total=total_amount]")
    expect(foot).to_contain_text("$35.60")
    foot.click()
    page.get_by_role("menuitem", name="Average").click()
    expect(foot).to_contain_text("$8.90")
    page.locator(".foot[data-total=due_date]").click()
    page.get_by_role("menuitem", name="Empty").click()
    expect(page.locator(".foot[data-total=due_date]")).to_contain_text(": 4")
    page.reload()
    expect(foot).to_contain_text("$8.90")
    page.get_by_role("combobox", name="Search").fill("7004")
    expect(foot).to_contain_text("$5.00")
    expect(page.locator(".foot[data-total=due_date]")).to_contain_text(": 1")


def test_the_totals_go_with_a_view_and_with_a_link(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    ann, bob = log_in(), log_in()
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_orders(ann)
    foot = ".foot[data-total=total_amount]"
    ann.locator(foot).click()
    ann.get_by_role("menuitem", name="Most").click()
    expect(ann.locator(foot)).to_contain_text("Most")
    ann.get_by_role("button", name=re.compile("^Views")).click()
    ann.get_by_role("menuitem", name="Copy a link to this").click()
    bob.goto(ann.evaluate("navigator.clipboard.readText()"))
    expect(bob.locator(foot)).to_contain_text("Most")
    ann.get_by_role("button", name=re.compile("^Views")).click()
    ann.get_by_role("menuitem", name="Save as a new view").click()
    dialog = ann.get_by_role("dialog", name="Save as a new view")
    dialog.get_by_label("Name").fill("Largest")
    dialog.get_by_role("button", name="Save").click()
    tab = ann.locator(".view-tab[aria-pressed]", has_text="Largest")
    expect(tab).to_have_attribute("aria-pressed", "true")
    ann.locator(foot).click()
    ann.get_by_role("menuitem", name="Sum").click()
    expect(tab).to_contain_text("changed")
    ann.get_by_role("button", name=re.compile("^View ")).click()
    ann.get_by_role("menuitem", name="Discard changes").click()
    expect(ann.locator(foot)).to_contain_text("Most")
    expect(tab).not_to_contain_text("changed")
    assert complaints == []


def test_what_is_exported_and_printed_is_what_is_seen(page: Page) -> None:
    open_orders(page, "-customer_id")
    expect(heads(page)).to_have_count(2)
    page.get_by_role("button", name="Columns").click()
    panel = page.get_by_role("dialog", name="Columns")
    panel.get_by_label("Status", exact=True).uncheck()
    page.keyboard.press("Escape")

    def fetch(name: str) -> Path:
        page.get_by_role("button", name="Export or print").click()
        with page.expect_download() as started:
            page.get_by_role("menuitem", name=name).click()
        return started.value.path()

    text = fetch("Text table").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["PO number"] for row in rows] == ["7004", "7003", "7002", "7001"]
    assert "Status" not in rows[0]
    sheet = openpyxl.load_workbook(io.BytesIO(fetch("Excel workbook").read_bytes())).active
    assert sheet is not None
    first = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert first == ["PO number", "Customer: Customer G2 (2)", "7004", "7003", *first[4:]]
    page.get_by_role("button", name="Export or print").click()
    page.get_by_role("menuitem", name="Print view").click()
    expect(page.get_by_role("heading", name="Purchase orders")).to_be_visible()
    expect(page.get_by_text("Total of 4 rows")).to_be_visible()
    expect(page.locator("thead")).not_to_contain_text("Status")
    page.get_by_role("link", name="Back to the table").click()
    expect(heads(page)).to_have_count(2)


def test_groups_on_a_phone(log_in: Callable[..., Page], complaints: list[str]) -> None:
    page = log_in(390, 844)
    open_orders(page, "customer_id")
    expect(page.locator(".group-row").first).to_contain_text("Customer G1")
    page.locator(".group-row").first.click()
    expect(page.get_by_role("link", name="7001")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
