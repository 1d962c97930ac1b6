"""What people read: texts with values, and numbers, amounts and days without a digit lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from batchly_admin import words
from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.errors import NotFound
from batchly_admin.grid.registry import table

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with words.speaking(words.language("en-US")):
        yield


@pytest.fixture
def french(tmp_path: Path) -> Iterator[None]:
    said = Catalog(locale="fr")
    said.add("Pending", "En attente")
    said.add("{count} of {total}", "{cout} sur {total}")
    said.add(("order", "orders"), ("commande", "commandes"))
    said.add("Purchase orders", "Commandes")
    said.add("Due", "Échéance")
    said.add("There is no such record.", "Cet enregistrement n'existe pas.")
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as target:
        write_mo(target, said)
    with words.speaking(words.language("fr-FR", "EUR", tmp_path)):
        yield


def test_a_slip_in_a_translation_shows_the_english_text(french: None) -> None:
    assert words._("{count} of {total}", count=1, total=2) == "1 of 2"


def test_what_nobody_translated_stays_english(french: None) -> None:
    assert words._("Cancelled by {name}.", name="Ann") == "Cancelled by Ann."
    assert words._("") == ""


def test_nouns_take_the_form_of_their_language(french: None) -> None:
    # In French, none is one.
    assert [words.plural(count, "order") for count in (0, 1, 2)] == [
        "0 commande",
        "1 commande",
        "2 commandes",
    ]


def test_labels_tables_and_refusals_are_said_where_they_are_read(french: None) -> None:
    orders = table("orders")
    assert (orders.title, orders.by_name["due_date"].label) == ("Commandes", "Échéance")
    assert OrderStatus.PENDING.label == "En attente"
    assert NotFound().message == "Cet enregistrement n'existe pas."
    with words.speaking(words.language("en-US")):
        assert (table("orders").title, OrderStatus.PENDING.label) == ("Purchase orders", "Pending")


@pytest.mark.parametrize("tag", ["", "xx-QQ", "not a locale", "../../etc"])
def test_a_locale_nobody_knows_is_american_english(tag: str) -> None:
    with words.speaking(words.language(tag)):
        assert words.spoken().tag == "en-US"
        assert words.money("1234.5") == "$1,234.50"


def test_no_digit_is_lost() -> None:
    assert words.number("12345678901234567890.1234") == "12,345,678,901,234,567,890.1234"
    assert words.money(Decimal("-0.0001")) == "-$0.0001"
    assert words.number("1.500") == "1.500"
    assert words.money(7) == "$7.00"


def test_each_locale_writes_its_own_way() -> None:
    there = datetime(2026, 3, 4, 15, 5, tzinfo=UTC)
    with words.speaking(words.language("de-DE", "EUR")):
        assert words.money("-1234.5") == f"-1.234,50{SPACE}€"
        assert words.percent("8.25") == f"8,25{SPACE}%"
        assert (words.day("2026-03-04"), words.moment(there)) == ("04.03.2026", "04.03.2026, 15:05")
        assert words.month("2026-03-04") == "Mär 2026"
    with words.speaking(words.language("en-IN", "INR")):
        assert words.number(1234567) == "12,34,567"
    assert (words.day("2026-03-04"), words.percent("8.25")) == ("Mar 4, 2026", "8.25%")
