"""Two people in two browsers on one table: news, presence, conflicts, undo, rows that stay put."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import MANAGER, OFFICE, sign_in
from tests.servers import Up

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Two:
    ann: Page
    bob: Page


@pytest.fixture(scope="module")
def seats(shop: Up, browser: Browser) -> Iterator[Two]:
    """Both are logged in once for all tests of this file."""
    contexts, pages = [], []
    for email in (MANAGER, OFFICE):
        context = browser.new_context(base_url=shop.url, viewport={"width": 1280, "height": 800})
        contexts.append(context)
        pages.append(context.new_page())
        sign_in(pages[-1], email)
    yield Two(*pages)
    for context in contexts:
        context.close()


@pytest.fixture
def two(seats: Two) -> Iterator[Two]:
    """Both look at the customers, and no console complains."""
    complaints: list[str] = []

    def complain(message: object) -> None:
        if getattr(message, "type", "error") == "error":
            complaints.append(str(getattr(message, "text", message)))

    pages = (seats.ann, seats.bob)
    for page in pages:
        page.on("console", complain)
        page.on("pageerror", complain)
        look(page, "/customers")
    yield seats
    for page in pages:
        page.remove_listener("console", complain)
        page.remove_listener("pageerror", complain)
    assert complaints == []


def look(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("#grid-page")).to_have_attribute("data-state", re.compile("ready|empty"))


def column_class(page: Page, name: str) -> str:
    """The class SlickGrid gives the cells of a column."""
    head = page.locator(".slick-header-column", has_text=re.compile(f"^{name}")).first
    place: int = head.evaluate(
        "node => [...document.querySelectorAll('.slick-header-column')].indexOf(node)"
    )
    return f"l{place}"


def cell(page: Page, row: int, name: str) -> Locator:
    """The cell of a row that stands there; the page keeps its rows in another order."""
    line = page.locator(f".slick-row[aria-rowindex='{row + 2}']")
    return line.locator(f".slick-cell.{column_class(page, name)}")


def write(page: Page, where: Locator, text: str, status: str = "saved") -> None:
    where.click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    with page.expect_response(re.compile(r"/customers/changes$")) as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["results"][0]["status"] == status


def test_a_change_of_one_appears_at_the_other_and_glows(two: Two) -> None:
    theirs = cell(two.bob, 0, "Phone")
    write(two.ann, cell(two.ann, 0, "Phone"), "555-0001")
    expect(theirs).to_have_text("555-0001", timeout=9000)
    expect(theirs).to_have_class(re.compile("cell-news"))


def test_each_sees_on_which_cell_the_other_is(two: Two) -> None:
    cell(two.bob, 1, "Phone").click()
    person = two.ann.locator(".people .person").first
    expect(person).to_be_visible(timeout=9000)
    expect(person).to_have_attribute("aria-label", re.compile("is on Phone of"), timeout=9000)
    expect(cell(two.ann, 1, "Phone")).to_have_class(re.compile("presence"))


def test_two_who_write_one_cell_see_both_values_and_who_it_was(two: Two) -> None:
    mine, theirs = cell(two.ann, 0, "Phone"), cell(two.bob, 0, "Phone")
    mine.click()
    two.ann.keyboard.press("F2")
    write(two.bob, theirs, "555-0222")
    # The news reaches Ann while she types, and must not make her save look as if she had seen it.
    with two.ann.expect_response(lambda one: "since=" in one.url, timeout=9000):
        pass
    two.ann.keyboard.press("Control+A")
    two.ann.keyboard.type("555-0333")
    two.ann.keyboard.press("Enter")
    panel = two.ann.get_by_role("dialog", name=re.compile("Conflict in Phone"))
    expect(panel).to_contain_text("555-0333")
    expect(panel).to_contain_text("555-0222")
    expect(panel).to_contain_text("changed this")
    # An Enter too many decides nothing.
    two.ann.keyboard.press("Enter")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Take theirs").click()
    expect(mine).to_have_text("555-0222")


def test_undo_and_redo_outlive_a_reload_and_leave_the_other_alone(two: Two) -> None:
    where = cell(two.ann, 2, "Phone")
    write(two.ann, where, "555-0444")
    write(two.bob, cell(two.bob, 0, "Phone"), "555-0555")
    look(two.ann, "/customers")
    cell(two.ann, 2, "Phone").click()
    two.ann.keyboard.press("Control+z")
    expect(two.ann.locator(".toast").last).to_contain_text("Undone: 1 cell of a customer changed")
    expect(two.ann.locator(".toast").last.get_by_role("button", name="History")).to_be_visible()
    expect(cell(two.ann, 2, "Phone")).to_have_text("")
    expect(cell(two.ann, 0, "Phone")).to_have_text("555-0555")
    two.ann.keyboard.press("Control+y")
    expect(cell(two.ann, 2, "Phone")).to_have_text("555-0444")


def test_an_undo_that_would_trample_shows_both_values(two: Two) -> None:
    write(two.ann, cell(two.ann, 1, "Phone"), "555-0600")
    expect(cell(two.bob, 1, "Phone")).to_have_text("555-0600", timeout=9000)
    write(two.bob, cell(two.bob, 1, "Phone"), "555-0700")
    cell(two.ann, 1, "Phone").click()
    two.ann.keyboard.press("Control+z")
    note = two.ann.locator(".toast", has_text="Not undone")
    expect(note).to_contain_text("changed it since")
    note.get_by_role("button", name="Show what stayed").click()
    dialog = two.ann.get_by_role("dialog", name="What stayed as it is")
    expect(dialog).to_contain_text("555-0700")
    expect(dialog).to_contain_text("Phone")
    two.ann.keyboard.press("Escape")
    expect(cell(two.ann, 1, "Phone")).to_have_text("555-0700", timeout=9000)


def test_an_edited_row_stays_until_it_is_left_and_then_says_where_it_went(two: Two) -> None:
    look(two.ann, "/customers?sort=-display_name")
    first = cell(two.ann, 0, "Customer")
    name = first.inner_text()
    first.click()
    two.ann.keyboard.press("F2")
    two.ann.keyboard.press("Home")
    two.ann.keyboard.type("AAA ")
    with two.ann.expect_response(re.compile(r"/customers/changes$")):
        two.ann.keyboard.press("Tab")
    expect(first).to_contain_text("AAA")
    two.ann.keyboard.press("ArrowDown")
    chip = two.ann.locator(".stay-chip")
    expect(chip).to_contain_text("was moved by the sort")
    expect(first).not_to_contain_text(name)
    chip.get_by_role("button", name="Show").click()
    expect(two.ann.locator(".slick-row .slick-cell.active").first).to_be_visible()
    expect(chip).to_be_hidden()


def test_what_is_deleted_is_restored_from_the_trash(
    two: Two, wait_run: Callable[[Page], None]
) -> None:
    look(two.bob, "/orders")
    two.bob.locator(".slick-cell.pick input").first.click()
    two.bob.locator("#grid-actions [data-action=delete]").click()
    dialog = two.bob.get_by_role("dialog", name=re.compile("Delete"))
    expect(dialog).to_contain_text("order lines go along")
    dialog.get_by_role("button", name=re.compile("Delete 1")).click()
    wait_run(two.bob)
    two.bob.goto("/trash")
    restore = two.bob.get_by_role("button", name=re.compile("^Restore "))
    expect(two.bob.get_by_role("cell", name=re.compile("order lines")).first).to_be_visible()
    restore.first.click()
    expect(two.bob.locator(".toast").first).to_contain_text("restored")


@pytest.fixture
def wait_run() -> Callable[[Page], None]:
    def wait(page: Page) -> None:
        expect(page.get_by_role("dialog").last).to_contain_text(
            re.compile("Finished|Done|1 of 1"), timeout=20_000
        )

    return wait
