"""Finding, filters, sort, groups, columns, colours and views."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.sixty.kinds import ROWS
from tests.browser.sixty.session import Session, Steps

STEPS = Steps()


# Finding, seeing


@STEPS.step
def find_counts_and_leads_there(s: Session) -> None:
    wanted = s.cell(1, s.kind.text).inner_text().strip() or s.cell(1, s.columns[1]).inner_text()
    s.press("Control+f")
    bar = s.page.get_by_role("search", name="Find and replace")
    bar.get_by_label("Find", exact=True).fill(wanted.strip()[:40])
    expect(bar.get_by_role("status")).to_have_text(re.compile(r"^\d+ of [1-9]"))


@STEPS.step
def replace_shows_first_what_it_will_do(s: Session) -> None:
    s.press("Control+h")
    bar = s.page.get_by_role("search", name="Find and replace")
    if s.kind.look_only:
        expect(bar.get_by_label("Replace with")).to_be_hidden()
        return
    bar.get_by_label("Find", exact=True).fill("Thanks 2" if s.kind.refuses else "Box 0")
    bar.get_by_label("Replace with").fill("Crate 0")
    expect(bar.get_by_role("status")).to_have_text(re.compile(r"of [1-9]"))
    again = bar.get_by_role("button", name="Replace all")
    if s.kind.refuses:
        s.writes(again.click)
        return
    again.click()
    s.writes(s.dialog("Replace all?").get_by_role("button", name="Replace in").click)
    expect(s.cell(1, s.kind.text)).to_have_text("Crate 08")


@STEPS.step
def escape_closes_the_finder(s: Session) -> None:
    bar = s.page.get_by_role("search", name="Find and replace")
    bar.get_by_label("Find", exact=True).press("Escape")
    expect(bar).to_be_hidden()


@STEPS.step
def what_was_replaced_comes_back_with_one_undo(s: Session) -> None:
    s.cell(1, s.kind.text).click()
    s.undoes()
    if not s.kind.refuses:
        expect(s.cell(1, s.kind.text)).to_have_text("Box 08")


@STEPS.step
def the_search_narrows_and_widens(s: Session) -> None:
    before = s.total
    box = s.page.get_by_role("combobox", name="Search").first
    box.fill("no such thing at all")
    expect(s.page.locator("#grid-page")).to_have_attribute("data-total", "0")
    box.fill(s.kind.search)
    expect(s.page.locator("#grid-page")).to_have_attribute("data-total", str(before))


@STEPS.step
def the_menu_of_a_cell_filters(s: Session) -> None:
    s.cell(1, s.kind.label).click(button="right")
    s.page.get_by_role("menuitem", name=re.compile("^Only ")).first.click()
    expect(s.page.locator(".chip")).to_have_count(1)
    s.ready()
    assert s.total >= 1


@STEPS.step
def a_filter_is_changed_in_its_chip(s: Session) -> None:
    s.page.locator(".chip .say").click()
    form = s.dialog("Filter")
    form.get_by_label("Condition").select_option("contains")
    form.get_by_label("Value").fill("zzz nothing")
    form.get_by_role("button", name="Apply").click()
    expect(s.page.locator("#grid-page")).to_have_attribute("data-total", "0")


@STEPS.step
def a_filter_goes(s: Session) -> None:
    s.button("Remove filter").click()
    expect(s.page.locator(".chip")).to_have_count(0)
    assert s.total >= ROWS


@STEPS.step
def a_click_on_a_head_sorts(s: Session) -> None:
    head = s.page.locator(f".slick-header-column[data-id={s.kind.text}]")
    head.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    s.ready()
    shown = [text for text in s.texts(s.kind.text) if text]
    assert shown == sorted(shown)


@STEPS.step
def a_second_column_joins_with_shift(s: Session) -> None:
    s.page.locator(f".slick-header-column[data-id={s.kind.label}]").click(modifiers=["Shift"])
    expect(s.button("Sort, by 2 columns")).to_be_visible()
    assert len(s.asked()["rows"]) >= ROWS


@STEPS.step
def the_panel_takes_the_sort_back(s: Session) -> None:
    s.button("Sort, by 2 columns").click()
    s.dialog("Sort").get_by_role("button", name="Usual order").click()
    s.press("Escape")
    expect(s.button("^Sort$")).to_be_visible()


@STEPS.step
def rows_are_grouped(s: Session) -> None:
    s.button("^Group$").click()
    column = s.kind.more[-1] if s.kind.more[-1] != "sku" else s.kind.text
    s.dialog("Group").get_by_label("Group by", exact=True).select_option(column)
    s.press("Escape")
    heads = s.page.locator(".group-row").filter(has_text=re.compile(r"\d+ row"))
    expect(heads.first).to_be_visible()
    expect(s.page.get_by_role("treegrid")).to_have_count(1)


@STEPS.step
def a_group_folds_and_opens(s: Session) -> None:
    head = s.page.locator(".grid-canvas-left .group-row").first
    head.click()
    expect(head).to_have_attribute("aria-expanded", "false")
    head.click()
    expect(head).to_have_attribute("aria-expanded", "true")


@STEPS.step
def groups_go(s: Session) -> None:
    s.open()
    expect(s.page.locator(".group-row")).to_have_count(0)


@STEPS.step
def a_column_is_put_away_and_back(s: Session) -> None:
    s.button("^Columns$").click()
    panel = s.dialog("Columns")
    box = panel.locator(f"li[data-name={s.kind.text}] input")
    box.uncheck()
    expect(s.page.locator(f".slick-header-column[data-id={s.kind.text}]")).to_have_count(0)
    box.check()
    expect(s.page.locator(f".slick-header-column[data-id={s.kind.text}]")).to_have_count(1)


@STEPS.step
def rows_are_made_tall(s: Session) -> None:
    s.dialog("Columns").get_by_role("button", name="Tall").click()
    expect(s.page.locator("#grid")).to_have_attribute("data-height", "tall")
    s.dialog("Columns").get_by_role("button", name="Normal").click()
    s.press("Escape")


@STEPS.step
def a_rule_colours_cells(s: Session) -> None:
    s.menu("^View", "Colors…")
    dialog = s.dialog("Colors")
    dialog.get_by_label("Column").select_option(s.kind.text)
    dialog.get_by_label("Condition").select_option("not_empty")
    dialog.get_by_label("Color", exact=True).select_option("green")
    dialog.get_by_role("button", name="Apply").click()
    expect(s.page.locator(".slick-cell.tint-green").first).to_be_visible()


@STEPS.step
def a_view_keeps_all_this(s: Session) -> None:
    s.menu("^View", "Save as a new view…")
    dialog = s.dialog("Save as a new view")
    dialog.get_by_label("Name").fill(f"My {s.kind.name}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    tab = s.page.locator(".view-tab[aria-pressed=true]")
    expect(tab).to_contain_text(f"My {s.kind.name}")


@STEPS.step
def the_view_is_a_link(s: Session) -> None:
    s.page.reload()
    s.ready()
    assert "view=" in s.page.url
    expect(s.page.locator(".slick-cell.tint-green").first).to_be_visible()


@STEPS.step
def the_view_goes(s: Session) -> None:
    s.menu("^View ", "Delete view…")
    s.button("^Delete view").click()
    expect(s.page.locator(".view-tab[aria-pressed=true]")).to_have_text(re.compile("^All"))


@STEPS.step
def a_last_cell_is_written(s: Session) -> None:
    s.open()
    s.write(2, s.kind.text, "Late")


@STEPS.step
def undo_outlives_a_reload(s: Session) -> None:
    s.page.reload()
    s.ready()
    s.cell(2, s.kind.text).click()
    before = "Late" if not s.kind.refuses else s.cell(2, s.kind.text).inner_text()
    expect(s.cell(2, s.kind.text)).to_have_text(before)
    s.undoes()
    if not s.kind.refuses:
        expect(s.cell(2, s.kind.text)).not_to_have_text("Late")


@STEPS.step
def and_redo_too(s: Session) -> None:
    s.undoes("Control+y")
    if not s.kind.refuses:
        expect(s.cell(2, s.kind.text)).to_have_text("Late")
