"""The lines of a document with a vendor: each checked and completed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.checks import check_reference
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.orders import BY_ITEM
from batchly_admin.qbo.simulator.books.sale_lines import check_amount
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import cents, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

BY_ACCOUNT = "AccountBasedExpenseLineDetail"
BILLABLE = ("Billable", "NotBillable", "HasBeenBilled")
REFERENCES = {
    "ItemRef": "Item",
    "AccountRef": "Account",
    "CustomerRef": "Customer",
    "ClassRef": "Class",
}


def check_line(books: Books, document: Record, line: Record, place: int) -> Decimal:
    """Check and complete one line, and give its amount.

    Raises:
        Fault: for a line that cannot be, such as 6070 where the amount is not quantity x price.
    """
    kind = line.get("DetailType")
    if kind not in {BY_ITEM, BY_ACCOUNT}:
        raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    line["LineNum"], line["Amount"] = place, cents(line["Amount"])
    detail = line.setdefault(kind, {})
    needed = "ItemRef" if kind == BY_ITEM else "AccountRef"
    if reference(detail, needed) is None:
        text = f"Required parameter Line.{kind}.{needed} is missing"
        raise Fault("2020", text, element=f"Line.{kind}.{needed}")
    _check_references(books, kind, detail)
    if kind == BY_ITEM:
        _check_item(books, document, detail)
    _check_billable(detail)
    check_amount(detail, line["Amount"])
    return Decimal(line["Amount"])


def _check_references(books: Books, kind: str, detail: Record) -> None:
    for name, target_kind in REFERENCES.items():
        target_id = reference(detail, name)
        if target_id is not None:
            target = check_reference(books, {}, f"Line.{kind}.{name}", target_kind, target_id)
            shown = target.get("FullyQualifiedName", target.get("Name", ""))
            detail[name] = {"value": target_id, "name": shown}


def _check_item(books: Books, document: Record, detail: Record) -> None:
    item = books.read("Item", str(reference(detail, "ItemRef")))
    if item["Type"] in {"Category", "Group"}:
        raise bad_reference(f"Line.{BY_ITEM}.ItemRef", item["Id"])
    if item["Type"] == "Inventory" and document["TxnDate"] < item["InvStartDate"]:
        text = f"The transaction lies before the start date of inventory item {item['Id']}"
        raise Fault("6270", text, element="TxnDate")


def _check_billable(detail: Record) -> None:
    status = detail.setdefault("BillableStatus", "NotBillable")
    if status not in BILLABLE:
        raise Fault("2170", f"Invalid Enumeration : {status}", element="BillableStatus")
    if status == "Billable" and reference(detail, "CustomerRef") is None:
        raise Fault("6000", "A billable expense needs a customer", element="CustomerRef")
