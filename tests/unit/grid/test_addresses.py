"""Addresses as people write and paste them."""

from __future__ import annotations

import pytest

from batchly_admin.grid.addresses import parse


def parts(**given: str) -> dict[str, str]:
    return given


TROY = parts(line1="1 Main St", city="Troy", state="NY", postal_code="12180")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 Main St, Troy NY 12180", TROY),
        ("1 Main St, Troy, NY 12180", TROY),
        ("1 Main St; Troy; NY; 12180", TROY),
        ("1 Main St\nTroy, NY 12180", TROY),
        (" 1  Main St ,\r\n Troy NY 12180\n\nUSA\n", {**TROY, "country": "USA"}),
        ("12345 Main St, Troy NY 12180", {**TROY, "line1": "12345 Main St"}),
        ("1 Main St, Troy", parts(line1="1 Main St", city="Troy")),
        (
            "10 Rue X, Toronto ON M5V 2T6, Canada",
            parts(
                line1="10 Rue X",
                city="Toronto",
                state="ON",
                postal_code="M5V 2T6",
                country="Canada",
            ),
        ),
        (
            "221B Baker Street, London NW1 6XE, United Kingdom",
            parts(
                line1="221B Baker Street",
                city="London",
                postal_code="NW1 6XE",
                country="United Kingdom",
            ),
        ),
        (
            "Hauptstr. 5, 10115 Berlin, Germany",
            parts(line1="Hauptstr. 5", city="Berlin", postal_code="10115", country="Germany"),
        ),
    ],
)
def test_an_address_is_read_as_it_is_shown_and_as_people_write_it(
    text: str, found: dict[str, str]
) -> None:
    assert parse(text) == found


@pytest.mark.parametrize("text", ["", "Troy", "12180", ",,,", "\n;\n", "1 Main St"])
def test_what_names_no_town_is_no_address(text: str) -> None:
    assert parse(text) is None


def test_a_part_is_never_longer_than_a_cell_of_it() -> None:
    found = parse(f"{'x' * 900}, Troy NY 12180")
    assert found is not None
    assert len(found["line1"]) == 500
