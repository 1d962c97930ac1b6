"""Push customers; link the ones QuickBooks already has, by name and then by a unique e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.errors import Rejected
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.client import ALSO_INACTIVE, Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping.customer import to_qbo_customer
from batchly_admin.qbo.push import base
from batchly_admin.services import field_mapping


class CustomerPusher(base.Pusher):
    """Customers."""

    kind = base.kind("customer")
    entity = "Customer"

    def prepare(
        self, session: Session, record: Customer, operation: str, facts: Facts
    ) -> base.Sending:
        """Build the call: a customer QuickBooks has is updated, any other is created."""
        del facts
        payload = to_qbo_customer(record, field_mapping.chosen(session, "customer"))
        if not payload["DisplayName"]:
            raise Rejected("The customer has no name.", hint="Give it a name.")
        if operation == "delete":
            payload = {"Active": False}
        if not record.qb_customer_id:
            verb = base.NOTHING if operation == "delete" else base.CREATE
            return base.Sending(
                self.entity,
                verb,
                payload,
                record.id,
                record.display_name,
                # A name that exists is refused anyway; only an e-mail has to be looked for.
                look_first=bool(record.email),
                words="It never was in QuickBooks.",
            )
        payload = self.version_of(record) | {"Active": True} | payload
        return base.Sending(self.entity, base.UPDATE, payload, record.id, record.display_name)

    def find(self, client: Client, sending: base.Sending) -> dict[str, Any] | None:
        """Look by exact name, active or not, then by an e-mail that only one active one has."""
        name = sending.payload["DisplayName"]
        found = client.query(
            "Customer", f"{equals('DisplayName', name)} AND {ALSO_INACTIVE}", limit=10
        )
        if found:
            return base.only_one(found, f"Several customers in QuickBooks are called {name}")
        email = (sending.payload.get("PrimaryEmailAddr") or {}).get("Address")
        if not email:
            return None
        found = client.query("Customer", equals("PrimaryEmailAddr", email), limit=10)
        return base.only_one(found, f"Several customers in QuickBooks have the e-mail {email}")

    def owns(self, sending: base.Sending, found: Mapping[str, Any]) -> bool:
        """A customer's fields are Batchly's: what differs is sent afterwards."""
        return not contains(found, sending.payload)


def contains(theirs: Any, ours: Any) -> bool:
    """Tell whether everything we say stands in what QuickBooks holds."""
    if isinstance(ours, Mapping):
        return isinstance(theirs, Mapping) and all(
            contains(theirs.get(key), value) for key, value in ours.items()
        )
    return bool(theirs == ours)
