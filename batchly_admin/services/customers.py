"""Customers: what makes one usable, and when QuickBooks has to hear of a change."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from batchly_admin.clock import local_date
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import InvalidInput, Refusal
from batchly_admin.ids import new_id
from batchly_admin.models.any_case import is_one_of
from batchly_admin.models.company import Organization
from batchly_admin.models.customers import Customer
from batchly_admin.services import field_mapping, outbox, settings
from batchly_admin.services.unit_of_work import UnitOfWork

PUSHED = frozenset(
    {
        "display_name",
        "company_name",
        "email",
        "phone",
        "mobile",
        "fax",
        "website",
        "billing_address",
        "shipping_address",
        "payment_term_id",
        "tax_exempt",
        "is_active",
    }
)
ADDRESS_PARTS = frozenset({"line1", "line2", "city", "state", "postal_code", "country"})
NIGHT = time(3)
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+")


def create_customer(uow: UnitOfWork, values: Mapping[str, Any]) -> Customer:
    """Make a customer and queue it for QuickBooks.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    customer = Customer(id=new_id(), **values)
    check(uow, customer)
    uow.session.add(customer)
    uow.session.flush()
    outbox.enqueue(uow, customer, "create")
    return customer


def update_customer(uow: UnitOfWork, customer: Customer, values: Mapping[str, Any]) -> None:
    """Change a customer; QuickBooks hears of it when it knows the customer and we own the data.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    changed = {name for name, value in values.items() if getattr(customer, name) != value}
    for name in changed:
        setattr(customer, name, values[name])
    check(uow, customer, changed)
    if "display_name" in changed:
        # The next row of the same batch must see the name.
        uow.session.flush()
    if _is_known(customer) and changed & _sent(uow, changed):
        _push_update(uow, customer)


def _sent(uow: UnitOfWork, changed: set[str]) -> frozenset[str]:
    if changed <= PUSHED:
        return PUSHED
    return PUSHED | field_mapping.customer_columns(uow.session)


def check(uow: UnitOfWork, customer: Customer, changed: Collection[str] | None = None) -> None:
    """Let a customer pass that QuickBooks will take too; `changed` tells what is new in it.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    found = _contact_problems(customer)
    if changed is None or "display_name" in changed:
        found = [*_name_problems(uow, customer), *found]
    if found:
        raise InvalidInput(" ".join(one.reason for one in found), refusals=tuple(found))


def _name_problems(uow: UnitOfWork, customer: Customer) -> list[Refusal]:
    name = (customer.display_name or "").strip()
    if not name:
        return [Refusal("display_name", "A customer needs a name.")]
    if name_problem := bad_name(name):
        return [Refusal("display_name", name_problem)]
    if len(name) > 500:
        return [Refusal("display_name", "A name has at most 500 characters.")]
    with uow.session.no_autoflush:
        taken = uow.session.scalar(
            sa.select(Customer.display_name)
            .where(is_one_of(Customer.display_name, [name]), Customer.id != customer.id)
            .limit(1)
        )
    if taken is not None:
        return [Refusal("display_name", f"There is a customer called {taken} already.")]
    return []


def bad_name(name: str) -> str | None:
    """Give why QuickBooks would not take a name."""
    if any(character in name for character in ":\t\n\r"):
        return "A name has no colon, tab or line break in it."
    return None


def _contact_problems(customer: Customer) -> list[Refusal]:
    found = []
    if customer.email and not _EMAIL.fullmatch(customer.email):
        found.append(Refusal("email", f"{customer.email} is not an e-mail address."))
    found += [
        Refusal(column, "An address has street, city, state, ZIP and country.")
        for column in ("billing_address", "shipping_address")
        if not _is_address(getattr(customer, column))
    ]
    if customer.credit_limit is not None and customer.credit_limit < 0:
        found.append(Refusal("credit_limit", "A credit limit is not negative."))
    return found


def _is_address(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and all(
        key in ADDRESS_PARTS and (part is None or isinstance(part, str))
        for key, part in value.items()
    )


def _is_known(customer: Customer) -> bool:
    waiting = {SyncState.PENDING, SyncState.BLOCKED}
    return bool(customer.qb_customer_id) or customer.sync_state in waiting


def _push_update(uow: UnitOfWork, customer: Customer) -> None:
    if settings.get(uow.session, "customer_master") == "quickbooks":
        return
    row = outbox.enqueue(uow, customer, "update")
    is_new = row.payload_version == 1 and row.operation == "update"
    if is_new and settings.get(uow.session, "customer_updates") == "nightly":
        row.next_attempt_at = _next_night(uow)


def _next_night(uow: UnitOfWork) -> datetime:
    name = uow.session.scalar(sa.select(Organization.time_zone).limit(1)) or "UTC"
    zone = ZoneInfo(name)
    night = datetime.combine(local_date(uow.now(), name), NIGHT, zone)
    if night <= uow.now():
        night = datetime.combine(night.date() + timedelta(days=1), NIGHT, zone)
    return night.astimezone(UTC)
