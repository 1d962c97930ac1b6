"""The match: what is proposed, what a person decides, and what is left of the other pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.domain.matching import MatchDecision, MatchKind, Party, likeness, propose
from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Conflict, NotFound, UserError
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.matching import MatchCandidate
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.services import customers, match_deciding, matching, runs
from batchly_admin.services.outbox import organization_id
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests.given import ANN

HERE = Party("h1", "Ann Smith", email="ann@shop.example", sku="S-1")


def kinds(found: Any) -> list[tuple[str | None, str | None, str]]:
    return [(one.ours, one.theirs, one.kind.value) for one in found]


# --- proposals -----------------------------------------------------------------------------------


def test_a_vendor_of_the_same_name_is_said_before_anything_fails() -> None:
    found = propose([HERE], [], {"ann smith": "vendor"})
    assert kinds(found) == [("h1", None, "name_taken")]
    assert "vendor" in found[0].reason


def test_two_records_with_one_e_mail_are_left_to_a_person() -> None:
    theirs = [Party("t1", "A", email="ann@shop.example"), Party("t2", "B", email=HERE.email)]
    found = propose([HERE], theirs, {})
    assert kinds(found) == [("h1", "t1", "several"), ("h1", "t2", "several")]


def test_two_of_ours_with_one_name_are_left_to_a_person() -> None:
    ours = [Party("h1", "Ann Smith"), Party("h2", "ann  smith")]
    found = propose(ours, [Party("t1", "Ann Smith")], {})
    assert kinds(found) == [("h1", "t1", "several"), ("h2", "t1", "several")]


def test_an_inactive_customer_is_not_recognised_by_an_e_mail() -> None:
    theirs = [Party("t1", "Somebody", email=HERE.email, is_active=False)]
    assert kinds(propose([HERE], theirs, {})) == [("h1", None, "only_here")]


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        (Party("t1", "ANN  smith"), "name"),
        (Party("t1", "Other", email="ANN@shop.example"), "email"),
        (Party("t1", "Other", sku="s-1"), "sku"),
        (Party("t1", "Ann Smyth"), "near"),
    ],
)
def test_a_pair_says_how_it_was_found(theirs: Party, kind: str) -> None:
    assert kinds(propose([HERE], [theirs], {})) == [("h1", "t1", kind)]


def test_a_name_goes_before_an_e_mail() -> None:
    theirs = [Party("t1", "Other", email=HERE.email), Party("t2", "Ann Smith")]
    assert kinds(propose([HERE], theirs, {})) == [("h1", "t2", "name"), (None, "t1", "only_there")]


def test_kinds_of_company_make_no_difference() -> None:
    assert likeness("Acme Printing, Inc.", "Printing Acme LLC") == 100


def test_strangers_are_not_offered() -> None:
    found = propose([HERE], [Party("t1", "Anchor Brewing")], {})
    assert kinds(found) == [("h1", None, "only_here"), (None, "t1", "only_there")]


# --- decisions -----------------------------------------------------------------------------------


@pytest.fixture
def connection_id(uows: UnitOfWorks) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        made = QbConnection(
            organization_id=organization_id(uow.session),
            company_id="1",
            realm_id="1",
            environment="simulator",
            base_url="http://127.0.0.1:9",
        )
        uow.session.add(made)
        uow.session.flush()
        return made.id


@pytest.fixture
def ann(uows: UnitOfWorks) -> UUID:
    with uows.begin(actor=ANN, source="form") as uow:
        return customers.create_customer(uow, {"display_name": "Ann Smith"}).id


def pair(
    uows: UnitOfWorks, connection_id: UUID, *, ours: UUID | None, theirs: str | None, kind: str
) -> UUID:
    name = f"Customer {theirs}"
    values = {"columns": {"display_name": name, "email": None}, "balance": "12.50"}
    with uows.begin(actor=ANN, source="form") as uow:
        made = MatchCandidate(
            connection_id=connection_id,
            entity_type="customer",
            entity_id=ours,
            qbo_id=theirs,
            label="Ann Smith" if ours else name,
            ours="Ann Smith" if ours else None,
            theirs=name if theirs else None,
            kind=kind,
            their_values=values if theirs else None,
            sync_token="3" if theirs else None,
        )
        uow.session.add(made)
        uow.session.flush()
        return made.id


def refused(
    uows: UnitOfWorks, act: Callable[[UnitOfWork, UUID], str], key: UUID, kind: type[UserError]
) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="form") as uow:
        act(uow, key)
    return caught.value.message


def do(uows: UnitOfWorks, act: Callable[[UnitOfWork, UUID], str], key: UUID) -> str:
    with uows.begin(actor=ANN, source="form") as uow:
        return act(uow, key)


def state(uows: UnitOfWorks) -> list[tuple[str, str | None, str]]:
    with uows.read() as session:
        rows = session.scalars(sa.select(MatchCandidate).order_by(MatchCandidate.id))
        return [(row.kind, row.qbo_id, row.decision) for row in rows]


def queue(uows: UnitOfWorks) -> list[str]:
    with uows.read() as session:
        return list(session.scalars(sa.select(SyncQueueRow.status)))


def test_a_second_tab_learns_what_was_decided(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    do(uows, match_deciding.link, key)
    words = refused(uows, match_deciding.skip, key, Conflict)
    assert words == "Decided already: Linked."


def test_a_name_that_a_vendor_has_is_not_created(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    pair(uows, connection_id, ours=ann, theirs=None, kind="name_taken")
    near = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    with uows.begin(actor=ANN, source="form") as uow:
        uow.session.scalars(
            sa.select(MatchCandidate).where(MatchCandidate.kind == MatchKind.NAME_TAKEN)
        ).one().reason = "A vendor has it."
    assert refused(uows, match_deciding.create_there, near, Conflict) == "A vendor has it."


def test_one_record_of_quickbooks_is_linked_once(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        bob = Customer(display_name="Bob", qb_customer_id="7")
        uow.session.add(bob)
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    words = refused(uows, match_deciding.link, key, Conflict)
    assert words == "Customer 7 is linked to Bob already."


def test_a_name_that_is_taken_here_is_not_created_here(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=None, theirs="7", kind="only_there")
    with uows.begin(actor=ANN, source="form") as uow:
        uow.session.get_one(Customer, ann).display_name = "customer 7"
    words = refused(uows, match_deciding.create_here, key, Conflict)
    assert words.startswith("There is Customer 7 here already")


def test_a_record_that_is_gone_is_said_to_be_gone(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=UUID(int=5), theirs="7", kind="near")
    assert refused(uows, match_deciding.link, key, NotFound).endswith("no longer exists here.")
    assert refused(uows, match_deciding.link, UUID(int=9), NotFound).startswith("This pair")


def test_what_has_one_side_only_is_not_linked(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs=None, kind="only_here")
    assert "nothing to be linked to" in refused(uows, match_deciding.link, key, Conflict)
    assert "in QuickBooks" in refused(uows, match_deciding.create_here, key, Conflict)


def test_linking_takes_the_waiting_creation_back(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    assert queue(uows) == [QueueStatus.PENDING]
    assert do(uows, match_deciding.link, key) == "Linked to Customer 7."
    with uows.read() as session:
        found = session.get_one(Customer, ann)
        assert (found.qb_customer_id, found.qb_sync_token, found.sync_state) == ("7", "3", "synced")
        assert str(found.balance) == "12.50"
    assert queue(uows) == [QueueStatus.CANCELLED]


def test_linking_leaves_of_the_other_pairs_what_is_undecided(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    pair(uows, connection_id, ours=ann, theirs="8", kind="near")
    do(uows, match_deciding.link, key)
    assert state(uows) == [("near", "7", "linked"), ("only_there", "8", "open")]


def test_skipping_ours_leaves_theirs_to_be_decided(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    do(uows, match_deciding.skip, key)
    assert state(uows) == [("near", None, "skipped"), ("only_there", "7", "open")]
    assert queue(uows) == [QueueStatus.CANCELLED]


def test_creating_theirs_here_leaves_ours_to_be_decided(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    do(uows, match_deciding.create_here, key)
    assert state(uows) == [("near", "7", "created_here"), ("only_here", None, "open")]
    with uows.read() as session:
        made = session.scalars(sa.select(Customer).where(Customer.qb_customer_id == "7")).one()
        assert (made.display_name, made.sync_state) == ("Customer 7", SyncState.SYNCED)


def test_what_was_skipped_is_decided_again(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs=None, kind="only_here")
    do(uows, match_deciding.skip, key)
    do(uows, match_deciding.reopen, key)
    assert do(uows, match_deciding.create_there, key) == "Waits to be created in QuickBooks."
    assert queue(uows) == [QueueStatus.CANCELLED, QueueStatus.PENDING]


def test_another_record_of_quickbooks_can_be_named(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs=None, kind="only_here")
    pair(uows, connection_id, ours=None, theirs="9", kind="only_there")
    with uows.begin(actor=ANN, source="form") as uow:
        assert match_deciding.link(uow, key, other="customer 9") == "Linked to Customer 9."
    assert state(uows) == [("only_here", "9", "linked")]


def test_reading_again_keeps_what_is_decided(
    uows: UnitOfWorks, connection_id: UUID, ann: UUID
) -> None:
    key = pair(uows, connection_id, ours=ann, theirs="7", kind="near")
    pair(uows, connection_id, ours=None, theirs="8", kind="only_there")
    do(uows, match_deciding.skip, key)
    fresh: dict[str, Any] = {"label": "x", "kind": "only_there", "decision": "open"}
    with uows.begin(actor=ANN, source="form") as uow:
        rows = [{**fresh, "entity_id": ann, "qbo_id": "8"}, {**fresh, "qbo_id": "9"}]
        assert matching.replace_open(uow, connection_id, "customer", rows) == 1
        assert matching.open_ours(uow.session, connection_id) == 0
    assert state(uows) == [("near", None, "skipped"), ("only_there", "9", "open")]


def test_a_hundred_are_linked_in_one_run(uows: UnitOfWorks, connection_id: UUID) -> None:
    keys = []
    for number in range(20):
        with uows.begin(actor=ANN, source="form") as uow:
            made = customers.create_customer(uow, {"display_name": f"C{number}"}).id
        theirs = str(number)
        keys.append(pair(uows, connection_id, ours=made, theirs=theirs, kind="name"))
    with uows.begin(actor=ANN, source="grid") as uow:
        run = runs.start_run(
            uow,
            table="match_candidates",
            action="link",
            label="Link",
            targets=[(key, "x") for key in keys],
        )
        run_id = run.id
    assert runs.work_slice(uows, run_id, seconds=30)
    assert {decision for _, _, decision in state(uows)} == {MatchDecision.LINKED.value}


def test_an_item_of_theirs_becomes_a_product(uows: UnitOfWorks, connection_id: UUID) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        made = MatchCandidate(
            connection_id=connection_id,
            entity_type="item",
            qbo_id="4",
            label="Flyer",
            theirs="Flyer",
            kind="only_there",
            their_values={"columns": {"name": "Flyer", "sku": "F1", "unit_price": "0.1250"}},
        )
        uow.session.add(made)
        uow.session.flush()
        match_deciding.create_here(uow, made.id)
    with uows.read() as session:
        found = session.scalars(sa.select(Product)).one()
        assert (found.name, found.sku, str(found.unit_price)) == ("Flyer", "F1", "0.1250")
        assert found.qb_item_id == "4"


def test_what_was_left_out_is_known(uows: UnitOfWorks, connection_id: UUID) -> None:
    key = pair(uows, connection_id, ours=None, theirs="7", kind="only_there")
    do(uows, match_deciding.skip, key)
    with uows.read() as session:
        assert matching.is_left_out(session, "customer", "7")
        assert not matching.is_left_out(session, "customer", "8")
        assert not matching.is_left_out(session, "item", "7")
