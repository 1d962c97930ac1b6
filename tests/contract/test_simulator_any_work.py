"""Any sequence of valid work leaves books that add up, and changes that can be followed.

`SIMULATOR_FUZZ=20` tries twenty times as many sequences, other ones at every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.balance import check_books, everything
from tests.contract.nonsense import many
from tests.contract.shop import Shop, Step
from tests.contract.wire import Wire, running

ACTIONS = (
    *("invoice", "invoice", "payment", "payment", "credit_memo", "sales_receipt", "refund"),
    *("bill", "bill_payment", "vendor_credit", "purchase", "journal_entry", "deposit", "transfer"),
    *("rename", "note", "amounts", "amounts", "whole", "unapply", "count", "end", "end", "end"),
)
CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(ACTIONS), st.integers(0, 63), st.integers(0, 63), CENTS),
    min_size=8,
    max_size=20,
)
FOLLOWED = (
    *("Customer", "Vendor", "Item", "Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"),
    *("Payment", "Bill", "VendorCredit", "BillPayment", "Purchase", "JournalEntry", "Deposit"),
    "Transfer",
)
BY_ITSELF = ("Balance", "BalanceWithJobs", "QtyOnHand", "FullyQualifiedName")
"""What changes in entries of lists without an edit of theirs, and so is no change to follow."""
LISTS = frozenset({"Customer", "Vendor", "Item"})
State = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, Path]]:
    folder = tmp_path_factory.mktemp("books")
    with running(folder) as details:
        wire = Wire(details)
        wire.settle()
        yield wire, folder
        wire.close()


def shown(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """Give a record without what changes by itself."""
    if kind not in LISTS:
        return record
    return {name: value for name, value in record.items() if name not in BY_ITSELF}


def queried(wire: Wire) -> State:
    return {
        (kind, one["Id"]): shown(kind, one) for kind in FOLLOWED for one in everything(wire, kind)
    }


class Follower:
    """Somebody who knows the books from what change data capture tells, and from nothing else."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.since = wire.control("GET", "state")["now"]
        self.known: State = {}
        self.tokens: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}

    def follow(self) -> None:
        asked = {"entities": ",".join(FOLLOWED), "changedSince": self.since}
        answer = self.wire.fine("GET", "cdc", params=asked)
        for group in answer["CDCResponse"][0]["QueryResponse"]:
            for kind, records in group.items():
                if isinstance(records, list):
                    self._take(kind, records)
        self.since = answer["time"]

    def _take(self, kind: str, records: list[dict[str, Any]]) -> None:
        for one in records:
            if one.get("status") == "Deleted":
                self.known.pop((kind, one["Id"]), None)
            else:
                self.known[kind, one["Id"]] = shown(kind, one)

    def check(self) -> None:
        """Check that what is known is what is there, and that every change raised a token."""
        there = queried(self.wire)
        assert self.known == there
        for key, record in there.items():
            token = int(record["SyncToken"])
            last, was = self.tokens.get(key, (-1, {}))
            assert token > last or (token == last and record == was), key
            self.tokens[key] = (token, record)


def test_any_sequence_of_valid_work_adds_up_and_can_be_followed(
    place: tuple[Wire, Path],
) -> None:
    wire, folder = place

    @many(25)
    @given(STEPS)
    def work(steps: list[Step]) -> None:
        wire.control("POST", "reset", {"company": "empty"})
        follower = Follower(wire)
        shop = Shop(wire)
        for number, step in enumerate(steps):
            shop.do(step)
            if number % 5 == 4:
                follower.follow()
                follower.check()
        follower.follow()
        follower.check()
        check_books(wire, folder)

    work()
