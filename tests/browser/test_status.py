"""The sync status page and the reports in a real browser: they keep themselves up to date."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

STATUS = "/admin/quickbooks/status"
WORKS_WITHIN = 25_000
"""Milliseconds in which the worker has taken up what was pressed, and the page has seen it."""


def pulses(page: Page) -> list[int]:
    """Collect the answers of the small address the page asks."""
    found: list[int] = []
    page.on(
        "response",
        lambda answer: found.append(answer.status) if "/status/pulse" in answer.url else None,
    )
    return found


def test_the_page_shows_a_pull_from_its_start_to_its_end_by_itself(page: Page) -> None:
    page.goto(STATUS)
    history = page.locator('[data-live="history"]')
    row = page.get_by_role("row").filter(has_text="Payment terms").first
    row.get_by_role("button", name="Fetch").click()
    page.wait_for_url(re.compile(f"{STATUS}$"))
    expect(page.locator('[data-live="progress"]')).to_contain_text("Fetch payment terms")
    expect(history).to_contain_text("Payment terms", timeout=WORKS_WITHIN)
    expect(page.locator('[data-live="progress"]')).to_contain_text("Done", timeout=WORKS_WITHIN)


def test_what_did_not_change_is_not_sent_again(page: Page) -> None:
    seen = pulses(page)
    page.clock.install()
    page.goto(STATUS)
    expect(page.locator('[data-live="totals"]')).to_be_visible()
    for _ in range(4):
        with page.expect_response(re.compile("/status/pulse")):
            page.clock.run_for(5_500)
        page.wait_for_load_state("networkidle")
    assert 304 in seen
    assert set(seen) <= {200, 304}


def test_a_hidden_tab_asks_nothing(page: Page) -> None:
    page.clock.install()
    page.goto(STATUS)
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    seen = pulses(page)
    page.clock.run_for(60_000)
    page.wait_for_load_state("networkidle")
    assert seen == []
    with page.expect_response(re.compile("/status/pulse")):
        page.evaluate(
            """() => {
              Object.defineProperty(document, "hidden", { get: () => false, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )


def test_when_the_server_is_away_the_page_says_that_it_may_be_old(
    log_in: Callable[..., Page],
) -> None:
    page = log_in()
    page.clock.install()
    page.goto(STATUS)
    page.route("**/status/pulse", lambda route: route.abort())
    page.clock.run_for(6_000)
    expect(page.get_by_text("what you see may be old")).to_be_visible()
    page.unroute("**/status/pulse")
    page.clock.run_for(15_000)
    expect(page.get_by_text("what you see may be old")).to_be_hidden()


@pytest.mark.parametrize("path", [STATUS, "/reports/quickbooks"])
def test_the_phone_shows_it_without_scrolling_sideways(
    log_in: Callable[..., Page], complaints: list[str], path: str
) -> None:
    page = log_in(390, 844)
    page.goto(path)
    expect(page.locator("section.card").first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert complaints == []


def test_a_period_is_picked_and_every_table_can_be_taken_along(page: Page) -> None:
    page.goto("/reports/quickbooks")
    page.get_by_role("link", name="API usage", exact=True).click()
    page.wait_for_url(re.compile("section=usage"))
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url(re.compile("days=7"))
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="API usage")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download API usage, By day as CSV").click()
    assert taken.value.suggested_filename.startswith("quickbooks-usage-days-")
    page.get_by_role("textbox", name="From", exact=True).fill("2026-01-01")
    page.get_by_label("to", exact=True).fill("2026-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="Jan 31, 2026")).to_be_attached()
