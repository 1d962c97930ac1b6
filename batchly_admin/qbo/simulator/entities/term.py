"""Terms: when something is due."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import ListEntry, Record, list_spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, NUMBER, OURS, TRUTH
from batchly_admin.qbo.simulator.wire.refusals import Fault

RANGES = (
    ("DueDays", 0, 999),
    ("DiscountDays", 0, 999),
    ("DiscountPercent", 0, 100),
    ("DayOfMonthDue", 1, 31),
    ("DueNextMonthDays", 0, 999),
    ("DiscountDayOfMonth", 1, 31),
)


class Term(ListEntry):
    """A number of days, or a day of the month."""

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check the numbers of a term.

        Raises:
            Fault: 2240 or 2020.
        """
        for name, least, most in RANGES:
            if name in record and not least <= record[name] <= most:
                detail = f"{name} {record[name]} is not between {least} and {most}"
                raise Fault("2240", detail, element=name)
        if "DueDays" in record:
            record["Type"] = "STANDARD"
        elif "DayOfMonthDue" in record:
            record["Type"] = "DATE_DRIVEN"
        else:
            detail = "Required parameter DueDays or DayOfMonthDue is missing"
            raise Fault("2020", detail, element="DueDays")


ENTITY = Term(
    list_spec(
        "Term",
        shape=COMMON
        | {"Name": 31, "Active": TRUTH, "Type": OURS}
        | dict.fromkeys((name for name, _least, _most in RANGES), NUMBER),
    )
)
