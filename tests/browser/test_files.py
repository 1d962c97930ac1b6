"""Files of records as hands use them: picker, drop, paste, rename, remove, undo, and on a phone."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from batchly_admin.grid.registry import table as find_table
from tests.browser.test_accessibility import AXE, LEVELS, RUN

pytestmark = pytest.mark.browser

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOWN = ("po_number", "customer_id", "files")
HIDDEN = [name for name in find_table("orders").by_name if name not in SHOWN]
LOOK = quote(json.dumps({"hidden": HIDDEN}))
PATH = f"/orders?sort=po_number&look={LOOK}"
HAND_OVER = """(node, [kind, name, type, text]) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
    const box = node.getBoundingClientRect();
    const place = { clientX: box.x + 5, clientY: box.y + 5, bubbles: true, cancelable: true };
    if (kind === "paste") {
        node.dispatchEvent(new ClipboardEvent("paste", { ...place, clipboardData: data }));
        return;
    }
    node.dispatchEvent(new DragEvent("dragover", { ...place, dataTransfer: data }));
    node.dispatchEvent(new DragEvent("drop", { ...place, dataTransfer: data }));
}"""


def opened(page: Page, path: str = PATH) -> None:
    page.goto(path)
    expect(page.locator("#grid-page")).to_have_attribute("data-state", "ready")


def cell(page: Page, row: int) -> Locator:
    """Give the cell of files of a row."""
    return page.locator(f"#grid .slick-row[aria-rowindex='{row + 2}'] .slick-cell.l3")


def hand_over(place: Locator, kind: str, name: str, content: bytes, mime: str = "") -> None:
    place.evaluate(HAND_OVER, [kind, name, mime, base64.b64encode(content).decode()])


def choose(page: Page, box: Locator, *files: tuple[str, bytes]) -> None:
    with page.expect_file_chooser() as chooser:
        box.get_by_role("button", name="Add files…").click()
    chosen: list[Any] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files
    ]
    chooser.value.set_files(chosen)


def look_closely(page: Page) -> None:
    """Ask axe about the page as it stands."""
    if AXE.exists():
        page.evaluate(AXE.read_text())
        assert page.evaluate(RUN, LEVELS) == []


def test_files_are_added_renamed_removed_and_brought_back_in_the_cells_dialog(page: Page) -> None:
    opened(page)
    cell(page, 0).click()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("heading")).to_have_text("Files of 1001")
    choose(page, dialog, ("proof.png", PNG), ("virus.exe", b"MZ"), ("notes.txt", b"twelve tees"))
    rows = dialog.locator(".files-list li")
    expect(rows).to_have_count(2)
    expect(dialog.get_by_role("status")).to_contain_text("2 files added. virus.exe is not taken")
    look_closely(page)
    with page.expect_download() as download:
        dialog.get_by_role("link", name="notes.txt", exact=True).click()
    assert Path(download.value.path()).read_bytes() == b"twelve tees"
    dialog.get_by_role("button", name="Rename notes.txt").click()
    page.keyboard.type("for the press")
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_contain_text("for the press.txt")
    dialog.get_by_role("button", name="Remove proof.png").click()
    expect(rows).to_have_count(1)
    dialog.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    hand_over(dialog, "drop", "dropped.txt", b"here")
    expect(rows).to_have_count(3)
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_contain_text("proof.png")
    expect(cell(page, 0).locator(".count")).to_have_text("3")


def test_files_come_onto_the_cell_by_drop_and_paste_and_leave_by_delete(page: Page) -> None:
    opened(page)
    target = cell(page, 1)
    hand_over(target, "drop", "sketch.txt", b"x")
    expect(target).to_contain_text("sketch.txt")
    target.click()
    hand_over(target, "paste", "image.png", PNG, "image/png")
    expect(target.locator(".count")).to_have_text("2")
    expect(target).to_contain_text(re.compile(r"Picture \d{4}-\d\d-\d\d"))
    page.keyboard.press("x")
    expect(page.locator(".toast", has_text="press Enter on the cell")).to_be_visible()
    page.keyboard.press("Delete")
    page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(target.locator(".count")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(target.locator(".count")).to_have_text("2")
    page.keyboard.press("Control+y")
    expect(target.locator(".count")).to_have_count(0)


def test_others_see_a_file_and_the_filter_finds_it(page: Page, log_in: Callable[..., Page]) -> None:
    other = log_in()
    opened(page)
    opened(other)
    hand_over(cell(other, 2), "drop", "seen by all.txt", b"x")
    expect(cell(page, 2)).to_contain_text("seen by all.txt")
    named = [{"column": "files", "operator": "contains", "value": "BY ALL"}]
    opened(page, f"{PATH}&filters={quote(json.dumps(named))}")
    expect(page.locator(".chips")).to_contain_text("Files has one named BY ALL")
    expect(page.locator("#grid .slick-row[aria-rowindex='3']")).to_have_count(0)


def test_a_file_dropped_beside_a_cell_does_not_replace_the_page(page: Page) -> None:
    opened(page)
    beside = page.locator("#grid .grid-canvas-left .slick-row .slick-cell").nth(1)
    stopped = beside.evaluate(
        """(node) => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "x.txt"));
            const drop = { dataTransfer: data, bubbles: true, cancelable: true };
            return !node.dispatchEvent(new DragEvent("drop", drop));
        }"""
    )
    assert stopped


def test_the_record_shows_its_files_on_a_phone_with_the_camera(
    log_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = log_in(390, 844, has_touch=True, is_mobile=True, color_scheme="dark")
    opened(page, "/orders?sort=po_number")
    page.locator("#grid .row-handle").first.click()
    panel = page.locator(".record-panel")
    part = panel.get_by_role("region", name="Files")
    with page.expect_file_chooser() as chooser:
        part.get_by_role("button", name="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    photo: Any = {"name": "photo.png", "mimeType": "image/png", "buffer": PNG}
    chooser.value.set_files([photo])
    expect(part.locator(".files-list")).to_contain_text("photo.png")
    expect(panel.get_by_role("region", name="History")).to_contain_text("photo.png")
    look_closely(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/orders/{panel.get_attribute('data-record')}")
    card = page.locator("[data-files]")
    expect(card.locator(".files-list")).to_contain_text("photo.png")
    look_closely(page)
    assert complaints == []
