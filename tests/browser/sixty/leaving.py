"""The record, its lines and its page; export, deletion and the trash."""

from __future__ import annotations

import io
import re
from urllib.parse import quote

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.sixty.kinds import ROWS
from tests.browser.sixty.session import Session, Steps

STEPS = Steps()


# The record beside the grid, its lines, its own page


@STEPS.step
def space_opens_the_record(s: Session) -> None:
    s.cell(1, s.kind.text).click()
    s.press("Space")
    expect(s.panel().locator("h2")).to_have_text(re.compile(r"\S"))
    assert "record=" in s.page.url


@STEPS.step
def it_follows_to_the_next(s: Session) -> None:
    first = s.panel().get_attribute("data-record")
    s.press("Alt+PageDown")
    expect(s.panel()).not_to_have_attribute("data-record", first or "")
    s.press("Alt+PageUp")
    expect(s.panel()).to_have_attribute("data-record", first or "")


@STEPS.step
def a_field_is_written_there_or_locked_with_a_reason(s: Session) -> None:
    field_ = s.panel().locator(f"[data-field={s.kind.text}]")
    if s.kind.refuses:
        expect(field_.locator("button.value")).to_have_count(0)
        return
    field_.locator("button.value").click()
    box = s.page.locator(".cell-text-pop textarea, .record-panel input.cell-input").first
    box.fill("beside")
    s.writes(lambda: box.press("Enter"))
    expect(field_).to_contain_text("beside")
    expect(s.cell(1, s.kind.text)).to_have_text("beside")


@STEPS.step
def lines_are_written_or_refused(s: Session) -> None:
    if not s.kind.lines:
        return
    grid = s.page.locator(".lines-grid")
    expect(grid).to_have_attribute("data-state", "ready")
    heads = grid.locator(".slick-header-column .slick-column-name").all_inner_texts()
    line = grid.locator(".slick-row[aria-rowindex='2'] .slick-cell").nth(heads.index(s.kind.line))
    line.click()
    if s.kind.refuses:
        s.writes(lambda: s.type("1"))
        return
    with s.page.expect_response(re.compile("/lines/changes$")) as sent:
        s.type("1")
        s.press("Enter")
    assert sent.value.ok
    expect(line).to_have_text("1")


@STEPS.step
def escape_gives_the_cell_back(s: Session) -> None:
    s.panel().get_by_role("button", name="Close").first.click()
    expect(s.page.locator(".record-panel")).to_be_hidden()
    expect(s.page).not_to_have_url(re.compile("record="))


# Taking away: export, delete, trash


@STEPS.step
def the_text_table_holds_what_is_seen(s: Session) -> None:
    s.button("Export or print").click()
    links = {
        one.inner_text().split("\n")[0]: one.get_attribute("href") or ""
        for one in s.page.get_by_role("menuitem").all()
    }
    s.press("Escape")
    text = s.fetched(links["Text table"]).decode("utf-8-sig")
    assert text.count("\n") >= ROWS
    assert s.cell(0, s.kind.text).inner_text().strip() in text
    book = load_workbook(io.BytesIO(s.fetched(links["Excel workbook"])), read_only=True)
    assert book.active is not None


@STEPS.step
def the_print_view_is_a_page(s: Session) -> None:
    answer = s.page.request.get(f"{s.kind.path}/print?search={quote(s.kind.search)}")
    assert answer.ok
    assert "<table" in answer.text()


@STEPS.step
def a_tick_offers_what_can_be_done(s: Session) -> None:
    s.page.locator(".slick-row[aria-rowindex='2'] input[type=checkbox]").first.click()
    expect(s.page.locator("#grid-actions")).to_contain_text("1 row selected")
    offered = s.page.locator("#grid-actions").get_by_role("button", name="Delete")
    expect(offered).to_have_count(1 if s.kind.deletes else 0)


@STEPS.step
def delete_tells_first_what_it_takes(s: Session) -> None:
    if not s.kind.deletes:
        return
    s.page.locator("#grid-actions").get_by_role("button", name="Delete").click()
    dialog = s.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Selected")
    confirm = dialog.locator("footer .button.primary")
    if s.kind.refuses or not confirm.is_enabled():
        expect(confirm).to_be_disabled()
        expect(dialog).to_contain_text("left out")
        dialog.get_by_role("button", name="Cancel").click()
        return
    confirm.click()
    done = s.page.locator("dialog[open][data-state=finished]")
    expect(done).to_be_visible(timeout=15_000)
    expect(done).to_contain_text("Deleted")


@STEPS.step
def what_was_deleted_is_in_the_trash_and_comes_back(s: Session) -> None:
    if not s.kind.deletes or s.kind.refuses:
        return
    s.page.goto("/trash")
    s.page.get_by_role("button", name=re.compile("^Restore")).first.click()
    s.open()
    assert s.total == ROWS


@STEPS.step
def the_page_of_the_record_offers_only_what_can_be_done(s: Session) -> None:
    s.open()
    s.cell(1, s.kind.text).click()
    s.press("Control+Enter")
    s.page.wait_for_url(re.compile(rf"{s.kind.path}/[0-9a-f-]{{36}}$"))
    head = s.page.locator("#record-actions")
    expect(head.get_by_role("link", name="Edit")).to_have_count(0 if s.kind.refuses else 1)
    for one in head.locator("[data-refused]").all():
        one.press("Enter")
        s.said("Not possible: ")
    if s.kind.refuses:
        expect(head.locator("[data-run-action=delete], [data-run-action=issue]")).to_have_count(0)


@STEPS.step
def keys_are_listed_and_the_palette_leads_back(s: Session) -> None:
    s.press("Control+/")
    expect(s.dialog("Keyboard")).to_be_visible()
    s.press("Escape", "Control+k")
    s.dialog("Go to").get_by_role("combobox").fill(s.kind.name.replace("_", " "))
    expect(s.dialog("Go to").get_by_role("option").first).to_be_visible()
    s.press("Escape")


@STEPS.step
def no_route_writes_what_the_grid_refuses(s: Session) -> None:
    s.open()
    found = s.asked(columns=s.kind.text)["rows"][1]
    token = s.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    change = {"id": found[0], "column": s.kind.text, "seen": found[3], "text": "by hand"}
    answer = s.page.request.post(
        f"{s.kind.path}/changes",
        data={"changes": [change], "creates": [], "source": "cell"},
        headers={"X-CSRFToken": token, "Referer": s.page.url},
    )
    if not s.kind.refuses:
        assert answer.json()["results"][0]["status"] == "saved"
        return
    if answer.ok:
        assert answer.json()["results"][0]["status"] == "refused"
        assert len(answer.json()["results"][0]["reason"]) > 10
    assert "by hand" not in s.stored()
