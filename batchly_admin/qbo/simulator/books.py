"""The company's books: what may be created, changed, voided and deleted, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator import names, payments, sales
from batchly_admin.qbo.simulator.faults import Fault, bad_reference, not_found
from batchly_admin.qbo.simulator.specs import SPECS, Spec
from batchly_admin.qbo.simulator.store import Record, Store
from batchly_admin.qbo.simulator.values import (
    PACIFIC,
    after,
    at,
    check,
    clean,
    day,
    number,
    reference,
    stamp,
    truth,
)

SALES = {"Invoice", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt"}
NUMBERED = SALES | {"PurchaseOrder"}
READ_ONLY = {
    "MetaData",
    "SyncToken",
    "domain",
    "sparse",
    "Balance",
    "BalanceWithJobs",
    "TotalAmt",
    "FullyQualifiedName",
    "UnappliedAmt",
    "RemainingCredit",
    "status",
    "CurrentBalance",
}
ZERO = Decimal(0)


class Books:
    """One company's records, with QuickBooks' rules over them."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    def preferences(self) -> Record:
        """Give the company's preferences."""
        return self.store.get("Preferences", "1") or {}

    def read(self, kind: str, record_id: str) -> Record:
        """Give one record.

        Raises:
            Fault: 610 when it is not there.
        """
        found = self.store.get(kind, record_id)
        if found is None:
            raise not_found(kind, record_id)
        return found

    def save(self, kind: str, sent: Record, *, options: frozenset[str] = frozenset()) -> Record:
        """Create a record, or update the one whose Id was sent, fully or sparsely.

        Raises:
            Fault: whatever QuickBooks would refuse.
        """
        spec = SPECS[kind]
        if spec.read_only:
            raise Fault("500", f"Operation save is not supported for {kind}")
        sent = clean(sent)
        record_id = str(sent.get("Id", "") or "")
        with self.store.write():
            if record_id in {"", "0"} and kind != "Preferences":
                return self._create(spec, sent, options)
            return self._update(spec, record_id or "1", sent, options)

    def _create(self, spec: Spec, sent: Record, options: frozenset[str]) -> Record:
        record = {key: value for key, value in sent.items() if key not in _read_only(spec)}
        record.pop("Id", None)
        self._prepare(spec, record, None, options)
        moment = stamp(self.now())
        record = {
            "Id": self.store.next_id(spec.kind),
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
            **record,
        }
        self.store.put(spec.kind, record, operation="Create", at=moment)
        self._follow(spec, record, None)
        return self.read(spec.kind, record["Id"])

    def _update(self, spec: Spec, record_id: str, sent: Record, options: frozenset[str]) -> Record:
        before = self.read(spec.kind, record_id)
        self._check_token(before, sent)
        closed = _read_only(spec) | {"Id"}
        kept = {key: before[key] for key in closed if key in before}
        fields = {key: value for key, value in sent.items() if key not in closed}
        if truth(sent.get("sparse")) or spec.family == "config":
            base = self.store.copy(spec.kind, record_id) or {}
            record = {**base, **fields}
        else:
            record = {**kept, **fields}
        self._prepare(spec, record, before, options)
        self._touch(spec.kind, record, "Update")
        self._follow(spec, record, before)
        return self.read(spec.kind, record_id)

    def _check_token(self, before: Record, sent: Record) -> None:
        token = sent.get("SyncToken")
        if token is None:
            raise Fault("2020", "Required parameter SyncToken is missing", element="SyncToken")
        if str(token) != str(before["SyncToken"]):
            detail = (
                "Stale Object Error : You and another user were working on this at the same "
                "time. The other user finished before you did, so your work was not saved."
            )
            raise Fault("5010", detail)

    def _touch(self, kind: str, record: Record, operation: str) -> None:
        """Raise the token, set the time and keep the record."""
        moment = stamp(self.now())
        record["SyncToken"] = str(int(record.get("SyncToken", "0")) + 1)
        record["MetaData"] = {**record.get("MetaData", {}), "LastUpdatedTime": moment}
        record["sparse"] = False
        self.store.put(kind, record, operation=operation, at=moment)

    def _prepare(
        self, spec: Spec, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        if spec.kind in {"Customer", "Vendor", "Employee"}:
            names.person(record)
        check(spec, record)
        self._check_references(spec, record)
        if spec.name_field:
            names.settle(self.store, spec, record, before)
        if spec.family == "name":
            record["Active"] = truth(record.get("Active", True))
        if spec.kind == "Customer":
            record.setdefault("Balance", before["Balance"] if before else ZERO)
            record.setdefault("Taxable", True)
        if spec.kind == "Item":
            self._item(record)
        if spec.family == "transaction":
            self._transaction(spec, record, before, options)

    def _check_references(self, spec: Spec, record: Record) -> None:
        for path, kind in spec.references.items():
            target_id = reference(record, path)
            if target_id is None:
                continue
            target = self.store.get(kind, target_id)
            if target is None:
                raise bad_reference(path, target_id)
            if kind != "TaxCode" and not truth(target.get("Active", True)):
                raise not_found(kind, target_id)

    def _item(self, record: Record) -> None:
        kind = record["Type"]
        if kind in {"Inventory", "Service"} and reference(record, "IncomeAccountRef") is None:
            raise Fault(
                "6000", "An income account is needed for this item", element="IncomeAccountRef"
            )
        if kind == "Inventory":
            for name in ("AssetAccountRef", "ExpenseAccountRef"):
                if reference(record, name) is None:
                    raise Fault("6000", f"{name} is needed for an inventory item", element=name)
            for name in ("QtyOnHand", "InvStartDate"):
                if name not in record:
                    raise Fault("2020", f"Required parameter {name} is missing", element=name)
            record["TrackQtyOnHand"] = True
        if "UnitPrice" in record:
            record["UnitPrice"] = number(record["UnitPrice"], "UnitPrice")
        elif kind != "Category":
            record["UnitPrice"] = ZERO

    def _transaction(
        self, spec: Spec, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        local = self.now().astimezone(PACIFIC).date()
        record["TxnDate"] = day(record.get("TxnDate", local), "TxnDate").isoformat()
        self._check_closed(record["TxnDate"])
        if before is not None:
            self._check_closed(before["TxnDate"])
        if spec.kind in NUMBERED:
            self._number(spec, record, options)
        if spec.kind in SALES:
            sales.compute(self.store, record, self.preferences())
            self._due(record)
        if spec.kind == "Invoice":
            applied = payments.applied_to(self.store, "Invoice", record.get("Id"))
            record["Balance"] = record["TotalAmt"] - applied
        if spec.kind == "CreditMemo":
            used = payments.applied_to(self.store, "CreditMemo", record.get("Id"))
            record["Balance"] = record["RemainingCredit"] = record["TotalAmt"] - used
        if spec.kind == "Estimate":
            record.setdefault("TxnStatus", "Pending")
        if spec.kind == "Payment":
            payments.check(self.store, record)

    def _check_closed(self, txn_date: str) -> None:
        closed = at(self.preferences(), "AccountingInfoPrefs.BookCloseDate")
        if closed and txn_date <= str(closed):
            detail = (
                "The account period has closed and the account books cannot be updated through "
                "the QBO Services API. Please use the QBO website to make these changes."
            )
            raise Fault("6210", detail)

    def _number(self, spec: Spec, record: Record, options: frozenset[str]) -> None:
        custom = truth(at(self.preferences(), "SalesFormsPrefs.CustomTxnNumbers"))
        sent = record.get("DocNumber")
        if sent is None or sent == "AUTO_GENERATE":
            if custom and sent is None:
                return
            key = f"auto.{spec.kind}"
            following = int(self.store.meta.get(key, 1000)) + 1
            self.store.set(key, following)
            record["DocNumber"] = str(following)
            return
        if "allowduplicatedocnum" in options:
            return
        for other in self.store.all(spec.kind):
            if other.get("DocNumber") == sent and other["Id"] != record.get("Id"):
                detail = (
                    "Duplicate Document Number Error : You must specify a different number. "
                    f"This number has already been used. DocNumber={sent} is assigned to "
                    f"TxnType={spec.kind} with TxnId={other['Id']}"
                )
                raise Fault("6140", detail, element="DocNumber")

    def _due(self, record: Record) -> None:
        start = day(record["TxnDate"], "TxnDate")
        if "DueDate" in record:
            record["DueDate"] = day(record["DueDate"], "DueDate").isoformat()
            return
        term = self.store.get("Term", reference(record, "SalesTermRef"))
        days = int(term.get("DueDays", 0)) if term else 0
        record["DueDate"] = after(start, days).isoformat()

    def _follow(self, spec: Spec, record: Record, before: Record | None) -> None:
        """Let a change have its consequences: balances, links, estimates that are converted."""
        if spec.kind == "Payment":
            for kind, target_id in payments.targets(record) | payments.targets(before or {}):
                self.settle(kind, target_id)
        if spec.kind == "Invoice":
            self._convert_estimates(record)
        for one in (record, before or {}):
            customer = reference(one, "CustomerRef")
            if customer and spec.kind in {"Invoice", "Payment", "CreditMemo"}:
                self._balance(customer)

    def settle(self, kind: str, target_id: str) -> None:
        """Bring the balance of an invoice or credit memo in line with the payments on it."""
        target = self.store.copy(kind, target_id)
        if target is None:
            return
        left = target["TotalAmt"] - payments.applied_to(self.store, kind, target_id)
        links = payments.links_to(self.store, kind, target_id)
        others = [one for one in target.get("LinkedTxn", []) if one.get("TxnType") != "Payment"]
        if target.get("Balance") == left and target.get("LinkedTxn", []) == [*others, *links]:
            return
        target["Balance"] = left
        if kind == "CreditMemo":
            target["RemainingCredit"] = left
        target["LinkedTxn"] = [*others, *links]
        self._touch(kind, target, "Update")

    def _convert_estimates(self, invoice: Record) -> None:
        for link in invoice.get("LinkedTxn", []):
            if link.get("TxnType") != "Estimate":
                continue
            estimate = self.store.copy("Estimate", link.get("TxnId"))
            if estimate is None or estimate["TxnStatus"] not in {"Pending", "Accepted", "Closed"}:
                raise Fault("620", "Transaction cannot be linked", element="LinkedTxn")
            back = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
            if back not in estimate.get("LinkedTxn", []):
                estimate["LinkedTxn"] = [*estimate.get("LinkedTxn", []), back]
                estimate["TxnStatus"] = "Closed"
                self._touch("Estimate", estimate, "Update")

    def _balance(self, customer_id: str) -> None:
        owed = sum(
            (
                one["Balance"]
                for one in self.store.all("Invoice")
                if reference(one, "CustomerRef") == customer_id
            ),
            ZERO,
        )
        credit = sum(
            (
                one["RemainingCredit"]
                for one in self.store.all("CreditMemo")
                if reference(one, "CustomerRef") == customer_id
            ),
            ZERO,
        )
        unapplied = sum(
            (
                one["UnappliedAmt"]
                for one in self.store.all("Payment")
                if reference(one, "CustomerRef") == customer_id
            ),
            ZERO,
        )
        customer = self.store.copy("Customer", customer_id)
        if customer is not None and customer.get("Balance") != owed - credit - unapplied:
            customer["Balance"] = owed - credit - unapplied
            # A balance is not an edit: token and time stay.
            self.store.put("Customer", customer, operation="Balance", at=stamp(self.now()))

    def delete(self, kind: str, sent: Record) -> Record:
        """Delete a transaction for good.

        Raises:
            Fault: for a list entity, a stale token, or a document with payments on it.
        """
        spec = SPECS[kind]
        if spec.family != "transaction":
            raise Fault("500", f"Operation delete is not supported for {kind}")
        with self.store.write():
            before = self.read(kind, str(sent.get("Id", "")))
            self._check_token(before, clean(sent))
            self._check_closed(before["TxnDate"])
            if kind in {"Invoice", "CreditMemo"} and payments.links_to(
                self.store, kind, before["Id"]
            ):
                raise Fault("6000", "The transaction has payments linked to it; unlink them first")
            self.store.remove(kind, before["Id"], at=stamp(self.now()))
            self._follow(SPECS[kind], {}, before)
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
            before = self.read(kind, str(sent.get("Id", "")))
            self._check_token(before, clean(sent))
            self._check_closed(before["TxnDate"])
            record = self.store.copy(kind, before["Id"]) or {}
            _zero(record)
            note = record.get("PrivateNote")
            record["PrivateNote"] = f"Voided - {note}" if note else "Voided"
            if kind == "Invoice":
                self._unlink(record["Id"])
            self._touch(kind, record, "Void")
            self._follow(spec, record, before)
        return self.read(kind, before["Id"])

    def _unlink(self, invoice_id: str) -> None:
        """Turn what was paid on a voided invoice into unapplied credit."""
        for payment in self.store.all("Payment"):
            lines = payment.get("Line", [])
            kept = [one for one in lines if ("Invoice", invoice_id) not in payments.linked(one)]
            if len(kept) != len(lines):
                changed = self.store.copy("Payment", payment["Id"]) or {}
                changed["Line"] = kept
                payments.check(self.store, changed)
                self._touch("Payment", changed, "Update")


def _read_only(spec: Spec) -> set[str]:
    """Give the fields a client cannot set; the amount of a payment is its own to say."""
    return READ_ONLY - {"TotalAmt"} if spec.kind == "Payment" else READ_ONLY


def _zero(record: dict[str, Any]) -> None:
    for name in ("TotalAmt", "Balance", "UnappliedAmt", "HomeTotalAmt"):
        if name in record:
            record[name] = ZERO
    if "TxnTaxDetail" in record:
        record["TxnTaxDetail"] = {"TotalTax": ZERO}
    lines = record.get("Line", [])
    if "UnappliedAmt" in record:
        record["Line"] = []
        return
    for line in lines:
        line["Amount"] = ZERO
        detail = line.get("SalesItemLineDetail", {})
        for name in ("Qty", "UnitPrice"):
            if name in detail:
                detail[name] = ZERO
    record["LinkedTxn"] = []
