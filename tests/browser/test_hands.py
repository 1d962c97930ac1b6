"""The hands of a spreadsheet: marking, filling, copying, finding, adding up, by mouse and keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

PRODUCTS = 260


class Sheet:
    """One grid under the hands of a test."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        page.goto(path)
        self.ready()
        config = page.evaluate("JSON.parse(document.getElementById('grid-config').textContent)")
        self.columns: list[str] = page.evaluate(
            "[...document.querySelectorAll('.slick-header-column')].map(one => one.dataset.id)"
        )
        self.url = str(config["urls"]["changes"])

    def ready(self) -> None:
        """Wait until the rows are there."""
        root = self.page.locator("#grid-page")
        expect(root).to_have_attribute("data-state", re.compile("ready|empty"))

    def cell(self, row: int, name: str) -> Locator:
        """Give the cell of a row that is on the screen."""
        at = self.columns.index(name)
        rows = f".slick-row[aria-rowindex='{row + 2}']"
        return self.page.locator(f"{rows} .slick-cell.l{at}")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def saved(self, work: Callable[[], Any]) -> dict[str, Any]:
        """Do something that writes, and give the server's answer."""
        with self.page.expect_response(re.compile(f"{self.url}$")) as sent:
            work()
        found: dict[str, Any] = sent.value.json()
        return found

    def stat(self, name: str) -> Locator:
        """Give a figure of the status bar."""
        return self.page.locator(f"#grid-status [data-stat='{name}'] b")

    def marked(self) -> int:
        """Give how many cells on the screen are marked."""
        return self.page.locator(".slick-cell.selected").count()

    def clipboard(self, *keys: str) -> tuple[str, str]:
        """Press keys that copy and give what the page put on the clipboard."""
        self.page.evaluate(
            """() => {
              window.copied = ["", ""];
              const set = DataTransfer.prototype.setData;
              DataTransfer.prototype.setData = function (kind, text) {
                window.copied[kind === "text/html" ? 1 : 0] = text;
                return set.call(this, kind, text);
              };
            }"""
        )
        self.press(*keys)
        text, table = self.page.evaluate("window.copied")
        return text, table


def make_products(page: Page, count: int) -> None:
    """Make products through the batch endpoint, when they are not there yet."""
    page.goto("/products?search=HANDS-")
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    if page.request.get("/products/count?search=HANDS-").json()["total"]:
        return
    creates = [
        {
            "key": str(at),
            "values": {
                "sku": f"HANDS-{at:03d}",
                "name": f"Tee {at}",
                "unit_price": f"{at}.10",
                "description": "plain cotton" if at % 2 else "",
            },
        }
        for at in range(count)
    ]
    answer = page.request.post(
        "/products/changes",
        data={"changes": [], "creates": creates, "source": "cell"},
        headers={"X-CSRFToken": token, "Referer": page.url},
    )
    assert answer.ok, answer.text()
    made = answer.json()["created"]
    assert all(one["status"] == "created" for one in made), made[:2]


@pytest.fixture
def products(page: Page) -> Sheet:
    make_products(page, PRODUCTS)
    return Sheet(page, "/products?search=HANDS-&sort=sku")


def test_a_session_of_keys_and_mouse_on_products(products: Sheet) -> None:
    sheet = products
    first = sheet.cell(0, "name")
    first.click()
    sheet.press("Shift+ArrowDown", "Shift+ArrowDown")
    expect(sheet.stat("cells")).to_have_text("3")
    assert sheet.marked() == 3
    # Tab and Enter walk inside the range and leave it marked.
    sheet.press("Enter", "Enter", "Enter", "Tab")
    assert sheet.marked() == 3
    expect(sheet.cell(1, "name")).to_have_class(re.compile("active"))
    sheet.press("Shift+Enter")
    expect(sheet.cell(0, "name")).to_have_class(re.compile("active"))
    # A second range with Ctrl, a cell taken out of it again.
    sheet.cell(4, "name").click(modifiers=["Control"])
    sheet.press("Shift+ArrowDown")
    expect(sheet.stat("cells")).to_have_text("5")
    sheet.cell(5, "name").click(modifiers=["Control"])
    expect(sheet.stat("cells")).to_have_text("4")
    text, table = sheet.clipboard("Control+c")
    assert text == "Tee 0\nTee 1\nTee 2\nTee 4"
    assert "<td" in table
    text, table = sheet.clipboard("Control+Shift+c")
    assert text.startswith("Name\nTee 0\n")
    assert "<th>Name</th>" in table


