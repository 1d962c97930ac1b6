"""Why something did not reach QuickBooks: the classes of failure in a person's words."""

from __future__ import annotations

CAUSES: dict[str, str] = {
    "transient": "QuickBooks did not answer",
    "throttled": "QuickBooks asked us to slow down",
    "login": "The login ended",
    "parent": "Another record has to go first",
    "stale": "Changed in QuickBooks meanwhile",
    "duplicate": "Name or number already in QuickBooks",
    "rejected": "QuickBooks does not accept it",
    "missing": "Deleted in QuickBooks",
    "mismatch": "QuickBooks' copy differs",
    "internal": "Unexpected error",
}
"""What people call each class; the order is the order they are listed in."""

DATA_CAUSES = frozenset({"rejected", "duplicate", "missing"})
"""The record itself has to be put right; the machinery did what it should."""


def cause_label(error_class: str | None) -> str:
    """Give what people call a class of failure."""
    if not error_class:
        return "No cause given"
    return CAUSES.get(error_class, error_class.replace("_", " ").capitalize())


def is_data(error_class: str | None) -> bool:
    """Tell whether a person has to change the record, rather than the machinery having failed."""
    return error_class in DATA_CAUSES
