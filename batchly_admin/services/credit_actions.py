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
    preview_of,
    reason_of,
    tally,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, counted, day, later, money, plural

VOID, CREDIT = "void", "credit"


def _reverse(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    memo = reversing.reverse(uow, invoice_id=invoice_id, reason=reason_of(params))
    if memo is None:
        return _("Voided.")
    left = credit_rules.left_of(memo)
    words = _("Credited with {credit_memo_number}.", credit_memo_number=memo.credit_memo_number)
    return (
        _("{words} {left} of it is open: it was paid before.", words=words, left=left)
        if left
        else words
    )


def _correct(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    draft = reversing.correct(uow, invoice_id=invoice_id, reason=reason_of(params))
    return _(
        "Credited in full; {invoice_number} takes its place.", invoice_number=draft.invoice_number
    )


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
        found.refuse(_("no longer there"), len(ids) - seen)
    told = {
        VOID: (
            _(
                "{invoices} will be voided: nobody paid or credited them, and "
                "their period is open.",
                invoices=plural(ways[VOID], "invoice"),
            )
        ),
        CREDIT: _(
            "{invoices} will be credited with a credit memo of what is left.",
            invoices=plural(ways[CREDIT], "invoice"),
        ),
    }
    lines = (*(told[way] for way in ways if ways[way]), _("All of it goes to QuickBooks."))
    warnings = (_("A void cannot be taken back."),) if ways[VOID] else ()
    title = _("Void or credit invoices")
    return preview_of(title, lines, found, _("Take back"), warnings=warnings, params=(REASON,))


def _preview_correct(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = [_refusal(closed_is_final=False)]
    found = tally(session, Invoice, ids, state, amount=Invoice.total_amount)
    first = _(
        "{invoices} worth {amount} will be credited in full.",
        invoices=plural(found.will, "invoice"),
        amount=money(found.amount),
    )
    then = _("A new draft with the same lines takes the place of each; change it and issue it.")
    return preview_of(_("Correct invoices"), (first, then), found, _("Correct"), params=(REASON,))


def _refusal(*, closed_is_final: bool) -> sa.ColumnElement[str]:
    """Give why an invoice cannot be taken back; empty when it can."""
    later = aliased(Invoice)
    replaced = sa.exists().where(later.corrects_id == Invoice.id, later.voided_at.is_(None))
    rules: list[tuple[sa.ColumnElement[bool], str]] = [
        (Invoice.issued_at.is_(None), _("drafts; change or delete them instead")),
        (Invoice.voided_at.is_not(None), _("void already")),
    ]
    if closed_is_final:
        rules.append((_credited() >= Invoice.total_amount, _("credited in full already")))
    else:
        rules.append((replaced, _("replaced by another invoice already")))
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
    used = (
        _("{amount_applied} used on its invoice", amount_applied=memo.amount_applied)
        if memo.amount_applied
        else _("not used yet")
    )
    return _(
        "Issued as {credit_memo_number}, {used}.",
        credit_memo_number=memo.credit_memo_number,
        used=used,
    )


def _apply(uow: UnitOfWork, memo_id: UUID, _params: Params) -> str:
    used = credit_memos.apply_rest(uow, memo_id=memo_id)
    return (
        _("Used: ")
        + ", ".join(
            _("{amount} on {number}", amount=amount, number=number) for number, amount in used
        )
        + "."
    )


def _cancel(uow: UnitOfWork, memo_id: UUID, params: Params) -> str:
    credit_memos.cancel(uow, memo_id=memo_id, reason=reason_of(params))
    return _("Cancelled.")


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
    state = sa.case((CreditMemo.issued_at.is_not(None), _("issued already")), else_="")
    found = tally(session, CreditMemo, ids, [state], amount=CreditMemo.total_amount)
    first = _(
        "{memos} worth {amount} will be issued.",
        memos=plural(found.will, "credit memo"),
        amount=money(found.amount),
    )
    then = _("They get the next numbers, are frozen, used on their invoices, and go to QuickBooks.")
    return preview_of(_("Issue credit memos"), (first, then), found, _("Issue"))


def _preview_apply(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    left = CreditMemo.total_amount - CreditMemo.amount_applied
    state = sa.case(
        (CreditMemo.issued_at.is_(None), _("drafts; issue them first")),
        (CreditMemo.voided_at.is_not(None), _("cancelled")),
        (left <= ZERO, _("used up")),
        else_="",
    )

    found = tally(session, CreditMemo, ids, [state], amount=left)
    first = _(
        "{amount} of {memos} will be used.",
        amount=money(found.amount),
        memos=plural(found.will, "credit memo"),
    )
    then = _("First on the invoice each is for, then on the customer's oldest open ones.")
    return preview_of(_("Use credit memos"), (first, then), found, _("Use"))


def _preview_cancel(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    rules: list[tuple[sa.ColumnElement[bool], str]] = [
        (CreditMemo.issued_at.is_(None), _("drafts; delete them instead")),
        (CreditMemo.voided_at.is_not(None), _("cancelled already")),
    ]
    closed = closing.closed_until(session)
    if closed is not None:
        rules.append(
            (
                CreditMemo.credit_date <= closed,
                _("in books closed up to {closed}", closed=day(closed)),
            )
        )
    state = sa.case(*rules, else_="")

    found = tally(session, CreditMemo, ids, [state], amount=CreditMemo.total_amount)
    first = _(
        "{memos} worth {amount} will be cancelled.",
        memos=plural(found.will, "credit memo"),
        amount=money(found.amount),
    )
    then = _("Their invoices are owed again. In QuickBooks they are taken off and deleted.")
    return preview_of(
        _("Cancel credit memos"),
        (first, then),
        found,
        _("Take back"),
        warnings=(_("This cannot be taken back; the numbers stay used."),),
        params=(REASON,),
    )


REVERSAL_ACTIONS = (
    BulkAction("reverse", later("Void or credit"), "invoices:void", _reverse, _preview_reverse),
    BulkAction("correct", later("Correct"), "credit_memos:issue", _correct, _preview_correct),
)
CREDIT_ACTIONS = (
    (
        "credit_memos",
        BulkAction("issue", later("Issue"), "credit_memos:issue", _issue, _preview_issue),
    ),
    (
        "credit_memos",
        BulkAction("apply", later("Use on invoices"), "credit_memos:issue", _apply, _preview_apply),
    ),
    (
        "credit_memos",
        sending(
            CreditMemo,
            counted("credit memo"),
            "credit_memos:edit",
            _sync_memo,
            is_ready=CreditMemo.issued_at.is_not(None),
        ),
    ),
    (
        "credit_memos",
        BulkAction("cancel", later("Cancel"), "credit_memos:void", _cancel, _preview_cancel),
    ),
    (
        "credit_applications",
        sending(CreditApplication, counted("use"), "credit_memos:edit", _sync_use),
    ),
)
