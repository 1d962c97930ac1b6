"""The accountant's page, and the same deeds on the page of a record."""

from __future__ import annotations

import pytest

from tests.contract.pages import done, get, press, sins, wrong
from tests.contract.wire import Wire, fresh

PATH = "/accountant"


def test_a_payment_is_recorded(wire: Wire) -> None:
    invoice = wire.invoice("90.00")
    typed = {"invoice": invoice["Id"], "amount": "30", "date": "2026-02-03"}
    assert "30.00" in done(press(wire, PATH, "payment", **typed)).text()
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 60
    done(press(wire, PATH, "payment", customer=invoice["CustomerRef"]["value"], amount="7"))
    where = f"WHERE CustomerRef = '{invoice['CustomerRef']['value']}'"
    assert [one["UnappliedAmt"] for one in wire.find("Payment", where)] == [0, 7]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"customer": "1"},
        {"invoice": "999999"},
        {"invoice": "{invoice}", "amount": "1000"},
        {"invoice": "{invoice}", "amount": "much"},
        {"invoice": "{invoice}", "date": "soon"},
    ],
)
def test_a_payment_that_cannot_be_comes_back_as_typed(wire: Wire, typed: dict[str, str]) -> None:
    invoice = wire.invoice("90.00")
    typed = {name: value.format(invoice=invoice["Id"]) for name, value in typed.items()}
    page = wrong(press(wire, PATH, "payment", **typed))
    assert {**page.form("payment").values, **typed} == page.form("payment").values
    assert sins(page) == []
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 90


def test_a_field_is_changed_whatever_it_holds(wire: Wire) -> None:
    customer, term = wire.customer(), wire.find("Term")[0]
    given = {"type": "Customer", "id": customer["Id"]}
    for field, value in (
        ("CompanyName", "Mill & Sons"),
        ("PrimaryEmailAddr", "ann@mill.example"),
        ("SalesTermRef", term["Id"]),
        ("Taxable", "False"),
    ):
        done(press(wire, PATH, "edit", **given, field=field, value=value))
    found = wire.read("Customer", customer["Id"])
    assert found["CompanyName"] == "Mill & Sons"
    assert found["PrimaryEmailAddr"] == {"Address": "ann@mill.example"}
    assert found["SalesTermRef"]["value"] == term["Id"]
    assert found["Taxable"] is False
    done(press(wire, PATH, "edit", **given, json='{"Notes": "x", "GivenName": "Ann"}'))
    found = wire.read("Customer", customer["Id"])
    assert (found["Notes"], found["GivenName"]) == ("x", "Ann")


@pytest.mark.parametrize(
    "typed",
    [
        {"field": "Shoe", "value": "42"},
        {"field": "CompanyName", "value": ""},
        {"field": "", "value": "x"},
        {"json": "{"},
        {"json": "[]"},
        {"field": "CompanyName", "value": "x" * 101},
        {"id": "999999", "field": "CompanyName", "value": "x"},
        {"type": "Gadget", "field": "CompanyName", "value": "x"},
    ],
)
def test_a_change_that_cannot_be_comes_back_as_typed(wire: Wire, typed: dict[str, str]) -> None:
    customer = wire.customer()
    typed = {"type": "Customer", "id": customer["Id"], **typed}
    page = wrong(press(wire, PATH, "edit", **typed))
    kept = {name: value for name, value in typed.items() if name != "type"}
    assert {**page.form("edit").values, **kept} == page.form("edit").values
    assert wire.read("Customer", customer["Id"]) == customer


def test_records_are_ended_each_in_its_way(wire: Wire) -> None:
    customer, item, invoice = wire.customer(), wire.item(), wire.invoice()
    for kind, record, deed in (
        ("Customer", customer, "deactivate"),
        ("Item", item, "deactivate"),
        ("Item", item, "reactivate"),
        ("Invoice", invoice, "void"),
    ):
        done(press(wire, PATH, "end", type=kind, id=record["Id"], deed=deed))
    assert wire.read("Customer", customer["Id"])["Active"] is False
    assert wire.read("Item", item["Id"]) == {
        **item,
        "SyncToken": "2",
        "MetaData": wire.read("Item", item["Id"])["MetaData"],
    }
    assert wire.read("Invoice", invoice["Id"])["TotalAmt"] == 0
    done(press(wire, PATH, "end", type="Invoice", id=invoice["Id"], deed="delete"))
    assert wire.refused("GET", f"invoice/{invoice['Id']}")["code"] == "610"


