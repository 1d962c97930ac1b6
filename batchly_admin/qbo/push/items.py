"""Push products, which QuickBooks calls items; link the ones it already has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.errors import AlreadyThere, Rejected
from batchly_admin.models.catalogue import Product
from batchly_admin.qbo.client import ALSO_INACTIVE, Client, equals
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping.item import SPECIAL, to_qbo_item, to_qbo_item_update
from batchly_admin.qbo.push import base
from batchly_admin.services import field_mapping, settings


class ItemPusher(base.Pusher):
    """Products, which QuickBooks calls items."""

    kind = base.kind("item")
    entity = "Item"

    def learn(self, client: Client, facts: Facts) -> dict[str, Any]:
        """Find the account new items earn on, once for a company."""
        if facts.income_account:
            return {}
        accounts = client.query("Account", equals("AccountType", "Income"), limit=200)
        preferred = [
            account
            for account in accounts
            if account.get("AccountSubType") == "SalesOfProductIncome"
            and account.get("Active", True) is not False
        ]
        for account in preferred or accounts:
            return {"income_account": str(account["Id"])}
        raise Rejected(
            "QuickBooks has no income account for new items.",
            code="account",
            hint="Create one in QuickBooks' chart of accounts.",
        )

    def prepare(
        self, session: Session, record: Product, operation: str, facts: Facts
    ) -> base.Sending:
        """Build the call: a linked product is updated, any other is created."""
        account = str(settings.get(session, "income_account") or facts.income_account or "")
        chosen = field_mapping.chosen(session, "item")
        if not record.qb_item_id:
            verb = base.NOTHING if operation == "delete" else base.CREATE
            payload = to_qbo_item(record, income_account=account, chosen=chosen)
            return base.Sending(
                self.entity,
                verb,
                payload,
                record.id,
                record.name,
                # Two items may carry one SKU, so QuickBooks would not refuse the second.
                look_first=bool(record.sku),
                words="It never was in QuickBooks.",
            )
        changes = to_qbo_item_update(record, chosen)
        if operation == "delete":
            changes = {"Active": False}
        return base.Sending(
            self.entity, base.UPDATE, self.version_of(record) | changes, record.id, record.name
        )

    def find(self, client: Client, sending: base.Sending) -> dict[str, Any] | None:
        """Look by SKU, then by exact name."""
        sku, name = sending.payload.get("Sku"), sending.payload["Name"]
        if sku:
            found = client.query("Item", f"{equals('Sku', sku)} AND {ALSO_INACTIVE}", limit=10)
            if found:
                return _usable(base.only_one(found, f"Several items in QuickBooks have SKU {sku}"))
        found = client.query("Item", f"{equals('Name', name)} AND {ALSO_INACTIVE}", limit=10)
        return _usable(base.only_one(found, f"Several items in QuickBooks are called {name}"))


def _usable(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if found is not None and found.get("Type") in SPECIAL:
        raise AlreadyThere(
            f"{found.get('Name')} is a {str(found['Type']).lower()} in QuickBooks, not an item.",
            code="category",
            hint="Give the product another name.",
        )
    return dict(found) if found is not None else None
