"""The rules of an import of orders, line by line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchly_admin.domain import order_import as rules
from batchly_admin.domain.import_columns import Layout, guess_mapping, lay_out
from batchly_admin.domain.import_lines import Line, Row, Verdict, read_line
from batchly_admin.domain.import_values import (
    DateOrderEvidence,
    NotReadable,
    plain,
    read_date,
    read_number,
)
from batchly_admin.domain.order_import import Options
from batchly_admin.errors import InvalidInput

COLUMNS = (
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
)
GOOD = ["536365", "71053", "LANTERN", "6", "2010-12-01T08:26:00.000", "3.39", "17850", "UK"]
PLACES = {name: place for place, name in enumerate(COLUMNS)}


def layout(columns: tuple[str, ...] = COLUMNS) -> Layout:
    return lay_out(columns, guess_mapping(columns))


def read(options: Options | None = None, /, **changed: str) -> Line | Verdict:
    cells = list(GOOD)
    for name, text in changed.items():
        cells[PLACES[name]] = text
    return read_line(Row(7, cells), layout(), options or Options())


def good(options: Options | None = None, /, **changed: str) -> Line:
    line = read(options, **changed)
    assert isinstance(line, Line), line
    return line


def test_a_good_line_is_read_exactly() -> None:
    line = good()
    assert (line.order_number, line.sku, line.customer) == ("536365", "71053", "17850")
    assert (line.quantity, line.unit_price) == (Decimal(6), Decimal("3.39"))
    assert line.order_date == date(2010, 12, 1)


REFUSED = [
    ({"InvoiceNo": "C536379"}, "cancelled_order"),
    ({"InvoiceNo": "c536379", "CustomerID": ""}, "cancelled_order"),
    ({"InvoiceNo": " "}, "missing_order_number"),
    ({"InvoiceNo": "9" * 61}, "bad_order_number"),
    ({"CustomerID": ""}, "missing_customer"),
    ({"CustomerID": "x" * 501}, "bad_customer"),
    ({"UnitPrice": "0.00"}, "zero_price"),
    ({"UnitPrice": "-3.39"}, "negative_price"),
    ({"UnitPrice": ""}, "bad_price"),
    ({"UnitPrice": "$3"}, "bad_price"),
    ({"UnitPrice": "1,234.50"}, "bad_price"),
    ({"UnitPrice": "3,39"}, "bad_price"),
    ({"UnitPrice": "1e3"}, "bad_price"),
    ({"UnitPrice": "NaN"}, "bad_price"),
    ({"UnitPrice": "0.00001"}, "bad_price"),
    ({"UnitPrice": "10000001"}, "bad_price"),
    ({"Quantity": "0"}, "zero_quantity"),
    ({"Quantity": "-6"}, "negative_quantity"),
    ({"Quantity": "six"}, "bad_quantity"),
    ({"Quantity": ""}, "bad_quantity"),
    ({"Quantity": "1.23456"}, "bad_quantity"),
    ({"Quantity": "10000001"}, "bad_quantity"),
    ({"InvoiceDate": ""}, "bad_date"),
    ({"InvoiceDate": "2011-02-29"}, "bad_date"),
    ({"InvoiceDate": "0201-02-03"}, "bad_date"),
    ({"InvoiceDate": "40513"}, "bad_date"),
    ({"InvoiceDate": "01/02/2011"}, "bad_date"),
    ({"InvoiceDate": "1/13/11"}, "bad_date"),
    ({"StockCode": ""}, "missing_sku"),
    ({"StockCode": "7" * 101}, "bad_sku"),
    ({"Description": "x" * 4001}, "bad_description"),
    ({"UnitPrice": rules.NO_VALUE}, "no_value"),
    ({"Country": rules.NO_VALUE + "the error #REF!"}, "no_value"),
]


@pytest.mark.parametrize(("changed", "reason"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_line_that_cannot_be_used_has_its_reason_and_the_way_out(
    changed: dict[str, str], reason: str
) -> None:
    verdict = read(**changed)
    assert isinstance(verdict, Verdict)
    assert verdict.reason == reason
    assert verdict.outcome == rules.REASONS[reason][0]
    assert 10 < len(verdict.message) <= rules.MESSAGE_LENGTH
    assert verdict.message.endswith(".")


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    verdict = read(CustomerID="", UnitPrice="0", Quantity="-1", StockCode="")
    assert isinstance(verdict, Verdict)
    assert verdict.reason == "missing_customer"
    for word in ("customer", "price", "quantity", "SKU"):
        assert word in verdict.message


def test_a_walk_in_customer_takes_lines_without_one_and_only_those() -> None:
    options = Options.of({"walk_in_customer": " Counter  sales "})
    assert good(options, CustomerID="").customer == "Counter sales"
    assert good(options).customer == "17850"


def test_free_lines_are_allowed_when_asked_for_but_never_prices_below_zero() -> None:
    options = Options(free_lines=True)
    assert good(options, UnitPrice="0").unit_price == 0
    verdict = read(options, UnitPrice="-0.01")
    assert isinstance(verdict, Verdict)
    assert verdict.reason == "negative_price"


def test_a_decimal_comma_is_understood_when_the_file_says_so() -> None:
    assert good(Options(decimal_comma=True), UnitPrice="3,39").unit_price == Decimal("3.39")
    assert isinstance(read(Options(decimal_comma=True), UnitPrice="3.39"), Verdict)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+44 tea", "-x"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    assert good(Description=text, StockCode=text).sku == text


def test_ids_lose_the_decimal_that_other_programs_append() -> None:
    line = good(CustomerID="17850.0", InvoiceNo="536365.0")
    assert (line.customer, line.order_number) == ("17850", "536365")
    assert line.content == good().content


@pytest.mark.parametrize("change", [
    {"InvoiceNo": "1"}, {"StockCode": "1"}, {"Quantity": "7"},
    {"UnitPrice": "3.40"}, {"CustomerID": "1"}, {"InvoiceDate": "2010-12-02"},
])  # fmt: skip
def test_the_content_of_a_line_tells_all_that_matters_apart(change: dict[str, str]) -> None:
    assert good(**change).content != good().content


def test_the_content_of_a_line_does_not_depend_on_spelling() -> None:
    same = good(Quantity="6.00", UnitPrice="3.390", Description="other", InvoiceDate="2010/12/1")
    assert same.content == good().content


@pytest.mark.parametrize(("text", "order", "day"), [
    ("2011-05-31", None, date(2011, 5, 31)),
    ("2011/5/1 08:26", None, date(2011, 5, 1)),
    ("2011-05-31T23:30:00+02:00", None, date(2011, 5, 31)),
    ("31.05.2011", None, date(2011, 5, 31)),
    ("5/6/2011 8:26", "dmy", date(2011, 6, 5)),
    ("5/6/2011 8:26 PM", "mdy", date(2011, 5, 6)),
    ("6/6/2011", None, date(2011, 6, 6)),
])  # fmt: skip
def test_dates_are_read_as_written(text: str, order: str | None, day: date) -> None:
    assert read_date(text, order) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(("texts", "order", "needed"), [
    (["2011-01-02"], None, False),
    (["1/2/2011"], None, True),
    (["1/2/2011", "13/2/2011"], "dmy", False),
    (["1/2/2011", "2/13/2011"], "mdy", False),
    (["13/2/2011", "2/13/2011"], None, True),
    (["6/6/2011"], None, False),
])  # fmt: skip
def test_the_dates_of_a_file_prove_their_order_or_somebody_is_asked(
    texts: list[str], order: str | None, *, needed: bool
) -> None:
    evidence = DateOrderEvidence()
    evidence.see(texts)
    assert (evidence.order(), evidence.is_needed) == (order, needed)


def test_columns_are_guessed_by_their_usual_names() -> None:
    guess = guess_mapping(["PO Number", "item code", "DESC", "qty", "Date", "Price", "client_id"])
    assert guess == {
        "order_number": "PO Number", "sku": "item code", "description": "DESC", "quantity": "qty",
        "order_date": "Date", "unit_price": "Price", "customer": "client_id",
    }  # fmt: skip


def test_a_missing_column_is_named_with_the_columns_found() -> None:
    columns = COLUMNS[:5]
    with pytest.raises(InvalidInput) as caught:
        lay_out(columns, guess_mapping(columns))
    assert "unit price" in caught.value.message
    assert "InvoiceNo, StockCode" in caught.value.message
    assert {refusal.field for refusal in caught.value.refusals} == {"unit_price", "customer"}


def test_a_mapping_to_a_column_that_is_not_there_or_twice_is_refused() -> None:
    guess = guess_mapping(COLUMNS)
    for wrong in ({"sku": "Nope"}, {"sku": "Quantity"}, {"color": "Country"}):
        with pytest.raises(InvalidInput):
            lay_out(COLUMNS, {**guess, **wrong})


def test_options_that_do_not_exist_are_refused() -> None:
    for wrong in ({"merge": True}, {"date_order": "ymd"}, {"walk_in_customer": "x" * 501}):
        with pytest.raises(InvalidInput):
            Options.of(wrong)


@pytest.mark.parametrize("sku", ["POST", "dot", "C2", "M", "BANK CHARGES", "gift_0001_20", "CARRY"])
def test_fee_codes_are_services(sku: str) -> None:
    assert rules.is_fee(sku)
    assert not rules.is_fee("85123A")
    assert not rules.is_fee("gift_wrap_10x")


def test_product_names_are_unique_short_and_without_a_colon() -> None:
    assert rules.product_name('Frame: 7" ', "1", ()) == 'Frame - 7"'
    assert rules.product_name("", "ab:1", ()) == "ab - 1"
    taken = {"lantern"}
    name = rules.product_name("LANTERN", "71053", taken)
    assert name == "LANTERN (71053)"
    taken.add(name.casefold())
    assert rules.product_name("LANTERN", "71053", taken) == "LANTERN (71053, 2)"
    long = rules.product_name("x" * 300, "1" * 100, {"x" * 100})
    assert len(long) == 100


def test_the_warning_of_an_order_names_its_lines_and_fits() -> None:
    sentence = rules.warning_sentence([4060, 4051], 7)
    assert sentence == "2 of 7 lines were refused at import (lines 4051, 4060)"
    assert rules.warning_sentence([9], 2) == "1 of 2 lines was refused at import (line 9)"
    assert rules.warning_sentence([], 7) is None
    many = rules.warning_sentence(range(100_000, 100_500), 900)
    assert many is not None
    assert len(many) <= rules.WARNING_LENGTH
    assert many.endswith("more)")


@given(st.text())
def test_a_cell_made_safe_for_spreadsheets_comes_back_as_it_was(text: str) -> None:
    safe = rules.safe_cell(text)
    assert safe[:1] not in ("=", "@")
    if not text.startswith("'"):
        assert rules.unsafe_cell(safe) == text


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_numbers_of_four_places_are_read_back_exactly(number: Decimal) -> None:
    assert read_number(plain(number)) == number


@given(st.text(max_size=12))
def test_a_number_is_exact_or_refused(text: str) -> None:
    try:
        number = read_number(text)
    except NotReadable:
        return
    assert number == Decimal(text)
    assert number.is_finite()


@given(st.lists(st.text(max_size=20), min_size=8, max_size=8))
def test_any_line_ends_with_a_line_or_a_known_reason(cells: list[str]) -> None:
    line = read_line(Row(2, cells), layout(), Options())
    if isinstance(line, Verdict):
        assert line.reason in rules.REASONS
        assert line.message


def test_the_handbook_explains_every_reason_and_no_other() -> None:
    book = Path(__file__).resolve().parents[3] / "docs" / "import.md"
    explained = set(
        re.findall(r"^\| `([a-z_]+)` \|", book.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert explained == set(rules.REASONS)
