"""The demo shop's customers: who they are, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from batchly_admin.demo import words

TERMS = ("Due on receipt", "Net 15", "Net 30", "Net 60")
TERM_WEIGHTS = {"school": (0, 5, 65, 30), "nonprofit": (5, 15, 75, 5), "office": (5, 25, 65, 5)}
USUAL_TERMS = (25, 25, 48, 2)
TAXED_STATES = ("NY", "NJ", "CT")
KNOWN_AT_START = 240
"""So many were customers from the first day; the others came during the first half of the story."""


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """One customer; `term` and `state` name rows of other lists."""

    number: int
    kind: str
    display_name: str
    contact: str
    email: str | None
    phone: str
    billing: dict[str, str]
    shipping: dict[str, str] | None
    term: str
    is_exempt: bool
    credit_limit: Decimal | None
    website: str | None
    notes: str | None

    @property
    def state(self) -> str:
        """The state the goods go to."""
        return (self.shipping or self.billing)["state"]


def draft_customers(rng: Random) -> list[CustomerDraft]:
    """Give all customers in the order in which they became customers."""
    kinds = [kind for kind, (count, _names) in words.KINDS.items() for _ in range(count)]
    rng.shuffle(kinds)
    names = _names(rng)
    return [_customer(rng, number, kind, names) for number, kind in enumerate(kinds, start=1)]


def _customer(rng: Random, number: int, kind: str, names: _Names) -> CustomerDraft:
    state = _one(rng, words.STATE_WEIGHTS)
    town = rng.choice(words.TOWNS[state])
    name = names.give(kind, town)
    slug = re.sub(r"[^a-z0-9]+", "", name.lower().replace("the ", ""))[:28]
    contact = f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"
    inbox = rng.choice(("orders", "office", "hello", contact.split(maxsplit=1)[0].lower()))
    has_second_place = rng.random() < 0.18
    return CustomerDraft(
        number=number,
        kind=kind,
        display_name=name,
        contact=contact,
        email=f"{inbox}@{slug}.example" if rng.random() < 0.94 else None,
        phone=f"({words.AREA_CODES[state]}) 555-01{rng.randrange(100):02d}",
        billing=_address(rng, town, state),
        shipping=_address(rng, rng.choice(words.TOWNS[state]), state) if has_second_place else None,
        term=rng.choices(TERMS, TERM_WEIGHTS.get(kind, USUAL_TERMS))[0],
        is_exempt=kind in words.EXEMPT_KINDS,
        credit_limit=Decimal(rng.choice((1500, 2500, 5000, 10000))) if rng.random() < 0.3 else None,
        website=f"https://www.{slug}.example" if rng.random() < 0.4 else None,
        notes=rng.choice(words.CUSTOMER_NOTES) if rng.random() < 0.12 else None,
    )


def _address(rng: Random, town: str, state: str) -> dict[str, str]:
    place = words.TOWNS[state].index(town)
    street = f"{rng.choice(words.STREETS)} {rng.choice(words.STREET_KINDS)}"
    address = {"line1": f"{rng.randrange(2, 960)} {street}"}
    if rng.random() < 0.25:
        address["line2"] = rng.choice(words.UNITS).format(rng.randrange(1, 30))
    return address | {
        "city": town,
        "state": state,
        "postal_code": f"{words.ZIP_STARTS[state] + place * 7 + 3:05d}",
        "country": "USA",
    }


def _one(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


class _Names:
    """Gives every name once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def give(self, kind: str, town: str) -> str:
        for name in self._candidates(kind, town):
            if name not in self._given:
                self._given.add(name)
                return name
        raise AssertionError(kind)

    def _candidates(self, kind: str, town: str) -> Iterator[str]:
        rng, patterns = self._rng, words.KINDS[kind][1]
        for attempt in range(200):
            last, last2 = rng.sample(words.LAST_NAMES, 2)
            thing, thing2 = rng.sample(words.THINGS, 2)
            yield rng.choice(patterns).format(
                town=town
                if attempt < 20
                else f"{rng.choice(words.STREETS)} {town.rsplit(maxsplit=1)[-1]}",
                last=last,
                last2=last2,
                thing=thing,
                thing2=thing2,
                mood=rng.choice(words.MOODS),
                creature=rng.choice(words.CREATURES),
            )


def _names(rng: Random) -> _Names:
    return _Names(rng)
