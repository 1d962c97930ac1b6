"""Employees."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import list_spec
from batchly_admin.qbo.simulator.books.person import Person
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, DAY, NUMBER, PERSON, TEXT, TRUTH


class Employee(Person):
    """Somebody who works for the company."""

    masked = ("SSN",)


ENTITY = Employee(
    list_spec(
        "Employee",
        "DisplayName",
        "person",
        required=(),
        shape=PERSON
        | {"PrimaryAddr": ADDRESS, "SSN": 100, "EmployeeNumber": 100, "Gender": 10}
        | {"HiredDate": DAY, "ReleasedDate": DAY, "BirthDate": DAY}
        | {"BillableTime": TRUTH, "BillRate": NUMBER, "CostRate": NUMBER, "Organization": TRUTH},
        filters=dict.fromkeys(("GivenName", "MiddleName", "FamilyName", "PrintOnCheckName"), TEXT),
        gaps=("payroll: wages, taxes and time off",),
    )
)
