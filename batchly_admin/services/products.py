"""Products: what makes one usable, and when QuickBooks has to hear of a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput, Refusal
from batchly_admin.ids import new_id
from batchly_admin.models.any_case import is_one_of
from batchly_admin.models.catalogue import Product
from batchly_admin.services import outbox
from batchly_admin.services.customers import bad_name
from batchly_admin.services.unit_of_work import UnitOfWork

PUSHED = frozenset({"name", "sku", "description", "unit_price", "is_taxable", "is_active"})
NAMES = frozenset({"name", "sku"})


def create_product(uow: UnitOfWork, values: Mapping[str, Any]) -> Product:
    """Make a product; it goes to QuickBooks with the first invoice, or when somebody asks.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    product = Product(id=new_id(), **values)
    check(uow, product)
    uow.session.add(product)
    uow.session.flush()
    return product


def update_product(uow: UnitOfWork, product: Product, values: Mapping[str, Any]) -> None:
    """Change a product; QuickBooks hears of it when it has the item.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    changed = {name for name, value in values.items() if getattr(product, name) != value}
    for name in changed:
        setattr(product, name, values[name])
    check(uow, product, changed)
    if changed & NAMES:
        # The next row of the same batch must see the name.
        uow.session.flush()
    if changed & PUSHED and product.qb_item_id:
        outbox.enqueue(uow, product, "update")


def check(uow: UnitOfWork, product: Product, changed: Collection[str] | None = None) -> None:
    """Let a product pass that QuickBooks will take too; `changed` tells what is new in it.

    Raises:
        InvalidInput: naming every value that is not usable.
    """
    names = NAMES if changed is None else NAMES.intersection(changed)
    found = [*_name_problems(uow, product, names), *_price_problems(product)]
    if found:
        raise InvalidInput(" ".join(one.reason for one in found), refusals=tuple(found))


def _name_problems(uow: UnitOfWork, product: Product, names: Collection[str]) -> list[Refusal]:
    name = (product.name or "").strip()
    if not name:
        return [Refusal("name", "A product needs a name.")]
    if problem := bad_name(name):
        return [Refusal("name", problem)]
    found = []
    for column, value in (("name", name), ("sku", product.sku)):
        if not value or column not in names:
            continue
        attribute = getattr(Product, column)
        with uow.session.no_autoflush:
            taken = uow.session.scalar(
                sa.select(Product.name)
                .where(is_one_of(attribute, [value]), Product.id != product.id)
                .limit(1)
            )
        if taken is not None:
            found.append(Refusal(column, f"{taken} has this {column} already."))
    return found


def _price_problems(product: Product) -> list[Refusal]:
    found = []
    for column, label in (("unit_price", "price"), ("unit_cost", "cost")):
        value = getattr(product, column)
        if value is not None and value < 0:
            found.append(Refusal(column, f"A {label} is not negative."))
    return found
