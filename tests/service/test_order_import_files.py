"""Files as they come: encodings, separators, workbooks, damage, size."""

from __future__ import annotations

import datetime
import io
import tracemalloc
import zipfile
from typing import Any

import openpyxl
import pytest

from batchly_admin.domain.order_import import NO_VALUE
from batchly_admin.errors import InvalidInput
from batchly_admin.services.import_files import MAX_BYTES, MAX_LINES, read_file
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.order_files import COLUMNS, csv_file, imported, line, queue, refused_lines, repaired

POUND = line(Description="GIFT £20, ½ price")


def workbook(*rows: tuple[Any, ...], more_sheets: int = 0) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Orders"
    for row in rows:
        book.active.append(row)
    for number in range(more_sheets):
        book.create_sheet(f"More {number}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_file(content, "orders.csv").count()
    return caught.value.message


@pytest.mark.parametrize(("codec", "name"), [
    ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252"),
])  # fmt: skip
def test_every_usual_encoding_is_recognized(codec: str, name: str) -> None:
    sheet = read_file(csv_file([POUND]).decode().encode(codec), "orders.csv")
    (row,) = sheet.rows()
    assert sheet.encoding == name
    assert sheet.columns == COLUMNS
    assert row.cells[2] == POUND["Description"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_separator_is_recognized(delimiter: str) -> None:
    sheet = read_file(csv_file([POUND], delimiter=delimiter), "orders.csv")
    assert sheet.delimiter == delimiter
    assert [row.cells for row in sheet.rows()] == [list(POUND.values())]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_understood(ending: str) -> None:
    content = csv_file([line(), line()]).replace(b"\n", ending.encode())
    assert [row.number for row in read_file(content, "a.csv").rows()] == [2, 3]


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"),
    (b" \n\n", "empty"),
    (b"\x00\x01\x02binary", "binary data"),
    (b"%PDF-1.7 ...", "PDF"),
    (b"\xd0\xcf\x11\xe0rest", "old Excel"),
    (b"\x1f\x8brest", "compressed"),
    (b"PK\x03\x04rest", "cannot be read"),
    (b"\xff\xfea\x00\xd8", "damaged"),
    ("注文,番号\n1,2".encode("shift-jis") + b"\x81\x8d", "encoding"),
    (b"A,B,a\n1,2,3", "names the column a twice"),
    (b'A,B\n1,"2\n3,4\n', "line 2 is not closed"),
    (b'A,B\n1,"2\n3,4\n5,"6",7\n', "line 2 is not closed"),
], ids=lambda value: repr(value)[:30])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_utf16_without_its_mark_is_refused_in_words() -> None:
    assert "binary data" in refusal(csv_file([line()]).decode().encode("utf-16-le"))


def test_a_zip_that_is_no_workbook_is_refused_in_words() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("orders.csv", "a,b")
    assert "no XLSX workbook" in refusal(out.getvalue())


def test_a_workbook_that_swells_when_unpacked_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
        with packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(301):
                part.write(b" " * 1024 * 1024)
    assert "too large once unpacked" in refusal(out.getvalue())


def test_too_large_and_too_long_files_are_refused_with_the_limit() -> None:
    assert "at most 32 MB" in refusal(b"a" * (MAX_BYTES + 1))
    assert f"{MAX_LINES:,} lines" in refusal(b"A,B\n" + b"1,2\n" * (MAX_LINES + 1))
    assert read_file(b"A,B\n" + b"1,2\n" * MAX_LINES, "a.csv").count() == MAX_LINES


def test_lines_keep_the_numbers_of_a_spreadsheet_and_only_inner_empty_ones_count() -> None:
    content = b'\nA,B\n1,"x\ny"\n\n , \n2,z\n\n\n'
    rows = list(read_file(content, "a.csv").rows())
    assert [(row.number, row.fault) for row in rows] == [
        (2, None), (3, "blank_line"), (4, "blank_line"), (5, None),
    ]  # fmt: skip


def test_ragged_lines_and_broken_quotation_marks_are_refused_on_their_line(
    uows: UnitOfWorks,
) -> None:
    good = csv_file([line()])
    content = good + b'1,2,3\n4,5,6,7,8,9,10,11,12\n500001,"A"B,c,1,2011-01-01,1,17850,UK\n'
    account = imported(uows, content + good.splitlines()[1])
    assert account.reasons == {"broken_quotes": 1, "ragged_line": 2}
    assert account.lines_created == 2
    refused = refused_lines(uows, account)
    assert refused[0]["InvoiceNo"] == "1,2,3"
    fixed = {**refused[1], **line(StockCode="22")}
    assert imported(uows, repaired([fixed])).lines_created == 1


def test_a_workbook_gives_the_values_that_a_person_sees(uows: UnitOfWorks) -> None:
    moment = datetime.datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001 - workbooks know no zones
    content = workbook(
        COLUMNS,
        (536365, "71053", "LANTERN", 6.0, moment, 0.1 + 0.2, 17850, "UK"),
        (None, None),
        (536365, 22, None, 1, datetime.date(2010, 12, 1), 1, 17850.0, "UK"),
        more_sheets=1,
    )
    sheet = read_file(content, "orders.xlsx")
    rows = list(sheet.rows())
    assert rows[0].cells == [
        "536365", "71053", "LANTERN", "6", "2010-12-01T08:26:00", "0.3", "17850", "UK",
    ]  # fmt: skip
    assert [row.fault for row in rows] == [None, "blank_line", None]
    assert "Orders" in sheet.note
    assert imported(uows, content, file_name="orders.xlsx").lines_created == 2


def test_a_formula_without_a_value_or_an_error_is_refused_on_its_line(uows: UnitOfWorks) -> None:
    day = datetime.date(2010, 12, 1)
    content = workbook(
        COLUMNS,
        (1, "A1", "x", 1, day, "=1+1", 17850, "UK"),
        (1, "A1", "#REF!", 1, day, 2, 17850, "UK"),
        (1, "A1", "x", 1, day, 2, 17850, "UK"),
    )
    rows = list(read_file(content, "orders.xlsx").rows())
    assert rows[0].cells[5] == NO_VALUE
    account = imported(uows, content)
    assert (account.lines_created, account.reasons) == (1, {"no_value": 2})
    assert [entry["UnitPrice"] for entry in refused_lines(uows, account)] == ["", "2"]


def test_two_hundred_thousand_lines_stream_in_little_memory() -> None:
    content = csv_file([]) + csv_file([line()]).splitlines(keepends=True)[1] * 200_000
    tracemalloc.start()
    try:
        assert read_file(content, "a.csv").count() == 200_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024 * 1024


def test_a_file_with_a_header_and_nothing_else_is_an_account_of_nothing(uows: UnitOfWorks) -> None:
    assert imported(uows, csv_file([])).lines_read == 0


def test_a_file_name_is_kept_without_its_folders(uows: UnitOfWorks) -> None:
    run_id = queue(uows, csv_file([line()]), file_name="C:\\orders\\" + "x" * 300 + ".csv")
    assert run_id
