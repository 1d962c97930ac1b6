"""Step two: fetch QuickBooks' customers and items, and propose which of ours they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.matching import SURE, MatchDecision, Party, Proposal, folded, propose
from batchly_admin.domain.statuses import ItemType
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo.client import ALSO_INACTIVE, Client
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.customer import from_qbo_customer, owned_by_quickbooks
from batchly_admin.qbo.mapping.item import SPECIAL, product_name
from batchly_admin.services import matching, setup_tasks
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

Body = Mapping[str, Any]
KINDS = frozenset(kind.value for kind in ItemType)
STEPS = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One record of either book, ready to be shown."""

    party: Party
    details: str
    values: dict[str, Any] | None = None
    sync_token: str | None = None


def run(uows: UnitOfWorks, client: Client, hold: setup_tasks.Hold) -> dict[str, Any]:
    """Fetch both lists, then put the new proposals in place of the undecided ones.

    Raises:
        SyncError: QuickBooks could not be read; the proposals there were stay as they are.
    """

    def tell(done: int, words: str) -> None:
        setup_tasks.report(uows, hold, done=done, total=STEPS, message=words)

    tell(0, "Reading customers")
    customers = [_their_customer(body) for body in _all(client, "Customer")]
    tell(1, "Reading vendors and employees, whose names customers cannot have")
    taken = {
        folded(str(body.get("DisplayName") or "")): entity.lower()
        for entity in ("Employee", "Vendor")
        for body in _all(client, entity)
    }
    tell(2, "Reading items")
    items = [_their_item(body) for body in _all(client, "Item") if body.get("Type") not in SPECIAL]
    tell(3, "Comparing")
    found = {
        "customer": _keep(uows, hold, "customer", customers, taken),
        "item": _keep(uows, hold, "item", items, {}),
    }
    return {
        "customers_read": len(customers),
        "items_read": len(items),
        "proposed": found,
    }


def _all(client: Client, entity: str) -> Iterator[Body]:
    for page in client.pages(entity, ALSO_INACTIVE):
        yield from page


def _keep(
    uows: UnitOfWorks,
    hold: setup_tasks.Hold,
    entity_type: str,
    theirs: list[Side],
    taken: Mapping[str, str],
) -> dict[str, int]:
    summary = "Match with QuickBooks"
    with uows.begin(actor=SYSTEM, source="sync", summary=summary) as uow:
        known = matching.decided(uow.session, hold.connection_id, entity_type)
        linked = _linked(uow.session, entity_type)
        ours = {
            side.party.key: side
            for side in _READERS[entity_type](uow.session)
            if UUID(side.party.key) not in known
        }
        free = {
            side.party.key: side
            for side in theirs
            if side.party.key not in linked and side.party.key not in known
        }
        found = propose(
            [side.party for side in ours.values()], [side.party for side in free.values()], taken
        )
        rows = [_row(proposal, ours, free) for proposal in found]
        count = matching.replace_open(uow, hold.connection_id, entity_type, rows)
    return {"rows": count, "sure": sum(proposal.kind in SURE for proposal in found)}


def _linked(session: Session, entity_type: str) -> set[str]:
    kind = SYNCED[entity_type]
    column = getattr(kind.model, kind.id_column)
    return set(session.scalars(sa.select(column).where(column.is_not(None))))


def _row(
    proposal: Proposal, ours: Mapping[str, Side], theirs: Mapping[str, Side]
) -> dict[str, Any]:
    mine = ours[proposal.ours] if proposal.ours else None
    yours = theirs[proposal.theirs] if proposal.theirs else None
    label = (mine or yours).party.name if mine or yours else ""  # type: ignore[union-attr]
    return {
        "entity_id": UUID(mine.party.key) if mine else None,
        "qbo_id": yours.party.key if yours else None,
        "label": label[:500],
        "ours": mine.party.name[:500] if mine else None,
        "ours_details": mine.details[:300] if mine else None,
        "theirs": yours.party.name[:500] if yours else None,
        "theirs_details": yours.details[:300] if yours else None,
        "kind": proposal.kind.value,
        "reason": proposal.reason,
        "score": proposal.score,
        "decision": MatchDecision.OPEN.value,
        "their_values": yours.values if yours else None,
        "sync_token": yours.sync_token if yours else None,
    }


def _our_customers(session: Session) -> Iterator[Side]:
    query = sa.select(
        Customer.id,
        Customer.display_name,
        Customer.email,
        Customer.phone,
        Customer.is_active,
    ).where(Customer.qb_customer_id.is_(None))
    for key, name, email, phone, is_active in session.execute(query):
        party = Party(str(key), name, email=email or "", is_active=is_active)
        yield Side(party, _details(email, phone, is_active=is_active))


def _our_items(session: Session) -> Iterator[Side]:
    query = sa.select(
        Product.id, Product.name, Product.sku, Product.unit_price, Product.is_active
    ).where(Product.qb_item_id.is_(None))
    for key, name, sku, price, is_active in session.execute(query):
        party = Party(str(key), name, sku=sku or "", is_active=is_active)
        yield Side(party, _details(sku, _price(price), is_active=is_active))


def _their_customer(body: Body) -> Side:
    columns = from_qbo_customer(body)
    balance = owned_by_quickbooks(body)["balance"]
    # Inactive ones carry a mark at the end of their name, which is not part of it.
    name = columns["display_name"].removesuffix(" (deleted)")
    is_active = columns["is_active"]
    columns = {**columns, "tax_exempt": body.get("Taxable") is False, "display_name": name}
    party = Party(str(body["Id"]), name, email=columns["email"] or "", is_active=is_active)
    values = _values(body, columns, balance=str(balance) if balance is not None else None)
    details = _details(columns["email"], columns["phone"], is_active=is_active)
    return Side(party, details, values, str(body.get("SyncToken") or "0"))


def _their_item(body: Body) -> Side:
    name, sku = product_name(body), str(body.get("Sku") or "")
    price = fields.number(body.get("UnitPrice"))
    is_active = body.get("Active", True) is not False
    columns = {
        "name": name[:100],
        "sku": sku or None,
        "description": body.get("Description") or None,
        "qb_type": body["Type"] if body.get("Type") in KINDS else ItemType.NON_INVENTORY.value,
        "unit_price": str(price) if price is not None else None,
        "is_taxable": body.get("Taxable", True) is not False,
        "is_active": is_active,
        "qb_income_account_ref": fields.ref_id(body, "IncomeAccountRef"),
        "qb_expense_account_ref": fields.ref_id(body, "ExpenseAccountRef"),
    }
    party = Party(str(body["Id"]), name, sku=sku, is_active=is_active)
    details = _details(sku, _price(price), str(body.get("Type") or ""), is_active=is_active)
    return Side(party, details, _values(body, columns), str(body.get("SyncToken") or "0"))


def _values(body: Body, columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    created, changed = fields.created_at(body), fields.changed_at(body)
    return {
        "columns": columns,
        "created": created.isoformat() if created else None,
        "changed": changed.isoformat() if changed else None,
        **more,
    }


def _price(price: Any) -> str:
    return f"{price:.2f}" if price is not None else ""


def _details(*parts: str | None, is_active: bool) -> str:
    words = [part for part in parts if part]
    return " · ".join(words if is_active else [*words, "inactive"])


_READERS: dict[str, Callable[[Session], Iterator[Side]]] = {
    "customer": _our_customers,
    "item": _our_items,
}