def test_whole_rows_columns_and_all_add_up(products: Sheet) -> None:
    sheet, page = products, products.page
    sheet.cell(2, "name").click()
    sheet.press("Shift+Space")
    expect(sheet.stat("cells")).to_have_text(str(len(sheet.columns) - 1))
    sheet.cell(2, "name").click()
    sheet.press("Control+Space")
    expect(sheet.stat("cells")).to_have_text(str(PRODUCTS))
    sheet.press("Control+a")
    expect(sheet.stat("cells")).to_have_text(f"{PRODUCTS * (len(sheet.columns) - 1):,}")
    sheet.press("Escape")
    page.locator(".slick-header-column[data-id=unit_price]").click(modifiers=["Control"])
    expect(sheet.stat("cells")).to_have_text(str(PRODUCTS))
    # The rows are not all here: the server adds them up, exactly.
    total = sum(range(PRODUCTS)) + PRODUCTS // 10
    expect(sheet.stat("sum")).to_have_text(f"${total:,}.00")
    expect(sheet.stat("min")).to_have_text("$0.10")
    expect(sheet.stat("max")).to_have_text(f"${PRODUCTS - 1}.10")
    expect(sheet.stat("count")).to_have_text(str(PRODUCTS))


def test_keys_lead_to_the_edges_and_back(products: Sheet) -> None:
    sheet = products
    sheet.cell(0, "name").click()
    sheet.press("Control+ArrowDown")
    expect(sheet.cell(PRODUCTS - 1, "name")).to_have_class(re.compile("active"))
    sheet.press("Home")
    expect(sheet.cell(PRODUCTS - 1, sheet.columns[1])).to_have_class(re.compile("active"))
    sheet.press("Control+Home")
    expect(sheet.cell(0, sheet.columns[1])).to_have_class(re.compile("active"))
    sheet.cell(1, "description").click()
    sheet.press("Control+ArrowDown")
    expect(sheet.cell(3, "description")).to_have_class(re.compile("active"))
    sheet.press("Control+Shift+End")
    expect(sheet.stat("cells")).not_to_have_text("1")
    sheet.press("Control+Home", "PageDown", "PageUp")
    expect(sheet.cell(0, sheet.columns[1])).to_have_class(re.compile("active"))


def test_a_range_crosses_the_frozen_columns_by_mouse(products: Sheet) -> None:
    sheet, page = products, products.page
    start = sheet.cell(1, sheet.columns[1]).bounding_box()
    end = sheet.cell(4, sheet.columns[3]).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 10, steps=6)
    page.mouse.up()
    expect(sheet.stat("cells")).to_have_text("12")
    assert sheet.marked() == 12


