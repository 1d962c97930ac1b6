"""What the engine asks of every kind of record it pushes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import AlreadyThere
from batchly_admin.models.synced import SYNCED, SyncedKind
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.facts import Facts
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.verify import Expected, Finding
from batchly_admin.services.unit_of_work import UnitOfWork

CREATE, UPDATE, VOID, NOTHING = "create", "update", "void", "nothing"
DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Sending:
    """One call that is ready to be made.

    `verb` is create, update, void, delete or nothing; `entity_id` is our record; `look_first` asks
    whether QuickBooks has it already before anything is created.
    """

    entity: str
    verb: str
    payload: dict[str, Any]
    entity_id: UUID
    label: str
    expected: Expected | None = None
    look_first: bool = False
    words: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


class Pusher(ABC):
    """How one kind of record is pushed. Sessions are never open while QuickBooks is called."""

    kind: ClassVar[SyncedKind]
    entity: ClassVar[str]
    follows_changes: ClassVar[bool] = True
    """Whether a change made while the record was being sent is sent as an update afterwards."""

    def load(self, session: Session, record_id: UUID) -> Any | None:
        """Give the record with what `prepare` reads of it, or None when it is gone."""
        return session.get(self.kind.model, record_id)

    def learn(self, client: Client, facts: Facts) -> dict[str, Any]:
        """Look up what `prepare` needs to know of the company; {} when all of it is known."""
        del client, facts
        return {}

    def parents(self, record: Any) -> Iterable[Any]:
        """Give the records that have to be in QuickBooks before this one."""
        del record
        return ()

    @abstractmethod
    def prepare(self, session: Session, record: Any, operation: str, facts: Facts) -> Sending:
        """Check the record and build the call.

        Raises:
            Rejected: it cannot go as it is.
        """

    @abstractmethod
    def find(self, client: Client, sending: Sending) -> dict[str, Any] | None:
        """Look for the record in QuickBooks; give it when it is ours to link.

        Raises:
            AlreadyThere: something else stands in its place, and a person has to decide.
        """

    def check(self, sending: Sending, answer: Mapping[str, Any]) -> list[Finding]:
        """Compare what QuickBooks holds now with what was sent."""
        del sending, answer
        return []

    def record(self, uow: UnitOfWork, record: Any, answer: Mapping[str, Any]) -> None:
        """Write what QuickBooks gave into our record."""
        qbo_id = str(answer["Id"])
        if getattr(record, self.kind.id_column) != qbo_id:
            self._refuse_taken(uow.session, record, qbo_id)
            setattr(record, self.kind.id_column, qbo_id)
        record.qb_sync_token = str(answer.get("SyncToken") or "0")
        record.qb_created_time = fields.created_at(answer) or record.qb_created_time
        record.qb_last_updated_time = fields.changed_at(answer)
        record.last_synced_at = uow.now()

    def _refuse_taken(self, session: Session, record: Any, qbo_id: str) -> None:
        model, column = self.kind.model, getattr(self.kind.model, self.kind.id_column)
        with session.no_autoflush:
            other = session.scalar(sa.select(model).where(column == qbo_id, model.id != record.id))
        if other is not None:
            raise AlreadyThere(
                f"QuickBooks' record {qbo_id} is already linked to {self.kind.label(other)}.",
                code="linked",
                hint="Merge the two records here, or give this one another name.",
            )

    def owns(self, sending: Sending, found: Mapping[str, Any]) -> bool:
        """Tell whether an adopted record has to be brought up to what ours says."""
        del sending, found
        return False

    def version_of(self, record: Any) -> dict[str, str]:
        """Give id and version of the copy in QuickBooks, as an update has to name them."""
        return {
            "Id": getattr(record, self.kind.id_column),
            "SyncToken": record.qb_sync_token or "0",
        }


def only_one(found: Sequence[dict[str, Any]], words: str) -> dict[str, Any] | None:
    """Give the one record found, or None.

    Raises:
        AlreadyThere: there are several, and a person has to choose.
    """
    if len(found) > 1:
        names = ", ".join(str(row.get("DisplayName") or row.get("Name")) for row in found[:5])
        raise AlreadyThere(
            f"{words} ({names}).", code="several", hint="Choose the right one and link it."
        )
    return found[0] if found else None


def kind(entity_type: str) -> SyncedKind:
    """Give the kind of record of an entity type."""
    return SYNCED[entity_type]
