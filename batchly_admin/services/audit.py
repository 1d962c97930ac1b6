"""What happened and changed no row: log-ins, exports, refusals, connections, use of tokens."""

from __future__ import annotations

from typing import Any

from batchly_admin.models.changes import AuditEvent
from batchly_admin.services.unit_of_work import UnitOfWork


def note(
    uow: UnitOfWork,
    event: str,
    *,
    subject: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write an event into the audit log; it is kept when the transaction is."""
    uow.session.add(
        AuditEvent(
            user_id=uow.actor.user_id,
            actor_name=uow.actor.name,
            event=event,
            subject=subject[:300] if subject else None,
            address=uow.actor.address,
            details=details,
        )
    )
