"""Which column of a file means what: the targets of an import and how their names are guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from batchly_admin.errors import InvalidInput, Refusal

MARK_LINE = "Batchly line"
MARK_FILE = "Batchly file"
MARK_REASON = "Batchly reason"
MARKS = (MARK_LINE, MARK_FILE, MARK_REASON)


@dataclass(frozen=True, slots=True)
class Target:
    """Something an order line needs from the file, and the names it usually goes by."""

    name: str
    label: str
    help: str
    required: bool
    synonyms: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """The label as it stands within a sentence."""
        return self.label if self.label.isupper() else self.label.lower()


TARGETS: tuple[Target, ...] = (
    Target(
        "order_number",
        "Order number",
        "Lines with the same number become one order. A leading C marks a cancelled order.",
        required=True,
        synonyms=(
            *("invoiceno", "invoicenumber", "invoice", "orderno", "orderid", "order"),
            *("ponumber", "pono", "po", "purchaseorder", "purchaseordernumber"),
        ),
    ),
    Target(
        "sku",
        "SKU",
        "Finds the product; an unknown SKU becomes a new product.",
        required=True,
        synonyms=(
            *("stockcode", "productcode", "itemcode", "itemnumber", "itemno", "productsku"),
            *("productid", "itemsku", "code", "item"),
        ),
    ),
    Target(
        "description",
        "Description",
        "What stands on the line. Left empty, the product's name is used.",
        required=False,
        synonyms=("desc", "productname", "itemdescription", "itemname", "product", "name"),
    ),
    Target(
        "quantity",
        "Quantity",
        "How many, above zero, with at most 4 decimals.",
        required=True,
        synonyms=("qty", "orderquantity", "quantityordered", "amountordered", "pieces"),
    ),
    Target(
        "order_date",
        "Order date",
        "The first line of an order gives the order its date.",
        required=True,
        synonyms=("invoicedate", "date", "podate", "ordered", "orderedat", "orderedon"),
    ),
    Target(
        "unit_price",
        "Unit price",
        "The price of one, in the company's currency.",
        required=True,
        synonyms=("price", "priceeach", "itemprice", "rate", "unitcost"),
    ),
    Target(
        "customer",
        "Customer",
        "An account number or a customer's name.",
        required=True,
        synonyms=(
            *("customerid", "customernumber", "customerno", "customername", "accountnumber"),
            *("account", "accountno", "client", "clientid"),
        ),
    ),
    Target(
        "country",
        "Country",
        "Goes into the order's and a new customer's billing address.",
        required=False,
        synonyms=("billingcountry", "customercountry", "countryname"),
    ),
)
BY_NAME = {target.name: target for target in TARGETS}
_NOT_A_LETTER = re.compile(r"[^0-9a-z]+")


def folded(name: str) -> str:
    """Give a column's name as it is compared: no capitals, spaces, dots or underscores."""
    return _NOT_A_LETTER.sub("", name.casefold())


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Give the column of each target whose name is a usual one; no column is used twice.

    A target's own name goes before its synonyms, and those go in the order they are listed.
    """
    by_fold: dict[str, str] = {}
    for column in columns:
        if column not in MARKS:
            by_fold.setdefault(folded(column), column)
    guess: dict[str, str] = {}
    for target in TARGETS:
        for name in (folded(target.name), *target.synonyms):
            column = by_fold.get(name, "")
            if column and column not in guess.values():
                guess[target.name] = column
                break
    return guess


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row each value stands."""

    columns: tuple[str, ...]
    order_number: int
    sku: int
    quantity: int
    order_date: int
    unit_price: int
    customer: int
    description: int | None = None
    country: int | None = None
    mark_line: int | None = None
    mark_file: int | None = None

    @property
    def mapped(self) -> tuple[int, ...]:
        """The places of all columns that are read."""
        places = (
            *(self.order_number, self.sku, self.quantity, self.order_date, self.unit_price),
            *(self.customer, self.description, self.country),
        )
        return tuple(place for place in places if place is not None)


def lay_out(columns: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """Give the places that `mapping` (target to column name) points at.

    Raises:
        InvalidInput: naming every target without a column and the columns there are.
    """
    refusals = [*_unknown_targets(mapping), *_misfits(columns, mapping), *_used_twice(mapping)]
    if refusals:
        raise InvalidInput(
            " ".join(refusal.reason for refusal in refusals), refusals=tuple(refusals)
        )
    places = {name: columns.index(column) for name, column in mapping.items() if column}
    for name, column in (("mark_line", MARK_LINE), ("mark_file", MARK_FILE)):
        if column in columns:
            places[name] = columns.index(column)
    return Layout(columns=tuple(columns), **places)


def _unknown_targets(mapping: Mapping[str, str]) -> list[Refusal]:
    return [
        Refusal(name, f"An import of orders has no field called {name}.")
        for name in mapping
        if name not in BY_NAME
    ]


def _misfits(columns: Sequence[str], mapping: Mapping[str, str]) -> list[Refusal]:
    found = ", ".join(columns)
    refusals = []
    for target in TARGETS:
        column = mapping.get(target.name) or ""
        if column and column not in columns:
            reason = f"The file has no column called {column}. Columns found: {found}."
            refusals.append(Refusal(target.name, reason))
        elif not column and target.required:
            reason = f"The file has no column for the {target.spoken}. Columns found: {found}."
            refusals.append(Refusal(target.name, reason))
    return refusals


def _used_twice(mapping: Mapping[str, str]) -> list[Refusal]:
    first: dict[str, str] = {}
    refusals = []
    for name, column in mapping.items():
        if not column or name not in BY_NAME:
            continue
        other = first.setdefault(column, name)
        if other != name:
            labels = f"{BY_NAME[other].label} and {BY_NAME[name].label}"
            refusals.append(Refusal(name, f"{labels} cannot both come from column {column}."))
    return refusals
