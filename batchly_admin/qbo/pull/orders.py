"""What the pulls of estimates and of vendors' orders share: who is unknown, and what is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.order_papers import Paper, Standing
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.client import ALSO_INACTIVE
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.customer import from_qbo_customer
from batchly_admin.qbo.pull import base, linked
from batchly_admin.services import order_papers
from batchly_admin.services.order_papers import Outcome
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork

OFF = "Orders are not taken from QuickBooks: the setting says so."

Reader = Callable[[base.Body, date], Paper]
People = Mapping[str, Mapping[str, Any]]
"""What QuickBooks tells of customers we do not have, by their ids there."""


def pull(under_way: base.Pull, entity: str, read: Reader) -> None:
    """Fetch one kind of document and take it in."""
    with under_way.uows.read() as session:
        is_on = order_papers.is_on(session)
    if not is_on:
        under_way.result.words = OFF
        return
    with under_way.uows.begin(
        actor=SYSTEM, source="pull", summary="Orders whose customer or items came"
    ) as uow:
        under_way.result.created += order_papers.retry_waiting(uow)
    today = under_way.uows.clock.now().date()
    for _entity, page in under_way.changes(entity):
        people = _unknown(under_way, [read(body, today) for body in page if not _is_gone(body)])
        under_way.write(page, partial(apply, entity=entity, read=read, people=people))


def apply(
    uow: UnitOfWork,
    body: base.Body,
    result: base.PullResult,
    *,
    entity: str,
    read: Reader,
    people: People,
) -> None:
    """Take in one document as QuickBooks has it now."""
    source, qbo_id = order_papers.SOURCES[entity], str(body["Id"])
    if _is_gone(body):
        _count(result, order_papers.end(uow, source, qbo_id))
        return
    known = order_papers.find(uow, source, qbo_id)
    if known is not None and base.is_older(known, body):
        result.unchanged += 1
        return
    paper = read(body, uow.today())
    told = people.get(paper.customer_ref or "")
    if told:
        paper = replace(paper, customer={**(paper.customer or {}), **told})
    elif known is not None:
        # Read without asking who it is, as news of one document are: what was told then stands.
        paper = _as_told_before(paper, known.paper)
    version = order_papers.Version(
        _plain(body), str(body.get("SyncToken") or "0"), fields.changed_at(body)
    )
    _count(result, order_papers.take(uow, paper, version))


def _as_told_before(paper: Paper, kept: Mapping[str, Any]) -> Paper:
    if kept.get("customer_ref") != paper.customer_ref or not kept.get("customer"):
        return paper
    return replace(paper, customer=kept["customer"])


def _plain(value: Any) -> Any:
    """Give a body as JSON holds it: amounts as text."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _is_gone(body: base.Body) -> bool:
    return fields.is_deleted(body)


def _count(result: base.PullResult, outcome: Outcome) -> None:
    result.created += outcome is Outcome.CREATED
    result.updated += outcome is Outcome.UPDATED
    result.removed += outcome is Outcome.ENDED
    result.differences += outcome in (Outcome.WAITS, Outcome.ENDED)
    result.unchanged += outcome in (Outcome.UNCHANGED, Outcome.WAITS)


def _unknown(under_way: base.Pull, papers: Iterable[Paper]) -> People:
    """Ask QuickBooks who the customers are that nobody here knows."""
    refs = {
        paper.customer_ref
        for paper in papers
        if paper.customer_ref and paper.standing != Standing.ENDED
    }
    if not refs:
        return {}
    with under_way.uows.read() as session:
        linked_here = sa.select(Customer.qb_customer_id).where(Customer.qb_customer_id.in_(refs))
        refs -= set(session.scalars(linked_here))
    found = linked.find(under_way.client, "Customer", refs, ALSO_INACTIVE) if refs else {}
    return {qbo_id: from_qbo_customer(body) for qbo_id, body in found.items()}
