"""Pull customers: link and import them once, then take what QuickBooks owns and note what differs.

Batchly owns names, addresses and the like. When somebody changes them in QuickBooks, nothing is
overwritten here: a difference is written down and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from batchly_admin.domain.statuses import SyncState
from batchly_admin.models.base import assign
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo import differences
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.customer import from_qbo_customer, owned_by_quickbooks
from batchly_admin.qbo.pull import base, linked
from batchly_admin.services import matching, outbox, settings
from batchly_admin.services.unit_of_work import UnitOfWork

COMPARED = ("display_name", "company_name", "email", "phone", "mobile", "is_active")


def pull_customers(pull: base.Pull) -> None:
    """Fetch new and changed customers."""
    for _entity, page in pull.changes("Customer", inactive=True):
        pull.write(page, apply_customer)


def apply_customer(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Bring one customer up to what QuickBooks says of it."""
    qbo_id = str(body["Id"])
    session = uow.session
    customer = session.scalar(sa.select(Customer).where(Customer.qb_customer_id == qbo_id))
    if fields.is_deleted(body):
        if customer is not None:
            result.differences += linked.lose(uow, customer, body)
        result.removed += customer is not None
        result.unchanged += customer is None
        return
    if customer is not None and base.is_older(customer, body):
        result.unchanged += 1
        return
    values = from_qbo_customer(body)
    if customer is None:
        customer = _match(uow, values)
        if customer is not None:
            customer.qb_customer_id = qbo_id
            outbox.set_badge(customer, SyncState.SYNCED, None)
            _update(uow, customer, values, body, result)
            result.updated += 1
        elif matching.is_left_out(session, "customer", qbo_id):
            result.unchanged += 1
        elif values["is_active"] and values["display_name"]:
            _create(uow, qbo_id, values, body)
            result.created += 1
        else:
            result.unchanged += 1
        session.flush()
        return
    changed = _update(uow, customer, values, body, result)
    result.updated += changed
    result.unchanged += not changed
    session.flush()


def _match(uow: UnitOfWork, values: Mapping[str, Any]) -> Customer | None:
    """Find the unlinked customer with that name, else the only one with that e-mail."""
    free = Customer.qb_customer_id.is_(None)
    named = uow.session.scalar(
        sa.select(Customer).where(Customer.display_name == values["display_name"], free)
    )
    if named is not None or not values["email"] or not values["is_active"]:
        return named
    found = list(
        uow.session.scalars(sa.select(Customer).where(Customer.email == values["email"]).limit(2))
    )
    return found[0] if len(found) == 1 and found[0].qb_customer_id is None else None


def _create(uow: UnitOfWork, qbo_id: str, values: Mapping[str, Any], body: base.Body) -> None:
    taken = uow.session.scalar(
        sa.select(Customer.id).where(Customer.display_name == values["display_name"])
    )
    name = f"{values['display_name']} ({qbo_id})" if taken else values["display_name"]
    customer = Customer(
        **{**values, "display_name": name},
        **owned_by_quickbooks(body),
        qb_customer_id=qbo_id,
        tax_exempt=body.get("Taxable") is False,
        sync_state=SyncState.SYNCED.value,
    )
    base.stamp(uow, customer, body)
    uow.session.add(customer)


def _update(
    uow: UnitOfWork,
    customer: Customer,
    values: Mapping[str, Any],
    body: base.Body,
    result: base.PullResult,
) -> bool:
    changed = assign(customer, owned_by_quickbooks(body))
    if not base.is_news(customer, body) or base.has_open_push(uow.session, "customer", customer.id):
        return changed
    if settings.get(uow.session, "customer_master") == "quickbooks":
        changed = assign(customer, values) or changed
    else:
        result.differences += _note_differences(uow, customer, values)
    base.stamp(uow, customer, body)
    return changed


def _note_differences(uow: UnitOfWork, customer: Customer, values: Mapping[str, Any]) -> int:
    count = 0
    for column in COMPARED:
        ours, theirs = getattr(customer, column), values[column]
        if ours == theirs or (not ours and not theirs):
            continue
        found = SyncDifference(
            entity_type="customer",
            entity_id=customer.id,
            qbo_id=customer.qb_customer_id,
            label=customer.display_name[:200],
            kind="field",
            field=column,
            ours=_spell(ours),
            theirs=_spell(theirs),
        )
        count += differences.note(uow, found)
    return count


def _spell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
