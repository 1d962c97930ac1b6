"""The work of taking one change set back: remove what came, restore what went, put cells back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.statuses import OrderStatus, SyncState
from batchly_admin.errors import Conflict, UserError
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Attachment
from batchly_admin.models.synced import kind_of_model
from batchly_admin.queries.history import NAMES
from batchly_admin.services import attachments, cells, deleting, outbox, records, settling
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import UnitOfWork

DERIVED: dict[str, frozenset[str]] = {
    "po_line_items": frozenset({"quantity_invoiced"}),
    "purchase_orders": frozenset(
        {"invoicing", "job_count", "subtotal", "tax_amount", "total_amount"}
    ),
    "invoices": frozenset(
        {
            "status",
            "subtotal",
            "tax_amount",
            "tax_rate",
            "total_amount",
            "amount_paid",
            "amount_credited",
        }
    ),
    "credit_memos": frozenset(
        {"status", "subtotal", "discount_amount", "tax_amount", "tax_rate", "total_amount"}
        | {"amount_applied"}
    ),
}
"""Columns that follow from other rows; they are counted anew instead of put back."""


def derived_of(table: str) -> frozenset[str]:
    """Give what is not put back in a table; its files are rows of their own."""
    return DERIVED.get(table, frozenset()) | {deleting.FILES_COLUMN}


PARTS = {
    "po_line_items": "po_id",
    "job_line_items": "job_id",
    "invoice_line_items": "invoice_id",
    "credit_memo_line_items": "credit_memo_id",
    "credit_applications": "credit_memo_id",
    "order_template_lines": "template_id",
    "payment_allocations": "payment_id",
}
"""Rows that belong to a whole, and the column that names it: they come and go with it."""

PURGED = "purged"
"""Marks a deletion whose contents are forgotten: after 90 days in the trash."""

CHUNK = 500
PART = 50
"""Rows tried together when not all of a set go back."""

# Changes that QuickBooks or a session has to hear of go through their services again.
THROUGH_SERVICES = frozenset({"customers", "products", "users", "organizations", "attachments"})


@dataclass(frozen=True, slots=True)
class UndoConflict:
    """Something that could not be taken back, and why; for a cell with both values.

    `current` is what the cell holds and keeps, `wanted` what it would have gone back to.
    """

    table: str
    row_id: UUID
    label: str
    column: str | None
    reason: str
    current: Any = None
    wanted: Any = None
    by: str | None = None


@dataclass(slots=True)
class UndoResult:
    """How many changes were taken back, and what stayed."""

    undone: int = 0
    conflicts: list[UndoConflict] = field(default_factory=list)


class Undo:
    """The work on one change set; it keeps count."""

    def __init__(self, uow: UnitOfWork, origin: ChangeSet, items: Sequence[ChangeItem]) -> None:
        self.uow = uow
        self.origin = origin
        self.items = items
        self.result = UndoResult()
        self._held: list[Any] = []
        self._hold()
        self._came = {
            (item.table_name, item.row_id) for item in items if item.operation == "insert"
        }

    def _hold(self) -> None:
        """Read the rows of the set together and keep them, so that none is read again by itself."""
        wanted: dict[str, set[UUID]] = {}
        for item in self.items:
            wanted.setdefault(item.table_name, set()).add(item.row_id)
        held: list[Any] = []
        for table, keys in wanted.items():
            model = deleting.models().get(table)
            if model is None:
                continue
            ids = sorted(keys)
            for begin in range(0, len(ids), CHUNK):
                query = sa.select(model).where(model.id.in_(ids[begin : begin + CHUNK]))
                held.extend(self.uow.session.scalars(query))
        self._held = held

    def work(self) -> UndoResult:
        """Take back all that can be, and name the rest."""
        held = self._remove([item for item in self.items if item.operation == "insert"])
        self._each([item for item in self.items if item.operation == "delete"], self._restored_row)
        self._put_back([item for item in self.items if item.operation == "update"])
        # A row that came and was named elsewhere, such as a customer a paste made, is free now.
        self._each(held, self._removed_row)
        return self.result

    def _remove(self, items: Sequence[ChangeItem]) -> list[ChangeItem]:
        """Remove the rows that came; give those that something still holds on to.

        The parts of a row that stays, stay with it.
        """
        found = {item.id: self._record(item) for item in items}
        parts = [item for item in items if self._is_part(item, found[item.id])]
        wholes = [item for item in items if item not in parts]
        touched = {self._whole_of(item, found[item.id]) for item in parts if self._later(item)}
        removable = []
        for item in wholes:
            record = found[item.id]
            if record is None:
                continue
            if (reason := self._why_kept(item, record, touched)) is not None:
                self._keep(item, None, reason)
            else:
                removable.append(item)
        held = self._tried(removable, self._removed_row)
        self.result.undone += sum(1 for item in parts if self._record(item) is None)
        return [item for item in removable if item.id in held]

    def _removed_row(self, item: ChangeItem) -> None:
        records.delete_record(self.uow, self._record(item))

    def _is_part(self, item: ChangeItem, record: Any) -> bool:
        return record is not None and self._whole_of(item, record) in self._came

    def _whole_of(self, item: ChangeItem, record: Any) -> tuple[str, UUID] | None:
        if isinstance(record, Attachment):
            return record.subject_table, record.subject_id
        column = PARTS.get(item.table_name)
        if column is None or record is None:
            return None
        key = next(iter(record.__table__.c[column].foreign_keys))
        return key.column.table.name, getattr(record, column)

    def _why_kept(
        self, item: ChangeItem, record: Any, touched: set[tuple[str, UUID] | None]
    ) -> str | None:
        if self._later(item) or (item.table_name, item.row_id) in touched:
            return f"{self._last_hand(item)} changed it since."
        for label, table, key in deleting.cascading(self.uow.session, record):
            if (table, key) not in self._came:
                return f"Somebody added {label} to it since."
        return None

    def _each(self, items: Sequence[ChangeItem], act: Callable[[ChangeItem], Any]) -> None:
        """Do something for each; what cannot be done stays as it is and is named."""
        reasons = self._tried(items, act)
        for item in items:
            if item.id in reasons:
                self._keep(item, None, reasons[item.id])

    def _tried(
        self, items: Sequence[ChangeItem], act: Callable[[ChangeItem], Any]
    ) -> dict[UUID, str]:
        """Do something for each, as long as one makes way for another; give what stuck and why."""
        left = list(items)
        reasons: dict[UUID, str] = {}
        while left:
            stuck = []
            for item in left:
                try:
                    with savepoint(self.uow):
                        act(item)
                except UserError as error:
                    reasons[item.id] = error.message
                    stuck.append(item)
                else:
                    self.result.undone += 1
            if len(stuck) == len(left):
                break
            left = stuck
        return {item.id: reasons[item.id] for item in left}

    def _restored_row(self, item: ChangeItem) -> None:
        if PURGED in (item.old_value or {}):
            raise Conflict("It was deleted more than 90 days ago and is not kept any more.")
        if self._record(item) is not None:
            # Somebody took it out of the trash meanwhile.
            return
        model = deleting.models()[item.table_name]
        columns = model.__table__.columns
        values = {
            name: cells.decode(columns[name], value)
            for name, value in (item.old_value or {}).items()
            if name in columns and columns[name].computed is None and name != "version"
        }
        record = model(**values)
        self.uow.session.add(record)
        self.uow.session.flush()
        if isinstance(record, Attachment):
            attachments.came_back(self.uow, record)
        kind = kind_of_model(type(record))
        waits = {SyncState.PENDING, SyncState.BLOCKED, SyncState.FAILED}
        if kind is not None and record.sync_state in waits and not kind.qbo_id(record):
            outbox.enqueue(self.uow, record, "create")

    def _put_back(self, items: Sequence[ChangeItem]) -> None:
        """Put the old values back into cells that still hold the new ones."""
        by_row: dict[tuple[str, UUID], list[ChangeItem]] = {}
        for item in items:
            if item.column_name in derived_of(item.table_name):
                continue
            if self._may_put_back(item):
                by_row.setdefault((item.table_name, item.row_id), []).append(item)
        self._put_back_rows(list(by_row.values()))

    def _put_back_rows(self, rows: Sequence[Sequence[ChangeItem]]) -> None:
        """Put rows back together; when that fails, part by part, so that the good ones are."""
        if not rows:
            return
        try:
            with savepoint(self.uow):
                for row in rows:
                    self._write(row)
        except UserError as error:
            if len(rows) == 1:
                for item in rows[0]:
                    self._keep(item, item.column_name, error.message)
                return
            self._hold()
            size = PART if len(rows) > PART else 1
            for begin in range(0, len(rows), size):
                self._put_back_rows(rows[begin : begin + size])
        else:
            self.result.undone += sum(len(row) for row in rows)

    def _write(self, row: Sequence[ChangeItem]) -> None:
        record = self._record(row[0])
        columns = record.__table__.columns
        values = {
            str(item.column_name): cells.decode(columns[item.column_name], item.old_value)
            for item in row
        }
        if row[0].table_name in THROUGH_SERVICES:
            records.write_record(self.uow, record, values)
        else:
            for name, value in values.items():
                setattr(record, name, value)
        if isinstance(record, PurchaseOrder) and "status" in values:
            _check_order_status(self.uow, record)

    def _may_put_back(self, item: ChangeItem) -> bool:
        record = self._record(item)
        if record is None:
            # A row that was removed a moment ago took its cells along.
            if (item.table_name, item.row_id) not in self._came:
                self._keep(item, item.column_name, "It was deleted since.")
            return False
        if (item.table_name, item.row_id) in self._came:
            return False
        stored = getattr(record, str(item.column_name))
        column = record.__table__.columns[item.column_name]
        current = cells.encode(stored)
        # As values and not as texts: 4.3 was written and 4.3000 is what a column of money holds.
        if stored == cells.decode(column, item.new_value):
            return True
        if stored == cells.decode(column, item.old_value):
            # It followed from something that was taken back already.
            self.result.undone += 1
            return False
        by = self._last_hand(item)
        self._keep(item, item.column_name, f"{by} changed it since.", current=current, by=by)
        return False

    def _later(self, item: ChangeItem) -> str | None:
        """Give who changed a row since, save for changes that were taken back."""
        derived = derived_of(item.table_name)
        query = (
            sa.select(ChangeSet.actor_name)
            .join(ChangeItem, ChangeItem.change_set_id == ChangeSet.id)
            .where(
                ChangeItem.table_name == item.table_name,
                ChangeItem.row_id == item.row_id,
                ChangeSet.id > self.origin.id,
                ChangeSet.undone_by_id.is_(None),
                ChangeSet.undoes_id.is_(None),
                sa.or_(ChangeItem.column_name.is_(None), ChangeItem.column_name.not_in(derived)),
            )
            .order_by(ChangeSet.id.desc())
            .limit(1)
        )
        return self.uow.session.scalar(query)

    def _last_hand(self, item: ChangeItem) -> str:
        return self._later(item) or "Somebody"

    def _record(self, item: ChangeItem) -> Any:
        model = deleting.models().get(item.table_name)
        return self.uow.session.get(model, item.row_id) if model is not None else None

    def _keep(
        self,
        item: ChangeItem,
        column: str | None,
        reason: str,
        *,
        current: Any = None,
        by: str | None = None,
    ) -> None:
        label = label_of(item, self._record(item))
        wanted = item.old_value if column is not None else None
        self.result.conflicts.append(
            UndoConflict(item.table_name, item.row_id, label, column, reason, current, wanted, by)
        )


def label_of(item: ChangeItem, record: Any) -> str:
    """Give what people call the row an item speaks of."""
    for name in (*NAMES, "description", "email"):
        value = getattr(record, name, None)
        if not value and isinstance(item.old_value, dict):
            value = item.old_value.get(name)
        if value:
            return str(value)[:120]
    return deleting.label_of(item.table_name)


def _check_order_status(uow: UnitOfWork, order: PurchaseOrder) -> None:
    """Let an order go back only where its jobs and invoices allow it."""
    before_work = (OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.CANCELLED)
    if order.status not in (*before_work, OrderStatus.APPROVED):
        return
    number = order.po_number
    _refuse(settling.live_jobs(uow, order.id), f"{number} has the job {{0.job_number}}.")
    if order.status in before_work:
        made = settling.live_invoices(uow, order.id)
        _refuse(made, f"{number} has the invoice {{0.invoice_number}}.")


def _refuse(found: Iterable[Any], words: str) -> None:
    for one in found:
        raise Conflict(words.format(one))
