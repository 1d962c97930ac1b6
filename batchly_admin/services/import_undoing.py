"""Takes an import back: everything it created that nobody has touched since; the rest is listed.

It works in small transactions and keeps its place in the run, as the import itself does: first the
orders it made, then lines it added to other orders, then customers and products nobody uses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.db import Base
from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.base import Record
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ChangeItem, ChangeSet, ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services.import_matching import OPEN_ORDER
from batchly_admin.services.orders import recalculate
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

CHUNK = 100
KEPT_SHOWN = 500
STAGES = ("orders", "lines", "customers", "products")
_MODELS: dict[str, type[Any]] = {"customers": Customer, "products": Product}

Take = Callable[[UnitOfWork], ImportRun]


def begin_undo(uow: UnitOfWork, *, import_run_id: UUID) -> ImportRun:
    """Mark an import as being taken back; a second click changes nothing.

    Raises:
        NotFound: when there is no such import.
        Conflict: when it has not ended yet, or is undone already.
    """
    run = uow.session.get(ImportRun, import_run_id, with_for_update=True)
    if run is None:
        raise NotFound("There is no such import.")
    if run.state == "undoing":
        return run
    if run.state not in ("finished", "failed"):
        words = "undone already" if run.state == "undone" else "not finished yet"
        raise Conflict(f"This import is {words}.")
    run.state = "undoing"
    run.attempts = 0
    run.options = {
        **(run.options or {}),
        "undo": {"stage": STAGES[0], "after": None, "removed": {}, "kept": [], "kept_count": 0},
    }
    return run


def work(uows: UnitOfWorks, take: Take, actor: Actor, import_run_id: UUID, until: float) -> bool:
    """Take back chunk after chunk until the time is over; tell whether all is done."""
    while True:
        with uows.begin(
            actor=actor, source="import", run_id=import_run_id, summary="Import taken back"
        ) as uow:
            run = take(uow)
            undo = dict((run.options or {})["undo"])
            if undo["stage"] == "done":
                _end(uow, run, undo)
                return True
            _step(uow, run, undo)
            run.options = {**(run.options or {}), "undo": undo}
        if uows.clock.monotonic() >= until:
            return False


def _step(uow: UnitOfWork, run: ImportRun, undo: dict[str, Any]) -> None:
    stage = undo["stage"]
    after = UUID(undo["after"]) if undo["after"] else None
    ids = _next_ids(uow.session, run.id, stage, after)
    if not ids:
        undo["stage"] = (*STAGES, "done")[STAGES.index(stage) + 1]
        undo["after"] = None
        return
    if stage == "orders":
        removed, kept = _take_back_orders(uow.session, run, ids)
    elif stage == "lines":
        removed, kept = _take_back_lines(uow, run, ids)
    else:
        removed, kept = _take_back_records(uow.session, run, _MODELS[stage], ids)
    undo["after"] = str(ids[-1])
    undo["removed"] = {**undo["removed"], stage: undo["removed"].get(stage, 0) + removed}
    undo["kept_count"] += len(kept)
    undo["kept"] = [*undo["kept"], *kept][:KEPT_SHOWN]


def _end(uow: UnitOfWork, run: ImportRun, undo: dict[str, Any]) -> None:
    removed = undo["removed"]
    parts = [f"{removed.get(stage, 0):,} {stage}" for stage in STAGES if stage != "lines"]
    if removed.get("lines"):
        parts.insert(1, f"{removed['lines']:,} lines of other orders")
    kept = undo["kept_count"]
    tail = f" {kept:,} stayed because somebody used or changed them." if kept else ""
    run.message = f"Taken back: {', '.join(parts)}.{tail}"
    run.state = "undone"
    run.finished_at = uow.now()
    run.options = {**(run.options or {}), "undo": undo}


def _next_ids(session: Session, run_id: UUID, stage: str, after: UUID | None) -> list[UUID]:
    key: Any
    if stage == "orders":
        key = PurchaseOrder.id
        query = sa.select(key).where(PurchaseOrder.import_run_id == run_id)
    elif stage == "lines":
        key = PoLineItem.po_id
        query = (
            sa.select(key)
            .distinct()
            .join(PurchaseOrder, PurchaseOrder.id == PoLineItem.po_id)
            .where(
                PoLineItem.id.in_(_inserted(run_id, "po_line_items")),
                sa.or_(
                    PurchaseOrder.import_run_id.is_(None), PurchaseOrder.import_run_id != run_id
                ),
            )
        )
    else:
        key = _MODELS[stage].id
        query = sa.select(key).where(key.in_(_inserted(run_id, stage)))
    if after is not None:
        query = query.where(key > after)
    return list(session.scalars(query.order_by(key).limit(CHUNK)))


def _inserted(run_id: UUID, table: str) -> sa.Select[UUID]:
    return (
        sa.select(ChangeItem.row_id)
        .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
        .where(
            ChangeSet.run_id == run_id,
            ChangeItem.table_name == table,
            ChangeItem.operation == "insert",
        )
    )


def _touched(session: Session, run_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """Give who changed which rows since; imports that were taken back do not count."""
    undone = sa.select(ImportRun.id).where(ImportRun.state == "undone")
    query = (
        sa.select(ChangeItem.row_id, ChangeSet.actor_name, ChangeSet.created_at)
        .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
        .where(
            ChangeItem.row_id.in_(ids),
            sa.or_(
                ChangeSet.run_id.is_(None),
                sa.and_(ChangeSet.run_id != run_id, ChangeSet.run_id.not_in(undone)),
            ),
        )
        .order_by(ChangeSet.created_at)
    )
    return {
        row_id: f"{name} changed it on {moment:%Y-%m-%d}"
        for row_id, name, moment in session.execute(query)
    }


def _used(
    session: Session, table: sa.Table, ids: Collection[UUID], *, but: Iterable[str] = ()
) -> dict[UUID, str]:
    """Give the rows that rows of other tables point at, and from where."""
    found: dict[UUID, str] = {}
    for other in Base.metadata.sorted_tables:
        if other.name in but:
            continue
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                query = sa.select(column).where(column.in_(ids)).distinct()
                words = other.name.replace("po_", "order ").replace("_", " ")
                found.update(dict.fromkeys(session.scalars(query), f"it is used in {words}"))
    return found


def _take_back_orders(
    session: Session, run: ImportRun, ids: list[UUID]
) -> tuple[int, list[dict[str, str]]]:
    orders = session.scalars(sa.select(PurchaseOrder).where(PurchaseOrder.id.in_(ids))).all()
    lines: dict[UUID, list[PoLineItem]] = {order.id: [] for order in orders}
    for line in session.scalars(sa.select(PoLineItem).where(PoLineItem.po_id.in_(ids))):
        lines[line.po_id].append(line)
    line_ids = [line.id for of_order in lines.values() for line in of_order]
    why = _touched(session, run.id, [*ids, *line_ids])
    why.update(_used(session, _table(PoLineItem), line_ids))
    why.update(_used(session, _table(PurchaseOrder), ids, but=("po_line_items",)))
    kept = []
    for order in orders:
        reason = _order_reason(order, lines[order.id], why)
        if reason:
            kept.append(_kept("order", order.po_number, reason))
            continue
        for line in lines[order.id]:
            session.delete(line)
        session.delete(order)
    session.flush()
    return len(orders) - len(kept), kept


def _order_reason(
    order: PurchaseOrder, lines: list[PoLineItem], why: dict[UUID, str]
) -> str | None:
    if order.status not in OPEN_ORDER:
        return f"it is {OrderStatus[order.status.upper()].label.lower()}"
    for row_id in (order.id, *(line.id for line in lines)):
        if row_id in why:
            return why[row_id]
    return None


def _take_back_lines(
    uow: UnitOfWork, run: ImportRun, order_ids: list[UUID]
) -> tuple[int, list[dict[str, str]]]:
    """Take lines out of orders that this import only added to."""
    session = uow.session
    query = sa.select(PoLineItem).where(
        PoLineItem.po_id.in_(order_ids), PoLineItem.id.in_(_inserted(run.id, "po_line_items"))
    )
    lines = session.scalars(query).all()
    orders = {
        order.id: order
        for order in session.scalars(
            sa.select(PurchaseOrder).where(PurchaseOrder.id.in_(order_ids))
        )
    }
    ids = [line.id for line in lines]
    why = {**_touched(session, run.id, ids), **_used(session, _table(PoLineItem), ids)}
    kept = []
    for line in lines:
        order = orders[line.po_id]
        reason = _order_reason(order, [line], why)
        if not reason and order.discount_amount > order.subtotal - line.line_total:
            reason = "the order's discount needs it"
        if reason:
            kept.append(_kept("line", f"{order.po_number} line {line.line_number}", reason))
            continue
        order.subtotal -= line.line_total
        session.delete(line)
    session.flush()
    for order in orders.values():
        recalculate(uow, order)
        _restore_warning(session, run.id, order)
    session.flush()
    return len(lines) - len(kept), kept


def _restore_warning(session: Session, run_id: UUID, order: PurchaseOrder) -> None:
    """Put back the warning the import replaced, unless somebody wrote another one since."""
    query = (
        sa.select(ChangeItem.old_value, ChangeItem.new_value)
        .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
        .where(
            ChangeSet.run_id == run_id,
            ChangeItem.table_name == "purchase_orders",
            ChangeItem.row_id == order.id,
            ChangeItem.column_name == "warning",
        )
        .order_by(ChangeSet.created_at, ChangeItem.position)
    )
    changes = session.execute(query).all()
    if changes and order.warning == changes[-1].new_value:
        order.warning = changes[0].old_value


def _take_back_records(
    session: Session, run: ImportRun, model: type[Any], ids: list[UUID]
) -> tuple[int, list[dict[str, str]]]:
    """Remove customers or products that nothing points at and QuickBooks does not know."""
    records = session.scalars(sa.select(model).where(model.id.in_(ids))).all()
    why = {**_touched(session, run.id, ids), **_used(session, _table(model), ids)}
    kept = []
    for record in records:
        reason = why.get(record.id)
        if reason is None and record.sync_state != "not_synced":
            reason = "QuickBooks knows it"
        if reason is None:
            session.delete(record)
        else:
            label = record.display_name if isinstance(record, Customer) else record.name
            kept.append(_kept("customer" if model is Customer else "product", label, reason))
    session.flush()
    return len(records) - len(kept), kept


def _kept(what: str, label: str, reason: str) -> dict[str, str]:
    return {"what": what, "label": label, "reason": reason}


def _table(model: type[Record]) -> sa.Table:
    table: sa.Table = model.__table__  # type: ignore[attr-defined]
    return table
