"""Every text is translated, every number and day is written as the company writes it.

The pseudo language wraps each text of the catalogues in brackets. What a page shows without them
was either never marked for translation or is data; the few other texts are named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, expect

from batchly_admin import words
from batchly_admin.models.company import Organization
from tests import given
from tests.bench.serving import served
from tests.house import PASSWORD, House, open_house

pytestmark = pytest.mark.browser

PSEUDO = "eo"
NAMES = ("Batchly", "QuickBooks", "Abc", ".xlsx", ".csv")
"""Names and samples, which no language translates."""
DATA = (
    *("My print shop", "Harbor Tours", "manager@shop.example", "manager", "Ann"),
    *("Item 1", "Item 2", "each", "batchly", "US$", "Chrome on Linux", "Unknown device"),
)
"""What was entered, or stands in the database as a word of its own."""
SEEN = """() => {
  const found = new Set();
  const shown = (node) => node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const left = "script, style, noscript, template, time, kbd, .keys dt";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !holder.closest(left) && shown(holder)) {
      found.add(walker.currentNode.data.trim().replace(/\\s+/g, " "));
    }
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      if (node.getAttribute(name).trim() && !node.closest(left) && shown(node)) {
        found.add(node.getAttribute(name).trim());
      }
    }
  }
  found.add(document.title);
  return [...found];
}"""
_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_VALUES = (
    re.compile(r"(PO|INV|JOB)-[\d-]+|\d{4}-\w{3}-\d\d|[A-Z][a-z]{2} \d+, \d{4}"),
    re.compile(r"[\d\s.,:%€$-]+"),
)


@dataclass(frozen=True)
class Shop:
    """A shop on loopback whose language can be chosen."""

    house: House
    url: str
    orders: list[UUID]

    def speak(self, locale: str, currency: str) -> None:
        """Make it the company's language from the next page on."""
        with self.house.runtime.sessions() as session, session.begin():
            session.execute(sa.update(Organization).values(locale=locale, currency=currency))
        self.house.app.extensions["batchly_company"].clear()


def pseudo_language(folder: Path) -> None:
    """Compile catalogues of a language that says everything in brackets."""
    for domain in (words.SERVER, words.BROWSER):
        with (words.FOLDER / f"{domain}.pot").open("rb") as source:
            template = read_po(source)
        said = Catalog(locale=PSEUDO, domain=domain)
        for message in template:
            if isinstance(message.id, tuple):
                said.add(message.id, tuple(f"⟦{one}⟧" for one in message.id))
            elif message.id:
                said.add(message.id, f"⟦{message.id}⟧")
        path = folder / PSEUDO / "LC_MESSAGES" / f"{domain}.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            write_mo(target, said)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, shared_sqlite_url: str) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("words")
    pseudo_language(folder / "said")
    with open_house(folder, ["manager"], DATABASE_URL=shared_sqlite_url) as house:
        house.app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder / "said")
        uows = house.runtime.uows
        buyer = given.customer(uows, "Harbor Tours")
        lines = (("2", "610"), ("3", "5.5"))
        orders = [given.order(uows, customer_id=buyer, lines=lines) for _ in range(2)]
        with served(house.app) as url:
            yield Shop(house, url, orders)


