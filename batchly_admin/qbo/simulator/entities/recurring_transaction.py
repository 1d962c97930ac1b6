"""Recurring transactions: templates out of which QuickBooks makes documents by itself."""

from __future__ import annotations

from typing import Any

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.conform import conform
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON, DAY, NUMBER, TEXT, TRUTH, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at

KINDS = (
    *("Invoice", "Bill", "Purchase", "CreditMemo", "Deposit", "Estimate", "JournalEntry"),
    *("RefundReceipt", "SalesReceipt", "Transfer", "VendorCredit", "PurchaseOrder"),
)
OWN = ("Id", "SyncToken", "MetaData", "domain", "sparse")
INFO: Shape = {
    "Name": 100,
    "RecurType": 20,
    "Active": TRUTH,
    "ScheduleInfo": {
        "StartDate": DAY,
        "EndDate": DAY,
        "NextDate": DAY,
        "PreviousDate": DAY,
        "IntervalType": 20,
        "NumInterval": NUMBER,
        "DayOfMonth": NUMBER,
        "DayOfWeek": 20,
        "WeekOfMonth": NUMBER,
        "MonthOfYear": 20,
        "MaxOccurrences": NUMBER,
        "RemindDays": NUMBER,
        "DaysBefore": NUMBER,
    },
}
RECUR_TYPES = ("Automated", "Reminded", "UnScheduled")
INTERVALS = ("Daily", "Weekly", "Monthly", "Yearly")


class RecurringTransaction(Entity):
    """A document that comes again and again; what stands in it is kept as it was sent."""

    def received(self, sent: Any) -> Any:
        """Give what was sent as it is kept: clients put it below the name of the document."""
        kind = next((one for one in KINDS if isinstance(sent, dict) and one in sent), None)
        if kind is None or not isinstance(sent[kind], dict):
            return sent
        template = dict(sent[kind])
        own = {name: template.pop(name) for name in OWN if name in template}
        name = at(template, "RecurringInfo.Name")
        return {**own, "Type": kind, "Name": name, "Template": template}

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check the template against the document's own fields, and the rhythm.

        Raises:
            Fault: 2020, 2170 or what a wrong field gives.
        """
        if not isinstance(record.get("Template"), dict):
            raise Fault("2020", "Required parameter RecurringInfo is missing in the request")
        shape = books.entities[record["Type"]].spec.shape
        template = conform({**shape, "RecurringInfo": INFO}, record["Template"])
        info = template.get("RecurringInfo") or {}
        if not info.get("Name"):
            text = "Required parameter RecurringInfo.Name is missing in the request"
            raise Fault("2020", text, element="RecurringInfo.Name")
        for path, allowed in (("RecurType", RECUR_TYPES), ("ScheduleInfo.IntervalType", INTERVALS)):
            value = at(info, path)
            if value is not None and value not in allowed:
                raise Fault("2170", f"Invalid Enumeration : {value}", element=path)
        record["Template"] = template

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give the template below the name of its document."""
        own = {name: record[name] for name in OWN if name in record}
        return {record["Type"]: {**record["Template"], **own}}


ENTITY = RecurringTransaction(
    Spec(
        "RecurringTransaction",
        shape=COMMON | {"Type": 40, "Name": 100, "Template": ANY},
        operations=frozenset({"create", "read", "update", "delete", "query"}),
        required=("Type",),
        enums={"Type": KINDS},
        filters={"Type": TEXT, "Name": TEXT},
        in_cdc=False,
        gaps=("no document is ever made out of a template",),
    )
)
