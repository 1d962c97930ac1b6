"""What pasted dates and numbers mean, and what they leave open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from batchly_admin.grid.columns import Column
from batchly_admin.grid.paste import columns, dates, numbers
from batchly_admin.grid.paste.columns import Meant, Question

TODAY = date(2026, 11, 21)
MONEY = Column("amount", "Amount", kind="money", scale=2)
PRICE = Column("price", "Price", kind="price", scale=4)
COUNT = Column("count", "Count", kind="integer")
RATE = Column("rate", "Rate", kind="percent", scale=6)
DAY = Column("day", "Day", kind="date")
AT = Column("at", "At", kind="datetime")


def read(
    spec: Column, *texts: str, answer: str | None = None, remembered: str | None = None
) -> tuple[list[Meant], Question | None]:
    check = columns.checker(spec, TODAY, "America/New_York")
    return columns.read(spec, texts, answer=answer, remembered=remembered, check=check)


def plain(spec: Column, *texts: str, **said: str) -> list[str | None]:
    return [one.text for one in read(spec, *texts, **said)[0]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-35,01", "-35.01"),
        ("78,40", "78.40"),
        ("(35.01)", "-35.01"),
        ("(€ 35,01)", "-35.01"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("$78.40", "78.40"),
        ("-$78.40", "-78.40"),
        ("$-78.40", "-78.40"),
        ("78,40 €", "78.40"),
        ("35.01-", "-35.01"),
        ("\u221235.01", "-35.01"),
        ("0,500", "0.500"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("+7", "7"),
        ("1234,567", "1234.567"),
        ("007", "007"),
    ],
)
def test_a_number_with_one_meaning_has_it(text: str, number: str) -> None:
    found = numbers.readings(text)
    assert {Decimal(one) for one in found.values()} == {Decimal(number)}


@pytest.mark.parametrize("text", ["1,234", "1.234", "-12,345", "(1.234)", "$999.999"])
def test_three_digits_after_one_sign_have_two_meanings(text: str) -> None:
    assert numbers.is_ambiguous(numbers.readings(text))


@pytest.mark.parametrize(
    "text", ["", "-", "abc", "12 34", "1,23,456", "1.2.3", "12e3", "78,", "--5", "(-5)", "1,234,56"]
)
def test_what_is_no_number_stays_none(text: str) -> None:
    assert numbers.readings(text) == {}


def test_a_column_settles_its_own_decimals() -> None:
    meant, question = read(MONEY, "1.234", "78,40", "-35,01", "12")
    assert [one.text for one in meant] == ["1234", "78.40", "-35.01", "12"]
    assert question is None
    assert plain(MONEY, "1,234", "78.40", "(35.01)") == ["1234", "78.40", "-35.01"]


def test_a_column_that_does_not_is_asked_about_and_nothing_is_guessed() -> None:
    meant, question = read(PRICE, "1,234", "12")
    assert [one.text for one in meant] == [None, "12"]
    assert meant[0].reason is None
    assert question is not None
    assert (question.sample, dict(question.meanings)) == ("1,234", {".": "1234", ",": "1.234"})
    assert plain(PRICE, "1,234", "12", answer=".") == ["1234", "12"]
    assert plain(PRICE, "1,234", "12", answer=",") == ["1.234", "12"]


def test_what_was_answered_before_counts_until_the_column_says_otherwise() -> None:
    meant, question = read(PRICE, "1,234", remembered=",")
    assert meant[0].text == "1.234"
    assert question is not None
    assert question.remembered == ","
    assert plain(PRICE, "1,234", "78.40", remembered=",") == ["1234", "78.40"]


def test_a_column_of_both_kinds_asks_whatever_was_remembered() -> None:
    meant, question = read(PRICE, "78,40", "78.40", "1,234", remembered=",")
    assert [one.text for one in meant] == ["78.40", "78.40", None]
    assert question is not None
    assert question.mixed
    meant, _ = read(PRICE, "78,40", "78.40", "1,234", answer=",")
    assert meant[1].reason == "78.40 is not a number with a decimal comma."


def test_refusals_say_why() -> None:
    reasons = [one.reason for one in read(MONEY, "twelve", "12 34", "1.005", "99999999999.99")[0]]
    assert reasons[:2] == ["twelve is not a number.", "12 34 is not a number."]
    assert reasons[3] == "99999999999.99 is too large."
    assert [one.reason for one in read(COUNT, "2.5")[0]] == ["2.5 is not a whole number."]


def test_percentages_keep_their_sign_and_empty_stays_empty() -> None:
    assert plain(RATE, "7,25 %", "", "100%") == ["7.25%", "", "100%"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026-3-4",
        "2026/3/4",
        "4 Mar 2026",
        "Mar 4, 2026",
        "March 4 2026",
        "04-Mar-26",
        "Wed, 4 March 2026",
        "4th March 2026",
    ],
)
def test_a_date_with_one_meaning_has_it(text: str) -> None:
    assert set(dates.readings(text).values()) == {date(2026, 3, 4)}


@pytest.mark.parametrize("text", ["03/04/2026", "3/4/26", "03.04.2026", "3-4-2026"])
def test_day_and_month_may_change_places(text: str) -> None:
    found = dates.readings(text)
    assert found["dmy"] == date(2026, 4, 3)
    assert found["mdy"] == date(2026, 3, 4)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "31/31/2026", "4 Foo 2026", "1/2/3"])
def test_what_is_no_date_stays_none(text: str) -> None:
    assert dates.readings(text) == {}


def test_a_column_settles_its_own_dates() -> None:
    assert plain(DAY, "03/04/2026", "13/04/2026") == ["2026-04-03", "2026-04-13"]
    assert plain(DAY, "03/04/2026", "4/13/2026") == ["2026-03-04", "2026-04-13"]
    assert plain(DAY, "04/04/2026", "") == ["2026-04-04", ""]
    assert plain(DAY, "2026-3-4", "today") == ["2026-03-04", "today"]


def test_ambiguous_dates_are_asked_once() -> None:
    meant, question = read(DAY, "03/04/2026", "2026-05-06")
    assert [one.text for one in meant] == [None, "2026-05-06"]
    assert question is not None
    assert dict(question.meanings) == {"dmy": "3 April 2026", "mdy": "4 March 2026"}
    assert plain(DAY, "03/04/2026", answer="dmy") == ["2026-04-03"]
    assert plain(DAY, "03/04/2026", remembered="mdy") == ["2026-03-04"]


def test_a_day_that_does_not_fit_the_answer_is_refused() -> None:
    meant, _ = read(DAY, "03/04/2026", "4/13/2026", answer="dmy")
    assert meant[1].reason == "4/13/2026 is not a date when read day first."


def test_unreadable_dates_are_refused_and_never_emptied() -> None:
    meant, _ = read(DAY, "next week", "2026-03-04junk", "30.02.2026", "1/1/1066")
    assert all(one.text is None and one.reason for one in meant)
    assert meant[0].reason == "next week is not a date; write it like 2026-11-21."


def test_moments_keep_their_time() -> None:
    texts = ("2026-03-04 14:30", "2026-03-04T14:30:00Z", "3/13/2026 2:05 PM", "3/13/2026 25:00 PM")
    meant, _ = read(AT, *texts)
    assert [one.text for one in meant][:3] == [
        "2026-03-04 14:30:00",
        "2026-03-04T14:30:00Z",
        "2026-03-13 14:05:00",
    ]
    assert meant[3].reason
