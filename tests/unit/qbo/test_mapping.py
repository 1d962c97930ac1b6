from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment, PaymentAllocation
from batchly_admin.models.catalogue import PaymentMethod, PaymentTerm, Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields, tax, terms
from batchly_admin.qbo.mapping.customer import from_qbo_customer, to_qbo_customer
from batchly_admin.qbo.mapping.invoice import sales_lines, to_qbo_invoice, total_tax
from batchly_admin.qbo.mapping.item import (
    from_qbo_item,
    product_name,
    to_qbo_item,
    to_qbo_item_update,
)
from batchly_admin.qbo.mapping.payment import from_qbo_payment, to_qbo_payment

INVOICE_ID = UUID("01890000-0000-7000-8000-000000000001")
LINES = (
    # quantity, price, amount: the cents are worked by hand
    ("7", "1.0050", "7.04"),
    ("3", "0.3333", "1.00"),
    ("1.5", "45.0000", "67.50"),
    ("1000", "0.0125", "12.50"),
    ("1", "0.0050", "0.01"),
)


def invoice_of(lines: tuple[tuple[str, str, str], ...] = LINES) -> Invoice:
    made = Invoice(
        id=INVOICE_ID,
        invoice_number="INV-0042",
        customer_name="Ann",
        customer=Customer(display_name="Ann", email="ann@example.com"),
        invoice_date=date(2026, 3, 4),
        due_date=date(2026, 4, 3),
        discount_amount=Decimal("0.00"),
        shipping_amount=Decimal("0.00"),
        tax_amount=Decimal("0.00"),
    )
    made.lines = [
        InvoiceLineItem(
            id=UUID(int=number),
            line_number=number,
            description=f"Line {number}",
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            line_total=Decimal(amount),
            is_taxable=True,
        )
        for number, (quantity, price, amount) in enumerate(lines, 1)
    ]
    return made


def mapped(invoice: Invoice) -> dict[str, Any]:
    refs = {line.id: str(100 + line.line_number) for line in invoice.lines}
    return to_qbo_invoice(invoice, customer_ref="58", item_refs=refs)


def test_an_invoice_keeps_number_dates_customer_and_marker() -> None:
    body = mapped(invoice_of())

    assert body["DocNumber"] == "INV-0042"
    assert (body["TxnDate"], body["DueDate"]) == ("2026-03-04", "2026-04-03")
    assert body["CustomerRef"] == {"value": "58"}
    assert body["PrivateNote"] == f"Batchly {INVOICE_ID}"
    assert body["BillEmail"] == {"Address": "ann@example.com"}
    assert "TxnTaxDetail" not in body


def test_lines_keep_their_order_and_every_cent() -> None:
    lines = mapped(invoice_of())["Line"]

    assert [line["LineNum"] for line in lines] == [1, 2, 3, 4, 5]
    assert [str(line["Amount"]) for line in lines] == ["7.04", "1.00", "67.50", "12.50", "0.01"]
    details = [line["SalesItemLineDetail"] for line in lines]
    assert [format(detail["Qty"], "f") for detail in details] == ["7", "3", "1.5", "1000", "1"]
    assert [detail["ItemRef"]["value"] for detail in details] == ["101", "102", "103", "104", "105"]


def test_without_a_tax_every_line_says_so() -> None:
    codes = {
        line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in mapped(invoice_of())["Line"]
    }

    assert codes == {"NON"}


def test_a_taxed_invoice_names_its_code_and_its_total_tax() -> None:
    invoice = invoice_of()
    invoice.tax_code = TaxCode(name="NY", qb_tax_code_id="3")
    invoice.tax_amount = Decimal("7.81")
    invoice.lines[1].is_taxable = False

    body = mapped(invoice)

    assert body["TxnTaxDetail"] == {
        "TxnTaxCodeRef": {"value": "3"},
        "TotalTax": Decimal("7.81"),
    }
    codes = [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in body["Line"]]
    assert codes == ["TAX", "NON", "TAX", "TAX", "TAX"]


def test_shipping_and_discount_follow_the_lines_as_amounts() -> None:
    invoice = invoice_of()
    invoice.tax_code = TaxCode(name="NY", qb_tax_code_id="3")
    invoice.shipping_amount, invoice.shipping_taxable = Decimal("9.95"), True
    invoice.discount_amount = Decimal("4.40")

    shipping, discount = mapped(invoice)["Line"][-2:]

    assert shipping["Amount"] == Decimal("9.95")
    assert shipping["SalesItemLineDetail"] == {
        "ItemRef": {"value": "SHIPPING_ITEM_ID"},
        "TaxCodeRef": {"value": "TAX"},
    }
    assert discount["DetailType"] == "DiscountLineDetail"
    assert discount["Amount"] == Decimal("4.40")
    assert discount["DiscountLineDetail"] == {"PercentBased": False}
    assert mapped(invoice)["ApplyTaxAfterDiscount"] is True


