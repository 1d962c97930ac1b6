"""What a person may do about a stuck row, on both databases and without QuickBooks."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncBatch, SyncDifference, SyncQueueRow
from batchly_admin.qbo.error_table import ALL, rule_of
from batchly_admin.services import outbox, pausing, repairing, resending, runs
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN


def failed(uows: UnitOfWorks, *, error_class: str = "rejected", code: str = "2210") -> UUID:
    """A row of a customer that QuickBooks refused."""
    customer_id = given.customer(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        row = outbox.enqueue(uow, uow.session.get(Customer, customer_id))
        row.status, row.error_class, row.error_code = "failed", error_class, code
        row.error_message = "QuickBooks does not accept it."
        row.last_attempt_at = uow.now()
        return row.id


def row(uows: UnitOfWorks, row_id: UUID) -> SyncQueueRow:
    with uows.read() as session:
        return session.get_one(SyncQueueRow, row_id)


def test_what_is_gone_or_done_cannot_be_marked(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="sync") as uow, pytest.raises(NotFound):
        repairing.mark_done(uow, new_id(), "By hand")
    row_id = failed(uows)
    with uows.begin(actor=ANN, source="sync") as uow:
        repairing.mark_done(uow, row_id, "Typed in by hand")
    with uows.begin(actor=ANN, source="sync") as uow, pytest.raises(Conflict):
        repairing.mark_done(uow, row_id, "Again")


def test_what_is_being_sent_cannot_be_marked(uows: UnitOfWorks) -> None:
    row_id = failed(uows)
    with uows.begin(actor=ANN, source="sync") as uow:
        uow.session.get_one(SyncQueueRow, row_id).status = "processing"
    with uows.begin(actor=ANN, source="sync") as uow, pytest.raises(Conflict, match="just now"):
        repairing.mark_done(uow, row_id, "By hand")


def test_a_note_is_needed_and_stays_with_the_row(uows: UnitOfWorks) -> None:
    row_id = failed(uows)
    with uows.begin(actor=ANN, source="sync") as uow, pytest.raises(InvalidInput):
        repairing.mark_done(uow, row_id, "   ")
    with uows.begin(actor=ANN, source="sync") as uow:
        repairing.mark_done(uow, row_id, "Typed in by hand")

    found = row(uows, row_id)
    assert (found.status, found.phase) == ("completed", "by_hand")
    assert found.resolved_note == "Typed in by hand"
    with uows.read() as session:
        customer = session.get_one(Customer, found.entity_id)
    assert customer.sync_state == "warning", "there is no id that proves it"


def test_a_type_is_held_back_once_and_with_a_reason(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="sync") as uow:
        with pytest.raises(InvalidInput):
            pausing.pause(uow, "customer", " ")
        with pytest.raises(Conflict):
            pausing.resume(uow, "customer")
        pausing.pause(uow, "customer", "Tidying up")
        with pytest.raises(Conflict, match="Ann"):
            pausing.pause(uow, "customer", "Again")


def test_the_same_cause_goes_again_as_one_batch(uows: UnitOfWorks) -> None:
    alike = [failed(uows) for _ in range(3)]
    other = failed(uows, code="2050")
    with uows.begin(actor=ANN, source="sync") as uow:
        batch = resending.retry_like(uow, alike[0])
        assert batch.total == 3
    assert {row(uows, key).status for key in alike} == {"pending"}
    assert row(uows, other).status == "failed"
    with uows.begin(actor=ANN, source="sync") as uow, pytest.raises(Conflict):
        resending.retry_like(uow, alike[0])


def test_nothing_changed_is_known_and_a_change_of_the_record_counts(uows: UnitOfWorks) -> None:
    row_id = failed(uows)
    with uows.read() as session:
        assert resending.is_unchanged(session, session.get_one(SyncQueueRow, row_id))
    uows.clock.sleep(1)
    with uows.begin(actor=ANN, source="form") as uow:
        uow.session.get_one(Customer, row(uows, row_id).entity_id).phone = "555"
    with uows.read() as session:
        assert not resending.is_unchanged(session, session.get_one(SyncQueueRow, row_id))


def test_a_bulk_retry_of_a_grid_is_one_batch(uows: UnitOfWorks) -> None:
    rows = [failed(uows) for _ in range(3)]
    with uows.begin(actor=ANN, source="grid") as uow:
        run_id = runs.start_run(
            uow,
            table="sync_queue",
            action="retry",
            label="Retry",
            targets=[(key, "row") for key in rows],
        ).id
    assert runs.work_slice(uows, run_id, seconds=60)

    with uows.read() as session:
        (batch,) = session.scalars(sa.select(SyncBatch))
    assert (batch.id, batch.total, batch.done) == (run_id, 3, 0)
    assert batch.finished_at is None


def test_a_difference_is_reviewed_once_and_with_a_note(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="sync") as uow:
        found = SyncDifference(entity_type="invoice", kind="mismatch", field="total")
        uow.session.add(found)
        uow.session.flush()
        with pytest.raises(InvalidInput):
            repairing.review(uow, found.id, "")
        repairing.review(uow, found.id, "The accountant rounded")
        assert (found.state, found.note) == ("ignored", "The accountant rounded")
        with pytest.raises(Conflict):
            repairing.review(uow, found.id, "Again")


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_every_cause_says_what_happens_and_what_to_do(rule: object) -> None:
    assert rule.words.endswith(".")  # type: ignore[attr-defined]
    assert rule.hint.endswith(".")  # type: ignore[attr-defined]
    assert rule.by_itself.endswith(".")  # type: ignore[attr-defined]


def test_a_stored_cause_finds_its_row_of_the_table() -> None:
    assert rule_of("duplicate", "6140").name == "number_exists"
    assert rule_of("duplicate", "6210").name == "number_exists"
    assert rule_of("rejected", "6210").name == "period_closed"
    assert rule_of("rejected", "check").name == "check"
    assert rule_of("paused", None).name == "paused"
    assert rule_of("missing", None).name == "missing"
    assert rule_of(None, None).name == "internal"
