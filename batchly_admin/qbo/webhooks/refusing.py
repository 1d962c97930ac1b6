"""Count what was not let in, so that a wrong token and somebody who tries show on a page.

Only a number is kept: a body nobody signed is never read and takes no room.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from batchly_admin.db import is_postgresql
from batchly_admin.ids import new_id
from batchly_admin.models.webhooks import WebhookRefusal
from batchly_admin.services.unit_of_work import UnitOfWork

SIGNATURE, SIZE = "signature", "size"
WEEK = timedelta(days=6)


def count(uow: UnitOfWork, reason: str) -> None:
    """Add one to the day's refusals for a reason."""
    insert = postgresql.insert if is_postgresql(uow.session) else sqlite.insert
    now = uow.now()
    statement = insert(WebhookRefusal).values(
        id=new_id(), day=now.date(), reason=reason, refused=1, last_at=now, version=1
    )
    uow.session.execute(
        statement.on_conflict_do_update(
            index_elements=[WebhookRefusal.day, WebhookRefusal.reason],
            set_={"refused": WebhookRefusal.refused + 1, "last_at": now},
        )
    )


def state_of(session: Session) -> dict[str, Any]:
    """Give how many were refused in the week that ends with the last refusal, and when that was."""
    last = session.execute(
        sa.select(WebhookRefusal.day, WebhookRefusal.last_at)
        .order_by(WebhookRefusal.last_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return {"refused": 0, "last_refused_at": None}
    refused = session.scalar(
        sa.select(sa.func.sum(WebhookRefusal.refused)).where(WebhookRefusal.day >= last.day - WEEK)
    )
    return {"refused": int(refused or 0), "last_refused_at": last.last_at.isoformat()}
