"""Tax codes, rates and agencies as Intuit's tax service makes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.values import number, stamp

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books import Books

FROM_DAY = "2019-01-01"


@dataclass(frozen=True, slots=True)
class Part:
    """One rate of a tax code: one that exists, or a new one of an agency."""

    name: str
    percent: Decimal
    agency_id: str
    rate_id: str | None = None


def keep(books: Books, kind: str, record: Record) -> Record:
    """Write a record that no client may write itself."""
    moment = stamp(books.now())
    whole = {
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        **record,
    }
    books.store.put(kind, whole, operation="Create", at=moment)
    return whole


def create(books: Books, sent: dict[str, Any]) -> dict[str, Any]:
    """Make a tax code with its rates, as the tax service is asked to.

    Raises:
        Fault: 2020, 2500, 6240 or 2090.
    """
    name, details = sent.get("TaxCode"), sent.get("TaxRateDetails")
    if not name or not isinstance(name, str) or not isinstance(details, list) or not details:
        raise Fault("2020", "Required parameter TaxCode or TaxRateDetails is missing")
    if books.store.indexes.names.get(("code", name.casefold())):
        raise Fault("6240", f"The name supplied already exists. : {name[:100]}")
    parts = [_part(books, detail) for detail in details]
    answers = []
    with books.store.write():
        rate_ids = [_rate(books, part) for part in parts]
        code_id = code(books, name, rate_ids)
    for rate_id, detail in zip(rate_ids, details, strict=True):
        answers.append({**detail, "TaxRateId": rate_id})
    return {"TaxCode": name, "TaxCodeId": code_id, "TaxRateDetails": answers}


def _part(books: Books, detail: Any) -> Part:
    if not isinstance(detail, dict):
        raise Fault("2010", "A tax rate detail is no object", element="TaxRateDetails")
    rate = books.store.get("TaxRate", detail.get("TaxRateId"))
    if rate is not None:
        return Part(rate["Name"], Decimal(rate["RateValue"]), "", rate["Id"])
    agency = books.store.get("TaxAgency", detail.get("TaxAgencyId"))
    if agency is None:
        raise Fault("2500", "Invalid Reference Id : TaxAgencyId", element="TaxAgencyId")
    name = detail.get("TaxRateName")
    if not name or not isinstance(name, str):
        raise Fault("2020", "Required parameter TaxRateName is missing", element="TaxRateName")
    if books.store.indexes.names.get(("rate", name.casefold())):
        raise Fault("6240", f"The name supplied already exists. : {name[:100]}")
    return Part(name, number(detail.get("RateValue"), "RateValue"), agency["Id"])


def _rate(books: Books, part: Part) -> str:
    if part.rate_id is not None:
        return part.rate_id
    record = {
        "Id": books.store.next_id("TaxRate"),
        "Name": part.name,
        "Description": part.name,
        "Active": True,
        "RateValue": part.percent,
        "AgencyRef": {"value": part.agency_id},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [{"RateValue": part.percent, "EffectiveDate": FROM_DAY}],
    }
    return str(keep(books, "TaxRate", record)["Id"])


def code(books: Books, name: str, rate_ids: list[str], *, description: str = "") -> str:
    """Make a tax code out of rates; give its id."""
    details = [
        {
            "TaxRateRef": {"value": rate_id, "name": books.read("TaxRate", rate_id)["Name"]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": place,
        }
        for place, rate_id in enumerate(rate_ids)
    ]
    record = {
        "Id": books.store.next_id("TaxCode"),
        "Name": name,
        "Description": description or name,
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
        "SalesTaxRateList": {"TaxRateDetail": details},
    }
    return str(keep(books, "TaxCode", record)["Id"])


def rate(books: Books, name: str, percent: str, agency_name: str) -> str:
    """Give the id of a rate by its name, made where there is none."""
    known = next((one for one in books.store.all("TaxRate") if one["Name"] == name), None)
    if known is not None:
        return str(known["Id"])
    agencies = books.store.all("TaxAgency")
    agency = next((one for one in agencies if one["DisplayName"] == agency_name), None)
    if agency is None:
        agency = books.save("TaxAgency", {"DisplayName": agency_name, "TaxTrackedOnSales": True})
    return _rate(books, Part(name, Decimal(percent), agency["Id"]))
