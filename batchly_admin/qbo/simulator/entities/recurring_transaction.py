"""Recurring transactions: templates out of which QuickBooks makes documents by itself."""

from __future__ import annotations

from typing import Any

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.checks import check_fields, check_references
from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.books.transaction import Transaction
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
RECUR_TYPES = ("Automated", "Reminder", "Unscheduled")
ENUMS = {
    "RecurType": RECUR_TYPES,
    "ScheduleInfo.IntervalType": ("Daily", "Weekly", "Monthly", "Yearly"),
}
OF_A_DAY = frozenset({"TxnDate", "DueDate", "DocNumber"})
"""What only the documents have that are made of a template."""


class RecurringTransaction(Entity):
    """A document that comes again and again."""

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
        """Check the template as the document it is, and the rhythm.

        Raises:
            Fault: 2020, 2170, 6240 for a name that is taken, or what the document would be refused
                for.
        """
        if not isinstance(record.get("Template"), dict):
            raise Fault("2020", "Required parameter RecurringInfo is missing in the request")
        entity = books.entities[record["Type"]]
        template = conform({**entity.spec.shape, "RecurringInfo": INFO}, record["Template"])
        info = template.pop("RecurringInfo", {})
        _check_info(info)
        self._check_name(books, record)
        record["Template"] = {**_computed(books, entity, template, info), "RecurringInfo": info}

    def _check_name(self, books: Books, record: Record) -> None:
        for other in books.store.ids(self.spec.kind, "Name", str(record["Name"]).casefold()):
            if other != record.get("Id"):
                detail = f"The name supplied already exists. : Id={other}"
                raise Fault("6240", detail, element="RecurringInfo.Name")

    def gone(self, before: Record) -> Record:
        """Give the answer to a deletion, which names the document too."""
        return {"status": "Deleted", "domain": "QBO", before["Type"]: {"Id": before["Id"]}}

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give the template below the name of its document."""
        own = {name: record[name] for name in OWN if name in record}
        data = {"RecurDataRef": {"value": record["Id"]}}
        return {record["Type"]: {**record["Template"], **data, **own}}


def _check_info(info: Record) -> None:
    if not info.get("Name"):
        text = "Required parameter RecurringInfo.Name is missing in the request"
        raise Fault("2020", text, element="RecurringInfo.Name")
    for path, allowed in ENUMS.items():
        value = at(info, path)
        if value is not None and value not in allowed:
            raise Fault("2170", f"Invalid Enumeration : {value}", element=path)
    info.setdefault("RecurType", RECUR_TYPES[0])
    schedule = info.setdefault("ScheduleInfo", {})
    if info["RecurType"] != "Unscheduled" and "StartDate" in schedule:
        schedule.setdefault("NextDate", schedule["StartDate"])


def _computed(books: Books, entity: Entity, template: Record, info: Record) -> Record:
    """Check a template by the rules of its document, and compute its totals; it has no day yet."""
    check_fields(entity.spec, template)
    check_references(books, entity.spec, template)
    if isinstance(entity, Transaction):
        day = at(info, "ScheduleInfo.NextDate") or books.today().isoformat()
        template["TxnDate"] = day
        currency.settle(books, template, None)
        entity.compute(books, template, None)
    return {name: value for name, value in template.items() if name not in OF_A_DAY}


ENTITY = RecurringTransaction(
    Spec(
        "RecurringTransaction",
        shape=COMMON | {"Type": 40, "Name": 100, "Template": ANY},
        operations=frozenset({"create", "read", "update", "delete", "query"}),
        required=("Type",),
        enums={"Type": KINDS},
        filters={"Type": TEXT, "Name": TEXT},
        in_cdc=False,
        not_in=frozenset({"simple_start"}),
        gaps=("no document is ever made out of a template",),
    )
)
