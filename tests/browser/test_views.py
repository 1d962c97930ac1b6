"""Filters, sorting, layout and saved views, with a person's hands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.servers import wait_until

pytestmark = pytest.mark.browser


def ready(page: Page) -> None:
    """Wait until the grid shows its rows and knows how many there are."""
    expect(page.locator("#grid-page")).to_have_attribute("data-state", re.compile("ready|empty"))


def shows(page: Page, count: int) -> None:
    """Wait until the grid holds so many rows."""
    expect(page.locator("#grid-page")).to_have_attribute("data-total", str(count))


def total(page: Page) -> int:
    ready(page)
    return int(page.locator("#grid-page").get_attribute("data-total") or "0")


def asked(page: Page, name: str) -> str:
    """Give a part of the page's address."""
    return parse_qs(str(urlsplit(page.url).query)).get(name, [""])[0]


def open_orders(page: Page, query: str = "") -> int:
    page.goto(f"/orders{query}")
    return total(page)


def cells(page: Page, text: str) -> Locator:
    return page.locator(".slick-row .slick-cell", has_text=text)


def marked(page: Page) -> int:
    """Give how many hits of the search are marked."""
    return int(page.evaluate("CSS.highlights.get('search-hit')?.size ?? 0"))


def tab(page: Page, name: str) -> Locator:
    """Give the tab of a view."""
    return page.locator(".view-tab[aria-pressed]", has_text=name)


def save_view(page: Page, name: str, *, shared: bool) -> None:
    page.get_by_role("button", name=re.compile("^View")).last.click()
    page.get_by_role("menuitem", name="Save as a new view").click()
    dialog = page.get_by_role("dialog", name="Save as a new view")
    dialog.get_by_label("Name").fill(name)
    if shared:
        dialog.get_by_label("Share with everyone").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(tab(page, name)).to_have_attribute("aria-pressed", "true")


def view_menu(page: Page, entry: str) -> None:
    page.get_by_role("button", name=re.compile("^View ")).click()
    page.get_by_role("menuitem", name=entry).click()


def test_groups_of_conditions_reach_through_a_link(page: Page) -> None:
    whole = open_orders(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="And / or groups…").click()
    dialog = page.get_by_role("dialog", name="Filter")
    dialog.get_by_label("How the conditions count").select_option("any")
    first = dialog.locator(".condition").first
    with page.expect_response(re.compile("/views/orders/fields/customer_id")):
        first.get_by_label("Column").select_option("behind:customer_id")
    first.get_by_label("Column").select_option("display_name")
    first.get_by_label("Condition").select_option("contains")
    first.get_by_label("Value").fill("C79")
    dialog.get_by_role("button", name="Condition", exact=True).click()
    second = dialog.locator(".condition").nth(1)
    second.get_by_label("Column").select_option("po_number")
    second.get_by_label("Condition").select_option("ends_with")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.get_by_role("alert")).to_contain_text("no value")
    second.get_by_label("Value").fill("1001")
    dialog.get_by_role("button", name="Apply").click()
    found = json.loads(asked(page, "filters"))
    assert found[0]["any"][0]["column"] == "customer_id.display_name"
    expect(page.locator(".chip")).to_contain_text("Customer → ")
    expect(page.locator(".chip")).to_contain_text(" or ")
    page.reload()
    expect(page.locator(".chip")).to_contain_text("Customer → ")
    assert 0 < total(page) < whole


