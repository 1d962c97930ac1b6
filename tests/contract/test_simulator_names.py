"""Names: unique among customers, vendors and employees, marked when deactivated."""

from __future__ import annotations

from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.customer import Customer

from tests.contract.wire import Wire, fresh

PEOPLE = ["Customer", "Vendor", "Employee"]


def body(kind: str, name: str) -> dict[str, str]:
    return {"DisplayName": name, **({"FamilyName": "Nobody"} if kind == "Employee" else {})}


@pytest.mark.parametrize("first", PEOPLE)
@pytest.mark.parametrize("second", PEOPLE)
def test_a_name_is_taken_whoever_has_it(wire: Wire, first: str, second: str) -> None:
    name = fresh("Taken")
    holder = wire.create(first, body(first, name))
    error = wire.refused("POST", second.lower(), body(second, name.upper()))
    assert error["code"] == "6240"
    assert error["Message"] == "Duplicate Name Exists Error"
    assert f"Id={holder['Id']}" in error["Detail"]


def test_the_library_raises_it_with_its_code(qb: QuickBooks, wire: Wire) -> None:
    taken = wire.customer()
    made = Customer()
    made.DisplayName = taken["DisplayName"]
    with pytest.raises(QuickbooksException) as caught:
        made.save(qb=qb)
    assert caught.value.error_code == 6240


def test_a_name_is_built_from_its_parts(wire: Wire) -> None:
    last = fresh("Smith").replace(" ", "")
    made = wire.create("Customer", {"Title": "Dr", "GivenName": "Ann", "FamilyName": last})
    assert made["DisplayName"] == f"Dr Ann {last}"
    assert made["FullyQualifiedName"] == made["DisplayName"]


def test_a_deactivated_name_is_marked_and_free_again(wire: Wire) -> None:
    first = wire.customer()
    name = first["DisplayName"]
    gone = wire.change("Customer", first, Active=False)
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == f"{name} (deleted)"
    second = wire.customer(DisplayName=name)
    error = wire.refused(
        "POST",
        "customer",
        {"Id": first["Id"], "SyncToken": gone["SyncToken"], "sparse": True, "Active": True},
    )
    assert error["code"] == "6240", "somebody has the name now"
    again = wire.change("Customer", second, Active=False)
    assert again["DisplayName"].startswith(f"{name} (deleted")
    assert again["DisplayName"] != gone["DisplayName"]
    back = wire.change("Customer", gone, Active=True)
    assert (back["DisplayName"], back["Active"]) == (name, True)


def test_a_customer_keeps_its_own_name_on_update(wire: Wire) -> None:
    made = wire.customer()
    assert wire.change("Customer", made, DisplayName=made["DisplayName"])["SyncToken"] == "1"
    other = wire.customer()
    version = {"Id": other["Id"], "SyncToken": "0", "sparse": True}
    taken = {**version, "DisplayName": made["DisplayName"]}
    assert wire.refused("POST", "customer", taken)["code"] == "6240"


@pytest.mark.parametrize("kind", ["Item", "Term", "PaymentMethod", "Account", "TaxAgency"])
def test_other_lists_have_names_of_their_own(wire: Wire, kind: str) -> None:
    name = fresh("Shared")
    wire.customer(DisplayName=name)
    extras: dict[str, dict[str, Any]] = {
        "Item": {"Type": "Service", "IncomeAccountRef": wire.account("ServiceFeeIncome")},
        "Term": {"DueDays": 3},
        "Account": {"AccountType": "Bank"},
    }
    sent = {"DisplayName" if kind == "TaxAgency" else "Name": name, **extras.get(kind, {})}
    wire.create(kind, sent)
    assert wire.refused("POST", kind.lower(), sent)["code"] == "6240"


def test_a_job_stands_below_its_customer(wire: Wire) -> None:
    above = wire.customer()
    job = wire.customer(Job=True, ParentRef={"value": above["Id"]})
    assert job["FullyQualifiedName"] == f"{above['DisplayName']}:{job['DisplayName']}"
    assert job["Level"] == 1
    wire.invoice("10.00", CustomerRef={"value": job["Id"]})
    found = wire.read("Customer", above["Id"])
    assert (found["Balance"], found["BalanceWithJobs"]) == (0, 10)


def test_there_are_at_most_five_levels(wire: Wire) -> None:
    above = wire.customer()
    for _level in range(4):
        above = wire.customer(Job=True, ParentRef={"value": above["Id"]})
    sixth = {"DisplayName": fresh("Deep"), "Job": True, "ParentRef": {"value": above["Id"]}}
    assert wire.refused("POST", "customer", sixth)["code"] == "6180"


def test_parts_of_names_are_checked_too(wire: Wire) -> None:
    sent = {"DisplayName": fresh("Fine"), "GivenName": "A:B"}
    assert wire.refused("POST", "customer", sent)["code"] == "2040"
