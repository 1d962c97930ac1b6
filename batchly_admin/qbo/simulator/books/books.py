"""The company's books: what may be created, changed, voided and deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.books import names, search
from batchly_admin.qbo.simulator.books.checks import check_fields, check_references
from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.books.ledger import Ledger, Posting
from batchly_admin.qbo.simulator.books.links import Links
from batchly_admin.qbo.simulator.books.parties import settle_party
from batchly_admin.qbo.simulator.books.store import QUIET, Store
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.conform import conform
from batchly_admin.qbo.simulator.wire.fields import OURS
from batchly_admin.qbo.simulator.wire.refusals import Fault, not_found
from batchly_admin.qbo.simulator.wire.values import PACIFIC, at, stamp


class Books:
    """One company's records, with QuickBooks' rules over them."""

    def __init__(
        self, store: Store, entities: Mapping[str, Entity], now: Callable[[], datetime]
    ) -> None:
        self.store = store
        self.entities = entities
        self.ledger = Ledger(store)
        self.links = Links(store)
        self.now = now
        self.address = ""
        """Where the simulator can be reached, for the links it gives out."""
        self._is_as_delivered = False
        search.prepare(store)

    def today(self) -> date:
        """Give the day at the Pacific coast, where the servers are."""
        return self.now().astimezone(PACIFIC).date()

    def preference(self, path: str) -> Any:
        """Give one of the company's preferences by its dotted path, or None."""
        return at(self.store.get("Preferences", "1") or {}, path)

    def setting(self, name: str) -> Any:
        """Give a switch of the control page, or None where it is as delivered."""
        return None if self._is_as_delivered else self.store.settings().get(name)

    @contextmanager
    def as_delivered(self) -> Iterator[None]:
        """Write as if no switch had been thrown: a small edition could not hold a whole company."""
        self._is_as_delivered = True
        try:
            yield
        finally:
            self._is_as_delivered = False

    def account(self, subtype: str) -> str:
        """Give the id of the company's own account of a subtype: the oldest one.

        Raises:
            Fault: 6430 when there is none.
        """
        found = self.store.ids("Account", "AccountSubType", subtype.casefold())
        if not found:
            raise Fault("6430", f"The company has no account of the subtype {subtype}")
        return min(found, key=int)

    def read(self, kind: str, record_id: str) -> Record:
        """Give one record, not to be changed in place.

        Raises:
            Fault: 610 when it is not there.
        """
        found = self.store.get(kind, record_id)
        if found is None:
            raise not_found(kind, record_id)
        return found

    def save(self, kind: str, sent: Any, *, options: frozenset[str] = frozenset()) -> Record:
        """Create a record, or update the one whose Id was sent, fully or sparsely.

        Raises:
            Fault: whatever QuickBooks would refuse.
        """
        entity = self.entities[kind]
        sent = entity.received(sent)
        is_strict = self.setting("unknown_fields") == "strict"
        fields = conform(entity.spec.shape, sent, strict=is_strict)
        record_id = "" if entity.spec.is_single else _id(sent)
        if record_id in {"", "0"}:
            record_id = entity.known_id(self, fields)
        is_new = not record_id
        _check_operation(entity, "create" if is_new else "update")
        with self.store.write():
            if is_new:
                return self._create(entity, fields, options)
            return self._update(entity, record_id, sent, fields, options)

    def _create(self, entity: Entity, fields: Record, options: frozenset[str]) -> Record:
        moment = stamp(self.now())
        self._prepare(entity, fields, None, options)
        record = {
            "Id": self.store.next_id(entity.spec.kind),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
            **fields,
        }
        self.store.put(entity.spec.kind, record, operation="Create", at=moment)
        self.settle(entity, record)
        entity.follow(self, record, None)
        return self.read(entity.spec.kind, record["Id"])

    def _update(
        self,
        entity: Entity,
        record_id: str,
        sent: Record,
        fields: Record,
        options: frozenset[str],
    ) -> Record:
        spec = entity.spec
        before = self.read(spec.kind, record_id)
        if entity.spec.has_tokens:
            check_token(before, sent)
        if str(sent.get("sparse")).lower() == "true" or spec.is_single:
            record = {**(self.store.copy(spec.kind, record_id) or {}), **fields}
            _forget_tax(record, fields)
        else:
            record = {**_kept(entity, before), **fields}
        self._prepare(entity, record, before, options)
        self.touch(spec.kind, record, "Update")
        if spec.is_tree and record.get("FullyQualifiedName") != before.get("FullyQualifiedName"):
            names.rename_below(self, spec, record)
        self.settle(entity, record)
        entity.follow(self, record, before)
        return self.read(spec.kind, record_id)

    def touch(self, kind: str, record: Record, operation: str) -> None:
        """Raise the token, set the time and keep the record."""
        moment = stamp(self.now())
        record["SyncToken"] = str(int(record.get("SyncToken", "0")) + 1)
        record["MetaData"] = {**record.get("MetaData", {}), "LastUpdatedTime": moment}
        record["sparse"] = False
        self.store.put(kind, record, operation=operation, at=moment)

    def put_quietly(self, kind: str, record: Record) -> None:
        """Keep what changed by itself, such as a balance: token and time stay."""
        self.store.put(kind, record, operation=QUIET, at=stamp(self.now()))

    def keep(self, kind: str, record: Record) -> Record:
        """Write a record that no client may write itself."""
        moment = stamp(self.now())
        whole = {
            "Id": record["Id"] if "Id" in record else self.store.next_id(kind),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
            **record,
        }
        with self.store.write():
            self.store.put(kind, whole, operation="Create", at=moment)
        return whole

    def _prepare(
        self, entity: Entity, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        spec = entity.spec
        if self.setting("edition") in spec.not_in:
            raise Fault("5020", f"Permission Denied Error : {spec.kind} is not in this edition")
        entity.complete(self, record, before)
        check_fields(spec, record)
        check_references(self, spec, record)
        entity.prepare(self, record, before, options)
        if spec.name_field:
            names.settle(self, spec, record, before)

    def settle(self, entity: Entity, record: Record) -> None:
        """Let links, accounts and balances follow a record that was kept."""
        if isinstance(entity, Transaction):
            kind = entity.spec.kind
            self.links.keep(kind, record["Id"], entity.links(self, record))
            self.post(kind, record["Id"], record["TxnDate"], entity.balanced(self, record))

    def post(self, kind: str, record_id: str, day: str, postings: Iterable[Posting]) -> None:
        """Put something on the accounts, and let balances and stock follow."""
        for party in self.ledger.post(kind, record_id, day, postings):
            settle_party(self, party)

    def delete(self, kind: str, sent: Any) -> Record:
        """Delete a transaction for good.

        Raises:
            Fault: for a list entity, a stale token, or a document with payments on it.
        """
        entity = self.entities[kind]
        sent = entity.received(sent)
        _check_operation(entity, "delete")
        with self.store.write():
            before = self.read(kind, _id(sent))
            check_token(before, sent)
            if isinstance(entity, Transaction):
                entity.check_free(self, before)
                if self.links.onto(kind, before["Id"]):
                    detail = "The transaction has payments linked to it; unlink them first"
                    raise Fault("6000", detail)
            self.store.remove(kind, before["Id"], at=stamp(self.now()))
            if isinstance(entity, Transaction):
                self.links.keep(kind, before["Id"], ())
                self.post(kind, before["Id"], before["TxnDate"], ())
            entity.follow(self, {}, before)
        return entity.gone(before)

    def void(self, kind: str, sent: Any) -> Record:
        """Void a transaction: it stays, with every amount at zero and a note that says so.

        Raises:
            Fault: for an entity without a void, a stale token or closed books.
        """
        entity = self.entities[kind]
        _check_operation(entity, "void")
        if not isinstance(entity, Transaction):
            raise Fault("500", f"Operation void is not supported for {kind}.")
        with self.store.write():
            before = self.read(kind, _id(sent))
            check_token(before, sent)
            entity.check_free(self, before)
            record = self.store.copy(kind, before["Id"]) or {}
            entity.zero(record)
            note = record.get("PrivateNote", "")
            if not note.startswith("Voided"):
                record["PrivateNote"] = f"Voided - {note}"[:4000] if note else "Voided"
            if self.setting("void_status"):
                record["status"] = "Voided"
            entity.let_go(self, record)
            self.touch(kind, record, "Void")
            self.settle(entity, record)
            entity.follow(self, record, before)
        return self.read(kind, before["Id"])


def _check_operation(entity: Entity, operation: str) -> None:
    if operation not in entity.spec.operations:
        detail = f"Operation {operation} is not supported for {entity.spec.kind}."
        raise Fault("500", detail)


def check_token(before: Record, sent: Record) -> None:
    """Check that a client saw the newest version of what it changes.

    Raises:
        Fault: 2020 without a token, 5010 with an old one.
    """
    token = sent.get("SyncToken")
    if token is None or token == "":
        raise Fault("2020", "Required parameter SyncToken is missing", element="SyncToken")
    if str(token) != str(before["SyncToken"]):
        detail = (
            "Stale Object Error : You and another user were working on this at the same "
            "time. The other user finished before you did, so your work was not saved."
        )
        raise Fault("5010", detail)


def _id(sent: Any) -> str:
    if not isinstance(sent, dict):
        raise Fault("2010", "The entity is no object")
    found = sent.get("Id")
    if isinstance(found, dict | list | bool | Decimal):
        raise Fault("2030", "Invalid ID", element="Id")
    return "" if found is None else str(found)[:100]


def _kept(entity: Entity, before: Record) -> Record:
    """Give what a full update leaves as it was: what a client cannot set."""
    shape = entity.spec.shape
    return {name: value for name, value in before.items() if shape.get(name) == OURS}


def _forget_tax(record: Record, fields: Record) -> None:
    """Let tax be computed anew when only the lines were sent."""
    if "Line" in fields and "TxnTaxDetail" not in fields and "TxnTaxDetail" in record:
        record["TxnTaxDetail"].pop("TotalTax", None)
