"""Filters that people type and choose: the filter line, records that have others, ages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def open_table(page: Page, path: str = "/orders") -> None:
    page.goto(path)
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def search_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("^Search "))


def chips(page: Page) -> Locator:
    return page.get_by_role("group", name="Filters").locator(".chip")


def test_a_typed_line_shows_what_it_means_and_enter_filters(page: Page) -> None:
    open_table(page)
    box = search_box(page)
    box.click()
    page.keyboard.type("pending C77 >50 due<next week")
    read = page.get_by_role("group", name="Read as")
    expect(read.locator(".chip")).to_have_count(3)
    expect(read).to_contain_text("Status is Pending")
    expect(read).to_contain_text("Total is more than $50.00")
    expect(read).to_contain_text("Due is before next week")
    expect(read).to_contain_text("and search for C77")
    # Before Enter nothing is filtered, and signs are not searched for.
    expect(chips(page)).to_have_count(0)
    expect(page.get_by_role("link", name="1001")).to_be_visible()
    page.get_by_role("button", name="Not as a filter: Due is before next week").click()
    expect(box).to_have_value('pending C77 >50 "due<next week"')
    expect(read.locator(".chip")).to_have_count(2)
    box.fill("pending C77 >50")
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(2)
    expect(box).to_have_value("C77")
    expect(page.get_by_role("link", name="1001")).to_be_visible()
    expect(page.get_by_role("link", name="1002")).to_have_count(0)
    # A chip is edited like any other.
    chips(page).get_by_role("button", name="Total is more than").click()
    form = page.get_by_role("dialog", name="Filter")
    expect(form.get_by_label("Value")).to_have_value("50")
    page.keyboard.press("Escape")
    page.reload()
    expect(chips(page)).to_have_count(2)


def test_the_keyboard_completes_a_line_and_words_stay_words(page: Page) -> None:
    open_table(page)
    box = search_box(page)
    box.click()
    page.keyboard.type("sta")
    expect(page.get_by_role("option", name="Status:")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Status:")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value("status:")
    page.keyboard.type("pen")
    expect(page.get_by_role("option", name="Pending")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("status:pending ")
    words = page.get_by_role("option", name="Search for the words instead")
    expect(words).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(words).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(0)
    assert "search=status" in page.url
    # Words that mean nothing here are searched for while they are typed.
    box.fill("C78")
    expect(page.get_by_role("link", name="1002")).to_be_visible()
    expect(page.get_by_role("link", name="1001")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".slick-cell.active")).to_be_visible()


def test_plain_words_are_searched_for_at_once_also_when_they_could_be_a_filter(page: Page) -> None:
    open_table(page)
    search_box(page).fill("pending")
    expect(page.get_by_role("link", name="1001")).to_have_count(0)
    expect(page.get_by_role("group", name="Read as")).to_contain_text("Status is Pending")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="1001")).to_be_visible()
    expect(chips(page)).to_have_text("Status is Pending")
    expect(search_box(page)).to_have_value("")


def test_what_is_no_value_says_so(page: Page) -> None:
    open_table(page)
    search_box(page).fill("total>99999999999999")
    said = page.get_by_role("group", name="Read as")
    expect(said).to_contain_text("99999999999999 is too large.")


def test_related_rows_are_asked_for_in_the_builder(page: Page) -> None:
    open_table(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("dialog", name="Filter").get_by_role("button", name="Has related…").click()
    builder = page.get_by_role("dialog", name="Filter")
    builder.get_by_label("Related rows", exact=True).select_option("order_lines.po_id")
    related = builder.get_by_role("group", name="Group of conditions")
    related.get_by_role("button", name="Condition").click()
    related.get_by_label("Column").select_option("quantity")
    related.get_by_label("Condition", exact=True).select_option("gt")
    builder.get_by_role("button", name="Apply").click()
    expect(builder.get_by_role("alert")).to_contain_text("has no value yet")
    related.get_by_label("Value").fill("9")
    builder.get_by_role("button", name="Apply").click()
    expect(chips(page)).to_have_text("with Order lines where Quantity is more than 9")
    for number, shown in (("1001", 1), ("1002", 0), ("1003", 1), ("1004", 0)):
        expect(page.get_by_role("link", name=number)).to_have_count(shown)
    # From the link alone, and turned into its opposite.
    page.reload()
    expect(chips(page)).to_have_text("with Order lines where Quantity is more than 9")
    chips(page).locator(".say").click()
    expect(builder.get_by_label("Value")).to_have_value("9")
    builder.get_by_label("With or without").select_option("without")
    builder.get_by_role("button", name="Apply").click()
    expect(chips(page)).to_contain_text("without Order lines where")
    expect(page.get_by_role("link", name="1002")).to_be_visible()
    expect(page.get_by_role("link", name="1001")).to_have_count(0)


def test_related_rows_are_typed(page: Page) -> None:
    open_table(page)
    search_box(page).fill("without jobs")
    expect(page.get_by_role("group", name="Read as")).to_contain_text("without Jobs")
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text("without Jobs")
    expect(page.get_by_role("link", name="1001")).to_be_visible()


def test_days_are_grouped_by_their_age(page: Page) -> None:
    open_table(page, "/orders?group=po_date:aging")
    heads = page.locator(".grid-canvas-right .group-row")
    expect(heads).to_have_count(1)
    expect(heads).to_contain_text("Over 90 days past3 rows$221.05")
    heads.click()
    expect(page.get_by_role("link", name="1001")).to_have_count(0)
    page.reload()
    expect(heads).to_have_count(1)
    expect(page.get_by_role("link", name="1001")).to_have_count(0)
    page.get_by_role("button", name="Grouped by Ordered").click()
    panel = page.get_by_role("dialog", name="Group")
    expect(panel.get_by_label("Group by: length")).to_have_value("aging")
    page.keyboard.press("Escape")
    page.goto("/orders/print?group=po_date:aging&totals=total_amount:sum")
    expect(page.locator("body")).to_contain_text("Ordered: Over 90 days past")
