"""The first rows stand on the page before the spreadsheet has been loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

ORDERS = 3
TEXTS = """
(places) => [...document.querySelectorAll(`${places} .slick-row`)].slice(0, 3)
  .map((row) => [...row.querySelectorAll(".slick-cell")].map((cell) => cell.textContent))
"""
EDGES = """
(places) => [...document.querySelectorAll(`${places} .slick-cell:is(.l1, .l2, .l5)`)].slice(0, 9)
  .map((cell) => cell.getBoundingClientRect())
  .map((box) => [box.x, box.width, box.height])
"""
TOP = "(places) => document.querySelector(`${places} .slick-row`).getBoundingClientRect().y"
INTL = """
(texts) => {
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium" });
  return texts.map((text) => (text.startsWith("$")
    ? money.format(text.replace(/[$,]/g, "")) : day.format(new Date(text))));
}
"""
"""Reads amounts and days, and has the browser write them."""


@contextmanager
def held_back(page: Page) -> Iterator[None]:
    """Keep the spreadsheet's script on its way for as long as this lasts."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/dist/grid.js*", hold)
    yield
    for route in waiting:
        route.continue_()
    page.unroute("**/dist/grid.js*")


def ready(page: Page) -> None:
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def test_the_grid_takes_the_place_of_the_same_rows(page: Page) -> None:
    with held_back(page):
        page.goto("/orders", wait_until="commit")
        expect(page.locator(".first-rows .slick-row")).to_have_count(ORDERS)
        drawn = page.evaluate(TEXTS, ".first-rows")
        top, edges = page.evaluate(TOP, ".first-rows"), page.evaluate(EDGES, ".first-rows")
        # Nobody hears it or gets into it: it cannot be used yet.
        first = page.locator(".first-rows")
        expect(first).to_have_attribute("aria-hidden", "true")
        assert first.evaluate("(node) => node.inert")
        assert page.get_by_role("row").count() == 0
    ready(page)
    expect(page.locator(".first-rows")).to_have_count(0)
    left, right = (page.evaluate(TEXTS, f".grid-canvas-{side}") for side in ("left", "right"))
    assert drawn[0][1] in {"1001", "1002", "1003", "1004"}
    for row, halves in zip(drawn, zip(left, right, strict=True), strict=True):
        live = halves[0] + halves[1]
        assert row == live[: len(row)]
    assert page.evaluate(TOP, ".grid-canvas-left") == top
    assert sorted(page.evaluate(EDGES, "#grid")) == sorted(edges)


def test_what_a_person_hid_and_moved_is_hidden_and_moved_at_once(page: Page) -> None:
    page.goto("/orders")
    ready(page)
    heads = page.locator("#grid .slick-column-name")
    before = [text for text in heads.all_inner_texts() if text]
    assert "Customer" in before
    page.locator(".slick-header-column[data-id=customer_id]").click(button="right")
    page.get_by_role("menuitem", name="Hide column").click()
    expect(page.locator(".slick-header-column[data-id=customer_id]")).to_have_count(0)
    with held_back(page):
        page.goto("/orders", wait_until="commit")
        expect(page.locator(".first-rows .slick-row")).to_have_count(ORDERS)
        drawn = [text for text in heads.all_inner_texts() if text]
    assert drawn == [text for text in before if text != "Customer"][: len(drawn)]


def test_where_the_rows_would_not_be_right_none_are_drawn_early(page: Page) -> None:
    for query in ("?group=status", "?search=no-such-order"):
        with held_back(page):
            page.goto(f"/orders{query}", wait_until="commit")
            page.locator("noscript").first.wait_for(state="attached")
            expect(page.locator(".first-rows")).to_have_count(0)
        expect(page.locator("#grid-page")).to_have_attribute(
            "data-state", re.compile("ready|empty")
        )


def test_english_is_written_as_the_browser_writes_it(page: Page) -> None:
    page.goto("/orders")
    ready(page)
    cells = page.locator("#grid .slick-row .slick-cell").all_inner_texts()
    texts = [text for text in cells if re.fullmatch(r"\$[\d,.]+|[A-Z]\w\w \d+, \d{4}", text)]
    assert {text[0] for text in texts} >= {"$", "M"}
    assert page.evaluate(INTL, texts) == texts


def test_a_phone_has_them_too(log_in: Callable[..., Page], complaints: list[str]) -> None:
    phone = log_in(390, 800)
    with held_back(phone):
        phone.goto("/orders", wait_until="commit")
        expect(phone.locator(".first-rows .slick-row")).to_have_count(ORDERS)
        height = phone.locator(".first-rows .slick-row").first.bounding_box()
    ready(phone)
    live = phone.locator("#grid .slick-row").first.bounding_box()
    assert height
    assert live
    assert height["height"] == live["height"] == 40
    assert complaints == []
