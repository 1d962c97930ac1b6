"""The bulk actions of the grids, by table and name: who may use them and what they do."""

from __future__ import annotations

from batchly_admin.services.cancel_actions import CANCEL_ACTIONS
from batchly_admin.services.credit_actions import CREDIT_ACTIONS, REVERSAL_ACTIONS
from batchly_admin.services.delete_actions import DELETE_ACTIONS
from batchly_admin.services.difference_actions import DECISIONS
from batchly_admin.services.invoice_actions import INVOICE_ACTIONS
from batchly_admin.services.job_actions import JOB_ACTIONS
from batchly_admin.services.mail_actions import MAIL_ACTIONS
from batchly_admin.services.match_actions import MATCH_ACTIONS
from batchly_admin.services.order_actions import ORDER_ACTIONS
from batchly_admin.services.order_decision_actions import PAPER_ACTIONS
from batchly_admin.services.repair_actions import REPAIR_ACTIONS
from batchly_admin.services.sending_actions import SENDING_ACTIONS
from batchly_admin.services.tallies import BulkAction, Preview, refusal
from batchly_admin.services.undo_actions import UNDO_ACTIONS

__all__ = ["ACTIONS", "BulkAction", "Preview", "refusal"]

ACTIONS: dict[tuple[str, str], BulkAction] = {
    (table, action.name): action
    for table, action in (
        *(("orders", action) for action in ORDER_ACTIONS),
        *(("order_papers", action) for action in PAPER_ACTIONS),
        *(("invoices", action) for action in (*INVOICE_ACTIONS, *REVERSAL_ACTIONS)),
        *CREDIT_ACTIONS,
        *CANCEL_ACTIONS,
        *(("jobs", action) for action in JOB_ACTIONS),
        *(("match_candidates", action) for action in MATCH_ACTIONS),
        *SENDING_ACTIONS,
        *REPAIR_ACTIONS,
        *DELETE_ACTIONS,
        *(("sync_differences", action) for action in DECISIONS),
        *MAIL_ACTIONS,
        *UNDO_ACTIONS,
    )
}
