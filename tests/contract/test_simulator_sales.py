"""What QuickBooks computes in a sale, by hand: every cent stands in the test."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, fresh, line, own_lines, priced

D = Decimal
SHIPPING = "SHIPPING_ITEM_ID"


def taxed(wire: Wire, code: str, lines: list[Any], **fields: Any) -> dict[str, Any]:
    """Make an invoice under a tax code."""
    detail = {"TxnTaxCodeRef": {"value": code}, **fields.pop("TxnTaxDetail", {})}
    return wire.invoice(Line=lines, TxnTaxDetail=detail, **fields)


def discount(**detail: Any) -> dict[str, Any]:
    amount = detail.pop("Amount", None)
    found = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    return found if amount is None else {**found, "Amount": D(amount)}


def test_the_subtotal_line_is_added_without_an_id(wire: Wire) -> None:
    made = wire.invoice("10.10", "20.20")
    *own, last = made["Line"]
    assert last == {
        "Amount": D("30.3"),
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    assert [one["LineNum"] for one in own] == [1, 2]
    assert [one["Id"] for one in own] == ["1", "2"]
    assert (made["TotalAmt"], made["Balance"]) == (D("30.3"), D("30.3"))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "3.335", "10.01"),  # 10.005 goes up
        ("7", "1.0050", "7.04"),  # 7.035 goes up
        ("0.5", "0.01", "0.01"),  # 0.005 goes up
        ("1000", "0.0333", "33.30"),
        ("12", "4.35", "52.20"),
        ("-2", "5.00", "-10.00"),
    ],
)
def test_an_amount_is_quantity_times_price_rounded_half_up(
    wire: Wire, quantity: str, price: str, amount: str
) -> None:
    item_id = wire.item()["Id"]
    other = line("100.00", item_id)
    made = wire.invoice(Line=[priced(quantity, price, amount, item_id), other])
    detail = made["Line"][0]
    assert detail["Amount"] == D(amount)
    assert detail["SalesItemLineDetail"]["UnitPrice"] == D(price)
    wrong = priced(quantity, price, str(D(amount) + D("0.01")), item_id)
    error = wire.refused("POST", "invoice", wire.invoice_body(Line=[wrong, other]))
    assert error["code"] == "6070"


# rates in percent, taxable amounts, amounts without tax, tax of each rate line by line, total
TAXES = [
    (["8"], ["100.00"], [], "8.00", "108.00"),
    (["8.875"], ["19.99"], [], "1.77", "21.76"),  # 1.7741
    (["7.25"], ["10.00", "10.00"], [], "1.46", "21.46"),  # 0.725 twice, each up
    (["4", "4"], ["10.13"], ["5.00"], "0.82", "15.95"),  # 0.4052 each
    (["4", "0.375"], ["33.33", "66.67"], [], "4.37", "104.37"),  # 1.33 + 2.67 and .12 + .25
    (["6.625"], [], ["50.00"], "0.00", "50.00"),
    (["0"], ["50.00"], [], "0.00", "50.00"),
]


@pytest.mark.parametrize(("rates", "taxable", "untaxed", "tax", "total"), TAXES)
def test_tax_is_rounded_line_by_line_for_each_rate(
    wire: Wire, rates: list[str], taxable: list[str], untaxed: list[str], tax: str, total: str
) -> None:
    item_id = wire.item()["Id"]
    lines = [line(one, item_id, TaxCodeRef={"value": "TAX"}) for one in taxable]
    lines += [line(one, item_id, TaxCodeRef={"value": "NON"}) for one in untaxed]
    made = taxed(wire, wire.tax_code(*rates), lines)
    found = made["TxnTaxDetail"]
    assert (found["TotalTax"], made["TotalAmt"]) == (D(tax), D(total))
    assert sum(one["Amount"] for one in found.get("TaxLine", [])) == D(tax)
    assert [one["TaxLineDetail"]["TaxPercent"] for one in found["TaxLine"]] == [D(r) for r in rates]


def test_a_tax_that_was_sent_stands(wire: Wire) -> None:
    lines = [line("100.00", wire.item()["Id"], TaxCodeRef={"value": "TAX"})]
    made = taxed(wire, wire.tax_code("8"), lines, TxnTaxDetail={"TotalTax": D("7.99")})
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (D("7.99"), D("107.99"))


def test_new_lines_are_taxed_anew(wire: Wire) -> None:
    item_id = wire.item()["Id"]
    made = taxed(wire, wire.tax_code("10"), [line("100.00", item_id, TaxCodeRef={"value": "TAX"})])
    lines = [line("50.00", item_id, TaxCodeRef={"value": "TAX"})]
    changed = wire.change("Invoice", made, Line=lines)
    assert (changed["TxnTaxDetail"]["TotalTax"], changed["TotalAmt"]) == (D(5), D(55))


def test_without_sales_tax_nothing_of_it_is_kept(wire: Wire) -> None:
    code, item_id = wire.tax_code("8"), wire.item()["Id"]
    wire.control("POST", "preferences", {"TaxPrefs.UsingSalesTax": False})
    try:
        made = taxed(wire, code, [line("100.00", item_id, TaxCodeRef={"value": "TAX"})])
    finally:
        wire.control("POST", "preferences", {"TaxPrefs.UsingSalesTax": True})
    assert "TxnTaxDetail" not in made
    assert made["TotalAmt"] == 100


@pytest.mark.parametrize(
    ("given", "after", "amount", "total"),
    [
        (discount(PercentBased=True, DiscountPercent=D("10")), False, "10.00", "100.00"),
        (discount(PercentBased=True, DiscountPercent=D("10")), True, "10.00", "99.00"),
        (discount(PercentBased=False, Amount="5.55"), False, "5.55", "104.45"),
        (discount(PercentBased=True, DiscountPercent=D("12.345")), False, "12.35", "97.65"),
    ],
    ids=["percent", "percent before tax", "amount", "odd percent"],
)
def test_a_discount_is_one_line_for_the_whole_sale(
    wire: Wire, given: dict[str, Any], after: object, amount: str, total: str
) -> None:
    lines = [line("100.00", wire.item()["Id"], TaxCodeRef={"value": "TAX"}), given]
    made = taxed(wire, wire.tax_code("10"), lines, ApplyTaxAfterDiscount=after)
    kinds = [one["DetailType"] for one in made["Line"]]
    assert kinds == ["SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"]
    assert made["Line"][-1]["Amount"] == D(amount)
    assert made["Line"][1]["Amount"] == 100
    assert made["TotalAmt"] == D(total)


def test_shipping_is_a_line_outside_the_subtotal(wire: Wire) -> None:
    lines = [line("100.00", wire.item()["Id"]), line("12.50", SHIPPING)]
    made = wire.invoice(Line=lines)
    subtotal = next(one for one in made["Line"] if one["DetailType"] == "SubTotalLineDetail")
    assert (subtotal["Amount"], made["TotalAmt"]) == (100, D("112.5"))


def test_shipping_is_taxed_where_it_says_so(wire: Wire) -> None:
    lines = [
        line("100.00", wire.item()["Id"]),
        line("10.00", SHIPPING, TaxCodeRef={"value": "TAX"}),
    ]
    made = taxed(wire, wire.tax_code("10"), lines)
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (1, 111)


def test_a_text_line_counts_nothing(wire: Wire) -> None:
    text = {"DetailType": "DescriptionOnly", "Description": "Thank you"}
    made = wire.invoice(Line=[line("10.00", wire.item()["Id"]), text])
    assert made["TotalAmt"] == 10
    assert [one.get("Description") for one in own_lines(made)] == [None, "Thank you"]


def test_lines_keep_their_ids_and_missing_ones_are_removed(wire: Wire) -> None:
    made = wire.invoice("1.00", "2.00", "3.00")
    first, second, third = own_lines(made)
    item_id = first["SalesItemLineDetail"]["ItemRef"]["value"]
    changed = wire.change("Invoice", made, Line=[third, first, line("4.00", item_id)])
    assert [(one["Id"], one["Amount"]) for one in own_lines(changed)] == [
        (third["Id"], 3),
        (first["Id"], 1),
        ("4", 4),
    ]
    assert second["Id"] not in {one["Id"] for one in own_lines(changed)}
    assert changed["TotalAmt"] == 8


@pytest.mark.parametrize(
    ("term", "due"),
    [("Due on receipt", "2026-03-01"), ("Net 15", "2026-03-16"), ("Net 30", "2026-03-31")],
)
def test_the_term_says_when_it_is_due(wire: Wire, term: str, due: str) -> None:
    found = wire.find("Term", f"WHERE Name = '{term}'")[0]["Id"]
    made = wire.invoice(TxnDate="2026-03-01", SalesTermRef={"value": found})
    assert made["DueDate"] == due


def test_a_due_date_that_was_sent_stands(wire: Wire) -> None:
    made = wire.invoice(TxnDate="2026-03-01", DueDate="2026-04-15")
    assert made["DueDate"] == "2026-04-15"


def test_a_date_driven_term_looks_at_the_calendar(wire: Wire) -> None:
    sent = {"Name": fresh("By the"), "DayOfMonthDue": 10, "DueNextMonthDays": 5}
    term = wire.create("Term", sent)
    assert term["Type"] == "DATE_DRIVEN"
    reference = {"value": term["Id"]}
    assert wire.invoice(TxnDate="2026-03-01", SalesTermRef=reference)["DueDate"] == "2026-03-10"
    assert wire.invoice(TxnDate="2026-03-08", SalesTermRef=reference)["DueDate"] == "2026-04-10"


def test_own_numbers_are_kept_and_a_missing_one_stays_missing(wire: Wire) -> None:
    number = fresh("INV-")
    assert wire.invoice(DocNumber=number)["DocNumber"] == number
    assert "DocNumber" not in wire.invoice()


def test_quickbooks_numbers_where_the_company_does_not(wire: Wire) -> None:
    wire.control("POST", "preferences", {"SalesFormsPrefs.CustomTxnNumbers": False})
    try:
        first, second = wire.invoice(), wire.invoice()
        sent = wire.invoice(DocNumber=fresh("own"))
        third = wire.invoice()
    finally:
        wire.control("POST", "preferences", {"SalesFormsPrefs.CustomTxnNumbers": True})
    assert int(second["DocNumber"]) == int(first["DocNumber"]) + 1
    assert int(third["DocNumber"]) == int(second["DocNumber"]) + 1
    assert sent["DocNumber"].startswith("own")


def test_times_have_the_offset_of_the_pacific_coast(wire: Wire) -> None:
    wire.control("POST", "clock", {"now": "2026-07-01T05:30:00+00:00"})
    summer = wire.invoice()
    wire.control("POST", "clock", {"now": "2026-12-01T05:30:00+00:00"})
    winter = wire.invoice()
    assert summer["MetaData"]["CreateTime"].startswith("2026-06-30T22:30:")
    assert summer["MetaData"]["CreateTime"].endswith("-07:00")
    assert winter["MetaData"]["CreateTime"].endswith("-08:00")
    assert summer["TxnDate"] == "2026-06-30", "the day where the servers are"
    assert datetime.fromisoformat(winter["MetaData"]["LastUpdatedTime"])


def test_a_payment_opens_and_closes_an_invoice(wire: Wire) -> None:
    invoice = wire.invoice("100.00")
    part = wire.payment(invoice, "40.00")
    assert (part["TotalAmt"], part["UnappliedAmt"]) == (40, 0)
    after = wire.read("Invoice", invoice["Id"])
    assert after["Balance"] == 60
    assert after["SyncToken"] == "1", "a payment raises the invoice's token"
    assert {"TxnId": part["Id"], "TxnType": "Payment"} in after["LinkedTxn"]
    rest = wire.payment(invoice, "60.00", total="75.00")
    assert rest["UnappliedAmt"] == 15
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 0
    assert wire.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == -15
    wire.end("Payment", rest, "delete")
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 60
    assert wire.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == 60


@pytest.mark.parametrize(
    "style", [{"operation": "void"}, {"operation": "update", "include": "void"}]
)
def test_a_payment_is_voided_in_either_style(wire: Wire, style: dict[str, str]) -> None:
    invoice = wire.invoice("100.00")
    payment = wire.payment(invoice, "40.00")
    version = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    gone = wire.create("Payment", version, **style)
    assert (gone["TotalAmt"], gone["SyncToken"]) == (0, "1")
    assert gone["PrivateNote"].startswith("Voided")
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 100


def test_more_than_is_open_cannot_be_paid(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    body = {
        "CustomerRef": invoice["CustomerRef"],
        "TotalAmt": 20,
        "Line": [{"Amount": 20, "LinkedTxn": [link]}],
    }
    assert wire.refused("POST", "payment", body)["code"] == "6000"
    less = {**body, "TotalAmt": 5, "Line": [{"Amount": 10, "LinkedTxn": [link]}]}
    assert wire.refused("POST", "payment", less)["code"] == "6000"
    stranger = {**body, "CustomerRef": {"value": wire.customer()["Id"]}}
    assert wire.refused("POST", "payment", stranger)["code"] == "6000"
    nothing = {**body, "Line": [{"Amount": 1, "LinkedTxn": [{**link, "TxnId": "999999"}]}]}
    assert wire.refused("POST", "payment", nothing)["code"] == "610"


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(wire: Wire) -> None:
    invoice = wire.invoice("100.00")
    memo = wire.create("CreditMemo", wire.invoice_body("30.00", CustomerRef=invoice["CustomerRef"]))
    assert (memo["RemainingCredit"], memo["Balance"]) == (30, 30)
    assert wire.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == 70
    lines = [
        {"Amount": 30, "LinkedTxn": [{"TxnId": one["Id"], "TxnType": kind}]}
        for one, kind in ((invoice, "Invoice"), (memo, "CreditMemo"))
    ]
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 0, "Line": lines}
    assert wire.create("Payment", body)["UnappliedAmt"] == 0
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 70
    assert wire.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert wire.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == 70


def test_a_payment_goes_to_undeposited_funds(wire: Wire) -> None:
    payment = wire.payment(wire.invoice("10.00"), "10.00")
    assert payment["DepositToAccountRef"]["value"] == wire.account("UndepositedFunds")["value"]


def test_a_voided_invoice_stays_with_nothing_in_it(wire: Wire) -> None:
    invoice = wire.invoice("100.00", PrivateNote="for the fair")
    payment = wire.payment(invoice, "40.00")
    gone = wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "void")
    assert (gone["TotalAmt"], gone["Balance"]) == (0, 0)
    assert all(one["Amount"] == 0 for one in gone["Line"])
    assert re.match(r"Voided\b.*for the fair", gone["PrivateNote"])
    assert wire.read("Payment", payment["Id"])["UnappliedAmt"] == 40, "the money is still there"
    assert wire.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == -40


def test_an_invoice_with_payments_is_not_deleted(wire: Wire) -> None:
    invoice = wire.invoice("100.00")
    payment = wire.payment(invoice, "40.00")
    version = {"Id": invoice["Id"], "SyncToken": "1"}
    assert (
        wire.refused("POST", "invoice", version, params={"operation": "delete"})["code"] == "6000"
    )
    wire.end("Payment", payment, "delete")
    gone = wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "delete")
    assert gone == {"Id": invoice["Id"], "domain": "QBO", "status": "Deleted"}


def test_an_estimate_becomes_an_invoice(wire: Wire) -> None:
    estimate = wire.create("Estimate", wire.invoice_body("80.00"))
    assert estimate["TxnStatus"] == "Pending"
    accepted = wire.change("Estimate", estimate, TxnStatus="Accepted")
    link = {"TxnId": estimate["Id"], "TxnType": "Estimate"}
    body = wire.invoice_body("80.00", CustomerRef=estimate["CustomerRef"], LinkedTxn=[link])
    invoice = wire.create("Invoice", body)
    assert link in invoice["LinkedTxn"]
    closed = wire.read("Estimate", estimate["Id"])
    assert closed["TxnStatus"] in {"Closed", "Converted"}
    assert {"TxnId": invoice["Id"], "TxnType": "Invoice"} in closed["LinkedTxn"]
    assert int(closed["SyncToken"]) > int(accepted["SyncToken"])
    again = wire.invoice_body("80.00", CustomerRef=estimate["CustomerRef"], LinkedTxn=[link])
    assert wire.refused("POST", "invoice", again)["code"] == "620"


def test_an_estimate_owes_nothing(wire: Wire) -> None:
    estimate = wire.create("Estimate", wire.invoice_body("80.00"))
    assert wire.read("Customer", estimate["CustomerRef"]["value"])["Balance"] == 0


@pytest.mark.parametrize("amount", [0.1, 1.1, 19.99, 1234567.89, 99999999.99])
def test_numbers_keep_their_decimals_both_ways(wire: Wire, amount: float) -> None:
    body = wire.invoice_body(str(amount))
    body["Line"][0]["Amount"] = amount
    answer = wire.call("POST", "invoice", body)
    assert answer.status_code == 200, answer.text
    assert f'"TotalAmt":{amount}' in answer.text.replace(" ", "")


def test_sloppy_clients_are_accepted(wire: Wire) -> None:
    body = wire.invoice_body("10.00")
    body |= {"TotalAmt": "", "DueDate": "", "TxnDate": "", "SyncToken": 0, "domain": "QBO"}
    body |= {"sparse": False, "Balance": 0, "DocNumber": "", "AllowIPNPayment": True}
    body["CustomerRef"] |= {"name": "", "type": ""}
    body["Line"][0]["Amount"] = "10.00"
    made = wire.create("Invoice", body)
    assert made["TotalAmt"] == 10
    sent = {"Id": made["Id"], "SyncToken": 0, "sparse": "true", "PrivateNote": "x"}
    assert wire.create("Invoice", sent)["PrivateNote"] == "x"
