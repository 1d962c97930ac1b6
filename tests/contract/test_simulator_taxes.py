"""Tax the three ways companies have it, other currencies, bundles, goods leaving the stock."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, fresh, line, running

RATES = {"NY": [["New York State", "4"], ["New York Local", "4"]], "NJ": [["NJ State", "6.625"]]}


@pytest.fixture(scope="module")
def _own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("taxes")) as details:
        wire = Wire(details)
        yield wire
        wire.close()


@pytest.fixture
def own(_own: Wire) -> Wire:
    """A simulator whose company may move to another country."""
    _own.settle()
    country(_own, "US")
    _own.control(
        "POST",
        "preferences",
        {
            "TaxPrefs.UsingSalesTax": True,
            "TaxPrefs.PartnerTaxEnabled": None,
            "CurrencyPrefs.MultiCurrencyEnabled": False,
        },
    )
    _own.control("POST", "settings", {"tax_override": False, "automated_rates": RATES})
    return _own


def country(wire: Wire, code: str) -> None:
    info = wire.fine("GET", "companyinfo/1")["CompanyInfo"]
    wire.change("CompanyInfo", info, Country=code)


def prefer(wire: Wire, **values: Any) -> None:
    wire.control(
        "POST", "preferences", {name.replace("__", "."): one for name, one in values.items()}
    )


def taxed(wire: Wire, amount: str, code: str = "TAX") -> dict[str, Any]:
    made = line(amount, wire.item()["Id"])
    made["SalesItemLineDetail"]["TaxCodeRef"] = {"value": code}
    return made


def tax_of(sale: dict[str, Any]) -> Decimal:
    return Decimal(sale["TxnTaxDetail"]["TotalTax"])


# --- automated sales tax ---------------------------------------------------------------------


def test_automated_tax_follows_the_address_and_not_the_code_that_was_sent(own: Wire) -> None:
    prefer(own, TaxPrefs__PartnerTaxEnabled=True)
    sent = own.tax_code("20")
    shipped = {"CountrySubDivisionCode": "NJ", "City": "Newark"}
    body = own.invoice_body(Line=[taxed(own, "100.00")], ShipAddr=shipped)
    made = own.create("Invoice", {**body, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": sent}}})
    assert tax_of(made) == Decimal("6.63"), "6.625 % of 100, rounded up"
    assert made["TotalAmt"] == Decimal("106.63")
    assert made["TxnTaxDetail"]["TxnTaxCodeRef"]["value"] != sent
    code = own.read("TaxCode", made["TxnTaxDetail"]["TxnTaxCodeRef"]["value"])
    assert code["TaxCodeConfigType"] == "SYSTEM_GENERATED"


def test_automated_tax_takes_the_companys_address_where_nothing_is_shipped(own: Wire) -> None:
    prefer(own, TaxPrefs__PartnerTaxEnabled=True)
    made = own.create("Invoice", own.invoice_body(Line=[taxed(own, "50.00")]))
    assert tax_of(made) == Decimal("4.00")
    assert len(made["TxnTaxDetail"]["TaxLine"]) == 2


def test_automated_tax_knows_places_without_any(own: Wire) -> None:
    prefer(own, TaxPrefs__PartnerTaxEnabled=True)
    body = own.invoice_body(Line=[taxed(own, "50.00")], ShipAddr={"CountrySubDivisionCode": "OR"})
    assert tax_of(own.create("Invoice", body)) == 0


def test_automated_tax_leaves_out_a_customer_who_pays_none(own: Wire) -> None:
    prefer(own, TaxPrefs__PartnerTaxEnabled=True)
    exempt = own.customer(Taxable=False)
    body = own.invoice_body(Line=[taxed(own, "50.00")], CustomerRef={"value": exempt["Id"]})
    assert tax_of(own.create("Invoice", body)) == 0


@pytest.mark.parametrize(("allowed", "expected"), [(False, "4.00"), (True, "1.23")])
def test_a_total_of_the_clients_own_stands_only_where_the_company_allows_it(
    own: Wire, *, allowed: bool, expected: str
) -> None:
    prefer(own, TaxPrefs__PartnerTaxEnabled=True)
    own.control("POST", "settings", {"tax_override": allowed})
    body = own.invoice_body(Line=[taxed(own, "50.00")], TxnTaxDetail={"TotalTax": 1.23})
    assert tax_of(own.create("Invoice", body)) == Decimal(expected)


# --- outside of the United States ------------------------------------------------------------


def test_abroad_every_line_has_a_code_and_is_rounded_by_itself(own: Wire) -> None:
    country(own, "CA")
    quebec, none = own.tax_code("9.975"), own.tax_code("0")
    lines = [taxed(own, "10.05", quebec), taxed(own, "10.05", quebec), taxed(own, "99.99", none)]
    made = own.create("Invoice", own.invoice_body(Line=lines, GlobalTaxCalculation="TaxExcluded"))
    # 1.0025 each rounds to 1.00, where their sum would round to 2.01.
    assert tax_of(made) == Decimal("2.00")
    by_rate = {one["Amount"]: one["TaxLineDetail"] for one in made["TxnTaxDetail"]["TaxLine"]}
    assert by_rate[Decimal("2.00")]["NetAmountTaxable"] == Decimal("20.10")


def test_abroad_a_line_may_say_its_gross_amount(own: Wire) -> None:
    country(own, "GB")
    code = own.tax_code("20")
    lines = [taxed(own, "100.00", code)]
    made = own.create("Invoice", own.invoice_body(Line=lines, GlobalTaxCalculation="TaxInclusive"))
    assert made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"] == 120
    assert made["TotalAmt"] == 120


def test_abroad_a_flag_is_no_code(own: Wire) -> None:
    country(own, "CA")
    body = own.invoice_body(Line=[taxed(own, "10.00", "9999")])
    assert own.refused("POST", "invoice", body)["code"] == "2500"


def test_at_home_a_code_is_only_a_flag(own: Wire) -> None:
    body = own.invoice_body(Line=[taxed(own, "10.00", own.tax_code("5"))])
    assert own.refused("POST", "invoice", body)["code"] == "6100"


def test_where_tax_does_not_apply_none_is_computed(own: Wire) -> None:
    country(own, "CA")
    lines = [taxed(own, "100.00", own.tax_code("5"))]
    body = own.invoice_body(Line=lines, GlobalTaxCalculation="NotApplicable")
    assert own.create("Invoice", body)["TotalAmt"] == 100
    refused = {**body, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": own.tax_code("5")}}}
    assert own.refused("POST", "invoice", refused)["code"] == "6170"


# --- currencies ------------------------------------------------------------------------------


def test_another_currency_is_refused_until_the_company_keeps_several(own: Wire) -> None:
    body = {"DisplayName": fresh("Customer"), "CurrencyRef": {"value": "EUR"}}
    assert own.refused("POST", "customer", body)["code"] == "2220"
    prefer(own, CurrencyPrefs__MultiCurrencyEnabled=True)
    assert own.create("Customer", body)["CurrencyRef"]["name"] == "Euro"


def test_a_document_in_another_currency_has_its_rate_and_its_total_at_home(own: Wire) -> None:
    prefer(own, CurrencyPrefs__MultiCurrencyEnabled=True)
    own.create("ExchangeRate", {"SourceCurrencyCode": "EUR", "Rate": 1.1, "AsOfDate": "2026-01-01"})
    own.create("ExchangeRate", {"SourceCurrencyCode": "EUR", "Rate": 1.2, "AsOfDate": "2026-03-01"})
    customer = own.customer(CurrencyRef={"value": "EUR"})
    before = own.read("Account", own.account("AccountsReceivable")["value"])["CurrentBalance"]
    made = own.invoice(
        *("33.33", "33.33", "33.34"),
        CustomerRef={"value": customer["Id"]},
        CurrencyRef={"value": "EUR"},
        TxnDate="2026-02-01",
    )
    assert made["ExchangeRate"] == Decimal("1.1")
    assert (made["TotalAmt"], made["HomeTotalAmt"]) == (100, 110)
    after = own.read("Account", own.account("AccountsReceivable")["value"])["CurrentBalance"]
    assert after - before == 110
    asked = {"sourcecurrencycode": "EUR", "asofdate": "2026-03-05"}
    found = own.fine("GET", "exchangerate", params=asked)["ExchangeRate"]
    assert (found["Rate"], found["TargetCurrencyCode"]) == (Decimal("1.2"), "USD")


def test_a_document_is_in_the_currency_of_its_customer(own: Wire) -> None:
    prefer(own, CurrencyPrefs__MultiCurrencyEnabled=True)
    customer = own.customer(CurrencyRef={"value": "EUR"})
    body = own.invoice_body("10.00", CustomerRef={"value": customer["Id"]})
    assert own.refused("POST", "invoice", body)["code"] == "6000"


@pytest.mark.parametrize(("rate", "code"), [(0, "2240"), (-1, "2240"), ("x", "2090")])
def test_a_rate_that_is_none_is_refused(own: Wire, rate: Any, code: str) -> None:
    body = {"SourceCurrencyCode": "EUR", "Rate": rate, "AsOfDate": "2026-01-01"}
    assert own.refused("POST", "exchangerate", body)["code"] == code


# --- bundles and goods -----------------------------------------------------------------------


def goods(wire: Wire, *, quantity: int, cost: str) -> dict[str, Any]:
    return wire.create(
        "Item",
        {
            "Name": fresh("Goods"),
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": quantity,
            "InvStartDate": "2020-01-01",
            "UnitPrice": 9,
            "PurchaseCost": Decimal(cost),
            "IncomeAccountRef": wire.account("SalesOfProductIncome"),
            "ExpenseAccountRef": wire.account("SuppliesMaterialsCogs"),
            "AssetAccountRef": wire.account("Inventory"),
        },
    )


def standing(wire: Wire, subtype: str) -> Decimal:
    return Decimal(wire.read("Account", wire.account(subtype)["value"])["CurrentBalance"])


def test_goods_leave_the_stock_when_they_are_sold_and_come_back(own: Wire) -> None:
    item = goods(own, quantity=10, cost="4.50")
    before = standing(own, "Inventory")
    sold = line("27.00", item["Id"])
    sold["SalesItemLineDetail"] |= {"Qty": 3, "UnitPrice": 9}
    invoice = own.create("Invoice", own.invoice_body(Line=[sold]))
    assert own.read("Item", item["Id"])["QtyOnHand"] == 7
    assert standing(own, "Inventory") - before == Decimal("-13.50")
    own.end("Invoice", invoice, "delete")
    assert own.read("Item", item["Id"])["QtyOnHand"] == 10
    assert standing(own, "Inventory") == before


def test_a_new_count_of_goods_moves_the_stock_by_the_difference(own: Wire) -> None:
    item = goods(own, quantity=10, cost="2.00")
    before = standing(own, "Inventory")
    own.change("Item", item, QtyOnHand=4)
    assert own.read("Item", item["Id"])["QtyOnHand"] == 4
    assert standing(own, "Inventory") - before == -12


def test_a_bundle_is_sold_as_what_is_in_it(own: Wire) -> None:
    one, other = own.item(UnitPrice=5), own.item(UnitPrice=Decimal("2.50"))
    members = [
        {"ItemRef": {"value": one["Id"]}, "Qty": 2},
        {"ItemRef": {"value": other["Id"]}, "Qty": 4},
    ]
    detail = {"ItemGroupLine": members}
    body = {"Name": fresh("Bundle"), "Type": "Group", "ItemGroupDetail": detail}
    bundle = own.create("Item", body)
    sold = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": bundle["Id"]}, "Quantity": 3},
    }
    made = own.create("Invoice", own.invoice_body(Line=[sold]))
    inside = made["Line"][0]["GroupLineDetail"]["Line"]
    assert [part["SalesItemLineDetail"]["Qty"] for part in inside] == [6, 12]
    assert made["TotalAmt"] == 60
    again = own.change("Invoice", made, PrivateNote="seen")
    assert again["TotalAmt"] == 60


def test_a_bundle_holds_no_bundle(own: Wire) -> None:
    detail = {"ItemGroupLine": [{"ItemRef": {"value": own.item(UnitPrice=1)["Id"]}, "Qty": 1}]}
    inner = {"Name": fresh("Bundle"), "Type": "Group", "ItemGroupDetail": detail}
    made = own.create("Item", inner)
    outer = {"ItemGroupLine": [{"ItemRef": {"value": made["Id"]}, "Qty": 1}]}
    body = {"Name": fresh("Bundle"), "Type": "Group", "ItemGroupDetail": outer}
    assert own.refused("POST", "item", body)["code"] == "6000"
    plain = line("1.00", made["Id"])
    assert own.refused("POST", "invoice", own.invoice_body(Line=[plain]))["code"] == "2500"
