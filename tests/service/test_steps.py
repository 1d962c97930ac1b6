"""A person's own steps: newest first, in one table, and what may not be taken back is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
import sqlalchemy as sa

from batchly_admin.clock import ManualClock
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.ids import first_id, new_id
from batchly_admin.models.changes import ChangeItem, ChangeSet, Run
from batchly_admin.models.customers import Communication, Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import history, presence, records, runs, steps, trash, users, versions
from batchly_admin.services.presence import Place
from batchly_admin.services.unit_of_work import Actor, UnitOfWorks
from tests import given


@pytest.fixture
def people(uows: UnitOfWorks) -> tuple[Actor, Actor]:
    """Two people with log-ins."""
    made = []
    for name in ("Ann", "Bob"):
        with uows.begin(actor=given.ANN, source="cli") as uow:
            user = users.create_user(
                uow,
                email=f"{name}@shop.example".lower(),
                name=name,
                role="admin",
                password="a long enough password 7",
            )
            made.append(Actor(name, user.id, frozenset({"admin"})))
    return made[0], made[1]


def edit(uows: UnitOfWorks, actor: Actor, key: UUID, **values: Any) -> UUID:
    with uows.begin(actor=actor, source="cell") as uow:
        records.update_record(uow, uow.session.get_one(Customer, key), values)
        uow.session.flush()
        assert uow.change_set_id is not None
        return uow.change_set_id


def delete(uows: UnitOfWorks, actor: Actor, model: Any, key: UUID) -> None:
    with uows.begin(actor=actor, source="form") as uow:
        records.delete_record(uow, uow.session.get_one(model, key))


def undo(uows: UnitOfWorks, actor: Actor, change: UUID) -> UUID | None:
    with uows.begin(actor=actor, source="undo") as uow:
        history.undo_change_set(uow, change_set_id=change)
        return uow.change_set_id


def next_undo(uows: UnitOfWorks, actor: Actor, **more: Any) -> UUID | None:
    with uows.read() as session:
        assert actor.user_id is not None
        found = steps.next_undo(session, actor.user_id, **more)
        return found.change_set_id if found else None


def next_redo(uows: UnitOfWorks, actor: Actor, **more: Any) -> UUID | None:
    with uows.read() as session:
        assert actor.user_id is not None
        found = steps.next_redo(session, actor.user_id, **more)
        return found.change_set_id if found else None


def test_each_person_has_a_stack_of_their_own(uows: UnitOfWorks, people: Any) -> None:
    ann, bob = people
    key = given.customer(uows, "Acme", phone="1")
    first = edit(uows, ann, key, phone="2")
    second = edit(uows, ann, key, notes="x")
    theirs = edit(uows, bob, key, fax="3")
    assert next_undo(uows, ann) == second
    assert next_undo(uows, bob) == theirs
    undo(uows, ann, second)
    assert next_undo(uows, ann) == first
    assert next_undo(uows, ann, table="products") is None
    assert next_undo(uows, ann, before=first) is None


def test_redo_is_the_undo_of_the_undo_until_something_else_is_done(
    uows: UnitOfWorks, people: Any
) -> None:
    ann, _bob = people
    key = given.customer(uows, "Acme", phone="1")
    first = edit(uows, ann, key, phone="2")
    second = edit(uows, ann, key, phone="3")
    undone_second = undo(uows, ann, second)
    undone_first = undo(uows, ann, first)
    assert next_redo(uows, ann) == undone_first
    assert undone_first is not None
    undo(uows, ann, undone_first)
    assert next_redo(uows, ann, table="customers") == undone_second
    assert next_undo(uows, ann) == first
    edit(uows, ann, key, notes="else")
    assert next_redo(uows, ann) is None


def test_what_is_final_is_no_step(uows: UnitOfWorks, people: Any) -> None:
    ann, _bob = people
    made = given.issued_invoice(uows)
    with uows.read() as session:
        assert steps.next_undo(session, ann.user_id) is None
        item = session.scalars(
            sa.select(ChangeItem).where(
                ChangeItem.row_id == made, ChangeItem.column_name == "issued_at"
            )
        ).one()
    with uows.begin(actor=ann, source="cli") as uow:
        found = uow.session.get_one(ChangeSet, item.change_set_id)
        found.user_id = ann.user_id
    assert next_undo(uows, ann) is None


def test_a_bulk_run_is_one_step(uows: UnitOfWorks, people: Any) -> None:
    ann, _bob = people
    keys = [given.customer(uows) for _ in range(3)]
    with uows.begin(actor=ann, source="grid") as uow:
        run = runs.start_run(
            uow,
            table="customers",
            action="delete",
            label="Delete",
            targets=[(key, "c") for key in keys],
            params={},
        ).id
    runs.work_slice(uows, run, seconds=30)
    with uows.read() as session:
        step = steps.next_undo(session, ann.user_id, table="customers")
    assert step is not None
    assert (step.kind, step.run_id) == ("run", run)
    with uows.begin(actor=ann, source="undo") as uow:
        back = runs.undo_run(uow, uow.session.get_one(Run, run)).id
    runs.work_slice(uows, back, seconds=30)
    assert next_undo(uows, ann) is None
    with uows.read() as session:
        assert {one.id for one in session.scalars(sa.select(Customer))} >= set(keys)


def test_what_was_done_is_told_in_words(uows: UnitOfWorks, people: Any) -> None:
    ann, _bob = people
    key = given.customer(uows, "Acme")
    change = edit(uows, ann, key, phone="2", fax="3")
    with uows.read() as session:
        labels = {"customers": ("customer", "customers")}
        assert steps.account(session, change, labels) == ("2 cells changed", "customers", key)


def test_a_deleted_order_comes_back_from_the_trash_with_its_lines(
    uows: UnitOfWorks, people: Any, clock: ManualClock
) -> None:
    ann, _bob = people
    key = given.order(uows)
    with uows.read() as session:
        before = session.get_one(PurchaseOrder, key).total_amount
    delete(uows, ann, PurchaseOrder, key)
    with uows.read() as session:
        [found], more = trash.discarded(session, ["purchase_orders", "po_line_items"], clock.now())
    assert (found.table, found.row_id, found.by, found.parts, more) == (
        "purchase_orders",
        key,
        "Ann",
        (("order lines", 2),),
        None,
    )
    with uows.begin(actor=ann, source="restore") as uow:
        result = trash.restore(uow, item_id=found.item_id)
    assert result.conflicts == []
    with uows.read() as session:
        assert session.get_one(PurchaseOrder, key).total_amount == before
        lines = sa.select(sa.func.count()).where(PoLineItem.po_id == key)
        assert session.scalar(lines) == 2
        assert trash.discarded(session, ["purchase_orders"], clock.now()) == ([], None)
    with pytest.raises(Conflict), uows.begin(actor=ann, source="restore") as uow:
        trash.restore(uow, item_id=found.item_id)


def test_one_of_two_deleted_together_comes_back_alone(
    uows: UnitOfWorks, people: Any, clock: ManualClock
) -> None:
    ann, _bob = people
    keys = [given.customer(uows, name) for name in ("One", "Two")]
    with uows.begin(actor=ann, source="form") as uow:
        for key in keys:
            records.delete_record(uow, uow.session.get_one(Customer, key))
    with uows.read() as session:
        found, _ = trash.discarded(session, ["customers"], clock.now())
    assert sorted(one.label for one in found) == ["One", "Two"]
    with uows.begin(actor=ann, source="restore") as uow:
        trash.restore(uow, item_id=next(one.item_id for one in found if one.label == "One"))
    with uows.read() as session:
        assert session.get(Customer, keys[0]) is not None
        [left], _ = trash.discarded(session, ["customers"], clock.now())
    assert left.label == "Two"


def test_after_90_days_the_contents_are_forgotten_and_the_deletion_is_not(
    uows: UnitOfWorks, people: Any, clock: ManualClock
) -> None:
    ann, _bob = people
    key = given.customer(uows, "Old", notes="secret")
    delete(uows, ann, Customer, key)
    with uows.read() as session:
        [found], _ = trash.discarded(session, ["customers"], clock.now())
    with uows.begin(actor=ann, source="task") as uow:
        assert trash.purge(uow) == 0
    clock.advance(timedelta(days=91))
    with uows.begin(actor=ann, source="task") as uow:
        assert trash.purge(uow) == 1
        assert trash.purge(uow) == 0
    with uows.read() as session:
        item = session.get_one(ChangeItem, found.item_id)
        assert item.old_value == {"purged": True, "display_name": "Old"}
        assert trash.discarded(session, ["customers"], clock.now()) == ([], None)
    with pytest.raises(Conflict, match="90 days"), uows.begin(actor=ann, source="restore") as uow:
        trash.restore(uow, item_id=found.item_id)
    result = None
    with uows.begin(actor=ann, source="undo") as uow:
        result = history.undo_change_set(uow, change_set_id=found.change_set_id)
    assert (result.undone, len(result.conflicts)) == (0, 1)


def test_nothing_unknown_is_restored(uows: UnitOfWorks) -> None:
    with pytest.raises(NotFound), uows.begin(actor=given.ANN, source="restore") as uow:
        trash.restore(uow, item_id=new_id())


def test_an_older_version_gives_the_values_of_then(uows: UnitOfWorks, people: Any) -> None:
    ann, bob = people
    key = given.customer(uows, "Acme", phone="1", notes="a")
    edit(uows, ann, key, phone="2")
    second = edit(uows, bob, key, phone="3", notes="b")
    third = edit(uows, ann, key, phone="4")

    def then(change: UUID, column: str | None = None) -> dict[str, Any]:
        with uows.read() as session:
            return versions.values_then(
                session, table="customers", record_id=key, change_set_id=change, column=column
            )

    assert then(second) == {"phone": "3"}
    assert then(second, "phone") == {"phone": "2"}
    assert then(second, "notes") == {"notes": "a"}
    assert then(third) == {}
    with uows.read() as session:
        made = session.scalars(
            sa.select(ChangeItem).where(ChangeItem.row_id == key, ChangeItem.operation == "insert")
        ).one()
    assert then(made.change_set_id) == {"phone": "1", "notes": "a"}
    with pytest.raises(NotFound):
        then(new_id())


def test_presence_counts_for_some_seconds_and_one_place_a_person(
    redis_url: str, clock: ManualClock
) -> None:
    ann, bob, row = new_id(), new_id(), new_id()
    client = redis.Redis.from_url(redis_url)
    names = {ann: "Ann", bob: "Bob"}

    def beat(who: UUID, tab: str, place: Place) -> list[tuple[str, UUID | None, str | None]]:
        found = presence.beat(
            client, clock.now(), user_id=who, name=names[who], tab=tab, place=place
        )
        return [(one.name, one.row_id, one.column) for one in found]

    assert beat(ann, "a", Place("customers", row, "phone")) == []
    assert beat(bob, "b", Place("orders", None, None)) == []
    assert beat(bob, "", Place("customers", None, None)) == [("Ann", row, "phone")]
    clock.advance(timedelta(seconds=1))
    beat(ann, "another", Place("customers", row, "notes"))
    assert beat(bob, "", Place("customers", None, None)) == [("Ann", row, "notes")]
    clock.advance(timedelta(seconds=16))
    assert beat(bob, "b", Place("customers", None, None)) == []
    assert beat(ann, "a", Place("customers", None, None)) == [("Bob", None, None)]
    assert client.hlen("batchly:here:customers") == 2
    assert 0 < int(str(client.ttl("batchly:here:customers"))) <= 120
    client.close()


def test_without_redis_nobody_is_seen_and_nothing_fails(clock: ManualClock) -> None:
    place = Place("customers", None, None)
    gone = redis.Redis(port=1, socket_connect_timeout=0.2)
    for client in (None, gone):
        assert (
            presence.beat(client, clock.now(), user_id=new_id(), name="A", tab="a", place=place)
            == []
        )


def test_ids_of_a_moment_ago_are_larger_than_its_first() -> None:
    assert first_id(5) < new_id()
    assert first_id(0) > first_id(60)


def test_a_conflict_of_an_undo_tells_both_values(uows: UnitOfWorks, people: Any) -> None:
    ann, bob = people
    key = given.customer(uows, "Acme", notes="a")
    change = edit(uows, ann, key, notes="b")
    edit(uows, bob, key, notes="c")
    with uows.begin(actor=ann, source="undo") as uow:
        [kept] = history.undo_change_set(uow, change_set_id=change).conflicts
    assert (kept.current, kept.wanted, kept.by) == ("c", "a", "Bob")


def test_a_communication_of_a_deleted_customer_goes_and_comes_with_it(
    uows: UnitOfWorks, people: Any, clock: ManualClock
) -> None:
    ann, _bob = people
    key = given.customer(uows, "Acme")
    with uows.begin(actor=ann, source="form") as uow:
        values = {"customer_id": key, "subject": "Call", "happened_at": uow.now()}
        records.create_record(uow, Communication, values)
    delete(uows, ann, Customer, key)
    with uows.read() as session:
        found, _ = trash.discarded(session, ["customers", "communications"], clock.now())
    [root] = [one for one in found if one.table == "customers"]
    with uows.begin(actor=ann, source="restore") as uow:
        assert trash.restore(uow, item_id=root.item_id).conflicts == []
    with uows.read() as session:
        assert session.scalars(sa.select(Communication.customer_id)).one() == key
