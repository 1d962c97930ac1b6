"""Writing cells, undo and redo, and what is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.sixty.session import Session, Steps

STEPS = Steps()


# Writing


@STEPS.step
def typing_replaces_and_enter_saves(s: Session) -> None:
    wrote = s.write(0, s.kind.text, "Box 5")
    if wrote:
        expect(s.cell(0, s.kind.text)).to_have_text("Box 5")
        s.at(1, s.kind.text)


@STEPS.step
def f2_edits_inside_the_text(s: Session) -> None:
    s.cell(0, s.kind.text).click()
    wrote = s.writes(
        lambda: s.press("F2"),
        lambda: s.press("End", "ArrowLeft"),
        lambda: s.type("1"),
        lambda: s.press("Tab"),
    )
    if wrote:
        expect(s.cell(0, s.kind.text)).to_have_text("Box 15")


@STEPS.step
def a_cell_that_stays_says_why(s: Session) -> None:
    """Numbers of documents, totals and what was given when a record was made."""
    name = s.kind.fixed or s.kind.more[-1]
    locked = s.kind.refuses or "fixed-cell" in (s.cell(0, name).get_attribute("class") or "")
    if not locked:
        return
    s.cell(0, name).click()
    before = len(s.posts)
    s.hush()
    s.type("7")
    s.said("stays as it is|cannot be changed|ssued|look at this table")
    assert len(s.posts) == before


@STEPS.step
def escape_keeps_the_old_value(s: Session) -> None:
    s.cell(1, s.kind.text).click()
    before = s.cell(1, s.kind.text).inner_text()
    s.type("never")
    s.press("Escape")
    assert s.cell(1, s.kind.text).inner_text() == before


@STEPS.step
def a_double_click_edits(s: Session) -> None:
    if s.kind.look_only:
        # Nothing to edit anywhere in the row: it leads to the record.
        s.cell(1, s.kind.text).dblclick()
        s.page.wait_for_url(re.compile(rf"{s.kind.path}/[0-9a-f-]{{36}}$"))
        s.open()
        s.cell(1, s.kind.text).click()
        return
    before = s.cell(1, s.kind.text).inner_text().strip()
    wrote = s.writes(
        s.cell(1, s.kind.text).dblclick,
        lambda: s.press("Control+a"),
        lambda: s.type("Box two"),
        lambda: s.press("Enter"),
    )
    expect(s.cell(1, s.kind.text)).to_have_text("Box two" if wrote else before)


@STEPS.step
def control_z_takes_it_back(s: Session) -> None:
    s.undoes()
    expect(s.cell(1, s.kind.text)).not_to_have_text("Box two")


@STEPS.step
def control_y_does_it_again(s: Session) -> None:
    s.undoes("Control+y")
    if not s.kind.refuses:
        expect(s.cell(1, s.kind.text)).to_have_text("Box two")


@STEPS.step
def one_value_is_pasted_into_many(s: Session) -> None:
    s.cell(2, s.kind.text).click()
    s.press("Shift+ArrowDown")
    s.cell(5, s.kind.text).click(modifiers=["Control"])
    wrote = s.writes(lambda: s.paste("Same"))
    if wrote:
        assert wrote == ["Same"] * 3
        expect(s.cell(5, s.kind.text)).to_have_text("Same")
    else:
        assert "Same" not in s.stored()


@STEPS.step
def one_undo_takes_the_paste_back(s: Session) -> None:
    s.drop_red()
    s.undoes()
    expect(s.cell(5, s.kind.text)).not_to_have_text("Same")


@STEPS.step
def a_block_is_pasted_where_the_cursor_is(s: Session) -> None:
    s.cell(2, s.kind.text).click()
    wrote = s.writes(lambda: s.paste("First\nSecond\n"))
    if wrote:
        expect(s.cell(3, s.kind.text)).to_have_text("Second")
    s.drop_red()


@STEPS.step
def control_d_fills_down(s: Session) -> None:
    s.cell(3, s.kind.text).click()
    s.press("Shift+ArrowDown", "Shift+ArrowDown")
    wrote = s.writes(lambda: s.press("Control+d"))
    if wrote:
        assert wrote == ["Second"] * 2


@STEPS.step
def control_enter_writes_into_all_that_is_marked(s: Session) -> None:
    s.cell(4, s.kind.text).click()
    s.press("Shift+ArrowDown")
    wrote = s.writes(lambda: s.type("B"), lambda: s.type("oth"), lambda: s.press("Control+Enter"))
    if wrote:
        assert wrote == ["Both"] * 2


@STEPS.step
def the_corner_goes_on_with_a_series_of_texts(s: Session) -> None:
    s.cell(0, s.kind.text).click()
    if s.kind.refuses:
        s.writes(lambda: s.press("Delete"))
        return
    s.write(0, s.kind.text, "Box 07")
    s.cell(0, s.kind.text).click()
    assert s.writes(lambda: s.drag_fill(2, s.kind.text)) == ["Box 08", "Box 09"]


@STEPS.step
def two_numbers_are_typed(s: Session) -> None:
    if not s.kind.number:
        return
    for row, text in enumerate(s.kind.numbers[:2]):
        s.write(row, s.kind.number, text)


@STEPS.step
def and_go_on_as_a_series(s: Session) -> None:
    if not s.kind.number or s.kind.refuses:
        return
    s.cell(0, s.kind.number).click()
    s.press("Shift+ArrowDown")
    wrote = s.writes(lambda: s.drag_fill(3, s.kind.number)) or []
    assert [Decimal(one) for one in wrote] == [Decimal(one) for one in s.kind.numbers[2:]]


@STEPS.step
def a_value_that_cannot_be_read_stays_red_with_its_reason(s: Session) -> None:
    if not s.kind.number or s.kind.refuses:
        return
    cell = s.cell(4, s.kind.number)
    before = s.stored(s.kind.number)
    cell.click()
    s.type("many")
    s.press("Enter")
    expect(cell).to_have_class(re.compile("cell-refused"))
    expect(cell).to_contain_text("many")
    assert s.stored(s.kind.number) == before
    cell.click(button="right")
    s.page.get_by_role("menuitem", name="Discard what I typed").click()
    expect(cell).not_to_have_class(re.compile("cell-refused"))


@STEPS.step
def today_is_a_key(s: Session) -> None:
    if not s.kind.day:
        return
    s.cell(0, s.kind.day).click()
    wrote = s.writes(lambda: s.press("Control+;"))
    if wrote:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", wrote[0])


@STEPS.step
def days_go_on(s: Session) -> None:
    if not s.kind.day or s.kind.refuses:
        return
    wrote = s.writes(lambda: s.drag_fill(2, s.kind.day)) or []
    assert wrote == sorted(wrote)
    assert len(set(wrote)) == 2


@STEPS.step
def space_turns_a_tick(s: Session) -> None:
    if not s.kind.flag:
        return
    s.cell(1, s.kind.flag).click()
    wrote = s.writes(lambda: s.press("Space"))
    assert wrote in (None, [True], [False])


@STEPS.step
def what_is_cut_is_gone(s: Session) -> None:
    s.cell(5, s.kind.text).click()
    before = s.cell(5, s.kind.text).inner_text().strip()
    wrote = s.writes(lambda: s.press("Control+x"))
    assert s.page.evaluate("window.copied") == before
    expect(s.cell(5, s.kind.text)).to_have_text("" if wrote else before)


@STEPS.step
def delete_empties_what_is_marked(s: Session) -> None:
    s.cell(3, s.kind.text).click()
    s.press("Shift+ArrowDown")
    wrote = s.writes(lambda: s.press("Delete"))
    if wrote:
        assert s.texts(s.kind.text, range(3, 5)) == ["", ""]


@STEPS.step
def and_comes_back(s: Session) -> None:
    s.undoes()
    if not s.kind.refuses:
        expect(s.cell(3, s.kind.text)).to_have_text("Second")
