"""Pull estimates: what a customer accepted is an order here."""

from __future__ import annotations

from batchly_admin.qbo.mapping.estimate import from_qbo_estimate
from batchly_admin.qbo.pull import base, orders
from batchly_admin.services.unit_of_work import UnitOfWork

ENTITY = "Estimate"


def pull_estimates(pull: base.Pull) -> None:
    """Fetch new and changed estimates."""
    orders.pull(pull, ENTITY, from_qbo_estimate)


def apply_estimate(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Take in one estimate that QuickBooks told us about."""
    orders.apply(uow, body, result, entity=ENTITY, read=from_qbo_estimate, people={})