@pytest.mark.parametrize(
    ("kind", "deed"), [("Customer", "void"), ("Customer", "delete"), ("Invoice", "deactivate")]
)
def test_what_has_no_such_end_stays(wire: Wire, kind: str, deed: str) -> None:
    record = wire.customer() if kind == "Customer" else wire.invoice()
    page = wrong(press(wire, PATH, "end", type=kind, id=record["Id"], deed=deed))
    assert page.form("end").values["deed"] == deed
    assert wire.read(kind, record["Id"]) == record


def test_two_are_merged(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    page = done(press(wire, PATH, "merge", type="Customer", keep=kept["Id"], gone=gone["Id"]))
    assert kept["DisplayName"] in page.text()
    assert wire.refused("GET", f"customer/{gone['Id']}")["code"] == "610"
    page = wrong(press(wire, PATH, "merge", type="Customer", keep=kept["Id"], gone=kept["Id"]))
    assert page.form("merge").values["gone"] == kept["Id"]


def test_a_deposited_payment_cannot_change(wire: Wire) -> None:
    payment = wire.payment(wire.invoice("10.00"), "10.00")
    done(press(wire, PATH, "deposit", payment=payment["Id"]))
    wrong(press(wire, PATH, "end", type="Payment", id=payment["Id"], deed="void"))
    wrong(press(wire, PATH, "deposit", payment=payment["Id"]))


def test_the_books_are_closed_and_opened(wire: Wire) -> None:
    done(press(wire, PATH, "close", date="2026-01-31"))
    body = wire.invoice_body("5.00", TxnDate="2026-01-31")
    assert wire.refused("POST", "invoice", body)["code"] == "6210"
    done(press(wire, PATH, "close", date=""))
    assert wire.create("Invoice", body)["TotalAmt"] == 5
    assert wrong(press(wire, PATH, "close", date="later")).form("close").values["date"] == "later"


def test_the_app_is_disconnected(wire: Wire) -> None:
    token = wire.consent()["access_token"]
    done(press(wire, PATH, "disconnect"))
    assert wire.call("GET", "companyinfo/1", token=token).status_code == 401


# --- on the page of a record -------------------------------------------------------------------


def test_a_record_offers_what_can_be_done_with_it(wire: Wire) -> None:
    invoice, customer = wire.invoice("10.00"), wire.customer()
    offered = {
        kind: {one.values.get("form") for one in get(wire, f"/records/{kind}/{made['Id']}").forms}
        for kind, made in (("Invoice", invoice), ("Customer", customer))
    }
    assert offered["Invoice"] == {"edit", "payment", "void", "delete"}
    assert offered["Customer"] == {"edit", "deactivate"}


def test_a_record_is_worked_on_where_it_is_shown(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    path = f"/records/Invoice/{invoice['Id']}"
    done(press(wire, path, "payment", amount="4"))
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 6
    done(press(wire, path, "edit", field="PrivateNote", value=fresh("Note")))
    page = wrong(press(wire, path, "edit", field="TxnDate", value="soon"))
    assert page.form("edit").values["value"] == "soon"
    assert sins(page) == []
    wrong(press(wire, path, "delete"))
    done(press(wire, path, "void"))
    page = done(press(wire, path, "delete"))
    assert page.text("h1") == "Invoice"
    assert wire.refused("GET", f"invoice/{invoice['Id']}")["code"] == "610"


def test_the_page_of_one_record_touches_no_other(wire: Wire) -> None:
    first, second = wire.customer(), wire.customer()
    typed = {"type": "Customer", "id": second["Id"], "field": "CompanyName", "value": "Mine"}
    done(press(wire, f"/records/Customer/{first['Id']}", "edit", **typed))
    assert wire.read("Customer", first["Id"])["CompanyName"] == "Mine"
    assert wire.read("Customer", second["Id"]) == second
