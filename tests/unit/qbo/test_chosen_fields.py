"""Which of our fields feeds which of QuickBooks': defaults, choices, lengths, and nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from batchly_admin.domain.field_mapping import (
    BY_NAME,
    ENTITIES,
    FIELDS,
    NOTHING,
    SOURCES,
    defaults,
    fields_of,
    problem,
)
from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment
from batchly_admin.models.catalogue import Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.qbo.mapping import chosen as by_choice
from batchly_admin.qbo.mapping.customer import to_qbo_customer
from batchly_admin.qbo.mapping.invoice import to_qbo_invoice
from batchly_admin.qbo.mapping.item import to_qbo_item, to_qbo_item_update
from batchly_admin.qbo.mapping.payment import to_qbo_payment

ID = UUID(int=7)


def an_invoice() -> Invoice:
    line = InvoiceLineItem(
        id=UUID(int=1),
        line_number=1,
        description="Flyers",
        quantity=Decimal(2),
        unit_price=Decimal(5),
        line_total=Decimal(10),
        is_taxable=True,
        product=Product(name="Flyer A5", sku="F-5"),
    )
    return Invoice(
        id=ID,
        invoice_number="INV-0001",
        invoice_date=date(2026, 3, 4),
        customer=Customer(display_name="Ann", account_number="C-1"),
        order=PurchaseOrder(
            po_number="PO-9",
            customer_notes="Leave at the desk",
            internal_notes="Pays late",
            special_instructions="Fold",
            shipping_terms="FOB",
            ship_date=date(2026, 3, 9),
            due_date=date(2026, 3, 12),
        ),
        job=Job(job_number="JOB-20260304-001"),
        qb_private_note="Ours only",
        qb_customer_memo="Thank you",
        shipping_date=date(2026, 3, 6),
        tracking_number="1Z",
        shipping_method="UPS",
        tax_amount=Decimal(0),
        lines=[line],
    )


def sent(
    invoice: Invoice, chosen: dict[str, str] | None = None, *, quickbooks_taxes: bool = False
) -> dict[str, object]:
    return to_qbo_invoice(
        invoice,
        customer_ref="3",
        item_refs={line.id: "5" for line in invoice.lines},
        chosen=chosen,
        quickbooks_taxes=quickbooks_taxes,
    )


def test_unless_somebody_chose_everything_is_as_it_always_was() -> None:
    body = sent(an_invoice())

    assert body["PrivateNote"] == f"Ours only\nBatchly {ID}"
    assert body["CustomerMemo"] == {"value": "Thank you"}
    assert (body["ShipDate"], body["TrackingNum"]) == ("2026-03-06", "1Z")
    assert body["ShipMethodRef"] == {"value": "UPS"}
    assert "CustomField" not in body
    assert body["Line"][0]["Description"] == "Flyers"  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "source", "key", "value"),
    [
        ("CustomerMemo", "order_notes", "CustomerMemo", {"value": "Leave at the desk"}),
        ("CustomerMemo", "instructions", "CustomerMemo", {"value": "Fold"}),
        ("CustomerMemo", "order_number", "CustomerMemo", {"value": "PO-9"}),
        ("PrivateNote", "internal_notes", "PrivateNote", f"Pays late\nBatchly {ID}"),
        ("PrivateNote", NOTHING, "PrivateNote", f"Batchly {ID}"),
        ("ShipDate", "order_ship_date", "ShipDate", "2026-03-09"),
        ("ShipDate", "order_due_date", "ShipDate", "2026-03-12"),
        ("ShipMethodRef", "shipping_terms", "ShipMethodRef", {"value": "FOB"}),
    ],
)
def test_a_chosen_source_feeds_its_field_alone(
    field: str, source: str, key: str, value: object
) -> None:
    body, usual = sent(an_invoice(), {field: source}), sent(an_invoice())

    assert body[key] == value
    assert {name for name in usual if body.get(name) != usual[name]} <= {key}


@pytest.mark.parametrize("field", ["CustomerMemo", "ShipDate", "TrackingNum", "ShipMethodRef"])
def test_nothing_leaves_the_field_out_so_that_theirs_stays(field: str) -> None:
    assert field not in sent(an_invoice(), {field: NOTHING})


def test_the_three_custom_fields_go_by_their_definition_and_empty_ones_do_not() -> None:
    chosen = {
        "CustomField1": "order_number",
        "CustomField2": NOTHING,
        "CustomField3": "job_number",
    }
    assert sent(an_invoice(), chosen)["CustomField"] == [
        {"DefinitionId": "1", "Type": "StringType", "StringValue": "PO-9"},
        {"DefinitionId": "3", "Type": "StringType", "StringValue": "JOB-20260304-001"},
    ]


def test_an_invoice_without_order_job_or_customer_number_sends_less_and_breaks_nothing() -> None:
    invoice = an_invoice()
    invoice.order = invoice.job = None
    invoice.customer.account_number = None
    chosen = {
        "CustomField1": "order_number",
        "CustomField2": "job_number",
        "CustomField3": "account_number",
        "CustomerMemo": "order_notes",
    }
    body = sent(invoice, chosen)
    assert "CustomField" not in body
    assert "CustomerMemo" not in body


def test_what_is_too_long_is_cut_as_quickbooks_would_refuse_it_and_the_mark_stays() -> None:
    invoice = an_invoice()
    invoice.tracking_number = "9" * 60
    invoice.qb_customer_memo = "m" * 5000
    invoice.qb_private_note = "p" * 5000
    body = sent(invoice, {"CustomField1": "tracking_number"})

    assert body["TrackingNum"] == "9" * 60, "half of one finds no parcel: QuickBooks says no"
    assert body["CustomField"][0]["StringValue"] == "9" * 31  # type: ignore[index]
    assert len(body["CustomerMemo"]["value"]) == 1000  # type: ignore[index]
    note = str(body["PrivateNote"])
    assert len(note) == 4000
    assert note.endswith(f"Batchly {ID}")


@pytest.mark.parametrize(
    ("source", "before", "words"),
    [
        ("name_and_description", "Flyers", "Flyer A5: Flyers"),
        ("name_and_description", "Flyer A5, folded", "Flyer A5, folded"),
        ("sku_and_description", "Flyers", "F-5: Flyers"),
        ("description", "Flyers", "Flyers"),
    ],
)
def test_the_description_of_a_line_may_begin_with_name_or_sku(
    source: str, before: str, words: str
) -> None:
    invoice = an_invoice()
    invoice.lines[0].description = before
    body = sent(invoice, {"Line.Description": source})
    assert body["Line"][0]["Description"] == words  # type: ignore[index]


def test_a_line_without_a_product_keeps_its_own_words() -> None:
    invoice = an_invoice()
    invoice.lines[0].product = None
    body = sent(invoice, {"Line.Description": "sku_and_description"})
    assert body["Line"][0]["Description"] == "Flyers"  # type: ignore[index]


def test_quickbooks_computes_the_tax_when_it_is_told_none() -> None:
    invoice = an_invoice()
    invoice.tax_code = TaxCode(name="State", qb_tax_code_id="4")
    invoice.tax_amount = Decimal(1)

    assert sent(invoice)["TxnTaxDetail"] == {
        "TxnTaxCodeRef": {"value": "4"},
        "TotalTax": Decimal(1),
    }
    theirs = sent(invoice, quickbooks_taxes=True)
    assert theirs["TxnTaxDetail"] == {"TxnTaxCodeRef": {"value": "4"}}


def test_customers_items_and_payments_are_fed_as_chosen() -> None:
    customer = Customer(display_name="Ann", company_name="Ann Ltd", notes="Ring twice")
    assert "Notes" not in to_qbo_customer(customer)
    told = to_qbo_customer(customer, {"Notes": "notes", "PrintOnCheckName": "company_name"})
    assert (told["Notes"], told["PrintOnCheckName"]) == ("Ring twice", "Ann Ltd")

    product = Product(name="Flyer", sku="F", description="Long", unit_price=Decimal(1))
    usual = to_qbo_item(product, income_account="1")
    assert (usual["Sku"], usual["Description"]) == ("F", "Long")
    for body in (
        to_qbo_item(product, income_account="1", chosen={"Sku": NOTHING, "Description": "name"}),
        to_qbo_item_update(product, {"Sku": NOTHING, "Description": "name"}),
    ):
        assert body["Description"] == "Flyer"
        assert "Sku" not in body

    payment = Payment(
        id=ID,
        payment_number="PAY-1",
        reference="Cheque 12",
        amount=Decimal(1),
        payment_date=date(2026, 3, 4),
        allocations=[],
    )
    usual = to_qbo_payment(payment, customer_ref="3", invoice_refs={})
    assert usual["PaymentRefNum"] == "Cheque 12"
    told = to_qbo_payment(
        payment, customer_ref="3", invoice_refs={}, chosen={"PaymentRefNum": "payment_number"}
    )
    assert told["PaymentRefNum"] == "PAY-1"


def test_every_source_that_is_offered_can_be_read_of_a_record() -> None:
    records = {
        "invoice": an_invoice(),
        "customer": Customer(display_name="Ann"),
        "item": Product(name="Flyer"),
        "payment": Payment(payment_number="PAY-1"),
    }
    for one in FIELDS:
        for source in one.sources:
            assert source in SOURCES
            if one.name != "Line.Description":
                by_choice.value_of(
                    one.entity_type, records[one.entity_type], one.name, {one.name: source}
                )


def test_the_customer_never_reads_our_internal_notes() -> None:
    assert "internal_notes" not in BY_NAME["invoice", "CustomerMemo"].sources
    assert "private_note" not in BY_NAME["invoice", "CustomerMemo"].sources


@pytest.mark.parametrize(
    ("entity_type", "qbo_field", "source"),
    [
        ("invoice", "DocNumber", "order_number"),
        ("invoice", "CustomerMemo", "internal_notes"),
        ("vendor", "Notes", "notes"),
        ("customer", "Notes", ""),
        ("", "", ""),
    ],
)
def test_what_is_not_offered_is_refused_in_words(
    entity_type: str, qbo_field: str, source: str
) -> None:
    assert problem(entity_type, qbo_field, source)


def test_the_preview_says_of_each_field_what_would_be_sent() -> None:
    invoice = an_invoice()
    chosen = defaults("invoice") | {"CustomField1": "order_number", "TrackingNum": NOTHING}
    seen = by_choice.preview("invoice", invoice, sent(invoice, chosen), chosen)
    rows = {row["field"]: row for row in seen}

    assert set(rows) == {one.name for one in fields_of("invoice")}
    assert rows["CustomField1"]["ours"] == "PO-9"
    assert rows["CustomField1"]["fragment"]["CustomField"][0]["DefinitionId"] == "1"
    assert rows["CustomField2"]["fragment"] is None
    assert rows["TrackingNum"]["fragment"] is None
    assert rows["Line.Description"]["fragment"] == {"Line": [{"Description": "Flyers"}]}
    assert rows["ShipDate"]["fragment"] == {"ShipDate": "2026-03-06"}


def test_every_type_has_fields_and_every_field_a_default_and_a_length() -> None:
    assert {one.entity_type for one in FIELDS} == set(ENTITIES)
    assert all(one.length > 0 and one.default == one.sources[0] for one in FIELDS)
