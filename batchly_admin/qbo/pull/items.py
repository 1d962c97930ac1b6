"""Pull items: mirror each in `qb_items`, link it to the product it is, make products of new ones.

QuickBooks owns an item's price, so the product's default price follows; prices agreed with a
customer are price overrides and are never touched. https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/item
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import ItemType, SyncState
from batchly_admin.models.base import assign
from batchly_admin.models.catalogue import Product, QbItem
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.item import SPECIAL, from_qbo_item, product_name
from batchly_admin.qbo.pull import base, linked
from batchly_admin.services import matching, outbox, settings
from batchly_admin.services.unit_of_work import UnitOfWork

KINDS = frozenset(kind.value for kind in ItemType)


def pull_items(pull: base.Pull) -> None:
    """Fetch new and changed items."""
    for _entity, page in pull.changes("Item", inactive=True):
        pull.write(page, apply_item)


def apply_item(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Bring mirror and product up to what QuickBooks says of one item."""
    qbo_id = str(body["Id"])
    mirror = uow.session.scalar(sa.select(QbItem).where(QbItem.qb_item_id == qbo_id))
    product = uow.session.scalar(sa.select(Product).where(Product.qb_item_id == qbo_id))
    if fields.is_deleted(body):
        _remove(uow, mirror, product, body, result)
        return
    if mirror is not None and base.is_older(mirror, body):
        result.unchanged += 1
        return
    known = mirror is not None or product is not None
    wanted = body.get("Type") in settings.get(uow.session, "pulled_item_types")
    if body.get("Type") in SPECIAL or not (known or wanted):
        result.unchanged += 1
        return
    values = from_qbo_item(body)
    if mirror is None and not values["is_active"] and product is None:
        result.unchanged += 1
        return
    created = mirror is None
    if mirror is None:
        mirror = QbItem(qb_item_id=qbo_id, **values, sync_state=SyncState.SYNCED.value)
        uow.session.add(mirror)
        changed = True
    else:
        changed = assign(mirror, values)
    base.stamp(uow, mirror, body)
    product, product_changed = _product(uow, product, body, wanted=wanted)
    changed = assign(mirror, {"product_id": product.id if product else None}) or changed
    result.count(is_new=created, changed=changed or product_changed)
    uow.session.flush()


def _product(
    uow: UnitOfWork, product: Product | None, body: base.Body, *, wanted: bool
) -> tuple[Product | None, bool]:
    if product is not None:
        return product, _update(uow, product, body)
    product = _match(uow, body)
    if product is not None:
        product.qb_item_id = str(body["Id"])
        _update(uow, product, body)
        outbox.set_badge(product, SyncState.SYNCED, None)
        return product, True
    if not wanted or not settings.get(uow.session, "auto_create_products"):
        return None, False
    return _create(uow, body)


def _match(uow: UnitOfWork, body: base.Body) -> Product | None:
    """Find the unlinked product with the item's SKU, else with its name."""
    free = Product.qb_item_id.is_(None)
    sku = body.get("Sku")
    if sku:
        found = uow.session.scalar(sa.select(Product).where(Product.sku == sku, free))
        if found is not None:
            return found
    return uow.session.scalar(sa.select(Product).where(Product.name == product_name(body), free))


def _create(uow: UnitOfWork, body: base.Body) -> tuple[Product | None, bool]:
    name = product_name(body)
    sku = body.get("Sku") or None
    taken = sa.or_(Product.name == name, Product.sku == sku) if sku else Product.name == name
    is_wanted = body.get("Active", True) is not False and not matching.is_left_out(
        uow.session, "item", str(body["Id"])
    )
    if not is_wanted or uow.session.scalar(sa.select(Product.id).where(taken).limit(1)):
        # It stays in the list of items without a product, where a person links it.
        return None, False
    product = Product(
        name=name, sku=sku, qb_item_id=str(body["Id"]), sync_state=SyncState.SYNCED.value
    )
    assign(product, _values(body))
    base.stamp(uow, product, body)
    uow.session.add(product)
    uow.session.flush()
    return product, True


def _update(uow: UnitOfWork, product: Product, body: base.Body) -> bool:
    is_news = base.is_news(product, body)
    if not is_news or base.has_open_push(uow.session, "item", product.id):
        return False
    values = _values(body)
    name = product_name(body)
    if name != product.name and not uow.session.scalar(
        sa.select(Product.id).where(Product.name == name, Product.id != product.id).limit(1)
    ):
        values["name"] = name
    changed = assign(product, values)
    base.stamp(uow, product, body)
    return changed


def _values(body: base.Body) -> dict[str, Any]:
    values: dict[str, Any] = {
        "is_active": body.get("Active", True) is not False,
        "is_taxable": body.get("Taxable", True) is not False,
        "qb_income_account_ref": fields.ref_id(body, "IncomeAccountRef"),
        "qb_expense_account_ref": fields.ref_id(body, "ExpenseAccountRef"),
    }
    if body.get("Type") in KINDS:
        values["qb_type"] = str(body["Type"])
    if body.get("Description"):
        values["description"] = str(body["Description"])
    price = fields.number(body.get("UnitPrice"))
    if price is not None:
        values["unit_price"] = price
    return values


def _remove(
    uow: UnitOfWork,
    mirror: QbItem | None,
    product: Product | None,
    body: base.Body,
    result: base.PullResult,
) -> None:
    changed = mirror is not None and assign(mirror, {"is_active": False})
    if mirror is not None:
        linked.bury(mirror, body)
    if product is not None:
        result.differences += linked.lose(uow, product, body)
        changed = True
    result.removed += changed
    result.unchanged += not changed
