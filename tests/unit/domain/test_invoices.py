"""The status of an invoice follows from its facts, and nothing is issued that is not right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from batchly_admin.domain.invoices import Facts, due_date, problems, status_of

TODAY = date(2026, 3, 4)


def facts(**known: Any) -> Facts:
    return Facts(
        **{
            "is_issued": True,
            "is_sent": False,
            "is_viewed": False,
            "is_void": False,
            "total": Decimal(100),
            "settled": Decimal(0),
            "due_date": date(2026, 4, 1),
            **known,
        }
    )


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ({"is_issued": False}, "draft"),
        ({}, "draft"),
        ({"is_sent": True}, "sent"),
        ({"is_sent": True, "is_viewed": True}, "viewed"),
        ({"is_sent": True, "is_viewed": True, "settled": Decimal("0.01")}, "partial"),
        ({"settled": Decimal(30), "due_date": date(2026, 3, 3)}, "overdue"),
        ({"due_date": date(2026, 3, 3)}, "overdue"),
        ({"due_date": TODAY}, "draft"),
        ({"settled": Decimal(100), "due_date": date(2026, 3, 3)}, "paid"),
        ({"settled": Decimal("100.01")}, "paid"),
        ({"is_void": True, "is_sent": True, "settled": Decimal(100)}, "void"),
        ({"total": Decimal(0)}, "paid"),
        ({"due_date": None, "is_sent": True}, "sent"),
    ],
)
def test_the_first_fact_that_holds_gives_the_status(known: dict[str, Any], status: str) -> None:
    assert status_of(facts(**known), TODAY) == status


def test_without_terms_it_is_due_on_receipt() -> None:
    assert due_date(TODAY, None) == TODAY
    assert due_date(TODAY, 30) == date(2026, 4, 3)


def fine(**known: Any) -> dict[str, Any]:
    return {
        "line_count": 1,
        "invoice_date": TODAY,
        "due": TODAY,
        "today": TODAY,
        "parts": Decimal(10),
        "total": Decimal(10),
        **known,
    }


def test_a_draft_that_is_right_has_no_problems() -> None:
    assert problems(**fine()) == []


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"line_count": 0}, "lines"),
        ({"due": date(2026, 3, 3)}, "due_date"),
        ({"invoice_date": date(2036, 3, 4), "due": None}, "invoice_date"),
        ({"parts": Decimal("10.01")}, "total_amount"),
        ({"parts": Decimal(-1), "total": Decimal(-1)}, "total_amount"),
    ],
)
def test_each_problem_names_its_field(known: dict[str, Any], field: str) -> None:
    assert [one.field for one in problems(**fine(**known))] == [field]
