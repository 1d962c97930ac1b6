"""Deposits: money that lay ready and is brought to the bank."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.links import Link
from batchly_admin.qbo.simulator.books.transaction import Transaction, keep_line_ids
from batchly_admin.qbo.simulator.wire.fields import (
    ANY,
    DAY,
    LINK,
    NUMBER,
    OURS,
    REF,
    TRANSACTION,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference, not_found
from batchly_admin.qbo.simulator.wire.values import cents, reference

ZERO = Decimal(0)
DEPOSITED = frozenset({"Payment", "SalesReceipt"})
DETAIL = "DepositLineDetail"
SHAPE: Shape = TRANSACTION | {
    "DepositToAccountRef": REF,
    "DepartmentRef": REF,
    "CashBack": {"AccountRef": REF, "Amount": NUMBER, "Memo": 4000},
    "Line": [
        {
            "Id": 40,
            "LineNum": OURS,
            "Description": 4000,
            "Amount": NUMBER,
            "DetailType": 40,
            "LinkedTxn": [LINK],
            DETAIL: {
                "Entity": ANY,
                "AccountRef": REF,
                "PaymentMethodRef": REF,
                "CheckNum": 30,
                "ClassRef": REF,
                "TxnType": 40,
            },
        }
    ],
}


class Deposit(Transaction):
    """Money brought to the bank: payments that were taken, and other amounts by account."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the lines, and compute the total.

        Raises:
            Fault: for a line that cannot be.
        """
        keep_line_ids(record, before)
        total = ZERO
        for place, line in enumerate(record["Line"], 1):
            line["LineNum"] = place
            total += _line(books, record, line)
        back = (record.get("CashBack") or {}).get("Amount", ZERO)
        record["TotalAmt"] = cents(total - back)
        if record["TotalAmt"] < 0:
            raise Fault("6000", "Transaction amount must be 0 or greater.", element="Line")

    def links(self, books: Books, record: Record) -> Iterable[Link]:
        """Give what was deposited."""
        return [
            Link(str(link["TxnType"]), str(link["TxnId"]), line["Amount"])
            for line in record["Line"]
            for link in line.get("LinkedTxn", [])
        ]

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the money in at the bank, and off where it lay."""
        bank = str(reference(record, "DepositToAccountRef"))
        yield Posting(bank, currency.at_home(record, record["TotalAmt"]))
        for line in record["Line"]:
            amount = currency.at_home(record, line["Amount"])
            yield Posting(_lay_on(books, line), -amount, note=line.get("Description", ""))
        back = record.get("CashBack") or {}
        if back.get("Amount"):
            account = reference(back, "AccountRef") or books.account("OwnersEquity")
            yield Posting(account, currency.at_home(record, back["Amount"]))

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Mark what was deposited, so that nobody changes it any more."""
        now = {(one.kind, one.id) for one in self.links(books, record)} if record else set()
        was = {(one.kind, one.id) for one in self.links(books, before)} if before else set()
        own = (record or before or {})["Id"]
        for kind, target_id in sorted(now ^ was):
            target = books.store.copy(kind, target_id)
            if target is None:
                continue
            kept = [one for one in target.get("LinkedTxn", []) if one.get("TxnType") != "Deposit"]
            mark = [{"TxnId": own, "TxnType": "Deposit"}] if (kind, target_id) in now else []
            target["LinkedTxn"] = [*kept, *mark]
            books.touch(kind, target, "Update")


def _line(books: Books, record: Record, line: Record) -> Decimal:
    links = line.get("LinkedTxn", [])
    for link in links:
        kind, target_id = str(link.get("TxnType")), str(link.get("TxnId"))
        if kind not in DEPOSITED:
            raise Fault("2170", f"Invalid Enumeration : {kind[:50]}", element="TxnType")
        target = books.store.get(kind, target_id)
        if target is None:
            raise not_found(kind, target_id)
        holders = {
            one["TxnId"] for one in target.get("LinkedTxn", []) if one["TxnType"] == "Deposit"
        }
        if holders - {record.get("Id")}:
            raise Fault("620", f"{kind} {target_id} is deposited already", element="LinkedTxn")
        line.setdefault("Amount", target["TotalAmt"])
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    line["Amount"] = cents(line["Amount"])
    account = reference(line.get(DETAIL) or {}, "AccountRef")
    if not links and (account is None or books.store.get("Account", account) is None):
        raise bad_reference("Line.DepositLineDetail.AccountRef", account)
    return Decimal(line["Amount"])


def _lay_on(books: Books, line: Record) -> str:
    for link in line.get("LinkedTxn", []):
        target = books.store.get(str(link["TxnType"]), str(link["TxnId"])) or {}
        return reference(target, "DepositToAccountRef") or books.account("UndepositedFunds")
    return str(reference(line[DETAIL], "AccountRef"))


ENTITY = Deposit(
    Spec(
        "Deposit",
        shape=SHAPE,
        operations=DOCUMENT,
        required=("DepositToAccountRef", "Line"),
        references={"DepositToAccountRef": "Account", "DepartmentRef": "Department"},
        filters={"TxnDate": DAY, "TotalAmt": NUMBER, "DepositToAccountRef": REF},
    )
)
