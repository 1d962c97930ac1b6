"""Time somebody worked."""

from __future__ import annotations

from datetime import datetime

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, DAY, NUMBER, REF, TRUTH
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import reference

MOST_MINUTES, MOST_HOURS = 59, 8760


class TimeActivity(Entity):
    """Hours of an employee or a vendor; nothing is posted for them."""

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check who worked and how long.

        Raises:
            Fault: 2020, 2060, 2240, 2500 or 6000.
        """
        record.setdefault("TxnDate", books.today().isoformat())
        whose = f"{record['NameOf']}Ref"
        if reference(record, whose) is None:
            text = f"Required parameter {whose} is missing in the request"
            raise Fault("2020", text, element=whose)
        _check_length(record)
        _check_billing(record, before)
        item = books.store.get("Item", reference(record, "ItemRef") or "-")
        if item is not None and item["Type"] != "Service":
            raise bad_reference("ItemRef", item["Id"])


def _check_length(record: Record) -> None:
    """Check that it is said how long the work took: in hours, or from when till when."""
    start, end = _moment(record, "StartTime"), _moment(record, "EndTime")
    if start is not None and end is not None:
        if end < start:
            raise Fault("6000", "The end lies before the start", element="EndTime")
    elif not ("Hours" in record or "Minutes" in record):
        detail = "Required parameter Hours or StartTime and EndTime is missing"
        raise Fault("2020", detail, element="Hours")
    for hours, minutes in (("Hours", "Minutes"), ("BreakHours", "BreakMinutes")):
        most = 0 if record.get(hours, 0) == MOST_HOURS else MOST_MINUTES
        for name, limit in ((hours, MOST_HOURS), (minutes, most)):
            if not 0 <= record.get(name, 0) <= limit:
                raise Fault("2240", f"{name} is not between 0 and {limit}", element=name)


def _check_billing(record: Record, before: Record | None) -> None:
    """Check that billable time says whom it is billed to, and at what rate."""
    status = record.setdefault("BillableStatus", "NotBillable")
    if status == "HasBeenBilled" and (before or {}).get("BillableStatus") != status:
        detail = "Only an invoice makes time billed"
        raise Fault("6000", detail, element="BillableStatus")
    for name in ("CustomerRef", "HourlyRate"):
        if status == "Billable" and record.get(name) is None:
            raise Fault("6000", f"Billable time needs {name}", element=name)


def _moment(record: Record, name: str) -> datetime | None:
    text = record.get(name)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Fault("2060", f"Invalid Date format : {text[:50]}", element=name) from None


ENTITY = TimeActivity(
    Spec(
        "TimeActivity",
        shape=COMMON
        | {"NameOf": 20, "EmployeeRef": REF, "VendorRef": REF, "CustomerRef": REF, "ItemRef": REF}
        | {"ClassRef": REF, "DepartmentRef": REF, "BillableStatus": 20, "Taxable": TRUTH}
        | {"TxnDate": DAY, "StartTime": 40, "EndTime": 40, "Hours": NUMBER, "Minutes": NUMBER}
        | {"BreakHours": NUMBER, "BreakMinutes": NUMBER, "HourlyRate": NUMBER, "CostRate": NUMBER}
        | {"Description": 4000, "PayrollItemRef": REF, "ProjectRef": REF},
        operations=DOCUMENT,
        required=("NameOf",),
        enums={
            "NameOf": ("Employee", "Vendor"),
            "BillableStatus": ("Billable", "NotBillable", "HasBeenBilled"),
        },
        references={
            "EmployeeRef": "Employee",
            "VendorRef": "Vendor",
            "CustomerRef": "Customer",
            "ItemRef": "Item",
            "ClassRef": "Class",
            "DepartmentRef": "Department",
        },
        not_in=frozenset({"simple_start"}),
        filters={"TxnDate": DAY, "EmployeeRef": REF, "CustomerRef": REF},
        in_cdc=False,
        gaps=("billable time is kept and cannot be linked to an invoice",),
    )
)