def test_relative_days_and_the_menu_of_a_cell_filter(page: Page) -> None:
    whole = open_orders(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    form = page.get_by_role("dialog", name="Filter")
    form.get_by_label("Column").select_option("po_date")
    form.get_by_label("Condition").select_option("within")
    form.get_by_label("Value").select_option("next")
    form.get_by_label("Days").fill("3")
    form.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip")).to_contain_text("the next 3 days")
    shows(page, 0)
    page.get_by_role("button", name="Remove filter").first.click()
    shows(page, whole)
    cells(page, "Pending").first.click(button="right")
    page.get_by_role("menuitem", name="All but “Pending”").click()
    expect(page.locator(".chip")).to_contain_text("is not")
    assert total(page) < whole


def test_several_columns_sort_by_shift_click_and_in_the_panel(page: Page) -> None:
    open_orders(page)
    heads = page.locator(".slick-header-column")
    heads.filter(has_text="Status").first.click()
    heads.filter(has_text="Customer").first.click(modifiers=["Shift"])
    expect(page.get_by_role("button", name="Sort, by 2 columns")).to_be_visible()
    page.get_by_role("button", name="Sort, by 2 columns").click()
    panel = page.get_by_role("dialog", name="Sort")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    panel.get_by_label(re.compile("^Direction of")).first.select_option("-")
    panel.get_by_label(re.compile("sooner")).last.click()
    assert len(asked(page, "sort").split(",")) == 2
    assert asked(page, "sort").split(",")[1].startswith("-")


def test_search_marks_its_hits(page: Page) -> None:
    open_orders(page)
    page.get_by_role("combobox", name="Search").fill("1001")
    shows(page, 1)
    wait_until(lambda: marked(page) > 0, seconds=5, what="the marks")
    page.get_by_role("combobox", name="Search").fill("")
    wait_until(lambda: marked(page) == 0, seconds=5, what="the end of the marks")


def test_the_columns_panel_hides_moves_freezes_and_sets_the_height(page: Page) -> None:
    open_orders(page)
    page.get_by_role("button", name="Columns").click()
    panel = page.get_by_role("dialog", name="Columns")
    second = panel.get_by_role("listitem").nth(1)
    name = second.locator("label").inner_text().strip()
    second.get_by_role("button", name=f"Move {name} up").click()
    expect(panel.get_by_role("listitem").first).to_contain_text(name)
    panel.get_by_label("Frozen columns").fill("3")
    panel.get_by_role("button", name="Tall").click()
    panel.get_by_role("checkbox").nth(2).uncheck()
    page.keyboard.press("Escape")
    row = page.locator(".slick-row").first
    assert row.evaluate("row => row.getBoundingClientRect().height") == 52
    frozen = page.locator(".slick-pane-left.slick-pane-header .slick-header-column")
    expect(frozen).to_have_count(4)
    page.reload()
    ready(page)
    expect(frozen).to_have_count(4)
    page.get_by_role("button", name="Columns").click()
    panel.get_by_role("button", name="Reset columns").click()


def test_two_people_on_one_view_do_not_affect_each_other(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    ann, bob = log_in(), log_in()
    whole = open_orders(ann)
    cells(ann, "Pending").first.click(button="right")
    ann.get_by_role("menuitem", name=re.compile("^Only “Pending”")).click()
    pending = total(ann)
    save_view(ann, "Waiting", shared=True)
    assert asked(ann, "view")
    assert asked(ann, "filters") == ""
    expect(tab(ann, "Waiting").locator(".count")).to_have_text(str(pending))

    # The colours and the cleared filter are Ann's alone.
    view_menu(ann, "Colors…")
    dialog = ann.get_by_role("dialog", name="Colors")
    dialog.get_by_label("Column").select_option("total_amount")
    dialog.get_by_label("Condition").select_option("gte")
    dialog.get_by_label("Value").fill("0")
    dialog.get_by_label("Color", exact=True).select_option("green")
    dialog.get_by_role("button", name="Apply").click()
    expect(ann.locator(".slick-cell.tint-green").first).to_be_visible()
    expect(tab(ann, "Waiting")).to_contain_text("changed")
    bob.goto(ann.url.replace(ann.url.split("/orders")[0], ""))
    ready(bob)
    shows(bob, pending)
    expect(bob.locator(".slick-cell.tint-green")).to_have_count(0)

    view_menu(ann, "Save for everyone")
    expect(tab(ann, "Waiting")).not_to_contain_text("changed")
    bob.reload()
    ready(bob)
    expect(bob.locator(".slick-cell.tint-green").first).to_be_visible()
    view_menu(ann, "Delete view…")
    ann.get_by_role("button", name="Delete view").click()
    shows(ann, whole)
    bob.reload()
    expect(bob.get_by_text("not there any more")).to_be_visible()
    assert [one for one in complaints if "404" not in one] == []


def test_a_link_shows_another_person_the_whole_state(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    ann, bob = log_in(), log_in(390, 844)
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_orders(ann, "?search=1003")
    ann.get_by_role("button", name="Columns").click()
    ann.get_by_role("dialog", name="Columns").get_by_role("button", name="Tall").click()
    ann.keyboard.press("Escape")
    ann.get_by_role("button", name=re.compile("^Views")).click()
    ann.get_by_role("menuitem", name="Copy a link to this").click()
    expect(ann.get_by_text("Link copied")).to_be_visible()
    link = ann.evaluate("navigator.clipboard.readText()")
    bob.goto(link)
    shows(bob, 1)
    expect(bob.locator("#grid")).to_have_attribute("data-height", "tall")
    assert bob.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
