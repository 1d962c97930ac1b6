"""A record beside the grid, and the lines of a document as a grid inside it, as hands use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.servers import Up

pytestmark = pytest.mark.browser


def ready(page: Page) -> None:
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def panel(page: Page) -> Locator:
    return page.locator(".record-panel")


def opened(page: Page, path: str = "/orders?sort=po_number") -> Locator:
    """Open the first row's record with the keyboard."""
    page.goto(path)
    ready(page)
    page.locator("#grid .grid-canvas-left .slick-row .slick-cell").nth(1).click()
    page.keyboard.press(" ")
    expect(panel(page)).to_have_attribute("data-state", "ready")
    return panel(page)


def lines_ready(page: Page) -> Locator:
    grid = page.locator(".lines-grid")
    expect(grid).to_have_attribute("data-state", "ready")
    return grid


def paste(page: Page, place: Locator, text: str) -> None:
    """Paste as the browser does: with the clipboard in the event."""
    place.evaluate(
        """(node, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", {
                clipboardData: data, bubbles: true, cancelable: true,
            });
            (document.activeElement.closest(".slick") ?? node).dispatchEvent(paste);
        }""",
        text,
    )


def record_of(page: Page) -> dict[str, Any]:
    found = panel(page).get_attribute("data-record")
    answer = page.request.get(f"/orders/{found}/panel", headers={"Accept": "application/json"})
    assert answer.ok
    body: dict[str, Any] = answer.json()
    return body


def cell(page: Page, row: int, column: str) -> Locator:
    """Give a cell of the lines by its row and its column's heading."""
    heads = page.locator(".lines-grid .slick-header-column .slick-column-name").all_inner_texts()
    place = heads.index(column)
    row_node = page.locator(f".lines-grid .slick-row[aria-rowindex='{row + 2}']")
    return row_node.locator(".slick-cell").nth(place)


def test_space_opens_the_record_and_escape_gives_the_cell_back(page: Page) -> None:
    found = opened(page)
    assert "record=" in page.url
    first = found.locator("h2").inner_text()
    found.get_by_role("button", name=re.compile("Next record")).click()
    expect(found.locator("h2")).not_to_have_text(first)
    page.keyboard.press("Alt+PageUp")
    expect(found.locator("h2")).to_have_text(first)
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    expect(page).not_to_have_url(re.compile("record="))
    assert page.evaluate("document.activeElement.closest('#grid') !== null")
    page.keyboard.press(" ")
    expect(found).to_be_visible()
    expect(found.locator("h2")).to_have_text(first)


def test_the_record_follows_the_cursor_in_the_grid(page: Page) -> None:
    found = opened(page)
    first = found.locator("h2").inner_text()
    place = page.locator("#grid .grid-canvas-right .slick-row[aria-rowindex='3'] .slick-cell")
    place.first.click()
    expect(found.locator("h2")).not_to_have_text(first)
    assert page.evaluate("document.activeElement.closest('#grid') !== null")
    page.keyboard.press("ArrowUp")
    expect(found.locator("h2")).to_have_text(first)


def test_the_address_is_a_link_to_the_record(page: Page) -> None:
    found = opened(page)
    title = found.locator("h2").inner_text()
    page.reload()
    ready(page)
    expect(found.locator("h2")).to_have_text(title)
    expect(found.get_by_role("button", name=re.compile("Next record"))).to_be_enabled()


def test_a_field_is_changed_with_the_keyboard_and_undone_from_its_history(page: Page) -> None:
    found = opened(page)
    field = found.locator("[data-field=customer_notes] button.value")
    field.focus()
    page.keyboard.press("Enter")
    page.locator(".cell-text-pop textarea").fill("Leave at the door")
    with page.expect_response(re.compile("/orders/changes$")) as sent:
        page.keyboard.press("Enter")
    assert sent.value.ok
    expect(field).to_contain_text("Leave at the door")
    history = found.get_by_role("region", name="History")
    expect(history).to_contain_text("Leave at the door")
    history.get_by_role("button", name="Undo").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Undo").click()
    expect(field).not_to_contain_text("Leave at the door")


def test_a_record_is_asked_how_it_was_on_a_day(page: Page) -> None:
    found = opened(page)
    history = found.get_by_role("region", name="History")
    day = history.get_by_label("Day")
    day.fill("2001-01-01")
    history.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".toast").first).to_contain_text("not here yet on Jan 1, 2001")
    day.fill(day.get_attribute("max") or "")
    history.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("Nothing of that version differs")


def test_a_refused_value_stays_in_its_field_with_the_reason(page: Page) -> None:
    found = opened(page)
    field = found.locator("[data-field=due_date]")
    field.locator("button.value").click()
    page.keyboard.type("no day at all")
    page.keyboard.press("Enter")
    expect(field.locator(".say")).to_contain_text(re.compile("date", re.IGNORECASE))
    expect(field.locator("button.value")).to_contain_text("no day at all")
    field.get_by_role("button", name="Discard").click()
    expect(field).not_to_contain_text("no day at all")


