"""Payments of the company's own credit cards. In JSON they carry a name of their own."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.parties import NEEDED
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, DAY, NUMBER, REF, TRANSACTION
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference


class CreditCardPayment(Transaction):
    """Money from a bank account to a card."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the amount and both accounts.

        Raises:
            Fault: 2140 or 6430.
        """
        record["Amount"] = cents(record["Amount"])
        if record["Amount"] < 0:
            raise Fault("2140", "The amount is negative", element="Amount")
        for name in ("BankAccountRef", "CreditCardAccountRef"):
            account = books.read("Account", str(reference(record, name)))
            if not _fits(name, account):
                detail = f"Account {account['Id']} is of type {account['AccountType']}"
                raise Fault("6430", f"Invalid account type used : {detail}", element=name)

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the amount off the bank and off what the card is owed."""
        amount = currency.at_home(record, record["Amount"])
        yield Posting(str(reference(record, "CreditCardAccountRef")), amount)
        yield Posting(str(reference(record, "BankAccountRef")), -amount)


def _fits(name: str, account: Record) -> bool:
    """Tell whether an account may stand on a side: a card there, something owned here."""
    if name == "CreditCardAccountRef":
        return bool(account["AccountType"] == "Credit Card")
    return account["Classification"] == "Asset" and account["AccountType"] not in NEEDED


ENTITY = CreditCardPayment(
    Spec(
        "CreditCardPayment",
        json_name="CreditCardPaymentTxn",
        shape=TRANSACTION
        | {"BankAccountRef": REF, "CreditCardAccountRef": REF, "Amount": NUMBER}
        | {"VendorRef": REF, "Memo": 4000, "PrintStatus": 20, "CheckNum": 21, "PayeeAddr": ADDRESS},
        operations=DOCUMENT,
        required=("BankAccountRef", "CreditCardAccountRef", "Amount"),
        references={
            "BankAccountRef": "Account",
            "CreditCardAccountRef": "Account",
            "VendorRef": "Vendor",
        },
        enums={"PrintStatus": ("NotSet", "NeedToPrint", "PrintComplete")},
        filters={"TxnDate": DAY, "Amount": NUMBER},
    )
)
