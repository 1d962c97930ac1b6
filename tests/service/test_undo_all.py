"""Two people do hundreds of things at random; undoing all gives the shop back as it was.

Ten thousand are done by `make bench`.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import UserError
from batchly_admin.models.base import SYNC_COLUMNS
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Communication, Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import cells, history, orders, records, trash
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.records import CellChange
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks
from tests import given

ANN = Actor("Ann", None, frozenset({"admin"}))
BOB = Actor("Bob", None, frozenset({"admin"}))
WATCHED: tuple[type[Any], ...] = (Customer, Product, Communication, PurchaseOrder, PoLineItem)
MACHINES = {"id", "created_at", "updated_at", "version", *SYNC_COLUMNS}
TEXTS: dict[type[Any], tuple[str, ...]] = {
    Customer: ("notes", "phone", "fax", "company_name"),
    Product: ("description", "sku"),
    Communication: ("subject", "body"),
    PurchaseOrder: ("internal_notes", "special_instructions"),
    PoLineItem: ("description",),
}

State = dict[tuple[str, UUID], dict[str, Any]]


def state(uows: UnitOfWorks) -> State:
    """Every cell a person can see of the tables the two work in."""
    found: State = {}
    with uows.read() as session:
        for model in WATCHED:
            names = [c.name for c in model.__table__.columns if c.name not in MACHINES]
            for row in session.scalars(sa.select(model)):
                values = {name: cells.encode(getattr(row, name)) for name in names}
                found[str(model.__tablename__), row.id] = values
    return found


class Shop:
    """Two people at work: each step is one random operation, kept when it changed something."""

    def __init__(self, uows: UnitOfWorks, seed: int) -> None:
        self.uows = uows
        self.dice = random.Random(seed)
        self.done: list[UUID] = []
        self.refused = 0

    def step(self) -> None:
        """Let one of the two do something; a refusal changes nothing."""
        actor = self.dice.choice((ANN, BOB))
        act = self.dice.choices(
            (self.edit, self.paste, self.fill, self.create, self.delete, self.restore, self.order),
            (6, 2, 2, 3, 2, 1, 1),
        )[0]
        try:
            with self.uows.begin(actor=actor, source="cell") as uow:
                act(uow)
                uow.session.flush()
                change = uow.change_set_id
        except UserError:
            self.refused += 1
            return
        if change is not None:
            self.done.append(change)

    def pick(self, uow: UnitOfWork, model: type[Any], count: int = 1) -> list[Any]:
        keys = list(uow.session.scalars(sa.select(model.id).order_by(model.id)))
        chosen = self.dice.sample(keys, min(count, len(keys)))
        return [uow.session.get_one(model, key) for key in chosen]

    def write(self, uow: UnitOfWork, model: type[Any], rows: list[Any]) -> None:
        column = self.dice.choice(TEXTS[model])
        text = f"{self.dice.randrange(10**6)}"
        wanted = [
            CellChange(row.id, column, cells.encode(getattr(row, column)), f"{text}-{at}")
            for at, row in enumerate(rows)
        ]
        records.apply_changes(uow, model, wanted)

    def edit(self, uow: UnitOfWork) -> None:
        model = self.dice.choice(WATCHED)
        self.write(uow, model, self.pick(uow, model))

    def paste(self, uow: UnitOfWork) -> None:
        if self.dice.random() < 0.3:
            lines = self.pick(uow, PoLineItem, 3)
            price = Decimal(self.dice.randrange(100, 9999)) / 100
            wanted = [
                CellChange(one.id, "unit_price", cells.encode(one.unit_price), price)
                for one in lines
            ]
            records.apply_changes(uow, PoLineItem, wanted)
            return
        model = self.dice.choice((Customer, Product))
        self.write(uow, model, self.pick(uow, model, 6))

    def create(self, uow: UnitOfWork) -> None:
        name = f"Made {self.dice.randrange(10**12)}"
        if self.dice.random() < 0.5:
            records.create_record(uow, Customer, {"display_name": name})
        else:
            [buyer] = self.pick(uow, Customer)
            values = {"customer_id": buyer.id, "subject": name, "happened_at": uow.now()}
            records.create_record(uow, Communication, values)

    def delete(self, uow: UnitOfWork) -> None:
        model = self.dice.choice((Customer, Communication, PurchaseOrder, PoLineItem))
        for record in self.pick(uow, model):
            records.delete_record(uow, record)

    def fill(self, uow: UnitOfWork) -> None:
        """One value into many cells, over what stands there."""
        lines = self.pick(uow, PoLineItem, 4)
        value = Decimal(self.dice.randrange(1, 20))
        wanted = [
            CellChange(one.id, "quantity", cells.encode(one.quantity), value) for one in lines
        ]
        records.apply_changes(uow, PoLineItem, wanted)

    def restore(self, uow: UnitOfWork) -> None:
        """Bring something back from the trash, whoever threw it away."""
        names = [str(model.__tablename__) for model in WATCHED]
        found, _more = trash.discarded(uow.session, names, uow.now())
        if found:
            trash.restore(uow, item_id=self.dice.choice(found[:10]).item_id)

    def order(self, uow: UnitOfWork) -> None:
        [buyer] = self.pick(uow, Customer)
        [product] = self.pick(uow, Product)
        line = OrderLine(Decimal(self.dice.randrange(1, 9)), product.id, unit_price=Decimal("4.35"))
        orders.create_order(uow, customer_id=buyer.id, lines=[line], po_date=given.DAY)

    def undo_all(self) -> list[str]:
        """Take back everything, the latest first; give what had to stay."""
        kept: list[str] = []
        for change in reversed(self.done):
            with self.uows.begin(actor=ANN, source="undo") as uow:
                result = history.undo_change_set(uow, change_set_id=change)
            kept += [f"{one.table}.{one.column}: {one.reason}" for one in result.conflicts]
        return kept


@pytest.fixture
def stocked(uows: UnitOfWorks) -> UnitOfWorks:
    """Some customers, products and orders to begin with."""
    buyers = [given.customer(uows, f"Customer {at}", notes="first") for at in range(12)]
    for at in range(8):
        given.product(uows, f"Product {at}", description="first")
    for buyer in buyers[:5]:
        given.order(uows, customer_id=buyer)
    return uows


def run(uows: UnitOfWorks, steps: int, seed: int) -> None:
    before = state(uows)
    shop = Shop(uows, seed)
    for _ in range(steps):
        shop.step()
    assert state(uows) != before
    assert len(shop.done) > steps / 2
    assert shop.undo_all() == []
    after = state(uows)
    assert set(after) == set(before)
    assert {key: after[key] for key in before if after[key] != before[key]} == {}


def test_hundreds_of_random_operations_of_two_people_undone_give_the_original(
    stocked: UnitOfWorks, database_url: str
) -> None:
    # Each step is some round trips; what differs between the databases shows in fewer of them.
    run(stocked, 400 if database_url.startswith("sqlite") else 120, seed=5)


@pytest.mark.bench
def test_ten_thousand_random_operations_undone_give_the_original(stocked: UnitOfWorks) -> None:
    run(stocked, 10_000, seed=7)


def test_undoing_all_of_one_person_never_touches_what_the_other_wrote_later(
    stocked: UnitOfWorks,
) -> None:
    with stocked.read() as session:
        keys = list(session.scalars(sa.select(Customer.id).order_by(Customer.id)))
    dice = random.Random(3)
    mine: list[UUID] = []
    last: dict[UUID, tuple[str, str | None]] = dict.fromkeys(keys, ("", "first"))
    theirs: dict[UUID, str | None] = dict.fromkeys(keys, "first")
    for at in range(200):
        actor, key = dice.choice((ANN, BOB)), dice.choice(keys)
        with stocked.begin(actor=actor, source="cell") as uow:
            seen = uow.session.get_one(Customer, key).notes
            records.apply_changes(uow, Customer, [CellChange(key, "notes", seen, f"{at}")])
            uow.session.flush()
            assert uow.change_set_id is not None
            if actor is ANN:
                mine.append(uow.change_set_id)
            else:
                theirs[key] = f"{at}"
            last[key] = (actor.name, f"{at}")
    reasons: list[str] = []
    for change in reversed(mine):
        with stocked.begin(actor=ANN, source="undo") as uow:
            result = history.undo_change_set(uow, change_set_id=change)
        for one in result.conflicts:
            reasons.append(one.reason)
            assert one.by == "Bob"
            assert one.current != one.wanted
    assert reasons
    assert set(reasons) == {"Bob changed it since."}
    with stocked.read() as session:
        for key in keys:
            if last[key][0] == "Bob":
                assert session.get_one(Customer, key).notes == last[key][1]
            assert session.get_one(Customer, key).notes in {theirs[key], last[key][1]}
