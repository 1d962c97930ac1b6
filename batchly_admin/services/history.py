"""Take a change set back: every cell that still holds what it wrote, and say what stays.

What is undone is a change set of its own, so an undo can be undone. Cells are put back only where
nobody changed them since; rows that came are removed if nobody touched or used them; rows that
went come back with their ids. Figures that follow from others, such as how much of an order is
invoiced, are never put back but counted anew. An invoice that was issued or voided is final: a
change set that did so stays as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.billing import Invoice
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.queries.finality import FINAL
from batchly_admin.services import deleting, drafts, invoicing, order_lines, settling
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.undoing import DERIVED, Undo, UndoConflict, UndoResult, label_of
from batchly_admin.services.unit_of_work import UnitOfWork

__all__ = ["UndoConflict", "UndoResult", "change_sets_of_run", "undo_change_set", "undo_items"]


def undo_change_set(uow: UnitOfWork, *, change_set_id: UUID) -> UndoResult:
    """Take back what a change set did, as far as nobody built upon it.

    Raises:
        NotFound: when there is no such change set.
        Conflict: when it was taken back already, or the figures would no longer add up.
    """
    origin = _origin(uow, change_set_id)
    items = _items(uow, change_set_id)
    final = _final_documents(uow, items)
    if final:
        return UndoResult(conflicts=final)
    uow.summary = uow.summary or f"Undo: {origin.summary or origin.source}"[:300]
    return _take_back(uow, origin, items, is_whole=True)


def undo_items(uow: UnitOfWork, *, origin_id: UUID, items: Sequence[ChangeItem]) -> UndoResult:
    """Take back a part of a change set, such as one deletion of many.

    The set counts as taken back only when nothing else of it is left.

    Raises:
        NotFound: when there is no such change set.
        Conflict: when it was taken back already, or the figures would no longer add up.
    """
    origin = _origin(uow, origin_id)
    count = sa.select(sa.func.count()).where(ChangeItem.change_set_id == origin_id)
    is_whole = len(items) == uow.session.scalar(count)
    return _take_back(uow, origin, items, is_whole=is_whole)


def change_sets_of_run(uow: UnitOfWork, run_id: UUID) -> list[ChangeSet]:
    """Give what a run changed and was not taken back yet, the last first."""
    query = (
        sa.select(ChangeSet)
        .where(
            ChangeSet.run_id == run_id,
            ChangeSet.undone_by_id.is_(None),
            ChangeSet.undoes_id.is_(None),
        )
        .order_by(ChangeSet.id.desc())
    )
    return list(uow.session.scalars(query))


def _take_back(
    uow: UnitOfWork, origin: ChangeSet, items: Sequence[ChangeItem], *, is_whole: bool
) -> UndoResult:
    if is_whole:
        uow.undoes_id = origin.id
    # It reads the rows of all items together; whoever looks at one afterwards finds it there.
    work = Undo(uow, origin, items)
    before = _orders_of(uow, items)
    result = work.work()
    with savepoint(uow):
        _settle(uow, items, before | _orders_of(uow, items))
    if result.undone and is_whole and uow.change_set_id is not None:
        _mark(uow, origin)
    return result


def _origin(uow: UnitOfWork, change_set_id: UUID) -> ChangeSet:
    uow.session.flush()
    origin = uow.session.scalar(
        sa.select(ChangeSet)
        .where(ChangeSet.id == change_set_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if origin is None:
        raise NotFound("There is no such change.")
    if origin.undone_by_id is not None:
        raise Conflict("This was taken back already.")
    return origin


def _items(uow: UnitOfWork, change_set_id: UUID) -> list[ChangeItem]:
    query = (
        sa.select(ChangeItem)
        .where(ChangeItem.change_set_id == change_set_id)
        .order_by(ChangeItem.position.desc())
    )
    return list(uow.session.scalars(query))


def _final_documents(uow: UnitOfWork, items: Iterable[ChangeItem]) -> list[UndoConflict]:
    """Name the documents the set issued or voided."""
    found: dict[UUID, UndoConflict] = {}
    for item in items:
        table, column = item.table_name, item.column_name
        words = FINAL.get(table, {}).get(str(column))
        if words is None or not item.new_value:
            continue
        document = uow.session.get(deleting.models()[table], item.row_id)
        if document is not None:
            number = label_of(item, document)
            reason = f"{number} {words}"
            found[document.id] = UndoConflict(table, document.id, number, column, reason)
    return list(found.values())


def _mark(uow: UnitOfWork, origin: ChangeSet) -> None:
    origin.undone_by_id = uow.change_set_id
    if origin.undoes_id is not None:
        # An undo is undone: what it had taken back is in force again.
        first = uow.session.get(ChangeSet, origin.undoes_id)
        if first is not None:
            first.undone_by_id = None
    uow.session.flush()


def _orders_of(uow: UnitOfWork, items: Sequence[ChangeItem]) -> set[UUID]:
    """Give the orders whose figures follow from the rows of these items."""
    found: set[UUID] = set()
    for item in items:
        if item.table_name == "purchase_orders":
            counted = item.column_name in DERIVED["purchase_orders"]
            if counted or item.operation == "delete":
                found.add(item.row_id)
        elif item.table_name in _ORDER_COLUMNS:
            key = _order_of(uow, item)
            if key is not None:
                found.add(key)
    return found


_ORDER_COLUMNS: dict[str, type[Any]] = {"po_line_items": PoLineItem, "invoices": Invoice}


def _order_of(uow: UnitOfWork, item: ChangeItem) -> UUID | None:
    record = uow.session.get(_ORDER_COLUMNS[item.table_name], item.row_id)
    if record is not None:
        key: UUID | None = record.po_id
        return key
    known = item.old_value.get("po_id") if isinstance(item.old_value, dict) else None
    return UUID(str(known)) if known else None


def _settle(uow: UnitOfWork, items: Iterable[ChangeItem], order_ids: Iterable[UUID]) -> None:
    """Count anew what follows from the rows that changed."""
    session = uow.session
    session.flush()
    for order_id in sorted(order_ids, key=str):
        if session.get(PurchaseOrder, order_id) is not None:
            order = settling.lock_order(uow, order_id)
            settling.settle_jobs(uow, order)
            settling.settle_invoicing(uow, order)
            order_lines.recalculate(uow, order)
    for invoice_id in sorted({i.row_id for i in items if i.table_name == "invoices"}, key=str):
        invoice = session.get(Invoice, invoice_id)
        if invoice is None:
            continue
        if invoice.issued_at is None:
            drafts.recalculate(uow, invoice)
        invoicing.refresh_payment_state(uow, invoice)