@pytest.fixture
def open_page(shop: Shop, browser: Browser, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    contexts = []

    def log_in() -> Page:
        contexts.append(browser.new_context(base_url=shop.url, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.fill("input[name=email]", "manager@shop.example")
        page.fill("input[name=password]", PASSWORD)
        return page

    yield log_in
    for context in contexts:
        context.close()
    assert complaints == []


def unmarked(page: Page) -> list[str]:
    """Give what the page shows that nobody could translate."""
    found = []
    for text in page.evaluate(SEEN):
        left = text
        while _MARKED.search(left):
            left = _MARKED.sub(" ", left)
        for known in (*NAMES, *DATA):
            left = left.replace(known, " ")
        for value in _VALUES:
            left = value.sub(" ", left)
        if re.search(r"[^\W\d_]{2}", left):
            found.append(text)
    return found


def enter(page: Page) -> None:
    page.click("button[type=submit]")
    expect(page.locator("#sidebar")).to_be_visible()


def ready(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def test_everything_a_person_reads_can_be_translated(
    shop: Shop, open_page: Callable[[], Page]
) -> None:
    shop.speak(PSEUDO, "USD")
    page = open_page()
    seen: dict[str, list[str]] = {}

    def look(what: str) -> None:
        texts = [one for one in unmarked(page) if not any(one in told for told in seen.values())]
        seen[what] = texts

    look("log-in")
    enter(page)
    look("home")
    page.click(".topbar [data-menu=user-menu]")
    look("account menu")
    for path in ("/account", "/trash", "/orders/new", "/orders/print?group=status"):
        page.goto(path)
        look(path)
    ready(page, "/orders?sort=po_number")
    look("grid")
    tools = page.locator("#grid-tools")
    for name in ("Columns", "Sort", "Group", "Export", "Filter"):
        tools.get_by_role("button", name=name).first.click()
        look(name)
        page.keyboard.press("Escape")
    page.locator(".view-tabs button, #grid-tools [aria-haspopup=menu]").last.click()
    look("views")
    page.keyboard.press("Escape")
    cell = page.locator(".slick-row .slick-cell.l2").first
    cell.click()
    for key in ("Shift+F10", "Control+h", "Control+/", "Control+k"):
        page.keyboard.press(key)
        opened = page.locator("dialog[open], .popover, .find-bar").locator("visible=true")
        expect(opened.first).to_be_visible()
        look(key)
        page.keyboard.press("Escape")
    cell.click()
    page.keyboard.press("Space")
    expect(page.locator(".record-panel dl, .record-panel .field").first).to_be_visible()
    expect(page.locator(".record-panel .slick-row").first).to_be_visible()
    look("record panel")
    page.keyboard.press("Escape")
    page.locator(".slick-header input[type=checkbox]").first.click()
    look("ticked rows")
    page.locator("#grid-actions button").get_by_text("Approve").click()
    expect(page.locator("dialog[open] dl")).to_be_visible()
    look("bulk preview")
    page.goto(f"/orders/{shop.orders[0]}")
    expect(page.locator("[data-history-body] li").first).to_be_visible()
    look("record page")
    page.goto(f"/orders/{shop.orders[0]}/edit")
    look("form")
    assert [f"{what}: {one}" for what, texts in seen.items() for one in texts] == []


def test_a_german_company_reads_german_numbers_and_days(
    shop: Shop, open_page: Callable[[], Page]
) -> None:
    shop.speak("de-DE", "EUR")
    page = open_page()
    enter(page)
    assert page.locator("html").get_attribute("lang") == "de-DE"
    ready(page, "/orders?sort=po_number")
    grid = page.locator("#grid")
    expect(grid).to_contain_text("02.03.2026")
    expect(grid).to_contain_text("1.236,50\N{NO-BREAK SPACE}€")
    # What is stored, and what is sent back and forth, does not depend on who reads it.
    window = page.request.get("/orders/window?columns=po_date,total_amount").json()
    assert {tuple(one[3:]) for one in window["rows"]} == {("2026-03-02", "1236.50")}
    page.locator(".slick-header input[type=checkbox]").first.click()
    page.locator("#grid-actions button").get_by_text("Approve").click()
    expect(page.locator("dialog[open]")).to_contain_text(
        "2 orders worth 2.473,00\N{NO-BREAK SPACE}€ will be approved."
    )
    page.goto("/orders/print?columns=po_date,total_amount&totals=total_amount:sum")
    expect(page.locator("tbody")).to_contain_text("02.03.2026")
    expect(page.locator("tbody")).to_contain_text("2.473,00\N{NO-BREAK SPACE}€")
    # Without a catalogue of its own the language stays English, and nothing more is loaded.
    assert page.request.get("/words/de-DE.js").status == 404
    assert page.locator("script[src*='/words/']").count() == 0
