"""Read what events name, apply what it is now, and say what became of each event.

Events are claimed under a lease and grouped by record, so ten changes of one invoice are one
reading, and up to a hundred records of a type are one call. A record that is not there any more is
asked for once more by itself before it counts as gone, unless an event says that it was deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin import logs
from batchly_admin.domain.statuses import WebhookState
from batchly_admin.errors import BatchlyError, Rejected, SyncError, Throttled
from batchly_admin.models.sync import QbSyncStatus, WebhookEvent
from batchly_admin.qbo import crash, pull
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.pull import PullResult, linked
from batchly_admin.qbo.pull.following import FOLLOWED, Followed
from batchly_admin.qbo.webhooks import storing
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

CLAIM_SIZE = 500
APPLY_AT_ONCE = 25
LEASE = timedelta(minutes=5)
WAITS = (timedelta(seconds=30), timedelta(minutes=2))
"""Before the second and the third try; there is no fourth."""

LONGEST_WAIT = timedelta(minutes=5)
SYNC_TYPE = "webhooks"
OBJECT_GONE = "610"
GONE_WITHOUT_READING = frozenset({"deleted"})

_log = logs.logger(__name__)


@dataclass(slots=True)
class Group:
    """All that was told of one record."""

    followed: Followed
    qbo_id: str
    events: list[WebhookEvent] = field(default_factory=list)
    merged_into: str | None = None

    @property
    def last_told(self) -> datetime:
        """The moment of the latest event."""
        return max(event.happened_at for event in self.events)

    @property
    def was_told_gone(self) -> bool:
        """Whether an event says that the record is no more."""
        return self.merged_into is not None or any(
            event.operation in GONE_WITHOUT_READING for event in self.events
        )


Ended = tuple[WebhookState, str | None]
_WEIGHT = {WebhookState.KNOWN: 0, WebhookState.APPLIED: 1, WebhookState.FAILED: 2}


class Reading:
    """One round: claim, read, apply, note."""

    def __init__(self, uows: UnitOfWorks, client: Client) -> None:
        self._uows = uows
        self._client = client
        self._ended: dict[UUID, Ended] = {}
        self.result = PullResult(SYNC_TYPE)

    def run(self) -> bool:
        """Work on what waits; tell whether there was anything.

        Raises:
            SyncError: QuickBooks could not be read; what was claimed waits again and loses no try.
        """
        events = self._claim()
        if not events:
            return False
        crash.point("webhook.after_claim")
        try:
            for followed, groups in self._by_type(events).items():
                self._work(FOLLOWED[followed], groups)
        except SyncError as error:
            self._give_back(events, error)
            raise
        with self._uows.begin(actor=SYSTEM, source="pull") as uow:
            storing.prune(uow.session, uow.now())
            self._note(uow, None)
        return True

    def _claim(self) -> list[WebhookEvent]:
        with self._uows.sessions.begin() as session:
            now = self._uows.clock.now()
            events = list(
                session.scalars(
                    sa.select(WebhookEvent)
                    .where(storing.due(now))
                    .order_by(WebhookEvent.created_at, WebhookEvent.id)
                    .limit(CLAIM_SIZE)
                    .with_for_update(skip_locked=True)
                )
            )
            for event in events:
                event.attempts += 1
                event.next_attempt_at = now + LEASE
            session.flush()
            session.expunge_all()
        return events

    def _by_type(self, events: Iterable[WebhookEvent]) -> dict[str, dict[str, Group]]:
        found: dict[str, dict[str, Group]] = defaultdict(dict)
        for event in events:
            groups, followed = found[event.entity_type], FOLLOWED[event.entity_type]
            kept = groups.setdefault(event.qbo_id, Group(followed, event.qbo_id))
            kept.events.append(event)
            if event.operation == "merged" and event.gone_id and event.gone_id != event.qbo_id:
                gone = groups.setdefault(event.gone_id, Group(followed, event.gone_id))
                gone.events.append(event)
                gone.merged_into = event.qbo_id
        return found

    def _work(self, followed: Followed, groups: Mapping[str, Group]) -> None:
        bodies, refused = self._read(followed, list(groups))
        ready: list[tuple[Group, Mapping[str, Any]]] = []
        for qbo_id, group in groups.items():
            body: Mapping[str, Any] | None = bodies.get(qbo_id)
            if body is None and qbo_id not in refused:
                try:
                    body = self._confirm(group)
                except Rejected as error:
                    refused[qbo_id] = error.message
            if body is not None:
                ready.append((group, body))
        crash.point("webhook.after_read")
        self._refuse([groups[qbo_id] for qbo_id in refused], refused)
        for start in range(0, len(ready), APPLY_AT_ONCE):
            self._apply(ready[start : start + APPLY_AT_ONCE])

    def _read(
        self, followed: Followed, wanted: list[str]
    ) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Give the records by id, and those QuickBooks will not speak of; others are not there."""
        try:
            return linked.find(self._client, followed.entity, wanted, followed.where), {}
        except Rejected as error:
            if len(wanted) == 1:
                return {}, {wanted[0]: error.message}
        # One of them spoils the question: each half is asked by itself.
        half = len(wanted) // 2
        left, right = self._read(followed, wanted[:half]), self._read(followed, wanted[half:])
        return left[0] | right[0], left[1] | right[1]

    def _confirm(self, group: Group) -> Mapping[str, Any]:
        """Give the record no query found, or what stands for its deletion."""
        if not group.was_told_gone:
            try:
                return self._client.read(group.followed.entity, group.qbo_id)
            except Rejected as error:
                if error.fault_code != OBJECT_GONE:
                    raise
        return linked.deleted(
            group.qbo_id, group.last_told.isoformat(), merged_into=group.merged_into
        )

    def _apply(self, ready: list[tuple[Group, Mapping[str, Any]]]) -> None:
        summary = "News from QuickBooks"
        with self._uows.begin(actor=SYSTEM, source="pull", summary=summary) as uow:
            for group, body in ready:
                self._end(uow, group, self._apply_one(uow, group, body))
            crash.point("webhook.before_commit")
        crash.point("webhook.after_commit")

    def _apply_one(self, uow: UnitOfWork, group: Group, body: Mapping[str, Any]) -> Ended:
        self.result.seen += 1
        try:
            with savepoint(uow):
                if any(event.operation == "merged" and not event.gone_id for event in group.events):
                    _read_all_next_time(uow, group.followed.pull)
                if group.followed.is_known(uow.session, body):
                    return WebhookState.KNOWN, None
                group.followed.apply(uow, body, self.result)
        except BatchlyError as error:
            return WebhookState.FAILED, error.message
        except Exception as error:  # noqa: BLE001 - one bad event never blocks the others
            _log.exception("News of %s %s failed.", group.followed.entity, group.qbo_id)
            return WebhookState.FAILED, f"Internal error: {type(error).__name__}."
        return WebhookState.APPLIED, None

    def _refuse(self, groups: list[Group], words: Mapping[str, str]) -> None:
        if groups:
            with self._uows.begin(actor=SYSTEM, source="pull") as uow:
                for group in groups:
                    self._end(uow, group, (WebhookState.FAILED, words[group.qbo_id]))

    def _end(self, uow: UnitOfWork, group: Group, ended: Ended) -> None:
        for event in group.events:
            # A merge speaks of two records: what matters more of the two is kept.
            before = self._ended.get(event.id, ended)
            self._ended[event.id] = max(before, ended, key=lambda one: _WEIGHT[one[0]])
            _write(uow, event, self._ended[event.id])

    def _give_back(self, events: list[WebhookEvent], error: SyncError) -> None:
        wait = timedelta(seconds=60)
        if isinstance(error, Throttled):
            wait = min(timedelta(seconds=error.retry_after), LONGEST_WAIT)
        left = [event.id for event in events if event.id not in self._ended]
        with self._uows.begin(actor=SYSTEM, source="pull") as uow:
            uow.session.execute(
                sa.update(WebhookEvent)
                .where(WebhookEvent.id.in_(left))
                .values(
                    attempts=WebhookEvent.attempts - 1,
                    next_attempt_at=uow.now() + wait,
                    error_message=error.message[:1000],
                )
                .execution_options(synchronize_session=False)
            )
            self._note(uow, error.message)

    def _note(self, uow: UnitOfWork, words: str | None) -> None:
        """Write down how reading went, beside the pulls."""
        row = pull.status_row(uow, SYNC_TYPE)
        if row is None:
            return
        failed = [words for state, words in self._ended.values() if state == WebhookState.FAILED]
        _set_status(row, uow.now(), words or (failed[-1] if failed else None))
        row.records_synced = self.result.changed


def _set_status(row: QbSyncStatus, now: datetime, words: str | None) -> None:
    row.last_sync_at = now
    row.sync_status = "error" if words else "success"
    row.error_message = words[:1000] if words else None
    if not words:
        row.last_success_at = now


def _write(uow: UnitOfWork, event: WebhookEvent, ended: Ended) -> None:
    state, words = ended
    values: dict[str, Any] = {"state": state.value, "error_message": None, "handled_at": uow.now()}
    if state == WebhookState.FAILED:
        values["error_message"] = (words or "")[:1000]
        if event.attempts <= len(WAITS):
            wait = WAITS[event.attempts - 1]
            values |= {
                "state": WebhookState.WAITING.value,
                "handled_at": None,
                "next_attempt_at": uow.now() + wait,
            }
    uow.session.execute(
        sa.update(WebhookEvent)
        .where(WebhookEvent.id == event.id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _read_all_next_time(uow: UnitOfWork, sync_type: str) -> None:
    """Forget a cursor: a full read finds who vanished in a merge that did not say so."""
    row = pull.status_row(uow, sync_type)
    if row is not None:
        row.last_sync_token = None
