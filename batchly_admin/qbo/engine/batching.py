"""Many documents in one call, where that is faster than one by one.

A batch is one call to Intuit's limits, whatever it carries, and each of its items succeeds or
fails for itself. Its request id belongs to all of it: after a lost answer the same rows go out
again under the same id, and QuickBooks gives the first answer again. So the id is written into
every row before the call leaves, and a row that stands under one is never sent in any other way
before that batch was heard of.
https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/batch
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from batchly_admin.errors import AlreadyThere, SyncError, Transient
from batchly_admin.ids import new_id
from batchly_admin.qbo import crash, errors
from batchly_admin.qbo.engine import queue
from batchly_admin.qbo.engine.failing import put_off
from batchly_admin.qbo.engine.recording import Answer, Done, note_attempt
from batchly_admin.qbo.engine.work import REPLAY_LIVES, Outcome, RowWork
from batchly_admin.qbo.push import Pusher, Sending
from batchly_admin.qbo.push.base import CREATE
from batchly_admin.qbo.session import OWN_PACE, Call, mask
from batchly_admin.services.unit_of_work import SYSTEM

FROM = 20
"""How many rows make a batch worth its turn."""

MOST = 25
SOON = 1.5
"""Seconds for which the turn of a batch is worth waiting for."""

LENGTH_OF_ID = 10


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows that are worked on together: one by itself, or several under the id of a batch."""

    claims: tuple[queue.Claim, ...]
    group_id: str | None = None
    is_again: bool = False
    """Whether the batch has left before and was never heard of."""


@dataclass(frozen=True, slots=True)
class _Ready:
    claim: queue.Claim
    pusher: Pusher
    sending: Sending


def portions(claims: Sequence[queue.Claim], now: datetime) -> list[Portion]:
    """Give the rows in the order they go, those of an unheard batch together again."""
    again = [one for one in claims if _is_unheard(one, now)]
    fresh = [one for one in claims if one.operation == CREATE and one.sent_at is None]
    found: list[Portion] = []
    if len(fresh) >= FROM:
        for start in range(0, len(fresh), MOST):
            part = tuple(fresh[start : start + MOST])
            found.append(Portion(part, _new_group() if len(part) > 1 else None))
    else:
        found.extend(Portion((one,)) for one in fresh)
    by_group = groupby(sorted(again, key=_group_of), key=_group_of)
    repeated = [Portion(tuple(part), group, is_again=True) for group, part in by_group]
    taken = {one.id for one in (*again, *fresh)}
    singles = [Portion((one,)) for one in claims if one.id not in taken]
    return [*repeated, *_in_order([*found, *singles], claims)]


def _in_order(found: list[Portion], claims: Sequence[queue.Claim]) -> list[Portion]:
    place = {one.id: index for index, one in enumerate(claims)}
    return sorted(found, key=lambda portion: place[portion.claims[0].id])


def _is_unheard(claim: queue.Claim, now: datetime) -> bool:
    sent = claim.sent_at
    return bool(claim.group_id) and sent is not None and now - sent <= REPLAY_LIVES


def _group_of(claim: queue.Claim) -> str:
    return claim.group_id or ""


def _new_group() -> str:
    return f"b{new_id().hex}"


