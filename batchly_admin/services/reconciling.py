"""Ask for a comparison of both books; the worker makes it."""

from __future__ import annotations

import sqlalchemy as sa

from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.services.unit_of_work import UnitOfWork

UNDER_WAY = (ReconciliationState.QUEUED, ReconciliationState.RUNNING)


def ask(uow: UnitOfWork) -> Reconciliation | None:
    """Write down that somebody wants a comparison; None when one waits or runs already.

    One that was cut off does not count: its lease has run out.
    """
    running = sa.and_(
        Reconciliation.state == ReconciliationState.RUNNING, Reconciliation.lease_until > uow.now()
    )
    waiting = Reconciliation.state == ReconciliationState.QUEUED
    known = uow.session.scalar(
        sa.select(Reconciliation.id).where(sa.or_(running, waiting)).limit(1)
    )
    if known is not None:
        return None
    asked = Reconciliation(trigger="button", user_id=uow.actor.user_id)
    uow.session.add(asked)
    uow.session.flush()
    return asked
