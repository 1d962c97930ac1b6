"""What is done for good: changes that are never taken back, as papers and QuickBooks have them.

Undo refuses them in words, Ctrl+Z passes over them, and no page offers to take them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from batchly_admin.models.changes import ChangeItem

FINAL: Mapping[str, Mapping[str, str]] = {
    "invoices": {
        "issued_at": "is issued. Void it while it is unpaid, or correct it with a credit memo.",
        "voided_at": "is void, here and in QuickBooks. Invoice its order again.",
    },
    "credit_memos": {
        "issued_at": "is issued. Cancel it while its period is open.",
        "voided_at": "is cancelled, here and in QuickBooks. Issue another one.",
    },
    "payments": {"voided_at": "is cancelled, here and in QuickBooks. Record it again."},
    "refunds": {"voided_at": "is cancelled, here and in QuickBooks. Record it again."},
}
"""By table and column: what is final once it is written, and the way out."""


def is_final(change_set_id: Any) -> sa.ColumnElement[bool]:
    """Give the condition that a change set issued, voided or cancelled a document."""
    item = aliased(ChangeItem)
    written = sa.or_(
        *(
            sa.and_(item.table_name == table, item.column_name.in_(list(columns)))
            for table, columns in FINAL.items()
        )
    )
    # Whatever cleared the fact is not final.
    return sa.exists().where(
        item.change_set_id == change_set_id, item.new_value.is_not(None), written
    )
