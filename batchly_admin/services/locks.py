"""State locks: what may no longer change once a document is issued.

They are asked while a session flushes, below every route; the database's own triggers stand behind
them.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from batchly_admin.domain import locks
from batchly_admin.errors import DocumentLocked
from batchly_admin.models.base import Record
from batchly_admin.models.billing import CreditMemo, CreditMemoLineItem, Invoice, InvoiceLineItem
from batchly_admin.services.cells import state_of


def refuse_locked(session: Session, record: Record, operation: str, changed: set[str]) -> None:
    """Let a change pass, or refuse it because the document is issued.

    Raises:
        DocumentLocked: naming the way out.
    """
    if isinstance(record, Invoice | CreditMemo):
        if operation != "insert" and _was_issued(record):
            _refuse_document(operation, changed)
    elif isinstance(record, InvoiceLineItem):
        _refuse_line(session, Invoice, record.invoice_id or record.invoice.id)
    elif isinstance(record, CreditMemoLineItem):
        _refuse_line(session, CreditMemo, record.credit_memo_id or record.credit_memo.id)


def _was_issued(record: Invoice | CreditMemo) -> bool:
    history = state_of(record).attrs["issued_at"].history
    before = history.deleted[0] if history.deleted else (history.unchanged or (None,))[0]
    return before is not None


def _refuse_document(operation: str, changed: set[str]) -> None:
    if operation == "delete":
        raise DocumentLocked(locks.DELETE_REFUSED)
    frozen = sorted(changed - locks.OPEN_AFTER_ISSUE)
    if frozen:
        raise DocumentLocked(locks.CHANGE_REFUSED, field=frozen[0])


def _refuse_line(session: Session, kind: type[Invoice | CreditMemo], document_id: object) -> None:
    for known in session.new:
        if isinstance(known, kind) and known.id == document_id:
            return
    with session.no_autoflush:
        document = cast("Invoice | CreditMemo | None", session.get(kind, document_id))
    if document is not None and _was_issued(document):
        raise DocumentLocked(locks.CHANGE_REFUSED)
