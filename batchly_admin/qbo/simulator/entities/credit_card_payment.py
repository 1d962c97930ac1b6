"""Payments of the company's own credit cards. In JSON they carry a name of their own."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, DAY, NUMBER, REF, TRANSACTION
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference


class CreditCardPayment(Transaction):
    """Money from a bank account to a card."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the amount and the card.

        Raises:
            Fault: 2140 or 6430.
        """
        record["Amount"] = cents(record["Amount"])
        if record["Amount"] < 0:
            raise Fault("2140", "The amount is negative", element="Amount")
        card = books.read("Account", str(reference(record, "CreditCardAccountRef")))
        if card["AccountType"] != "Credit Card":
            detail = f"Account {card['Id']} is of type {card['AccountType']}"
            text = f"Invalid account type used : {detail}"
            raise Fault("6430", text, element="CreditCardAccountRef")

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the amount off the bank and off what the card is owed."""
        amount = currency.at_home(record, record["Amount"])
        yield Posting(str(reference(record, "CreditCardAccountRef")), amount)
        yield Posting(str(reference(record, "BankAccountRef")), -amount)


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
        filters={"TxnDate": DAY, "Amount": NUMBER},
    )
)