class BatchWork(RowWork):
    """Works on one row, or on a portion of them in one call."""

    def run_portion(self, portion: Portion) -> Iterator[tuple[queue.Claim, Outcome]]:
        """Work on the rows to their ends; give each with its outcome.

        It ends early when QuickBooks cannot be called; the rows not given were not begun.
        """
        group_id = portion.group_id
        if group_id is None or not self._client.session.take_batch_turn(self._patience(portion)):
            if portion.is_again:
                yield portion.claims[0], Outcome.PAUSED
                return
            yield from self._run_singly(portion.claims)
            return
        yield from self._run_together(portion.claims, group_id)

    def _patience(self, portion: Portion) -> float:
        """Where single calls would get further they are made; an unheard batch has no choice."""
        return self._client.session.patience if portion.is_again else SOON

    def _run_singly(self, claims: Iterable[queue.Claim]) -> Iterator[tuple[queue.Claim, Outcome]]:
        for claim in claims:
            outcome = self.run(claim)
            yield claim, outcome
            if outcome in {Outcome.PAUSED, Outcome.STOPPED}:
                return

    def _run_together(
        self, claims: Iterable[queue.Claim], group_id: str
    ) -> Iterator[tuple[queue.Claim, Outcome]]:
        started = self._uows.clock.now()
        self._client.session.take_calls()
        ready: list[_Ready] = []
        for claim in claims:
            found = self._guarded(claim, started, partial(self._make, claim, group_id))
            if isinstance(found, _Ready):
                ready.append(found)
            else:
                yield claim, found
        if ready:
            yield from self._send_together(ready, group_id, started)

    def _make(self, claim: queue.Claim, group_id: str) -> _Ready | Outcome:
        """Check a row and build its call; what cannot go in a batch is done by itself at once."""
        pusher = self._pusher(claim)
        sending = self._prepare(claim, pusher, self._learn(pusher), group_id=group_id)
        if isinstance(sending, Outcome):
            return sending
        if self._goes_in_batch(claim, sending):
            return _Ready(claim, pusher, sending)
        answer = self._send(claim, pusher, sending)
        return self._record(Done(claim, pusher, sending, answer, self._uows.clock.now()))

    def _send_together(
        self, ready: list[_Ready], group_id: str, started: datetime
    ) -> Iterator[tuple[queue.Claim, Outcome]]:
        items = [_item(one) for one in ready]
        try:
            crash.point("batch.before_call")
            parts = self._client.batch(items, request_id=group_id)
            crash.point("batch.after_call")
        except SyncError as error:
            yield from self._fail_together(ready, error, started)
            return
        calls = self._client.session.take_calls()
        for one in ready:
            part = parts.get(_item_id(one.claim))
            said = [_told(call, one.sending.payload, part) for call in calls]
            take = partial(self._take, one, part, said, started)
            yield one.claim, self._guarded(one.claim, started, take)

    def _take(
        self, one: _Ready, part: dict[str, Any] | None, said: list[Call], started: datetime
    ) -> Outcome:
        """Take one item's answer; without one, the batch that was heard did not carry it."""
        if part is None:
            answer: Answer | None = self._send(one.claim, one.pusher, one.sending)
            said = [*said, *self._client.session.take_calls()]
        else:
            answer = self._read(one, part)
        return self._record(Done(one.claim, one.pusher, one.sending, answer, started), said)

    def _read(self, one: _Ready, part: dict[str, Any]) -> Answer:
        faults = errors.read_faults(part)
        body = part.get(one.sending.entity)
        if not faults and isinstance(body, dict):
            return Answer(body)
        problem = (
            errors.classify(errors.OK, faults) if faults else errors.unreadable(errors.OK, tid=None)
        )
        if not isinstance(problem, AlreadyThere):
            raise problem
        found = self._find(one.pusher, one.sending)
        if found is None:
            raise problem
        return Answer(found, adopted=True)

    def _fail_together(
        self, ready: list[_Ready], error: SyncError, started: datetime
    ) -> Iterator[tuple[queue.Claim, Outcome]]:
        """Let all wait for what no single one of them caused: it counts once."""
        if error.fault_code == OWN_PACE:
            yield from ((one.claim, Outcome.PAUSED) for one in ready)
            return
        calls = self._client.session.take_calls()
        first, *others = ready
        end = self._fail(first.claim, error, started, calls)
        yield first.claim, end
        for one in others:
            if not isinstance(error, Transient):
                yield one.claim, self._fail(one.claim, error, started, calls)
                continue
            stops = end is Outcome.STOPPED
            with self._uows.begin(actor=SYSTEM, source="push") as uow:
                words = error.message[:1000]
                note_attempt(uow, one.claim, started, calls, message=words, error=error)
                mine = put_off(uow, one.claim, self._connection_id, error, stops=stops)
            yield one.claim, Outcome(mine)


def _item(one: _Ready) -> dict[str, Any]:
    return {
        "bId": _item_id(one.claim),
        "operation": "create",
        one.sending.entity: one.sending.payload,
    }


def _item_id(claim: queue.Claim) -> str:
    # Of the row, not of its place: the same rows may go again with fewer beside them.
    return claim.id.hex[-LENGTH_OF_ID:]


def _told(call: Call, payload: dict[str, Any], part: dict[str, Any] | None) -> Call:
    return replace(call, request=mask(payload), answer=mask(part) if part is not None else None)