def test_series_fill_clear_and_undo(products: Sheet) -> None:
    sheet, page = products, products.page
    # The rows it drags to stand away from the edge, where the table begins to scroll.
    page.set_viewport_size({"width": 1280, "height": 1000})

    def drag(row: int, name: str, to: int) -> dict[str, Any]:
        handle = page.locator(".fill-handle").bounding_box()
        goal = sheet.cell(to, name).bounding_box()
        assert handle
        assert goal
        page.mouse.move(handle["x"] + 4, handle["y"] + 4)
        page.mouse.down()
        page.mouse.move(goal["x"] + 20, goal["y"] + 8, steps=5)
        return sheet.saved(page.mouse.up)

    # Text with a number goes on.
    sheet.cell(10, "name").click()
    sheet.press("F2", "Control+a")
    page.keyboard.type("Job 07b")
    sheet.saved(lambda: sheet.press("Enter"))
    sheet.cell(10, "name").click()
    drag(10, "name", 13)
    expect(sheet.cell(13, "name")).to_contain_text("Job 10b")
    # Two numbers make a step, exact to the last digit.
    for row, price in ((14, "0.10"), (15, "0.35")):
        sheet.cell(row, "unit_price").click()
        page.keyboard.type(price)
        sheet.saved(lambda: sheet.press("Enter"))
    sheet.cell(14, "unit_price").click()
    sheet.press("Shift+ArrowDown")
    answer = drag(15, "unit_price", 18)
    assert [one["value"] for one in answer["results"]] == ["0.60", "0.85", "1.10"]
    assert answer["change_set"]
    # A single number repeats.
    sheet.cell(14, "unit_price").click()
    answer = drag(14, "unit_price", 16)
    assert [one["value"] for one in answer["results"]] == ["0.10", "0.10"]
    # Ctrl+D, Ctrl+R and one value into many, each as one change set.
    sheet.cell(21, "description").click()
    sheet.press("Shift+ArrowDown", "Shift+ArrowDown")
    answer = sheet.saved(lambda: sheet.press("Control+d"))
    assert {one.get("value") for one in answer["results"]} == {"plain cotton"}, answer
    sheet.cell(18, "description").click()
    sheet.cell(20, "description").click(modifiers=["Control"])
    page.keyboard.type("both of them")
    answer = sheet.saved(lambda: sheet.press("Control+Enter"))
    assert [one["status"] for one in answer["results"]] == ["saved", "saved"]
    # Delete empties every range at once.
    answer = sheet.saved(lambda: sheet.press("Delete"))
    assert len(answer["results"]) == 2
    expect(sheet.cell(18, "description")).to_have_text("")
    expect(sheet.cell(20, "description")).to_have_text("")


def test_double_click_on_the_corner_fills_to_the_end(products: Sheet) -> None:
    sheet, page = products, products.page
    sheet.cell(0, "name").click()
    sheet.press("Control+End")
    last = sheet.cell(PRODUCTS - 5, "unit_price")
    last.click()
    box = page.locator(".fill-handle").bounding_box()
    assert box
    answer = sheet.saved(lambda: page.mouse.dblclick(box["x"] + 4, box["y"] + 4))
    assert len(answer["results"]) == 4


def test_find_and_replace_reaches_rows_that_are_not_loaded(products: Sheet) -> None:
    sheet, page = products, products.page
    sheet.cell(0, "name").click()
    sheet.press("Control+f")
    bar = page.get_by_role("search", name="Find and replace")
    bar.get_by_label("Find", exact=True).fill("Tee 255")
    expect(bar.get_by_role("status")).to_have_text("1 of 1")
    expect(sheet.cell(255, "name")).to_have_class(re.compile("active"))
    sheet.press("Control+h")
    bar.get_by_label("Find", exact=True).fill("HANDS-")
    bar.get_by_label("Replace with").fill("HANDS+")
    expect(bar.get_by_role("status")).to_contain_text(str(PRODUCTS))
    bar.get_by_label("Find", exact=True).fill("cotton")
    expect(bar.get_by_role("status")).to_contain_text(re.compile(r"of 1\d\d"))
    bar.get_by_label("Replace with").fill("linen")
    bar.get_by_role("button", name="Replace all").click()
    dialog = page.get_by_role("dialog", name="Replace all?")
    expect(dialog).to_contain_text(re.compile(r"1\d\d cells in 1\d\d rows will change"))
    expect(dialog).to_contain_text("plain linen")
    answer = sheet.saved(lambda: dialog.get_by_role("button", name="Replace in").click())
    assert {one["status"] for one in answer["results"]} == {"saved"}
    assert answer["change_set"]
    expect(bar.get_by_role("status")).to_have_text("Not found")
    sheet.press("Escape")
    expect(bar).to_be_hidden()