def test_lines_are_written_by_typing_pasted_and_added_up_live(page: Page) -> None:
    opened(page)
    lines_ready(page)
    count = len(page.locator(".lines-grid .slick-row").all()) - 1
    before = Decimal(record_of(page)["cells"]["total_amount"])
    cell(page, 0, "Quantity").click()
    with page.expect_response(re.compile("/lines/changes$")):
        page.keyboard.type("20")
        page.keyboard.press("Enter")
    expect(page.locator(".totals [data-total=total_amount]")).not_to_contain_text(f"{before:,}")
    typed = Decimal(record_of(page)["cells"]["total_amount"])
    cell(page, count, "Item").click()
    page.keyboard.type("Gift box")
    page.keyboard.press("Tab")
    cell(page, count, "Quantity").click()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    cell(page, count, "Price").click()
    page.keyboard.type("3.50")
    page.keyboard.press("Enter")
    total = page.locator(".totals [data-total=total_amount]")
    expect(total).to_contain_text(f"{typed + 7:,.2f}")
    expect(page.locator(".lines-grid .slick-row")).to_have_count(count + 2)
    assert Decimal(record_of(page)["cells"]["total_amount"]) == typed + 7
    columns = page.locator(".lines-grid .slick-header-column .slick-column-name").all_inner_texts()
    names = columns[columns.index("Item") : columns.index("Price") + 1]
    given = {"Item": "Pasted {}", "SKU": "P-{}", "Quantity": "{}", "Price": "1.25"}
    text = "\n".join(
        "\t".join(given.get(name, "").format(number) for name in names) for number in range(1, 5)
    )
    cell(page, count + 1, "Item").click()
    with page.expect_response(re.compile("/lines/changes$")) as sent:
        paste(page, page.locator(".lines-grid .slick"), text)
    assert sent.value.ok
    expect(page.locator(".lines-grid .slick-row")).to_have_count(count + 6)
    assert Decimal(record_of(page)["cells"]["total_amount"]) == typed + Decimal("19.50")
    expect(total).to_contain_text(f"{typed + Decimal('19.50'):,.2f}")


def test_a_mailed_table_becomes_lines_by_its_heads(page: Page) -> None:
    opened(page, "/orders?sort=-po_number")
    lines_ready(page)
    rows = page.locator(".lines-grid .slick-row")
    count = rows.count()
    before = Decimal(record_of(page)["cells"]["total_amount"])
    cell(page, 0, "Item").click()
    head = "Item no\tDescription\tQty\tUnit price\tTotal"
    good, bad = "CAP-01\tCap navy\t12\t3.50\t42.00", "CAP-01\tCap red\ttwo\t3.50\t"
    with page.expect_response(re.compile("/lines/changes$")) as sent:
        paste(page, page.locator(".lines-grid .slick"), f"{head}\n{good}\n{bad}")
    assert sent.value.ok
    expect(page.get_by_text("Item no as SKU").first).to_be_visible()
    expect(rows).to_have_count(count + 2)
    red = page.locator(".lines-grid .slick-cell.cell-refused")
    expect(red).to_have_text(["two"])
    total = before + 42
    expect(page.locator(".totals [data-total=total_amount]")).to_contain_text(f"{total:,.2f}")
    page.locator(".lines-grid .slick-row .slick-cell").nth(2).click()
    page.keyboard.press("Control+z")
    expect(red).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".totals [data-total=total_amount]")).to_contain_text(f"{before:,.2f}")
    expect(rows).to_have_count(count)


def test_lines_move_and_go_with_the_keyboard(page: Page) -> None:
    opened(page)
    lines_ready(page)
    first = cell(page, 0, "Item").inner_text()
    cell(page, 0, "Item").click()
    with page.expect_response(re.compile("/lines/changes$")) as sent:
        page.keyboard.press("Alt+ArrowDown")
    assert sent.value.ok
    expect(cell(page, 1, "Item")).to_have_text(first)
    rows = page.locator(".lines-grid .slick-row")
    count = rows.count()
    page.locator(".lines-tools").get_by_role("button", name="Delete").click()
    page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(count - 1)
    # The history beside it has such buttons too.
    told = page.locator(".toast").filter(has_text="deleted")
    told.get_by_role("button", name="Undo", exact=True).click()
    expect(rows).to_have_count(count)


def test_a_document_that_is_issued_says_so_and_takes_no_lines(shop: Up, page: Page) -> None:
    del shop
    opened(page)
    order = panel(page).get_attribute("data-record")
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    headers = {"X-CSRFToken": token or "", "Content-Type": "application/json"}
    body = {"selection": {"ids": [order]}, "params": {}}
    started = page.request.post("/orders/actions/cancel", data=body, headers=headers)
    assert started.status == 202, started.text()
    run = started.json()["run"]
    expect.set_options(timeout=10_000)
    page.wait_for_function(
        "run => fetch(`/runs/${run}`, {headers: {Accept: 'application/json'}})"
        ".then(answer => answer.json()).then(found => found.state === 'finished')",
        arg=run,
    )
    page.reload()
    expect(panel(page).get_by_role("note").first).to_contain_text("Cancelled")
    lines_ready(page)
    expect(page.locator(".lines-tools")).to_be_hidden()
    expect(panel(page).locator("[data-field=customer_notes] button.value")).to_have_count(0)
    cell(page, 0, "Item").click()
    page.keyboard.press("F2")
    expect(page.get_by_text("Cancelled: reopen the order to change it.").last).to_be_visible()


def test_the_page_of_a_record_has_the_same_lines(page: Page) -> None:
    found = opened(page, "/orders?sort=-po_number")
    page.goto(f"/orders/{found.get_attribute('data-record')}")
    grid = lines_ready(page)
    expect(grid.locator(".slick-row").first).to_be_visible()
    expect(page.locator(".totals [data-total=total_amount]")).to_be_visible()


def test_on_a_phone_the_record_is_the_whole_screen(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = log_in(390, 844)
    page.goto("/orders?sort=-po_number")
    ready(page)
    page.locator(".row-handle").first.click()
    found = panel(page)
    expect(found).to_have_attribute("data-state", "ready")
    box = found.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(found).to_be_hidden()
    assert complaints == []
