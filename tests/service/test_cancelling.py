"""Payments and refunds recorded here are cancelled: with a reason, once, in open books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.domain import rights
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.errors import Conflict, InvalidInput, NotFound, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.billing import CreditMemo, Invoice, Payment, Refund
from batchly_admin.models.changes import AuditEvent, ChangeSet
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.queries.history import record_history
from batchly_admin.queries.runs import run_summary
from batchly_admin.services import (
    actions,
    cancelling,
    credit_drafts,
    credit_memos,
    history,
    payments,
    refunds,
    runs,
)
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN, DAY

CLOSED = "The books are closed up to Mar 2, 2026"


def close_books(uows: UnitOfWorks, day: str = DAY.isoformat()) -> None:
    with uows.begin(actor=ANN, source="pull") as uow:
        uow.session.add(
            QbConnection(
                organization_id=uow.session.scalars(sa.select(Organization.id)).one(),
                company_id="1",
                realm_id="1",
                environment="simulator",
                base_url="http://127.0.0.1:9",
                preferences={"quickbooks": {"AccountingInfoPrefs": {"BookCloseDate": day}}},
            )
        )


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    return caught.value.message


def give_back(uows: UnitOfWorks, payment_id: UUID, amount: str) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        return refunds.record_refund(
            uow, payment_id=payment_id, amount=Decimal(amount), refund_date=DAY
        ).id


def draft(uows: UnitOfWorks, invoice_id: UUID) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        values = {"invoice_id": invoice_id, "credit_date": DAY, "reason": "Misprint"}
        return credit_drafts.create_memo(uow, values).id


def cancel(payment_id: UUID, reason: str = "Bounced") -> Any:
    return lambda uow: cancelling.cancel_payment(uow, payment_id=payment_id, reason=reason)


def uncancel(refund_id: UUID, reason: str = "Typed twice") -> Any:
    return lambda uow: cancelling.cancel_refund(uow, refund_id=refund_id, reason=reason)


def run(uows: UnitOfWorks, act: Any) -> Any:
    with uows.begin(actor=ANN, source="grid") as uow:
        return act(uow)


def get(uows: UnitOfWorks, model: Any, key: UUID) -> Any:
    with uows.read() as session:
        return session.get_one(model, key)


def set_on(uows: UnitOfWorks, model: Any, key: UUID, **values: Any) -> None:
    with uows.sessions.begin() as session:
        session.execute(sa.update(model).where(model.id == key).values(**values))


def queued(uows: UnitOfWorks, key: UUID) -> list[tuple[str, str]]:
    with uows.read() as session:
        rows = session.execute(
            sa.select(SyncQueueRow.operation, SyncQueueRow.status)
            .where(SyncQueueRow.entity_id == key)
            .order_by(SyncQueueRow.id)
        )
        return [(operation, status) for operation, status in rows]


def test_a_payment_is_not_cancelled_without_a_reason_twice_or_when_there_is_none(
    uows: UnitOfWorks,
) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    words = refused(uows, InvalidInput, cancel(payment_id, " \n"))
    assert words == "Say why the payment is cancelled."
    refused(uows, NotFound, cancel(new_id()))
    run(uows, cancel(payment_id))
    assert refused(uows, Conflict, cancel(payment_id)) == "PAY-0001 is cancelled already."


def test_a_payment_of_quickbooks_is_cancelled_there(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    with uows.begin(actor=ANN, source="pull") as uow:
        payment, _ = payments.record_pulled_payment(
            uow,
            payment_id=None,
            customer_id=buyer,
            applied={},
            payment_date=DAY,
            amount=Decimal(5),
            payment_method_id=None,
            reference=None,
        )
        payment_id = payment.id
    words = refused(uows, Conflict, cancel(payment_id))
    assert words == (
        "PAY-0001 was recorded in QuickBooks: cancel it there; the next pull brings that here."
    )


def test_closed_books_keep_payments_and_refunds(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    other_id = given.payment(uows, given.issued_invoice(uows))
    refund_id = give_back(uows, other_id, "5")
    close_books(uows)
    assert refused(uows, Conflict, cancel(payment_id)) == f"{CLOSED}; PAY-0001 stays."
    assert refused(uows, Conflict, uncancel(refund_id)) == f"{CLOSED}; REF-0001 stays."
    with uows.read() as session:
        preview = actions.ACTIONS["payments", "cancel"].preview(session, [payment_id], {})
    assert (preview.will, preview.wont) == (0, 1)
    assert "in books closed up to Mar 2, 2026" in " ".join(preview.lines)


def test_closed_books_take_no_credit_and_no_refund(uows: UnitOfWorks) -> None:
    live_id, memo_id = (draft(uows, given.issued_invoice(uows)) for _ in range(2))
    run(uows, lambda uow: credit_memos.issue(uow, memo_id=live_id))
    payment_id = given.payment(uows, given.issued_invoice(uows))
    close_books(uows)
    words = refused(uows, InvalidInput, lambda uow: credit_memos.issue(uow, memo_id=memo_id))
    assert words == f"{CLOSED}; choose a later date."
    words = refused(
        uows, Conflict, lambda uow: credit_memos.cancel(uow, memo_id=live_id, reason="No")
    )
    assert words == f"{CLOSED}; CM-0001 stays."
    words = refused(
        uows,
        InvalidInput,
        lambda uow: refunds.record_refund(
            uow, payment_id=payment_id, amount=Decimal(1), refund_date=DAY
        ),
    )
    assert words == f"{CLOSED}; choose a later date."
    with uows.begin(actor=ANN, source="form") as uow:
        memo = uow.session.get_one(CreditMemo, memo_id)
        credit_drafts.update_memo(uow, memo, {"credit_date": DAY + timedelta(days=1)})
        assert credit_memos.issue(uow, memo_id=memo_id).credit_memo_number == "CM-0002"


def test_a_payment_that_was_given_back_waits_for_its_refund(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    refund_id = give_back(uows, payment_id, "5")
    words = refused(uows, Conflict, cancel(payment_id))
    assert words == "REF-0001 gave some of PAY-0001 back; cancel it first."
    run(uows, uncancel(refund_id))
    run(uows, cancel(payment_id))
    assert get(uows, Payment, payment_id).voided_at is not None


def test_before_the_push_a_payment_is_withdrawn_and_its_invoices_are_owed_again(
    uows: UnitOfWorks,
) -> None:
    buyer = given.customer(uows)
    invoices = [given.issued_invoice(uows, customer_id=buyer) for _ in range(2)]
    payment_id = given.payment(uows, *invoices)
    assert [get(uows, Invoice, key).status for key in invoices] == ["paid", "paid"]
    action = actions.ACTIONS["payments", "cancel"]
    said = run(uows, lambda uow: action.perform(uow, payment_id, {"reason": " Wrong  one "}))
    assert said == "Cancelled; 2 invoices open again."
    for key in invoices:
        invoice = get(uows, Invoice, key)
        assert (invoice.amount_paid, invoice.balance_due) == (0, invoice.total_amount)
        assert invoice.status != "paid"
    payment = get(uows, Payment, payment_id)
    assert (payment.sync_state, payment.sync_note) == (
        "not_synced",
        "Cancelled before it reached QuickBooks.",
    )
    assert queued(uows, payment_id) == [("create", QueueStatus.CANCELLED)]
    with uows.read() as session:
        event = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.event == "payment.cancelled")
        ).one()
        assert (event.subject, event.details) == ("PAY-0001", {"reason": "Wrong one"})
        summary = session.scalars(sa.select(ChangeSet.summary).order_by(ChangeSet.id)).all()[-1]
        assert summary == "Cancelled PAY-0001: Wrong one"


def test_after_the_push_the_void_is_queued_and_while_it_is_sent_nothing_happens(
    uows: UnitOfWorks,
) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    with uows.read() as session:
        row_id = session.scalars(
            sa.select(SyncQueueRow.id).where(SyncQueueRow.entity_id == payment_id)
        ).one()
    set_on(uows, SyncQueueRow, row_id, status="processing")
    assert "on its way to QuickBooks just now" in refused(uows, Conflict, cancel(payment_id))
    assert get(uows, Payment, payment_id).voided_at is None
    set_on(uows, SyncQueueRow, row_id, status="completed")
    set_on(uows, Payment, payment_id, qb_payment_id="77")
    run(uows, cancel(payment_id))
    assert queued(uows, payment_id) == [("create", "completed"), ("void", "pending")]
    assert get(uows, Payment, payment_id).sync_state == "pending"


def test_a_cancelled_refund_may_be_given_back_again(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    amount = get(uows, Payment, payment_id).amount
    refund_id = give_back(uows, payment_id, str(amount))
    refused(uows, InvalidInput, uncancel(refund_id, ""))
    refused(uows, NotFound, uncancel(new_id()))
    run(uows, uncancel(refund_id))
    assert refused(uows, Conflict, uncancel(refund_id)) == "REF-0001 is cancelled already."
    assert queued(uows, refund_id) == [("create", QueueStatus.CANCELLED)]
    again = give_back(uows, payment_id, str(amount))
    assert get(uows, Refund, again).refund_number == "REF-0002"


def test_cancelling_cannot_be_undone_and_says_what_to_do(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    run(uows, cancel(payment_id))
    with uows.begin(actor=ANN, source="grid") as uow:
        newest = uow.session.scalars(sa.select(ChangeSet.id).order_by(ChangeSet.id)).all()[-1]
        result = history.undo_change_set(uow, change_set_id=newest)
    assert result.undone == 0
    assert result.conflicts[0].reason == (
        "PAY-0001 is cancelled, here and in QuickBooks. Record it again."
    )


def test_cancelling_is_not_offered_to_be_undone(uows: UnitOfWorks) -> None:
    payment_id = given.payment(uows, given.issued_invoice(uows))
    refund_id = give_back(uows, payment_id, "1.00")
    run(uows, uncancel(refund_id))
    with uows.begin(actor=ANN, source="grid") as uow:
        targets = [(payment_id, "PAY-0001")]
        started = runs.start_run(
            uow,
            table="payments",
            action="cancel",
            label="Cancel",
            targets=targets,
            params={"reason": "Bounced"},
        )
        run_id = started.id
    assert runs.work_slice(uows, run_id, seconds=600)
    with uows.read() as session:
        summary = run_summary(session, run_id)
        assert (summary["ok"], summary["undoable"]) == (1, False)
        paid = record_history(session, "payments", payment_id)
        assert [entry.undoable for entry in paid] == [False, True]
        returned = record_history(session, "refunds", refund_id)
        assert [entry.undoable for entry in returned] == [False, True]


def test_the_preview_counts_what_can_be_cancelled_and_says_why_not(uows: UnitOfWorks) -> None:
    live, done = (given.payment(uows, given.issued_invoice(uows)) for _ in range(2))
    given_back = given.payment(uows, given.issued_invoice(uows))
    give_back(uows, given_back, "1")
    run(uows, cancel(done))
    with uows.read() as session:
        preview = actions.ACTIONS["payments", "cancel"].preview(
            session, [live, done, given_back, new_id()], {}
        )
    assert (preview.will, preview.wont) == (1, 3)
    text = " ".join(preview.lines)
    for words in ("1 payment of $36.50", "cancelled already", "cancel the refunds first"):
        assert words in text
    assert preview.confirm_label == "Take back 1"
    assert [one["name"] for one in preview.params] == ["reason"]


@pytest.mark.parametrize("table", ["payments", "refunds"])
def test_only_who_keeps_the_books_may_cancel(table: str) -> None:
    right = actions.ACTIONS[table, "cancel"].right
    assert right == f"{table}:cancel"
    allowed = {role for role in rights.ROLES if rights.may([role], right)}
    assert allowed == {"admin", "accountant"}
