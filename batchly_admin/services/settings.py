"""What the business may change about Batchly: a typed registry over the settings table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.models.company import Setting
from batchly_admin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting: its default, the values it may take and what it does."""

    key: str
    default: Any
    label: str
    choices: tuple[Any, ...] = ()


REGISTRY: dict[str, Definition] = {
    definition.key: definition
    for definition in (
        Definition("auto_issue", True, "Issue invoices at once when they are made", (True, False)),
        Definition(
            "invoice_trigger",
            "completed",
            "When an order's invoice is made by itself",
            ("completed", "shipped", "manual"),
        ),
        Definition(
            "customer_master", "batchly", "Who owns customer data", ("batchly", "quickbooks")
        ),
        Definition("customer_updates", "immediate", "When changes go", ("immediate", "nightly")),
        Definition("auto_create_products", True, "Pulled items become products", (True, False)),
        Definition("pulled_item_types", ["Inventory", "Service"], "Item types that are pulled"),
        Definition("default_tax_code", None, "Tax code where nothing else applies"),
        Definition("default_payment_term", None, "Payment terms where the customer has none"),
        Definition("income_account", None, "QuickBooks account for new items"),
        Definition("tax_rounding", "line", "How tax is rounded", ("line", "document")),
        Definition("sync_start_date", None, "Nothing dated before this day is pushed"),
    )
}


def get(session: Session, key: str) -> Any:
    """Give a setting's value, or its default.

    Raises:
        KeyError: for a key the registry does not know.
    """
    definition = REGISTRY[key]
    found = session.scalar(sa.select(Setting).where(Setting.key == key))
    return definition.default if found is None else found.value


def put(uow: UnitOfWork, key: str, value: Any) -> None:
    """Change a setting.

    Raises:
        InvalidInput: when the setting does not exist or cannot take the value.
    """
    definition = REGISTRY.get(key)
    if definition is None:
        msg = f"There is no setting called {key}."
        raise InvalidInput(msg, field=key)
    if definition.choices and value not in definition.choices:
        allowed = ", ".join(str(choice) for choice in definition.choices)
        msg = f"{definition.label}: {value} is not one of {allowed}."
        raise InvalidInput(msg, field=key)
    found = uow.session.scalar(sa.select(Setting).where(Setting.key == key))
    if found is None:
        uow.session.add(Setting(key=key, value=value))
    else:
        found.value = value