def test_a_session_on_orders(page: Page) -> None:
    sheet = Sheet(page, "/orders?sort=po_number&search=100")
    locked = sheet.cell(0, "po_number")
    locked.click()
    sheet.press("Control+/")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("Fill down")
    sheet.press("Escape")
    expect(dialog).to_be_hidden()
    # Today and the days after it, into dates of orders.
    due = sheet.cell(0, "due_date")
    due.click()
    answer = sheet.saved(lambda: sheet.press("Control+;"))
    today = answer["results"][0]["value"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", today)
    handle = page.locator(".fill-handle").bounding_box()
    goal = sheet.cell(2, "due_date").bounding_box()
    assert handle
    assert goal
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(goal["x"] + 20, goal["y"] + 8, steps=5)
    answer = sheet.saved(page.mouse.up)
    days = [one["value"] for one in answer["results"]]
    assert days == sorted(days)
    assert days[0] > today
    # Dates show the first and the last of them.
    expect(sheet.stat("min")).not_to_be_empty()
    # The number of an order cannot be written: it is left out and said.
    sheet.cell(0, "po_number").click()
    sheet.press("Shift+ArrowDown", "Delete")
    expect(page.locator(".toast.amber")).to_contain_text("Left out: 2 cells in columns that cannot")
    sheet.cell(0, "due_date").click()
    text, _table = sheet.clipboard("Control+c")
    assert text == today


def test_typed_keys_edit_as_in_excel(products: Sheet) -> None:
    sheet, page = products, products.page
    sheet.cell(5, "name").click()
    # Typing replaces, and an arrow leaves the cell; after F2 it stays inside the text.
    page.keyboard.type("one")
    sheet.saved(lambda: sheet.press("ArrowDown"))
    expect(sheet.cell(5, "name")).to_have_text("one")
    expect(sheet.cell(6, "name")).to_have_class(re.compile("active"))
    sheet.press("ArrowUp", "F2", "End", "ArrowLeft")
    page.keyboard.type("!")
    sheet.saved(lambda: sheet.press("Tab"))
    expect(sheet.cell(5, "name")).to_have_text("on!e")
    sheet.press("ArrowLeft")
    page.keyboard.type("never")
    sheet.press("Escape")
    expect(sheet.cell(5, "name")).to_have_text("on!e")
    # Enter after Tabs goes back below the cell where they began.
    sheet.cell(7, "name").click()
    sheet.press("Tab", "Tab", "Shift+Enter")
    expect(sheet.cell(6, "name")).to_have_class(re.compile("active"))
    # Cut empties what it took, as one change set.
    sheet.cell(5, "description").click()
    before = sheet.cell(5, "description").inner_text().strip()
    assert before
    answer = sheet.saved(lambda: sheet.press("Control+x"))
    assert [one["status"] for one in answer["results"]] == ["saved"]
    expect(sheet.cell(5, "description")).to_have_text("")
    sheet.press("Control+z")
    expect(sheet.cell(5, "description")).to_have_text(before)


def test_columns_are_dragged_frozen_hidden_and_sorted_by_several(products: Sheet) -> None:
    sheet, page = products, products.page
    heads = page.locator(".slick-header-column")

    def order() -> list[str]:
        found: list[str] = heads.evaluate_all("all => all.map(one => one.dataset.id)")
        return found

    head = page.locator(".slick-header-column[data-id=description]")
    with page.expect_response(re.compile("shared-.*js")):
        head.hover()
    last = order()[-1]
    head.drag_to(heads.nth(len(order()) - 1))
    expect(heads.nth(len(order()) - 2)).not_to_have_attribute("data-id", last)
    page.get_by_role("button", name="Columns", exact=True).click()
    panel = page.get_by_role("dialog", name="Columns")
    panel.get_by_label("Frozen columns").fill("3")
    expect(page.locator(".slick-header-column.frozen")).to_have_count(4)
    heights = panel.get_by_role("group", name="Row height")
    for words, pixels in (("Tall", 52), ("Compact", 26), ("Normal", 32)):
        heights.get_by_role("button", name=words).click()
        expect(heights.get_by_role("button", name=words)).to_have_attribute("aria-pressed", "true")
        row = page.locator(".slick-row").first.bounding_box()
        assert row
        assert round(row["height"]) == pixels
    shown = len(order())
    panel.get_by_role("checkbox", name="Description").uncheck()
    assert len(order()) == shown - 1
    panel.get_by_role("button", name="Reset columns").click()
    assert order() == ["_tick", *sheet.columns[1:]]
    # Two columns to sort by, and what was searched for is marked.
    page.locator(".slick-header-column[data-id=unit_price]").click()
    sheet.ready()
    page.locator(".slick-header-column[data-id=name]").click(modifiers=["Shift"])
    expect(page.get_by_role("button", name="Sort, by 2 columns")).to_be_visible()
    assert page.evaluate("CSS.highlights.get('search-hit').size") > 5


def test_the_palette_finds_tables_views_records_and_deeds(products: Sheet) -> None:
    sheet, page = products, products.page
    dialog = page.get_by_role("dialog", name="Go to")
    field = dialog.get_by_role("combobox")
    sheet.cell(0, "name").click()
    sheet.press("Control+k")
    expect(dialog.get_by_role("option", name="New order template")).to_be_attached()
    field.fill("find and")
    sheet.press("Enter")
    expect(page.get_by_role("search", name="Find and replace")).to_be_visible()
    sheet.press("Escape", "Control+k")
    field.fill("Columns")
    sheet.press("Enter")
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()
    sheet.press("Escape", "Control+k")
    field.fill("orders to app")
    expect(dialog.get_by_role("option").first).to_be_visible()
    field.fill("HANDS-017")
    option = dialog.get_by_role("option", name=re.compile("HANDS-017|Tee 17")).first
    expect(option).to_contain_text("product")
    option.click()
    page.wait_for_url(re.compile("/products/[0-9a-f-]{36}$"))
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


Touch = Callable[..., None]


@contextmanager
def fingers(
    browser: Browser, products: Sheet, complaints: list[str]
) -> Iterator[tuple[Sheet, Touch]]:
    """Open the products on a phone, with a finger that touches points."""
    state = products.page.context.storage_state()
    context = browser.new_context(
        base_url=products.page.url.split("/products")[0],
        storage_state=state,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with context:
        sheet = Sheet(page, "/products?search=HANDS-&sort=sku")
        finger = context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            finger.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
            )

        yield sheet, touch


def test_a_finger_taps_edits_and_stretches_a_range(
    browser: Browser, products: Sheet, complaints: list[str]
) -> None:
    with fingers(browser, products, complaints) as (sheet, touch):
        page = sheet.page
        sheet.cell(1, "name").tap()
        grip = page.locator(".range-grip").bounding_box()
        goal = sheet.cell(4, "name").bounding_box()
        assert grip
        assert goal
        touch("touchStart", (grip["x"] + 7, grip["y"] + 7))
        touch("touchMove", (goal["x"] + 20, goal["y"] - 30))
        touch("touchMove", (goal["x"] + 20, goal["y"] + 10))
        touch("touchEnd")
        assert sheet.marked() == 4
        # A long press opens the menu of the cell and keeps what is marked.
        touch("touchStart", (goal["x"] + 20, goal["y"] + 10))
        menu = page.get_by_role("menu", name="Cell")
        expect(menu.get_by_role("menuitem", name="Fill down")).to_be_visible()
        touch("touchEnd")
        page.keyboard.press("Escape")
        sheet.cell(2, "name").tap()
        sheet.cell(2, "name").tap()
        expect(page.locator(".cell-input")).to_be_visible()
        page.keyboard.press("Escape")


def test_the_first_drag_of_a_head_by_finger_moves_its_column(
    browser: Browser, products: Sheet, complaints: list[str]
) -> None:
    with fingers(browser, products, complaints) as (sheet, touch):
        heads = sheet.page.locator(".slick-header-column:not(.pick)")
        # What dragging takes is on its way from the start; a finger cannot hover.
        sheet.page.wait_for_function("Boolean(window.Sortable)")
        before = heads.all_inner_texts()
        box, goal = heads.nth(1).bounding_box(), heads.nth(0).bounding_box()
        assert box
        assert goal
        x, y = box["x"] + 30, box["y"] + 15
        touch("touchStart", (x, y))
        for part in range(1, 11):
            touch("touchMove", (x + (goal["x"] + 10 - x) * part / 10, y))
        touch("touchEnd")
        expect(heads.first).to_have_text(before[1])
        assert sheet.page.url.split("?")[0].endswith("/products")


def test_columns_that_are_not_there_are_neither_added_nor_found(page: Page) -> None:
    assert not page.request.get("/products/edge?column=nothing").ok
    wrong = page.request.get('/products/summary?parts=[{"columns":["nothing"],"rows":[[0,1]]}]')
    assert not wrong.ok
    assert "not readable" in wrong.text()
    found = page.request.get("/products/find?q=a&columns=nothing").json()
    assert found["hits"] == []
