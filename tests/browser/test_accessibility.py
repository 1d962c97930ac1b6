"""Every kind of page, light and dark: nothing axe finds at A and AA, no error, no policy breach."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ADMIN, ORDERS, sample
from tests.servers import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed; run `make test`"),
]

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (levels) => {
  const found = await axe.run(document, { runOnly: levels, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target, any }) =>
    `${id} (${impact}): ${target.join(" ")} ${any[0]?.message ?? ""}`));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
GRIDS = ("/orders", "/products", "/invoices", "/sync-queue", "/users")
PAGES = (
    *("/", "/account", "/trash", "/orders/new", "/customers/new", "/orders/import"),
    *("/admin/quickbooks/status", "/admin/quickbooks/repair", "/reports/quickbooks"),
    *(f"/reports/quickbooks?section={name}" for name in ("usage", "errors", "performance")),
    *("/reports/quickbooks?section=accuracy", "/admin/quickbooks/reconciliation"),
    *("/admin/quickbooks/setup", "/admin/quickbooks/settings", "/admin/quickbooks/connect"),
    *("/settings", "/company", "/orders/print", "/background-runs", "/saved-views"),
)


class Seen:
    """A page under axe."""

    def __init__(self, page: Page, rules: list[str]) -> None:
        self.page = page
        self.rules = rules
        self.found: list[str] = []
        self.source = AXE.read_text()

    def open(self, path: str) -> None:
        """Go to a page, wait for what it loads, and look at it."""
        self.page.goto(path)
        if self.page.locator("#grid-page").count():
            state = re.compile("ready|empty")
            expect(self.page.locator("#grid-page")).to_have_attribute("data-state", state)
        self.look(path)

    def leave(self) -> None:
        """Look at the page for those who are not logged in."""
        self.page.context.clear_cookies()
        self.open("/login")

    def look(self, what: str) -> None:
        """Look at the page as it stands."""
        self.page.evaluate(self.source)
        self.found += [f"{what}: {one}" for one in self.page.evaluate(RUN, self.rules)]


@pytest.fixture
def visit(log_in: Callable[..., Page]) -> Callable[..., Seen]:
    """Log an admin in, in a colour scheme and a size."""

    def open_page(scheme: Any, width: int = 1280, rules: list[str] = LEVELS, **more: Any) -> Seen:
        looks = {"color_scheme": scheme, "reduced_motion": "reduce", **more}
        return Seen(log_in(width, email=ADMIN, **looks), rules)

    return open_page


def test_every_kind_of_page_in_the_light(
    visit: Callable[..., Seen], complaints: list[str], tmp_path: Path
) -> None:
    seen = visit("light")
    for path in (*PAGES, *GRIDS):
        seen.open(path)
    seen.page.goto("/orders/import")
    seen.page.set_input_files("input[type=file]", str(sample(tmp_path, ORDERS)))
    if "/mapping" not in seen.page.url:
        seen.page.get_by_role("button", name="Continue to columns").click()
    seen.page.wait_for_url(re.compile("/mapping$"))
    seen.look("mapping of an import")
    seen.page.goto("/customers")
    seen.page.locator(".slick-cell a").first.click()
    seen.page.wait_for_url(re.compile("/customers/[0-9a-f-]{36}"))
    seen.look("a customer")
    assert seen.found == [], "\n".join(seen.found)
    assert complaints == []
    seen.open("/nothing/here")
    seen.leave()
    assert seen.found == []


def test_every_kind_of_page_in_the_dark(visit: Callable[..., Seen], complaints: list[str]) -> None:
    seen = visit("dark", rules=COLOURS)
    for path in (*PAGES, *GRIDS):
        seen.open(path)
    seen.leave()
    assert seen.found == [], "\n".join(seen.found)
    assert complaints == []


def test_what_opens_over_the_table(visit: Callable[..., Seen], complaints: list[str]) -> None:
    seen = visit("light")
    page = seen.page
    seen.open("/orders?sort=po_number")
    cell = page.locator(".slick-row .slick-cell.l2").first
    for name in ("Columns", "Sort", "Group", "Export", "Filter"):
        page.locator("#grid-tools").get_by_role("button", name=name).first.click()
        seen.look(f"{name} of the table")
        page.keyboard.press("Escape")
    cell.click()
    for key, what in (
        ("Shift+F10", "menu of a cell"),
        ("Control+h", "find and replace"),
        ("Control+/", "keys"),
        ("Control+k", "palette"),
    ):
        page.keyboard.press(key)
        seen.look(what)
        page.keyboard.press("Escape")
    cell.click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+Shift+Space")
    seen.look("ticked rows")
    page.keyboard.press("Space")
    expect(page.locator(".record-panel")).to_be_visible()
    seen.look("record panel")
    seen.open("/orders?group=status")
    # The table says of itself what a screen reader has to know.
    grid = page.get_by_role("treegrid", name=re.compile("orders", re.IGNORECASE))
    expect(grid).to_have_attribute("aria-rowcount", re.compile(r"^\d+$"))
    expect(grid.get_by_role("columnheader").nth(1)).to_have_attribute("aria-colindex", "2")
    assert seen.found == [], "\n".join(seen.found)
    assert complaints == []


def test_the_phone(visit: Callable[..., Seen], complaints: list[str]) -> None:
    seen = visit("dark", 390, has_touch=True, is_mobile=True)
    for path in ("/", "/orders", "/admin/quickbooks/status", "/orders/import"):
        seen.open(path)
        wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
    seen.leave()
    assert seen.found == [], "\n".join(seen.found)
    assert complaints == []
