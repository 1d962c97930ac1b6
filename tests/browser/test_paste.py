"""Smart paste, as the hands of a clerk do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import import_orders
from tests.servers import Up

pytestmark = pytest.mark.browser

PASTE = """([text, html]) => {
  const data = new DataTransfer();
  if (text !== null) data.setData("text/plain", text);
  if (html !== null) data.setData("text/html", html);
  const paste = { clipboardData: data, bubbles: true, cancelable: true };
  document.querySelector("#grid").dispatchEvent(new ClipboardEvent("paste", paste));
}"""
CUSTOMERS = "/customers"


def ready(page: Page) -> None:
    expect(page.locator("#grid-page")).to_have_attribute("data-state", re.compile("ready|empty"))


def place(page: Page, label: str) -> int:
    """Give the number of the column with this head."""
    heads = page.locator(".slick-header-column")
    texts = [one.strip() for one in heads.all_inner_texts()]
    return texts.index(label)


def cell(page: Page, row: int, label: str) -> Locator:
    """Give a cell of the row that stands there; the page keeps its rows in another order."""
    line = page.locator(f".slick-row[aria-rowindex='{row + 2}']")
    return line.locator(f".slick-cell.l{place(page, label)}")


def paste(page: Page, text: str | None, html: str | None = None) -> None:
    page.evaluate(PASTE, [text, html])


def said(page: Page, words: str) -> Locator:
    found = page.locator(".toast").filter(has_text=re.compile(words)).last
    expect(found).to_be_visible()
    return found


def dialog(page: Page) -> Locator:
    return page.locator("dialog[open]")


@pytest.fixture(scope="module")
def twins(shop: Up) -> None:
    """Two customers who go by one company name, and enough of others to paste over."""
    lines = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    rows = [
        f"9{n:03d},TEE-01,Plain tee,1,2026-03-01T09:00:00,4.35,K{n:03d},United States"
        for n in range(40)
    ]
    import_orders(shop.data_dir, lines + "\n".join(rows) + "\n")


@pytest.fixture
def customers(page: Page, twins: None) -> Page:
    page.goto(f"{CUSTOMERS}?sort=display_name")
    ready(page)
    return page


@pytest.fixture
def orders(page: Page, twins: None) -> Page:
    page.goto("/orders?sort=po_number")
    ready(page)
    return page


def test_names_dates_and_decimals_of_an_e_mailed_table(orders: Page) -> None:
    page = orders
    cell(page, 1, "Due").click()
    paste(page, "03/04/2026\n05/06/2026\n")
    expect(dialog(page).get_by_role("group", name="03/04/2026")).to_be_visible()
    dialog(page).get_by_role("button", name="Paste", exact=True).click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("nothing is guessed")
    dialog(page).get_by_label(re.compile("3 April 2026")).check()
    dialog(page).get_by_role("button", name="Paste", exact=True).click()
    said(page, "2 cells saved")
    expect(cell(page, 1, "Due")).to_have_text("Apr 3, 2026")
    # Asked once: the next paste remembers it and says so.
    cell(page, 3, "Due").click()
    paste(page, "07/08/2026")
    said(page, "read day first, as before")
    expect(cell(page, 3, "Due")).to_have_text("Aug 7, 2026")
    # Ctrl+Z takes back the whole paste.
    page.keyboard.press("Control+z")
    expect(cell(page, 3, "Due")).not_to_have_text("Aug 7, 2026")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, "Due")).not_to_have_text("Apr 3, 2026")


def test_unknown_names_are_made_with_one_click_and_go_with_one_undo(orders: Page) -> None:
    page = orders
    before = cell(page, 1, "Customer").inner_text()
    cell(page, 1, "Customer").click()
    paste(page, "Brand new maker\nAnother new maker\n")
    expect(dialog(page)).to_contain_text("2 names to settle")
    dialog(page).get_by_role("button", name="Create 2 missing records").click()
    dialog(page).get_by_role("button", name="Paste", exact=True).click()
    said(page, "2 records made by name")
    expect(cell(page, 1, "Customer")).to_contain_text("Brand new maker")
    expect(cell(page, 2, "Customer")).to_contain_text("Another new maker")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, "Customer")).to_contain_text(before.strip())


def test_bad_cells_stay_red_survive_scrolling_and_good_ones_save(customers: Page) -> None:
    page = customers
    cell(
        page,
        0,
        "E-mail"
        if "E-mail" in page.locator(".slick-header-columns").first.inner_text()
        else "Email",
    ).click()
    texts = [f"clerk{n}@shop.example" if n % 5 else f"no address {n}" for n in range(20)]
    paste(page, "\n".join(texts))
    said(page, "16 cells saved, 4 cells not saved")
    red = page.locator(".slick-cell.cell-refused").first
    expect(red).to_have_text("no address 0")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 900)
    page.mouse.wheel(0, -2000)
    expect(page.locator(".slick-cell.cell-refused").first).to_have_text("no address 0")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(dialog(page)).to_contain_text("is not an e-mail address")
    dialog(page).get_by_role("button", name="Close", exact=True).last.click()
    red.click()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("fixed@shop.example")
    page.keyboard.press("Enter")
    expect(page.locator(".slick-cell.cell-refused").first).not_to_have_text("no address 0")


def test_a_table_of_300_lines_with_12_bad_cells_becomes_rows_and_one_undo(
    page: Page, twins: None
) -> None:
    page.goto("/work-centers")
    ready(page)
    bad = ["8h", "n/a", "1.2.3", "--5", "12,3,4", "eight", "1e2", "$", "25%%", "7-8", "9..1", "?"]
    hours = [bad[n // 25] if n % 25 == 24 else f"{n % 8 + 1},5" for n in range(300)]
    lines = "\n".join(f"Station {n:03d}\t{text}" for n, text in enumerate(hours))
    page.evaluate(PASTE.replace("#grid", "body"), [lines, None])
    expect(dialog(page)).to_contain_text("Create 300 new rows")
    dialog(page).get_by_role("button", name="Paste", exact=True).click()
    expect(
        page.locator(".toast").filter(has_text="300 rows created, 12 cells not saved")
    ).to_be_visible(timeout=30_000)
    root = page.locator("#grid-page")
    expect(root).to_have_attribute("data-total", "300")
    expect(cell(page, 0, "Hours a day")).to_have_text("1.5")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(dialog(page).get_by_role("listitem")).to_have_count(12)
    expect(dialog(page)).to_contain_text("“eight” eight is not a number.")
    dialog(page).get_by_role("button", name="Close", exact=True).last.click()
    cell(page, 0, "Name").click(position={"x": 4, "y": 12})
    # Past the end of what is there: asked again, and only the new row comes.
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    last = page.locator(".slick-cell.active").inner_text().strip()
    paste(page, f"{last}\nZz new one\n")
    expect(dialog(page)).to_contain_text("Create 1 new row ")
    dialog(page).get_by_role("button", name="Paste", exact=True).click()
    said(page, "1 row created")
    expect(root).to_have_attribute("data-total", "301")
    page.keyboard.press("Control+z")
    expect(root).to_have_attribute("data-total", "300")
    page.keyboard.press("Control+z")
    expect(root).to_have_attribute("data-total", "0", timeout=30_000)


def test_a_missing_record_is_made_in_the_cell(orders: Page) -> None:
    page = orders
    cell(page, 1, "Customer").click(position={"x": 4, "y": 12})
    page.keyboard.type("Made in the cell")
    choice = page.get_by_role("option", name="Create customer “Made in the cell”")
    expect(choice).to_be_visible()
    choice.click()
    expect(cell(page, 1, "Customer")).to_contain_text("Made in the cell")
    expect(page.locator("#grid-page")).to_have_attribute("data-problems", "0")


def test_a_table_of_html_with_breaks_and_one_value_into_many(customers: Page) -> None:
    page = customers
    cell(page, 4, "Company").click()
    table = (
        "<table><tr><td>One<br>two</td><td>A-4711</td></tr><tr><td>Three</td><td></td></tr></table>"
    )
    paste(page, "One\ntwo\tA-4711\nThree\t\n", table)
    said(page, "saved")
    expect(cell(page, 4, "Company")).to_have_text("One two")
    expect(cell(page, 4, "Account no.")).to_have_text("A-4711")
    expect(cell(page, 5, "Company")).to_have_text("Three")
    cell(page, 6, "Company").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    paste(page, '"Same ""quoted""\tfor all"')
    expect(cell(page, 8, "Company")).to_have_text('Same "quoted" for all')
    # Two customers of one name are asked about, never chosen between.
    page.goto("/orders?sort=po_number")
    ready(page)
    cell(page, 1, "Customer").click()
    paste(page, 'Same "quoted" for all')
    expect(dialog(page)).to_contain_text("3 customers go by")
    dialog(page).get_by_role("button", name="Cancel").click()
    expect(dialog(page)).to_have_count(0)


def test_locked_and_fixed_cells_say_why(orders: Page) -> None:
    page = orders
    cell(page, 1, "Total").click()
    paste(page, "99,999.99")
    said(page, "1 cell not saved")
    expect(cell(page, 1, "Total")).to_have_class(re.compile("cell-refused"))
    expect(cell(page, 1, "Total").locator("[title]").first).to_have_attribute(
        "title", re.compile("Total cannot be changed here")
    )


def test_the_dialog_fits_a_phone(log_in: Callable[..., Page], twins: None) -> None:
    page = log_in(390, 780)
    page.goto("/orders?sort=po_number")
    ready(page)
    page.locator(".slick-row .slick-cell.l1").first.click()
    page.keyboard.press("ArrowRight")
    paste(page, "Somebody unknown")
    expect(dialog(page)).to_be_visible()
    box = dialog(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
