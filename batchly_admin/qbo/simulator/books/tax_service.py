"""Tax codes and rates as Intuit's tax service makes them; nobody else writes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import number

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

FROM_DAY = "2019-01-01"


@dataclass(frozen=True, slots=True)
class Part:
    """One rate of a tax code: one that exists, or a new one of an agency."""

    name: str
    percent: Decimal
    agency_id: str
    rate_id: str | None = None
    is_sale: bool = True


def create(books: Books, sent: dict[str, Any]) -> dict[str, Any]:
    """Make a tax code with its rates, as the tax service is asked to.

    Raises:
        Fault: 2020, 2120, 2500, 6240 or 2090.
    """
    name, details = sent.get("TaxCode"), sent.get("TaxRateDetails")
    if not name or not isinstance(name, str) or not isinstance(details, list) or not details:
        raise Fault("2020", "Required parameter TaxCode or TaxRateDetails is missing")
    _check_name(books, "TaxCode", name)
    parts = [_part(books, detail) for detail in details]
    with books.store.write():
        rate_ids = [make_rate(books, part) for part in parts]
        sales = [key for key, part in zip(rate_ids, parts, strict=True) if part.is_sale]
        purchases = [key for key, part in zip(rate_ids, parts, strict=True) if not part.is_sale]
        code_id = make_code(books, name, sales, purchases=purchases)
    answers = [_answer(key, detail) for key, detail in zip(rate_ids, details, strict=True)]
    return {"TaxCode": name, "TaxCodeId": code_id, "TaxRateDetails": answers}


def _answer(rate_id: str, detail: dict[str, Any]) -> dict[str, Any]:
    """Give what was asked for with the id it got; ids are texts, however they were sent."""
    sent = {key: str(value) if key == "TaxAgencyId" else value for key, value in detail.items()}
    return {**sent, "TaxRateId": rate_id}


def _check_name(books: Books, kind: str, name: str) -> None:
    if books.store.ids(kind, "Name", name.casefold()):
        raise Fault("6240", f"The name supplied already exists. : {name[:100]}")


def _part(books: Books, detail: Any) -> Part:
    if not isinstance(detail, dict):
        raise Fault("2010", "A tax rate detail is no object", element="TaxRateDetails")
    applies = str(detail.get("TaxApplicableOn") or "Sales")
    if applies not in {"Sales", "Purchase", "Other"}:
        raise Fault("2170", f"Invalid Enumeration : {applies[:50]}", element="TaxApplicableOn")
    is_sale = applies != "Purchase"
    rate = books.store.get("TaxRate", detail.get("TaxRateId") or "-")
    if rate is not None:
        return Part(rate["Name"], Decimal(rate["RateValue"]), "", rate["Id"], is_sale)
    agency = books.store.get("TaxAgency", detail.get("TaxAgencyId") or "-")
    if agency is None:
        raise Fault("2500", "Invalid Reference Id : TaxAgencyId", element="TaxAgencyId")
    name = detail.get("TaxRateName")
    if not name or not isinstance(name, str):
        raise Fault("2020", "Required parameter TaxRateName is missing", element="TaxRateName")
    _check_name(books, "TaxRate", name)
    percent = number(detail.get("RateValue"), "RateValue")
    return Part(name, percent, agency["Id"], is_sale=is_sale)


def make_rate(books: Books, part: Part) -> str:
    """Make a tax rate, unless it is one that exists; give its id."""
    if part.rate_id is not None:
        return part.rate_id
    record = {
        "Name": part.name,
        "Description": part.name,
        "Active": True,
        "RateValue": part.percent,
        "AgencyRef": {"value": part.agency_id},
        "SpecialTaxType": "NONE" if part.percent else "ZERO_RATE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [{"RateValue": part.percent, "EffectiveDate": FROM_DAY}],
    }
    return str(books.keep("TaxRate", record)["Id"])


def make_code(
    books: Books,
    name: str,
    rate_ids: list[str],
    *,
    purchases: list[str] | None = None,
    description: str = "",
    config: str = "USER_DEFINED",
) -> str:
    """Make a tax code out of rates; give its id."""
    record = {
        "Name": name,
        "Description": description or name,
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
        "TaxCodeConfigType": config,
        "SalesTaxRateList": {"TaxRateDetail": _details(books, rate_ids)},
        "PurchaseTaxRateList": {"TaxRateDetail": _details(books, purchases or [])},
    }
    return str(books.keep("TaxCode", record)["Id"])


def _details(books: Books, rate_ids: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "TaxRateRef": {"value": key, "name": books.read("TaxRate", key)["Name"]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": place,
        }
        for place, key in enumerate(rate_ids)
    ]


def rate_named(books: Books, name: str, percent: str, agency_name: str) -> str:
    """Give the id of a rate by its name, made where there is none."""
    known = books.store.ids("TaxRate", "Name", name.casefold())
    if known:
        return known[0]
    agencies = books.store.ids("TaxAgency", "DisplayName", agency_name.casefold())
    if not agencies:
        sent = {"DisplayName": agency_name, "TaxTrackedOnSales": True}
        agencies = [str(books.save("TaxAgency", sent)["Id"])]
    return make_rate(books, Part(name, Decimal(percent), agencies[0]))
