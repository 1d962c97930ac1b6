"""The company's books: what may be created, changed, voided and deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator import lists, names, payments, shapes
from batchly_admin.qbo.simulator.effects import Effects
from batchly_admin.qbo.simulator.faults import Fault, bad_reference, not_found
from batchly_admin.qbo.simulator.fields import OURS
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.specs import ACCOUNTS, SINGLE, SPECS, Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.transactions import Transactions
from batchly_admin.qbo.simulator.values import PACIFIC, check, reference, stamp

ZERO = Decimal(0)


class Books:
    """One company's records, with QuickBooks' rules over them."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now
        self.transactions = Transactions(store, self.today)
        self.effects = Effects(self)

    def now(self) -> datetime:
        """Give the moment the books live in."""
        return self._now()

    def today(self) -> date:
        """Give the day at the Pacific coast, where the servers are."""
        return self.now().astimezone(PACIFIC).date()

    def preferences(self) -> Record:
        """Give the company's preferences."""
        return self.transactions.preferences()

    def setting(self, name: str) -> Any:
        """Give a switch of the control page."""
        return self.store.meta.get("settings", {}).get(name)

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
        spec = SPECS[kind]
        if spec.read_only:
            raise Fault("500", f"Operation save is not supported for {kind}")
        fields = shapes.conform(spec.shape, sent, strict=self.setting("unknown_fields") == "strict")
        record_id = "1" if kind in SINGLE else _id(sent)
        with self.store.write():
            if record_id in {"", "0"}:
                return self._create(spec, fields, options)
            return self._update(spec, record_id, sent, fields, options)

    def _create(self, spec: Spec, fields: Record, options: frozenset[str]) -> Record:
        opening = fields.pop("Balance", ZERO)
        self._prepare(spec, fields, None, options)
        moment = stamp(self.now())
        record = {
            "Id": self.store.next_id(spec.kind),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
            **fields,
        }
        self.store.put(spec.kind, record, operation="Create", at=moment)
        self.effects.follow(spec, record, None)
        if opening and spec.kind == "Customer":
            self.effects.open_balance(record, opening)
        return self.read(spec.kind, record["Id"])

    def _update(
        self, spec: Spec, record_id: str, sent: Record, fields: Record, options: frozenset[str]
    ) -> Record:
        before = self.read(spec.kind, record_id)
        check_token(before, sent)
        fields.pop("Balance", None)
        if str(sent.get("sparse")).lower() == "true" or spec.family == "config":
            record = {**(self.store.copy(spec.kind, record_id) or {}), **fields}
            _forget_tax(record, fields)
        else:
            record = {**_kept(spec, before), **fields}
        if spec.kind == "Preferences":
            for name in fields:
                record[name] = {**before.get(name, {}), **fields[name]}
        self._prepare(spec, record, before, options)
        self.touch(spec.kind, record, "Update")
        if spec.is_tree and record.get("FullyQualifiedName") != before.get("FullyQualifiedName"):
            lists.rename_below(self.store, spec, record, stamp(self.now()))
        self.effects.follow(spec, record, before)
        return self.read(spec.kind, record_id)

    def touch(self, kind: str, record: Record, operation: str) -> None:
        """Raise the token, set the time and keep the record."""
        moment = stamp(self.now())
        record["SyncToken"] = str(int(record.get("SyncToken", "0")) + 1)
        record["MetaData"] = {**record.get("MetaData", {}), "LastUpdatedTime": moment}
        record["sparse"] = False
        self.store.put(kind, record, operation=operation, at=moment)

    def _prepare(
        self, spec: Spec, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        if lists.feature_is_missing(self.setting("edition"), spec, record):
            raise Fault("5020", f"Permission Denied Error : {spec.kind} is not in this edition")
        if spec.name_space == "person":
            names.person(record)
        check(spec, record)
        self._check_references(spec, record)
        if spec.family == "name":
            lists.prepare(self.store, spec, record, before)
        if spec.name_field:
            lists.settle_name(self.store, spec, record, before)
        if spec.family == "transaction":
            self.transactions.prepare(spec, record, before, options)

    def _check_references(self, spec: Spec, record: Record) -> None:
        for path, kind in spec.references.items():
            target_id = reference(record, path)
            if target_id is None:
                continue
            target = self.store.get(kind, target_id)
            if target is None:
                raise bad_reference(path, target_id)
            if not target.get("Active", True) and record.get("Active", True):
                raise not_found(kind, target_id)
            types = ACCOUNTS.get(path)
            if types is not None and target["AccountType"] not in types:
                detail = f"Account {target_id} is of type {target['AccountType']}"
                raise Fault("6430", f"Invalid account type used : {detail}", element=path)
            if path in record and kind != "TaxCode":
                record[path] = {"value": target_id, "name": _shown_name(kind, target)}

    def delete(self, kind: str, sent: Record) -> Record:
        """Delete a transaction for good.

        Raises:
            Fault: for a list entity, a stale token, or a document with payments on it.
        """
        if SPECS[kind].family != "transaction":
            raise Fault("500", f"Operation delete is not supported for {kind}")
        with self.store.write():
            before = self.read(kind, _id(sent))
            check_token(before, sent)
            self.transactions.check_free(before)
            if payments.links_to(self.store, kind, before["Id"]):
                raise Fault("6000", "The transaction has payments linked to it; unlink them first")
            self.store.remove(kind, before["Id"], at=stamp(self.now()))
            self.effects.follow(SPECS[kind], {}, before)
        return {"status": "Deleted", "domain": "QBO", "Id": before["Id"]}

    def void(self, kind: str, sent: Record) -> Record:
        """Void a transaction: it stays, with every amount at zero and a note that says so.

        Raises:
            Fault: for an entity without a void, a stale token or closed books.
        """
        spec = SPECS[kind]
        if not spec.can_void:
            raise Fault("500", f"Operation void is not supported for {kind}.")
        with self.store.write():
            before = self.read(kind, _id(sent))
            check_token(before, sent)
            self.transactions.check_free(before)
            record = self.store.copy(kind, before["Id"]) or {}
            _zero(record)
            note = record.get("PrivateNote", "")
            if not note.startswith("Voided"):
                record["PrivateNote"] = f"Voided - {note}"[:4000] if note else "Voided"
            if kind == "Invoice":
                self.effects.unlink(record["Id"])
            self.touch(kind, record, "Void")
            self.effects.follow(spec, record, before)
        return self.read(kind, before["Id"])


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


def _kept(spec: Spec, before: Record) -> Record:
    """Give what a full update leaves as it was: what a client cannot set."""
    return {name: value for name, value in before.items() if spec.shape.get(name) == OURS}


def _forget_tax(record: Record, fields: Record) -> None:
    """Let tax be computed anew when only the lines were sent."""
    if "Line" in fields and "TxnTaxDetail" not in fields and "TxnTaxDetail" in record:
        record["TxnTaxDetail"].pop("TotalTax", None)


def _shown_name(kind: str, target: Record) -> str:
    field = SPECS[kind].name_field
    return str(target.get("FullyQualifiedName", target.get(field, "")) or target[field])


def _zero(record: Record) -> None:
    for name in ("TotalAmt", "Balance", "UnappliedAmt", "HomeTotalAmt", "Deposit"):
        if name in record:
            record[name] = ZERO
    if "TxnTaxDetail" in record:
        record["TxnTaxDetail"] = {"TotalTax": ZERO}
    if "UnappliedAmt" in record:
        record["Line"] = []
        return
    for line in record.get("Line", []):
        if "Amount" in line:
            line["Amount"] = ZERO
        for name in ("Qty", "UnitPrice"):
            if name in line.get("SalesItemLineDetail", {}):
                line["SalesItemLineDetail"][name] = ZERO
    record["LinkedTxn"] = []
