"""Transfers of money from one account to another."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.parties import NEEDED
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.fields import DAY, NUMBER, REF, TRANSACTION
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference


class Transfer(Transaction):
    """Money that changes its account."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the amount and the two accounts.

        Raises:
            Fault: 2140, or 6000 for a transfer to the same account or one that holds no money.
        """
        record["Amount"] = cents(record["Amount"])
        if record["Amount"] < 0:
            raise Fault("2140", "The amount is negative", element="Amount")
        ends = [str(reference(record, name)) for name in ("FromAccountRef", "ToAccountRef")]
        if ends[0] == ends[1]:
            raise Fault("6000", "Both accounts are the same", element="ToAccountRef")
        for account_id in ends:
            account = books.read("Account", account_id)
            is_balance = account["Classification"] in {"Asset", "Liability", "Equity"}
            if not is_balance or account["AccountType"] in NEEDED:
                detail = f"Account {account_id} is of type {account['AccountType']}"
                raise Fault("6430", f"Invalid account type used : {detail}")

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the amount off the one account and onto the other."""
        amount = currency.at_home(record, record["Amount"])
        yield Posting(str(reference(record, "ToAccountRef")), amount)
        yield Posting(str(reference(record, "FromAccountRef")), -amount)


ENTITY = Transfer(
    Spec(
        "Transfer",
        shape=TRANSACTION | {"FromAccountRef": REF, "ToAccountRef": REF, "Amount": NUMBER},
        operations=DOCUMENT,
        required=("FromAccountRef", "ToAccountRef", "Amount"),
        references={"FromAccountRef": "Account", "ToAccountRef": "Account"},
        filters={"TxnDate": DAY, "Amount": NUMBER},
    )
)
