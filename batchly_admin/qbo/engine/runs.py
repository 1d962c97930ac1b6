"""Keep what the engine did: one row of history for each pull, comparison and round of pushes.

Writing history never stands in the way of the work: it is done after the work has ended, in a
transaction of its own, and a failure of it is only logged.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from batchly_admin import logs
from batchly_admin.errors import BatchlyError
from batchly_admin.models.watching import SyncRun
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

KEPT = timedelta(days=400)
"""Long enough to compare a month with the same month a year ago."""

PRUNED_ONE_IN = 200
WORDS = 1000

PUSH, PULL, RECONCILE = "push", "pull", "reconcile"

_log = logs.logger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(slots=True)
class Told:
    """What the work says of itself while it goes on; a round that did nothing is not kept."""

    ok: int = 0
    failed: int = 0
    message: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    is_worth_keeping: bool = True


class History:
    """Writes the runs of one process down."""

    def __init__(self, uows: UnitOfWorks) -> None:
        self._uows = uows

    @contextmanager
    def kept(self, kind: str, name: str = "") -> Iterator[Told]:
        """Keep a row about the work done inside, however it ends."""
        told, started = Told(), self._uows.clock.now()
        state = "failed"
        try:
            yield told
            state = "done"
        except BatchlyError as error:
            told.message = error.message
            raise
        except Exception as error:
            told.message = f"Internal error: {type(error).__name__}."
            raise
        finally:
            if told.is_worth_keeping or state == "failed":
                self._write(kind, name, state, started, told)

    def _write(self, kind: str, name: str, state: str, started: datetime, told: Told) -> None:
        row = SyncRun(
            kind=kind,
            name=name,
            state=state,
            started_at=started,
            finished_at=self._uows.clock.now(),
            ok=told.ok,
            failed=told.failed,
            message=told.message[:WORDS] or None,
            figures=dict(told.figures) or None,
        )
        try:
            with self._uows.begin(actor=SYSTEM, source="task", summary="Sync history") as uow:
                uow.session.add(row)
                uow.session.flush()
                if row.id.int % PRUNED_ONE_IN == 0:
                    old = sa.delete(SyncRun).where(SyncRun.started_at < uow.now() - KEPT)
                    uow.session.execute(old.execution_options(synchronize_session=False))
        except SQLAlchemyError as error:
            _log.warning("A run is missing in the sync history (%s).", type(error).__name__)


class Recorded(Protocol):
    """Whoever keeps a history of its work."""

    history: History


Engine = TypeVar("Engine", bound=Recorded)


def recorded(
    kind: str,
) -> Callable[
    [Callable[Concatenate[Engine, Arguments], Result]],
    Callable[Concatenate[Engine, Arguments], Result],
]:
    """Keep a row of history about every call of a method; a pull is named by its argument."""

    def mark(
        method: Callable[Concatenate[Engine, Arguments], Result],
    ) -> Callable[Concatenate[Engine, Arguments], Result]:
        @functools.wraps(method)
        def working(engine: Engine, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            name = str(args[0] if args else kwargs.get("sync_type", "")) if kind == PULL else ""
            with engine.history.kept(kind, name) as told:
                result = method(engine, *args, **kwargs)
                _TELL[kind](told, result)
            return result

        return working

    return mark


def _tell_push(told: Told, result: Any) -> None:
    told.ok, told.failed = result.completed, result.failed
    told.message = "" if result.words == "stopped" else result.words
    told.figures = {"blocked": result.blocked, "left": result.left}
    told.is_worth_keeping = result.claimed > 0


def _tell_pull(told: Told, result: Any) -> None:
    told.ok, told.message, told.figures = result.changed, result.words, result.as_dict()


def _tell_reconcile(told: Told, result: Any) -> None:
    types = result.get("types") or {}
    told.ok = sum(int(tally.get("equal") or 0) for tally in types.values())
    told.failed = int(result.get("differences") or 0)


_TELL: dict[str, Callable[[Told, Any], None]] = {
    PUSH: _tell_push,
    PULL: _tell_pull,
    RECONCILE: _tell_reconcile,
}
