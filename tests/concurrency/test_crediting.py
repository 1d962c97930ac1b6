"""Many at one credit memo: one issues it, one number goes, and nobody waits for ever."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.clock import SystemClock
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice, Payment
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import (
    cancelling,
    credit_drafts,
    credit_memos,
    numbering,
    payments,
    reversing,
)
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.concurrency.test_invoicing import at_once, in_uow
from tests.given import ANN, DAY

AT_ONCE = 4
PATIENCE = 30
"""Seconds; a dead lock would last longer than the database lets anybody wait."""


@pytest.fixture
def shop(uows: UnitOfWorks) -> UnitOfWorks:
    """Threads meet in real time; a held clock is not made for several of them."""
    uows.clock = SystemClock()
    return uows


def test_four_issue_one_draft_and_one_succeeds(shop: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(shop)
    with shop.begin(actor=ANN, source="form") as uow:
        memo_id = credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": "No"}).id

    def issue(uow: UnitOfWork) -> str:
        return credit_memos.issue(uow, memo_id=memo_id).credit_memo_number

    begun = time.monotonic()
    found = at_once([in_uow(shop, issue)] * AT_ONCE)

    assert time.monotonic() - begun < PATIENCE, "nobody waited for a dead lock"
    assert sorted(str(one) for one in found) == [
        "CM-0001",
        *["CM-0001 is issued already."] * (AT_ONCE - 1),
    ]
    with shop.read() as session:
        assert numbering.last(session, "CM-") == 1
        assert len(session.scalars(sa.select(CreditApplication)).all()) == 1
        kinds = session.execute(
            sa.select(SyncQueueRow.entity_type, sa.func.count())
            .where(SyncQueueRow.entity_type.startswith("credit"))
            .group_by(SyncQueueRow.entity_type)
        )
        assert dict(kinds.all()) == {"credit_memo": 1, "credit_application": 1}


def test_credits_payments_and_cancellations_meet_and_the_balance_is_right(
    shop: UnitOfWorks,
) -> None:
    invoice_id = given.issued_invoice(shop)  # 36.50
    with shop.begin(actor=ANN, source="form") as uow:
        buyer = uow.session.get_one(Invoice, invoice_id).customer_id
        paid_id = _pay(uow, buyer, invoice_id, "10").id
        drafts = [
            credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": "No"}).id
            for _ in range(2)
        ]

    def issue(key: Any) -> Any:
        return in_uow(shop, lambda uow: credit_memos.issue(uow, memo_id=key).id)

    acts = [
        *(issue(key) for key in drafts),
        *[in_uow(shop, lambda uow: _pay(uow, buyer, invoice_id, "5").id)] * 3,
        *[
            in_uow(
                shop,
                lambda uow: cancelling.cancel_payment(uow, payment_id=paid_id, reason="No").id,
            )
        ]
        * 2,
    ]
    begun = time.monotonic()
    found = at_once(acts)

    assert time.monotonic() - begun < PATIENCE, "nobody waited for a dead lock"
    refused = [str(one) for one in found if isinstance(one, Exception)]
    assert refused.count("PAY-0001 is cancelled already.") == 1
    with shop.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        live = session.scalars(sa.select(Payment.amount).where(Payment.voided_at.is_(None))).all()
        issued = session.scalars(
            sa.select(CreditMemo).where(CreditMemo.issued_at.is_not(None))
        ).all()
        assert len(issued) == 1, "what is credited once is not credited twice"
        assert invoice.amount_paid == sum(live, Decimal(0))
        assert invoice.amount_credited == issued[0].amount_applied
        assert invoice.balance_due >= 0


def test_one_credit_is_cancelled_by_one_of_many(shop: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(shop)
    with shop.begin(actor=ANN, source="form") as uow:
        memo_id = credit_memos.credit_rest(uow, invoice_id=invoice_id, reason="No").id
    cancel = in_uow(shop, lambda uow: credit_memos.cancel(uow, memo_id=memo_id, reason="No").id)
    correct = in_uow(
        shop, lambda uow: reversing.correct(uow, invoice_id=invoice_id, reason="No").id
    )

    begun = time.monotonic()
    found = at_once([cancel, cancel, cancel, correct])

    assert time.monotonic() - begun < PATIENCE, "nobody waited for a dead lock"
    assert sum(one == memo_id for one in found) <= 1
    with shop.read() as session:
        invoice = session.get_one(Invoice, invoice_id)
        credited = [
            memo.total_amount
            for memo in session.scalars(sa.select(CreditMemo))
            if memo.issued_at is not None and memo.voided_at is None
        ]
        assert sum(credited, Decimal(0)) in (0, invoice.total_amount)
        assert invoice.amount_credited == sum(credited, Decimal(0))


def _pay(uow: UnitOfWork, buyer: UUID, invoice_id: UUID, amount: str) -> Payment:
    return payments.record_payment(
        uow,
        customer_id=buyer,
        amount=Decimal(amount),
        payment_date=DAY,
        allocations={invoice_id: Decimal(amount)},
    )