def test_a_long_note_never_pushes_the_marker_out() -> None:
    invoice = invoice_of()
    invoice.qb_private_note = "n" * 5000

    note = mapped(invoice)["PrivateNote"]

    assert len(note) == 4000
    assert fields.marked_id(note) == INVOICE_ID


@pytest.mark.parametrize("note", [None, "", "Batchly", "Batchly 123", "NotBatchly" + "x" * 40])
def test_a_note_without_our_marker_is_not_ours(note: str | None) -> None:
    assert fields.marked_id(note) is None


def test_a_voided_documents_note_still_carries_the_marker() -> None:
    assert fields.marked_id(f"Voided - Batchly {INVOICE_ID}") == INVOICE_ID


def test_only_the_lines_we_sent_are_compared() -> None:
    body = {
        "Line": [
            {"Amount": 7.04, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}},
            {
                "Amount": 9.95,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}},
            },
            {"Amount": 16.99, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        ],
        "TxnTaxDetail": {"TotalTax": "1.23"},
    }

    assert sales_lines(body) == [Decimal("7.04")]
    assert total_tax(body) == Decimal("1.23")


def test_a_customer_goes_without_empty_fields() -> None:
    customer = Customer(
        display_name="Print: Shop\tNorth",
        phone="1" * 40,
        billing_address={"line1": "1 Main St", "city": "Albany", "state": "NY"},
        tax_exempt=True,
        is_active=True,
    )

    assert to_qbo_customer(customer) == {
        "DisplayName": "Print- Shop North",
        "PrimaryPhone": {"FreeFormNumber": "1" * 30},
        "BillAddr": {"Line1": "1 Main St", "City": "Albany", "CountrySubDivisionCode": "NY"},
        "Taxable": False,
    }


def test_an_inactive_customer_says_so_and_terms_are_named() -> None:
    customer = Customer(
        display_name="Ann",
        is_active=False,
        tax_exempt=False,
        payment_term=PaymentTerm(name="Net 30", qb_term_id="3"),
    )

    body = to_qbo_customer(customer)

    assert body["Active"] is False
    assert body["SalesTermRef"] == {"value": "3"}


def test_a_customer_comes_back_in_our_columns() -> None:
    sent = Customer(
        display_name="Ann",
        company_name="Ann Inc",
        email="a@b.co",
        phone="1",
        billing_address={"line1": "x"},
        is_active=True,
    )

    back = from_qbo_customer(to_qbo_customer(sent))

    assert back["display_name"] == "Ann"
    assert back["company_name"] == "Ann Inc"
    assert back["email"] == "a@b.co"
    assert back["billing_address"] == {"line1": "x"}
    assert back["is_active"] is True


def test_a_product_goes_as_an_item_that_holds_no_stock() -> None:
    product = Product(
        name="Flyer",
        sku="FLY-1",
        qb_type="Inventory",
        unit_price=Decimal("0.1250"),
        is_taxable=True,
        is_active=True,
    )

    body = to_qbo_item(product, income_account="79")

    assert body == {
        "Name": "Flyer",
        "Sku": "FLY-1",
        "Type": "NonInventory",
        "UnitPrice": Decimal("0.1250"),
        "Taxable": True,
        "IncomeAccountRef": {"value": "79"},
    }
    assert "Type" not in to_qbo_item_update(product)


def test_an_item_comes_back_in_our_columns() -> None:
    body = {
        "Name": "Flyer (deleted)",
        "FullyQualifiedName": "Print:Flyer (deleted)",
        "Type": "Inventory",
        "UnitPrice": 0.125,
        "QtyOnHand": "7",
        "TrackQtyOnHand": True,
        "Active": False,
    }

    found = from_qbo_item(body)

    assert found["name"] == "Print:Flyer (deleted)"
    assert found["unit_price"] == Decimal("0.125")
    assert found["quantity_on_hand"] == Decimal(7)
    assert found["is_active"] is False
    assert product_name(body) == "Flyer"


def test_a_payment_is_linked_to_the_invoices_it_pays() -> None:
    first, second = UUID(int=1), UUID(int=2)
    payment = Payment(
        id=INVOICE_ID,
        payment_number="PAY-0001",
        payment_date=date(2026, 3, 4),
        amount=Decimal("120.00"),
        payment_method=PaymentMethod(name="Check", qb_payment_method_id="2"),
    )
    payment.allocations = [
        PaymentAllocation(invoice_id=first, amount=Decimal("100.00")),
        PaymentAllocation(invoice_id=second, amount=Decimal("20.00")),
    ]

    body = to_qbo_payment(payment, customer_ref="58", invoice_refs={first: "145", second: "146"})

    assert body["TotalAmt"] == Decimal("120.00")
    assert body["PaymentRefNum"] == "PAY-0001"
    assert body["PaymentMethodRef"] == {"value": "2"}
    assert [(line["Amount"], line["LinkedTxn"][0]["TxnId"]) for line in body["Line"]] == [
        (Decimal("100.00"), "145"),
        (Decimal("20.00"), "146"),
    ]


