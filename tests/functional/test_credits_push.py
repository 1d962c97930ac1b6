"""Credit memos, their uses and refunds in QuickBooks: to the cent, once, gone when cancelled."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice, Payment, Refund
from batchly_admin.services import credit_drafts, credit_memos, payments, refunds, reversing
from batchly_admin.services import settings as company_settings
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import DAY, Shop, pulled_tax_code


def taxed_invoice(shop: Shop, quickbooks: Quickbooks) -> UUID:
    quickbooks.tax_code("Albany", {"State": "4", "County": "4.875"})
    code = pulled_tax_code(shop)
    flyer = shop.product("Flyer A5")
    # 7.04 + 59.97 = 67.01; less 4.40, taxed on 62.61, plus shipping 9.95
    return shop.invoice(
        None,
        [(flyer, "7", "1.0050"), (flyer, "3", "19.9900")],
        tax_code_id=code.id,
        tax_rate=code.combined_rate,
        tax_amount=sum(quickbooks.tax("62.61", Decimal(rate)) for rate in ("0.04", "0.04875")),
        discount_amount=Decimal("4.40"),
        shipping_amount=Decimal("9.95"),
    )


def credit(shop: Shop, invoice_id: UUID) -> UUID:
    with shop.begin() as uow:
        return credit_memos.credit_rest(uow, invoice_id=invoice_id, reason="Misprint").id


def pay(shop: Shop, invoice_id: UUID) -> UUID:
    with shop.begin() as uow:
        invoice = uow.session.get_one(Invoice, invoice_id)
        return payments.record_payment(
            uow,
            customer_id=invoice.customer_id,
            amount=invoice.total_amount,
            payment_date=DAY,
            allocations={invoice_id: invoice.total_amount},
        ).id


def test_a_full_credit_takes_an_invoice_back_to_the_cent(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = taxed_invoice(shop, quickbooks)
    memo_id = credit(shop, invoice_id)

    assert shop.drain().failed == 0

    invoice, memo = shop.get(Invoice, invoice_id), shop.get(CreditMemo, memo_id)
    (used,) = shop.all(CreditApplication)
    theirs = quickbooks.read("CreditMemo", memo.qb_credit_memo_id)
    assert theirs["DocNumber"] == memo.credit_memo_number
    assert theirs["TotalAmt"] == memo.total_amount == invoice.total_amount
    assert theirs["TxnTaxDetail"]["TotalTax"] == invoice.tax_amount
    assert theirs["RemainingCredit"] == 0
    assert quickbooks.read("Invoice", invoice.qb_invoice_id)["Balance"] == 0
    assert quickbooks.read("Payment", used.qb_payment_id)["TotalAmt"] == 0
    for record in (invoice, memo, used):
        assert (record.sync_state, record.sync_note) == ("synced", None)


def test_a_part_is_credited_with_its_share_of_the_tax(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = taxed_invoice(shop, quickbooks)
    with shop.begin() as uow:
        draft = credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": "One line"})
        memo_id = draft.id
        credit_drafts.delete_line(uow, draft.lines[1])
        credit_drafts.update_memo(uow, draft, {"shipping_amount": Decimal(0)})
        credit_memos.issue(uow, memo_id=memo_id)

    assert shop.drain().failed == 0

    invoice, memo = shop.get(Invoice, invoice_id), shop.get(CreditMemo, memo_id)
    theirs = quickbooks.read("CreditMemo", memo.qb_credit_memo_id)
    assert memo.sync_state == "synced", memo.sync_note
    assert theirs["TotalAmt"] == memo.total_amount
    assert 0 < memo.tax_amount < invoice.tax_amount
    left = quickbooks.read("Invoice", invoice.qb_invoice_id)["Balance"]
    assert left == invoice.balance_due == invoice.total_amount - memo.total_amount


def test_the_credit_of_a_paid_invoice_stays_open_and_pays_another(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    paid_id = shop.invoice()
    pay(shop, paid_id)
    memo_id = credit(shop, paid_id)
    shop.drain()
    memo = shop.get(CreditMemo, memo_id)
    assert quickbooks.read("CreditMemo", memo.qb_credit_memo_id)["RemainingCredit"] == Decimal(
        "7.04"
    )

    other_id = shop.invoice()
    with shop.begin() as uow:
        assert len(credit_memos.apply_rest(uow, memo_id=memo_id)) == 1
    assert shop.drain().failed == 0

    other = shop.get(Invoice, other_id)
    assert quickbooks.read("CreditMemo", memo.qb_credit_memo_id)["RemainingCredit"] == 0
    assert quickbooks.read("Invoice", other.qb_invoice_id)["Balance"] == other.balance_due == 0


@pytest.mark.parametrize("route", ["creditmemo.create", "payment.create"])
def test_a_lost_answer_leaves_one_document(shop: Shop, quickbooks: Quickbooks, route: str) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    memo_id = credit(shop, invoice_id)
    quickbooks.fault("reset_after_apply", route=route)

    shop.drain()
    shop.later(3600)
    shop.forget_pace()
    shop.drain()

    assert len(quickbooks.find("CreditMemo", "DocNumber = 'CM-0001'")) == 1
    assert len(quickbooks.find("Payment", "TotalAmt = '0'")) == 1
    assert shop.get(CreditMemo, memo_id).sync_state == "synced"
    assert shop.all(CreditApplication)[0].sync_state == "synced"


def test_a_cancelled_credit_is_taken_off_and_deleted(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = shop.invoice()
    memo_id = credit(shop, invoice_id)
    shop.drain()

    with shop.begin() as uow:
        credit_memos.cancel(uow, memo_id=memo_id, reason="Wrong customer")
    assert shop.drain().failed == 0

    invoice, memo = shop.get(Invoice, invoice_id), shop.get(CreditMemo, memo_id)
    assert quickbooks.find("CreditMemo", "DocNumber = 'CM-0001'") == []
    theirs = quickbooks.read("Invoice", invoice.qb_invoice_id)
    assert theirs["Balance"] == invoice.balance_due == Decimal("7.04")
    assert (memo.status, memo.sync_state) == ("void", "synced")


def test_a_credit_cancelled_before_it_left_never_arrives(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    memo_id = credit(shop, invoice_id)
    with shop.begin() as uow:
        credit_memos.cancel(uow, memo_id=memo_id, reason="Typed by mistake")

    shop.drain()

    assert quickbooks.find("CreditMemo", "DocNumber = 'CM-0001'") == []
    assert shop.get(CreditMemo, memo_id).sync_state == "not_synced"
    assert shop.get(Invoice, invoice_id).balance_due == Decimal("7.04")


def test_deleting_what_somebody_deleted_there_is_no_failure(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    memo_id = credit(shop, shop.invoice())
    shop.drain()
    (used,) = shop.all(CreditApplication)
    quickbooks.void("Payment", used.qb_payment_id)
    quickbooks.delete("CreditMemo", shop.get(CreditMemo, memo_id).qb_credit_memo_id)

    with shop.begin() as uow:
        credit_memos.cancel(uow, memo_id=memo_id, reason="Gone there")
    shop.drain()

    assert shop.row(memo_id, "void").status == "completed"


def test_correcting_credits_in_full_and_makes_a_draft(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = taxed_invoice(shop, quickbooks)
    with shop.begin() as uow:
        draft_id = reversing.correct(uow, invoice_id=invoice_id, reason="Wrong price").id
    assert shop.drain().failed == 0

    invoice, draft = shop.get(Invoice, invoice_id), shop.get(Invoice, draft_id)
    assert quickbooks.read("Invoice", invoice.qb_invoice_id)["Balance"] == 0
    assert (draft.status, draft.corrects_id) == ("draft", invoice_id)
    assert draft.total_amount == invoice.total_amount
    assert quickbooks.marked(draft_id) == []


def refund(shop: Shop, invoice_id: UUID, amount: str) -> UUID:
    payment_id = pay(shop, invoice_id)
    with shop.begin() as uow:
        return refunds.record_refund(
            uow, payment_id=payment_id, amount=Decimal(amount), refund_date=uow.today()
        ).id


def test_a_refund_gives_back_its_share_of_the_tax(shop: Shop, quickbooks: Quickbooks) -> None:
    shop.engine.pull("accounts")
    account = quickbooks.find("Account", "AccountType = 'Bank'")[0]
    invoice_id = taxed_invoice(shop, quickbooks)
    with shop.begin() as uow:
        company_settings.put(uow, "refund_account", account["Name"])
    refund_id = refund(shop, invoice_id, "20.00")

    assert shop.drain().failed == 0

    ours = shop.get(Refund, refund_id)
    theirs = quickbooks.read("RefundReceipt", ours.qb_refund_id)
    assert ours.sync_state == "synced", ours.sync_note
    assert theirs["TotalAmt"] == Decimal("20.00")
    assert theirs["TxnTaxDetail"]["TotalTax"] == ours.tax_amount > 0
    assert theirs["DepositToAccountRef"]["value"] == account["Id"]


def test_a_refund_without_an_account_names_the_setting_and_goes_once_it_is_set(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    refund_id = refund(shop, shop.invoice(), "5.00")
    shop.drain()
    row = shop.row(refund_id)
    assert row.status == "failed"
    assert "refund_account" in (row.error_hint or "")
    assert quickbooks.find("RefundReceipt", f"DocNumber = '{row.label}'") == []

    shop.engine.pull("accounts")
    account = quickbooks.find("Account", "AccountType = 'Bank'")[0]
    with shop.begin() as uow:
        company_settings.put(uow, "refund_account", account["Name"])
        shop.engine.retry(uow, [row.id])
    shop.drain()

    assert shop.get(Refund, refund_id).sync_state == "synced"


def test_pulling_payments_leaves_our_uses_alone_and_follows_their_end(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = shop.invoice()
    memo_id = credit(shop, invoice_id)
    shop.drain()
    shop.engine.pull("payments")
    (used,) = shop.all(CreditApplication)
    assert used.voided_at is None
    assert shop.all(Payment) == []

    quickbooks.void("Payment", used.qb_payment_id)
    shop.later(60)
    shop.engine.pull("payments")

    assert shop.get(CreditApplication, used.id).voided_at is not None
    assert shop.get(CreditMemo, memo_id).amount_applied == 0
    assert shop.get(Invoice, invoice_id).balance_due == Decimal("7.04")


def test_a_credit_used_by_somebody_in_quickbooks_is_used_here(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    paid_id = shop.invoice()
    pay(shop, paid_id)
    memo_id = credit(shop, paid_id)
    other_id = shop.invoice()
    shop.drain()
    other, memo = shop.get(Invoice, other_id), shop.get(CreditMemo, memo_id)
    links = {"Invoice": other.qb_invoice_id, "CreditMemo": memo.qb_credit_memo_id}
    customer = quickbooks.read("Invoice", other.qb_invoice_id)["CustomerRef"]
    lines = [
        {"Amount": 3.00, "LinkedTxn": [{"TxnId": key, "TxnType": kind}]}
        for kind, key in links.items()
    ]
    quickbooks.create("Payment", {"CustomerRef": customer, "TotalAmt": 0, "Line": lines})

    shop.engine.pull("payments")
    shop.engine.pull("payments")

    (used,) = shop.all(CreditApplication)
    assert (used.amount, used.source, used.sync_state) == (Decimal("3.00"), "quickbooks", "synced")
    assert shop.get(Invoice, other_id).balance_due == Decimal("4.04")
