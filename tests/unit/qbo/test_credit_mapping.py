"""Credit memos, their uses and refunds as QuickBooks wants them, and refunds as it gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
    Refund,
)
from batchly_admin.models.catalogue import PaymentMethod, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping.credit_memo import tax_detail, to_qbo_credit_memo, to_qbo_use
from batchly_admin.qbo.mapping.refund import from_qbo_refund, to_qbo_refund

MEMO_ID = UUID("01890000-0000-7000-8000-000000000007")
DAY = date(2026, 3, 4)


def line(number: int, quantity: str, price: str, amount: str, **more: Any) -> CreditMemoLineItem:
    values = {"description": f"Line {number}", "is_taxable": True, **more}
    return CreditMemoLineItem(
        id=UUID(int=number),
        line_number=number,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        line_total=Decimal(amount),
        **values,
    )


def memo_of(*lines: CreditMemoLineItem, **values: Any) -> CreditMemo:
    given = {
        "discount_amount": Decimal("0.00"),
        "shipping_amount": Decimal("0.00"),
        "tax_amount": Decimal("0.00"),
        "customer": Customer(display_name="Ann", email="ann@example.com"),
        **values,
    }
    made = CreditMemo(
        id=MEMO_ID,
        credit_memo_number="CM-0007",
        credit_date=DAY,
        shipping_taxable=given.pop("shipping_taxable", False),
        **given,
    )
    made.lines = list(lines) or [line(1, "7.0000", "1.0050", "7.04")]
    return made


def mapped(memo: CreditMemo, **more: Any) -> dict[str, Any]:
    refs = {one.id: str(100 + one.line_number) for one in memo.lines}
    return to_qbo_credit_memo(memo, customer_ref="58", item_refs=refs, **more)


def taxes(body: dict[str, Any]) -> list[str]:
    return [
        part["SalesItemLineDetail"]["TaxCodeRef"]["value"]
        for part in body["Line"]
        if part["DetailType"] == "SalesItemLineDetail"
    ]


def test_a_credit_memo_keeps_number_day_customer_reason_and_marker() -> None:
    body = mapped(memo_of(reason="Misprint"))
    assert body["DocNumber"] == "CM-0007"
    assert body["TxnDate"] == "2026-03-04"
    assert body["CustomerRef"] == {"value": "58"}
    assert body["BillEmail"] == {"Address": "ann@example.com"}
    assert body["PrivateNote"] == f"Misprint\nBatchly {MEMO_ID}"
    assert body["ApplyTaxAfterDiscount"] is False
    assert not {"TxnTaxDetail", "BillAddr", "ShipAddr", "TotalAmt"} & set(body)


def test_a_very_long_reason_leaves_room_for_the_marker() -> None:
    note = mapped(memo_of(reason="x" * 5000))["PrivateNote"]
    assert len(note) == 4000
    assert note.endswith(f"\nBatchly {MEMO_ID}")


def test_lines_keep_order_item_quantity_and_price() -> None:
    memo = memo_of(
        line(1, "7.0000", "1.0050", "7.04"),
        line(2, "0.5000", "45.0000", "22.50", description="y" * 5000),
    )
    first, second = mapped(memo)["Line"]
    assert (first["LineNum"], first["Amount"]) == (1, Decimal("7.04"))
    detail = first["SalesItemLineDetail"]
    assert detail["ItemRef"] == {"value": "101"}
    assert (str(detail["Qty"]), detail["UnitPrice"]) == ("7", Decimal("1.0050"))
    assert (second["LineNum"], second["SalesItemLineDetail"]["Qty"]) == (2, Decimal("0.5"))
    assert len(second["Description"]) == 4000


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, ["NON", "NON", "NON"]),
        ({"tax_amount": Decimal("0.63")}, ["TAX", "NON", "NON"]),
        ({"tax_code": TaxCode(name="Albany")}, ["TAX", "NON", "NON"]),
        ({"tax_amount": Decimal("0.63"), "shipping_taxable": True}, ["TAX", "NON", "TAX"]),
    ],
)
def test_only_what_is_taxed_is_marked_so(values: dict[str, Any], codes: list[str]) -> None:
    memo = memo_of(
        line(1, "1", "7.0000", "7.00"),
        line(2, "1", "3.0000", "3.00", is_taxable=False),
        shipping_amount=Decimal("9.95"),
        **values,
    )
    assert taxes(mapped(memo)) == codes


def test_shipping_and_discount_are_lines_of_their_own_kind() -> None:
    memo = memo_of(
        discount_amount=Decimal("4.40"), shipping_amount=Decimal("9.95"), tax_amount=Decimal("0.21")
    )
    body = mapped(memo)
    shipping, discount = body["Line"][-2:]
    assert shipping["SalesItemLineDetail"]["ItemRef"] == {"value": "SHIPPING_ITEM_ID"}
    assert shipping["Amount"] == Decimal("9.95")
    assert discount == {
        "DetailType": "DiscountLineDetail",
        "Amount": Decimal("4.40"),
        "DiscountLineDetail": {"PercentBased": False},
    }
    assert body["ApplyTaxAfterDiscount"] is True


def test_the_tax_is_named_unless_quickbooks_computes_it() -> None:
    code = TaxCode(name="Albany", qb_tax_code_id="3")
    amount = Decimal("0.63")
    assert tax_detail(code, amount, quickbooks_taxes=False) == {
        "TxnTaxCodeRef": {"value": "3"},
        "TotalTax": amount,
    }
    assert tax_detail(code, amount, quickbooks_taxes=True) == {"TxnTaxCodeRef": {"value": "3"}}
    assert tax_detail(TaxCode(name="Typed"), amount, quickbooks_taxes=True) is None
    assert tax_detail(None, amount, quickbooks_taxes=False) == {"TotalTax": amount}
    assert tax_detail(None, Decimal(0), quickbooks_taxes=False) is None


def test_a_use_is_a_payment_of_nothing_with_both_documents() -> None:
    used = CreditApplication(
        id=MEMO_ID, label="CM-0007 on INV-0042", application_date=DAY, amount=Decimal("7.04")
    )
    body = to_qbo_use(used, customer_ref="58", memo_ref="91", invoice_ref="90")
    assert body["TotalAmt"] == 0
    assert body["TxnDate"] == "2026-03-04"
    assert body["PrivateNote"] == f"CM-0007 on INV-0042\nBatchly {MEMO_ID}"
    assert body["Line"] == [
        {"Amount": Decimal("7.04"), "LinkedTxn": [{"TxnId": "90", "TxnType": "Invoice"}]},
        {"Amount": Decimal("7.04"), "LinkedTxn": [{"TxnId": "91", "TxnType": "CreditMemo"}]},
    ]


def refund_of(**values: Any) -> Refund:
    given = {"amount": Decimal("20.00"), "tax_amount": Decimal("1.63"), **values}
    return Refund(id=MEMO_ID, refund_number="REF-0001", refund_date=DAY, **given)


def refunded(refund: Refund, **more: Any) -> dict[str, Any]:
    return to_qbo_refund(refund, customer_ref="58", item_ref="12", account_ref="35", **more)


def test_a_refund_is_one_line_without_its_tax_paid_from_an_account() -> None:
    invoice = Invoice(
        invoice_number="INV-0042", tax_code=TaxCode(name="Albany", qb_tax_code_id="3")
    )
    method = PaymentMethod(name="Check", qb_payment_method_id="2")
    body = refunded(
        refund_of(invoice=invoice, payment_method=method, reference="Z" * 30, reason="Torn")
    )
    (only,) = body["Line"]
    assert (only["Amount"], only["Description"]) == (Decimal("18.37"), "Refund of INV-0042")
    assert only["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}
    assert body["TxnTaxDetail"] == {
        "TxnTaxCodeRef": {"value": "3"},
        "TotalTax": Decimal("1.63"),
    }
    assert body["DepositToAccountRef"] == {"value": "35"}
    assert body["PaymentMethodRef"] == {"value": "2"}
    assert body["PaymentRefNum"] == "Z" * 21
    assert body["PrivateNote"] == f"Torn\nBatchly {MEMO_ID}"


def test_a_refund_without_tax_method_and_invoice_says_nothing_of_them() -> None:
    body = refunded(refund_of(tax_amount=Decimal("0.00"), payment_method=PaymentMethod(name="X")))
    assert body["Line"][0]["Amount"] == Decimal("20.00")
    assert body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert not {"TxnTaxDetail", "PaymentMethodRef", "PaymentRefNum"} & set(body)


def test_a_refund_out_of_quickbooks() -> None:
    found = from_qbo_refund(
        {
            "Id": "91",
            "DocNumber": "1034",
            "TxnDate": "2026-03-04",
            "CustomerRef": {"value": "58"},
            "DepositToAccountRef": {"value": "35"},
            "PaymentMethodRef": {"value": "2"},
            "PrivateNote": "n" * 500,
            "TotalAmt": 21.63,
            "TxnTaxDetail": {"TotalTax": 1.63},
        }
    )
    assert (found.qbo_id, found.customer_ref, found.account_ref) == ("91", "58", "35")
    assert (found.amount, found.tax) == (Decimal("21.63"), Decimal("1.63"))
    assert (found.refund_date, found.reference, found.method_ref) == (DAY, "1034", "2")
    assert found.note == "n" * 300


def test_an_empty_refund_out_of_quickbooks_has_nothing() -> None:
    found = from_qbo_refund({"Id": "91", "PaymentRefNum": "9" * 80})
    assert (found.customer_ref, found.refund_date, found.note) == (None, None, None)
    assert found.amount == found.tax == 0
    assert found.reference == "9" * 60
