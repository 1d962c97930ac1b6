"""Bulk actions of credit memos, and those that take invoices back: void or credit, and correct."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from batchly_admin.domain.money import ZERO
from batchly_admin.errors import Conflict
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice, Refund
from batchly_admin.services import closing, credit_memos, credit_rules, pushing, reversing
from batchly_admin.services.locking import locked
from batchly_admin.services.sending_actions import sending
from batchly_admin.services.tallies import (
    REASON,
    BulkAction,
    Params,
    Preview,
    Tally,
    groups,
    plural,
    preview_of,
    reason_of,
    tally,
)
from batchly_admin.services.unit_of_work import UnitOfWork

VOID, CREDIT = "void", "credit"


def _reverse(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    memo = reversing.reverse(uow, invoice_id=invoice_id, reason=reason_of(params))
    if memo is None:
        return "Voided."
    left = credit_rules.left_of(memo)
    words = f"Credited with {memo.credit_memo_number}."
    return f"{words} {left} of it is open: it was paid before." if left else words


def _correct(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    draft = reversing.correct(uow, invoice_id=invoice_id, reason=reason_of(params))
    return f"Credited in full; {draft.invoice_number} takes its place."


def _preview_reverse(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    found, ways = Tally(), dict.fromkeys((VOID, CREDIT), 0)
    closed = closing.closed_until(session)
    seen = 0
    state = (_refusal(closed_is_final=True), _is_voidable(closed))
    for (reason, voidable), count, amount, row in groups(
        session, Invoice, ids, state, Invoice.balance_due
    ):
        seen += count
        if reason:
            found.refuse(str(reason), count, row)
        else:
            found.take(count, amount, row)
            ways[VOID if voidable else CREDIT] += count
    if seen < len(ids):
        found.refuse("no longer there", len(ids) - seen)
    told = {
        VOID: (
            f"{plural(ways[VOID], 'invoice')} will be voided: nobody paid or credited them, and "
            "their period is open."
        ),
        CREDIT: f"{plural(ways[CREDIT], 'invoice')} will be credited with a credit memo of what "
        "is left.",
    }
    lines = (*(told[way] for way in ways if ways[way]), "All of it goes to QuickBooks.")
    warnings = ("A void cannot be taken back.",) if ways[VOID] else ()
    title = "Void or credit invoices"
    return preview_of(title, lines, found, "Take back", warnings=warnings, params=(REASON,))


def _preview_correct(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = [_refusal(closed_is_final=False)]
    found = tally(session, Invoice, ids, state, amount=Invoice.total_amount)
    first = f"{plural(found.will, 'invoice')} worth {found.amount:,} will be credited in full."
    then = "A new draft with the same lines takes the place of each; change it and issue it."
    return preview_of("Correct invoices", (first, then), found, "Correct", params=(REASON,))


def _refusal(*, closed_is_final: bool) -> sa.ColumnElement[str]:
    """Give why an invoice cannot be taken back; empty when it can."""
    later = aliased(Invoice)
    replaced = sa.exists().where(later.corrects_id == Invoice.id, later.voided_at.is_(None))
    rules: list[tuple[sa.ColumnElement[bool], str]] = [
        (Invoice.issued_at.is_(None), "drafts; change or delete them instead"),
        (Invoice.voided_at.is_not(None), "void already"),
    ]
    if closed_is_final:
        rules.append((_credited() >= Invoice.total_amount, "credited in full already"))
    else:
        rules.append((replaced, "replaced by another invoice already"))
    return sa.case(*rules, else_="")


def _credited() -> sa.ColumnElement[Any]:
    """Give what credit memos and refunds take back of an invoice."""
    memos = (
        sa.select(sa.func.coalesce(sa.func.sum(CreditMemo.total_amount), 0))
        .where(
            CreditMemo.invoice_id == Invoice.id,
            CreditMemo.issued_at.is_not(None),
            CreditMemo.voided_at.is_(None),
        )
        .scalar_subquery()
    )
    refunds = (
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount), 0))
        .where(Refund.invoice_id == Invoice.id, Refund.voided_at.is_(None))
        .scalar_subquery()
    )
    return memos + refunds


def _is_voidable(closed: date | None) -> sa.ColumnElement[int]:
    live = sa.exists().where(CreditMemo.invoice_id == Invoice.id, CreditMemo.voided_at.is_(None))
    rules = [Invoice.amount_paid == ZERO, Invoice.amount_credited == ZERO, ~live]
    if closed is not None:
        rules.append(Invoice.invoice_date > closed)
    return sa.case((sa.and_(*rules), 1), else_=0)


def _issue(uow: UnitOfWork, memo_id: UUID, _params: Params) -> str:
    memo = credit_memos.issue(uow, memo_id=memo_id)
    used = f"{memo.amount_applied} used on its invoice" if memo.amount_applied else "not used yet"
    return f"Issued as {memo.credit_memo_number}, {used}."


def _apply(uow: UnitOfWork, memo_id: UUID, _params: Params) -> str:
    used = credit_memos.apply_rest(uow, memo_id=memo_id)
    return "Used: " + ", ".join(f"{amount} on {number}" for number, amount in used) + "."


def _cancel(uow: UnitOfWork, memo_id: UUID, params: Params) -> str:
    credit_memos.cancel(uow, memo_id=memo_id, reason=reason_of(params))
    return "Cancelled."


def _sync_memo(uow: UnitOfWork, memo_id: UUID, _params: Params) -> str:
    memo = credit_memos.lock_memo(uow, memo_id)
    if memo.issued_at is None:
        raise Conflict(f"{memo.credit_memo_number} is a draft; issue it first.")
    if memo.voided_at is not None and not memo.qb_credit_memo_id:
        raise Conflict(f"{memo.credit_memo_number} is cancelled and never was in QuickBooks.")
    pushing.push_parents(uow, memo)
    return pushing.send_again(uow, memo)


def _sync_use(uow: UnitOfWork, application_id: UUID, _params: Params) -> str:
    used = locked(uow, CreditApplication, application_id, "record")
    if used.voided_at is not None and not used.qb_payment_id:
        raise Conflict(f"{used.label} was taken back and never was in QuickBooks.")
    return pushing.send_again(uow, used)


def _preview_issue(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = sa.case((CreditMemo.issued_at.is_not(None), "issued already"), else_="")
    found = tally(session, CreditMemo, ids, [state], amount=CreditMemo.total_amount)
    first = f"{plural(found.will, 'credit memo')} worth {found.amount:,} will be issued."
    then = "They get the next numbers, are frozen, used on their invoices, and go to QuickBooks."
    return preview_of("Issue credit memos", (first, then), found, "Issue")


def _preview_apply(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    left = CreditMemo.total_amount - CreditMemo.amount_applied
    state = sa.case(
        (CreditMemo.issued_at.is_(None), "drafts; issue them first"),
        (CreditMemo.voided_at.is_not(None), "cancelled"),
        (left <= ZERO, "used up"),
        else_="",
    )

    found = tally(session, CreditMemo, ids, [state], amount=left)
    first = f"{found.amount:,} of {plural(found.will, 'credit memo')} will be used."
    then = "First on the invoice each is for, then on the customer's oldest open ones."
    return preview_of("Use credit memos", (first, then), found, "Use")


def _preview_cancel(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    rules: list[tuple[sa.ColumnElement[bool], str]] = [
        (CreditMemo.issued_at.is_(None), "drafts; delete them instead"),
        (CreditMemo.voided_at.is_not(None), "cancelled already"),
    ]
    closed = closing.closed_until(session)
    if closed is not None:
        rules.append((CreditMemo.credit_date <= closed, f"in books closed up to {closed}"))
    state = sa.case(*rules, else_="")

    found = tally(session, CreditMemo, ids, [state], amount=CreditMemo.total_amount)
    first = f"{plural(found.will, 'credit memo')} worth {found.amount:,} will be cancelled."
    then = "Their invoices are owed again. In QuickBooks they are taken off and deleted."
    return preview_of(
        "Cancel credit memos",
        (first, then),
        found,
        "Take back",
        warnings=("This cannot be taken back; the numbers stay used.",),
        params=(REASON,),
    )


REVERSAL_ACTIONS = (
    BulkAction("reverse", "Void or credit", "invoices:void", _reverse, _preview_reverse),
    BulkAction("correct", "Correct", "credit_memos:issue", _correct, _preview_correct),
)
CREDIT_ACTIONS = (
    (
        "credit_memos",
        BulkAction("issue", "Issue", "credit_memos:issue", _issue, _preview_issue),
    ),
    (
        "credit_memos",
        BulkAction("apply", "Use on invoices", "credit_memos:issue", _apply, _preview_apply),
    ),
    (
        "credit_memos",
        sending(
            CreditMemo,
            "credit memo",
            "credit_memos:edit",
            _sync_memo,
            is_ready=CreditMemo.issued_at.is_not(None),
        ),
    ),
    (
        "credit_memos",
        BulkAction("cancel", "Cancel", "credit_memos:void", _cancel, _preview_cancel),
    ),
    (
        "credit_applications",
        sending(CreditApplication, "use", "credit_memos:edit", _sync_use),
    ),
)
