"""Purchase orders and the bills that receive them, line by line.

A line of a bill names the line of the order it stands for. QuickBooks keeps such a link only where
all three parts of it are given and the order is open; otherwise it makes the bill and says nothing
(https://github.com/simstudioai/sim/pull/6194, https://github.com/ej2/python-quickbooks/issues/366).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
ORDER = "PurchaseOrder"
BY_ITEM = "ItemBasedExpenseLineDetail"
Place = tuple[str, str]
"""A line of an order: the order's id and the line's."""


def keep_links(books: Books, bill: Record, before: Record | None) -> None:
    """Keep the links of a bill's lines that can be, and list their orders in its head.

    Raises:
        Fault: 620 for a link that cannot be, where the control page has it refused.
    """
    was = {line["Id"]: _place(line) for line in (before or {}).get("Line", []) if "Id" in line}
    for line in bill["Line"]:
        place = _place(line)
        sent = line.pop("LinkedTxn", None)
        if place is not None and (
            was.get(line["Id"]) == place or (line["Id"] not in was and _is_free(books, bill, place))
        ):
            link = {"TxnId": place[0], "TxnType": ORDER, "TxnLineId": place[1]}
            line["LinkedTxn"] = [link]
        elif sent and books.setting("order_links") == "refuse":
            raise Fault("620", "Transaction cannot be linked", element="Line.LinkedTxn")
    named = dict.fromkeys(order_id for order_id, _line in places_of(bill))
    others = [one for one in bill.get("LinkedTxn", []) if one.get("TxnType") != ORDER]
    bill["LinkedTxn"] = [*({"TxnId": one, "TxnType": ORDER} for one in named), *others]


def places_of(bill: Record) -> list[Place]:
    """Give the order lines a bill's lines stand for."""
    found = (_place(line) for line in bill.get("Line", []))
    return [place for place in found if place is not None]


def receive(books: Books, bill: Record, before: Record | None) -> None:
    """Let orders follow a bill that was kept or deleted: what came, and whether that is all."""
    bill_id = (bill or before or {})["Id"]
    for order_id in sorted({one[0] for one in [*places_of(bill), *places_of(before or {})]}):
        order = books.store.copy(ORDER, order_id)
        if order is None:
            continue
        known = [one["TxnId"] for one in order.get("LinkedTxn", []) if one["TxnId"] != bill_id]
        is_done = mark_received(books, order, [*known, bill_id])
        order["POStatus"] = "Closed" if is_done else "Open"
        books.touch(ORDER, order, "Update")


def mark_received(books: Books, order: Record, bill_ids: list[str]) -> bool:
    """Write into an order what its bills received of it; tell whether that is all of it."""
    pieces: dict[str, Decimal] = defaultdict(Decimal)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    links = []
    for bill_id in bill_ids:
        lines = (books.store.get("Bill", bill_id) or {}).get("Line", [])
        mine = [(line, place) for line in lines if (place := _place(line)) is not None]
        mine = [(line, place) for line, place in mine if place[0] == order.get("Id")]
        if mine:
            links.append({"TxnId": bill_id, "TxnType": "Bill"})
        for line, place in mine:
            pieces[place[1]] += line.get(BY_ITEM, {}).get("Qty", ZERO)
            amounts[place[1]] += line["Amount"]
    order["LinkedTxn"] = links
    rest = [_is_missing(line, pieces[line["Id"]], amounts[line["Id"]]) for line in order["Line"]]
    return bool(links) and not any(rest)


def forget_order(books: Books, order: Record) -> None:
    """Take the links to a deleted order off its bills."""
    for link in order.get("LinkedTxn", []):
        bill = books.store.copy("Bill", link["TxnId"])
        if bill is None:
            continue
        for line in bill["Line"]:
            place = _place(line)
            if place is not None and place[0] == order["Id"]:
                del line["LinkedTxn"]
        heads = bill.get("LinkedTxn", [])
        gone = {"TxnId": order["Id"], "TxnType": ORDER}
        bill["LinkedTxn"] = [one for one in heads if one != gone]
        books.touch("Bill", bill, "Update")


def _place(line: Record) -> Place | None:
    for link in line.get("LinkedTxn", []):
        if link.get("TxnType") == ORDER and link.get("TxnId") and link.get("TxnLineId"):
            return str(link["TxnId"]), str(link["TxnLineId"])
    return None


def _is_free(books: Books, bill: Record, place: Place) -> bool:
    """Tell whether a bill may receive a line: it is there, of the same vendor, and still open."""
    order = books.store.get(ORDER, place[0])
    return (
        order is not None
        and order["POStatus"] == "Open"
        and reference(order, "VendorRef") == reference(bill, "VendorRef")
        and any(line["Id"] == place[1] for line in order["Line"])
    )


def _is_missing(line: Record, pieces: Decimal, amount: Decimal) -> bool:
    """Mark how many pieces of a line came; tell whether some are still to come."""
    detail = line.get(BY_ITEM, {})
    detail.pop("Received", None)
    wanted = detail.get("Qty")
    if not (wanted and pieces):
        return bool(amount < line["Amount"])
    detail["Received"] = pieces
    return bool(pieces < wanted)