def test_a_pulled_payment_adds_up_what_went_to_each_invoice() -> None:
    link = [{"TxnId": "145", "TxnType": "Invoice"}]
    body = {
        "Id": "9",
        "TotalAmt": 130,
        "TxnDate": "2026-03-04",
        "CustomerRef": {"value": "58"},
        "Line": [
            {"Amount": 100.25, "LinkedTxn": link},
            {"Amount": 9.75, "LinkedTxn": link},
            {"Amount": 20, "LinkedTxn": [{"TxnId": "7", "TxnType": "CreditMemo"}]},
        ],
    }

    pulled = from_qbo_payment(body)

    assert pulled.applied == (("145", Decimal("110.00")),)
    assert pulled.amount == Decimal(130)
    assert not pulled.is_voided


@pytest.mark.parametrize(
    ("body", "is_void"),
    [
        ({"status": "Voided"}, True),
        ({"PrivateNote": "Voided - note", "TotalAmt": 0}, True),
        ({"PrivateNote": "Voided checks inside", "TotalAmt": 10}, False),
        ({"TotalAmt": 0}, False),
    ],
)
def test_a_void_is_told_from_a_zero_total(body: dict[str, Any], is_void: bool) -> None:  # noqa: FBT001 - the expected answer
    assert fields.is_voided(body) is is_void


def test_percentages_become_fractions_without_losing_a_digit() -> None:
    assert tax.fraction("8.875") == Decimal("0.08875")


def test_the_rate_in_force_today_is_taken() -> None:
    body = {
        "Name": "NY",
        "RateValue": "8",
        "EffectiveTaxRate": [
            {"RateValue": "7", "EffectiveDate": "2020-01-01", "EndDate": "2025-12-31"},
            {"RateValue": "8.875", "EffectiveDate": "2026-01-01"},
        ],
    }

    found = tax.from_qbo_tax_rate(body, date(2026, 3, 4))

    assert found["rate_value"] == Decimal("0.08875")
    assert found["effective_from"] == date(2026, 1, 1)
    assert found["periods"] == [
        {"rate": "0.07", "from": "2020-01-01", "to": "2025-12-31"},
        {"rate": "0.08875", "from": "2026-01-01", "to": None},
    ]


def test_a_rate_without_a_period_for_today_is_what_quickbooks_says_it_is() -> None:
    body = {
        "RateValue": "8",
        "EffectiveTaxRate": [{"RateValue": "7", "EffectiveDate": "2027-01-01"}],
    }

    found = tax.from_qbo_tax_rate(body, date(2026, 3, 4))

    assert (found["rate_value"], found["effective_from"]) == (Decimal("0.08"), None)
    assert found["periods"] == [{"rate": "0.07", "from": "2027-01-01", "to": None}]


def test_a_tax_code_adds_its_rates_up_in_their_order() -> None:
    body = {
        "Name": "NYC",
        "TaxGroup": True,
        "SalesTaxRateList": {
            "TaxRateDetail": [
                {"TaxRateRef": {"value": "2"}, "TaxOrder": 1},
                {"TaxRateRef": {"value": "1"}, "TaxOrder": 0},
            ]
        },
    }

    found = tax.from_qbo_tax_code(body, {"1": Decimal("0.04"), "2": Decimal("0.04875")})

    assert found["rates"] == ["1", "2"]
    assert found["combined_rate"] == Decimal("0.08875")


def test_a_term_counted_from_a_day_of_the_month_is_left_alone() -> None:
    assert terms.from_qbo_term({"Name": "1st", "DayOfMonthDue": 1}) is None
    found = terms.from_qbo_term({"Name": "Net 30", "DueDays": 30})
    assert found is not None
    assert found["due_days"] == 30


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (fields.moment, "2026-03-04T09:00:00-08:00", datetime(2026, 3, 4, 17, tzinfo=UTC)),
        (fields.moment, "nonsense", None),
        (fields.day, "2026-03-04", date(2026, 3, 4)),
        (fields.day, "", None),
        (fields.number, "", None),
        (fields.number, "12.50", Decimal("12.50")),
        (fields.number, "abc", None),
        (fields.amount, None, Decimal(0)),
    ],
)
def test_values_of_answers_are_read_without_surprises(
    read: Callable[[Any], Any], value: Any, expected: Any
) -> None:
    assert read(value) == expected
