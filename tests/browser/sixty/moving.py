"""Moving, marking and copying."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.sixty.kinds import ROWS
from tests.browser.sixty.session import Session, Steps

STEPS = Steps()


# Looking and moving


@STEPS.step
def the_rows_are_there_and_counted(s: Session) -> None:
    assert s.total >= ROWS
    expect(s.page.locator("#grid")).to_have_attribute("aria-rowcount", str(s.total + 1))
    assert s.columns[1] == s.kind.label


@STEPS.step
def a_click_puts_the_cursor(s: Session) -> None:
    s.cell(0, s.kind.text).click()
    s.at(0, s.kind.text)


@STEPS.step
def arrows_move_it(s: Session) -> None:
    s.press("ArrowDown", "ArrowDown", "ArrowLeft")
    s.at(2, s.columns[s.columns.index(s.kind.text) - 1])


@STEPS.step
def home_and_end_lead_to_the_sides(s: Session) -> None:
    s.press("End")
    s.at(2, s.columns[-1])
    s.press("Home")
    s.at(2, s.columns[1])


@STEPS.step
def control_home_and_end_lead_to_the_corners(s: Session) -> None:
    s.press("Control+End")
    if s.total == ROWS:
        s.at(ROWS - 1, s.columns[-1])
    s.press("Control+Home")
    s.at(0, s.columns[1])


@STEPS.step
def control_and_an_arrow_lead_to_the_edge_of_the_data(s: Session) -> None:
    s.press("Control+ArrowDown")
    expect(s.cell(0, s.columns[1])).not_to_have_class(re.compile("active"))
    s.press("Control+ArrowUp")
    s.at(0, s.columns[1])


@STEPS.step
def pages_go_down_and_up(s: Session) -> None:
    s.press("PageDown", "PageUp", "Control+Home")
    s.at(0, s.columns[1])


@STEPS.step
def tab_goes_on_and_enter_returns_below_its_start(s: Session) -> None:
    s.press("Tab")
    s.at(0, s.columns[2])
    s.press("Shift+Tab", "ArrowDown", "Shift+Enter")
    s.at(0, s.columns[1])


# Marking and copying


@STEPS.step
def shift_and_arrows_mark_a_range(s: Session) -> None:
    s.cell(1, s.kind.text).click()
    s.press("Shift+ArrowDown", "Shift+ArrowDown")
    expect(s.stat("cells")).to_have_text("3")
    expect(s.page.locator("#grid .slick-cell.selected")).to_have_count(3)


@STEPS.step
def control_click_adds_a_range_apart(s: Session) -> None:
    s.cell(5, s.kind.text).click(modifiers=["Control"])
    expect(s.stat("cells")).to_have_text("4")


@STEPS.step
def ranges_apart_are_copied_together(s: Session) -> None:
    shown = s.texts(s.kind.text)
    s.press("Control+c")
    assert s.page.evaluate("window.copied") == "\n".join([*shown[1:4], shown[5]])


@STEPS.step
def a_drag_crosses_the_frozen_columns(s: Session) -> None:
    start, end = (s.cell(row, s.columns[at]).bounding_box() for row, at in ((1, 1), (3, 2)))
    assert start
    assert end
    s.page.mouse.move(start["x"] + 20, start["y"] + 10)
    s.page.mouse.down()
    s.page.mouse.move(end["x"] + 20, end["y"] + 10, steps=4)
    s.page.mouse.up()
    expect(s.stat("cells")).to_have_text("6")


@STEPS.step
def the_copy_has_heads_when_asked_for(s: Session) -> None:
    s.press("Control+Shift+c")
    text = s.page.evaluate("window.copied").split("\n")
    assert len(text) == 4
    assert all("\t" in line for line in text)


@STEPS.step
def shift_space_marks_the_row(s: Session) -> None:
    s.cell(2, s.kind.text).click()
    s.press("Shift+Space")
    expect(s.stat("cells")).to_have_text(str(len(s.columns) - 1))


@STEPS.step
def control_space_marks_the_column(s: Session) -> None:
    s.cell(2, s.kind.text).click()
    s.press("Control+Space")
    expect(s.stat("cells")).to_have_text(f"{s.total:,}")


@STEPS.step
def the_line_below_adds_up_the_column(s: Session) -> None:
    if not s.kind.number:
        return
    s.press("Escape")
    s.page.locator(f".slick-header-column[data-id={s.kind.number}]").click(modifiers=["Control"])
    expect(s.stat("cells")).to_have_text(f"{s.total:,}")
    shown = [re.sub(r"[^\d.]", "", text) for text in s.texts(s.kind.number)]
    if any(shown):
        total = sum(Decimal(text) for text in shown if text)
        expect(s.stat("sum")).to_have_text(re.compile(rf"^\$?{total:,}(\.00)?$"))


@STEPS.step
def control_a_marks_all_and_escape_none(s: Session) -> None:
    s.press("Control+a")
    expect(s.stat("cells")).to_have_text(f"{s.total * (len(s.columns) - 1):,}")
    s.press("Escape")
    expect(s.stat("cells")).to_have_count(0)
