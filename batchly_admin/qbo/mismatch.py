"""What happens when QuickBooks took a record, but not as it was sent (R179-R182).

The record is flagged, both sides are written down, the admins are told, and it stays among what
needs a review until a person says what they found. Nothing is corrected by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from batchly_admin import logs
from batchly_admin.domain.notices import NoticeKind
from batchly_admin.models.company import Notification
from batchly_admin.models.sync import SyncDifference, SyncQueueRow
from batchly_admin.qbo import differences
from batchly_admin.qbo.verify import Finding
from batchly_admin.services import notices
from batchly_admin.services.unit_of_work import UnitOfWork

KIND = "mismatch"
REVIEWS = "/admin/quickbooks/repair"

_log = logs.logger(__name__)


def report(uow: UnitOfWork, row: SyncQueueRow, qbo_id: str, findings: Sequence[Finding]) -> str:
    """Do all four; give the words of the badge, which the caller sets to Synced with warning."""
    words = words_of(findings)
    log_discrepancy(row, qbo_id, words)
    require_review(uow, row, qbo_id, findings)
    alert_admins(uow, row, words)
    return flag(words)


def words_of(findings: Sequence[Finding]) -> str:
    """Give both sides of every difference in one line."""
    return "; ".join(f"{one.field}: ours {one.ours}, theirs {one.theirs}" for one in findings)


def flag(words: str) -> str:
    """R179: give the note of the badge."""
    return f"Differs in QuickBooks and needs a review: {words}"[:500]


def log_discrepancy(row: SyncQueueRow, qbo_id: str, words: str) -> None:
    """R180: write both sides into the log; the difference row keeps them too."""
    _log.warning("%s %s differs in QuickBooks (%s): %s", row.entity_type, row.label, qbo_id, words)


def alert_admins(uow: UnitOfWork, row: SyncQueueRow, words: str) -> None:
    """R181: tell the admins, in the house and by e-mail."""
    uow.session.add(
        Notification(
            kind="sync_mismatch",
            title=f"{row.label} differs in QuickBooks"[:200],
            body=f"{words}. Please review it.",
            link=f"{REVIEWS}/{row.id}",
        )
    )
    notices.notify(
        uow,
        NoticeKind.MISMATCH,
        f"{row.label} differs in QuickBooks",
        [f"QuickBooks took {row.label}, but not as it was sent.", words, "Please review it."],
        str(row.entity_id),
    )


def require_review(
    uow: UnitOfWork, row: SyncQueueRow, qbo_id: str, findings: Sequence[Finding]
) -> None:
    """R182: open a difference for each field, once; only a person's note closes it."""
    for finding in findings:
        differences.note(
            uow,
            SyncDifference(
                entity_type=row.entity_type,
                entity_id=row.entity_id,
                qbo_id=qbo_id,
                label=row.label,
                kind=KIND,
                field=finding.field,
                ours=finding.ours,
                theirs=finding.theirs,
            ),
        )
