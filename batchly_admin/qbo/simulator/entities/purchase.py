"""Purchases that were paid at once: by cash, cheque or card."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.parties import find_party
from batchly_admin.qbo.simulator.books.spending import Spending, spending_spec
from batchly_admin.qbo.simulator.books.transaction import prefers
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, ANY, NOTHING, REF, TEXT, TRUTH, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import reference, truth

PAID_FROM = {
    "Cash": ("Bank", "Other Current Asset"),
    "Check": ("Bank", "Other Current Asset"),
    "CreditCard": ("Credit Card",),
}
"""Which types of accounts pay in each way."""
PARTY: Shape = {"value": 100, "name": 500, "type": 20}
"""A reference that says of which kind it is."""


class Purchase(Spending):
    """Something bought and paid at once; a credit of a card takes it back."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Check what it was paid from, and to whom.

        Raises:
            Fault: 6430 for the wrong type of account, 2500 for somebody there is not.
        """
        account = books.read("Account", str(reference(record, "AccountRef")))
        if account["AccountType"] not in PAID_FROM[record["PaymentType"]]:
            detail = f"Account {account['Id']} is of type {account['AccountType']}"
            raise Fault("6430", f"Invalid account type used : {detail}", element="AccountRef")
        record.setdefault("Credit", False)
        if record["Credit"] and record["PaymentType"] != "CreditCard":
            raise Fault("6000", "Only a credit card has credits", element="Credit")
        _name_party(books, record)

    def may_share_number(self, books: Books, record: Record) -> bool:
        """Tell whether a number may be taken twice: those of cheques, unless the company minds."""
        return record["PaymentType"] == "Check" and not prefers(books, "WarnDuplicateCheckNumber")

    def direction(self, record: Record) -> int:
        """Give which way the amounts go."""
        return -1 if truth(record.get("Credit")) else 1

    def paid_from(self, books: Books, record: Record, amount: Decimal) -> Posting:
        """Give the other side: the account that paid."""
        return Posting(str(reference(record, "AccountRef")), amount)


def _name_party(books: Books, record: Record) -> None:
    """Complete the reference to whom the money went, of whatever kind it is."""
    party = reference(record, "EntityRef")
    if party is None:
        record.pop("EntityRef", None)
        return
    found = find_party(books, party, record["EntityRef"].get("type"))
    if found is None:
        raise bad_reference("EntityRef", party)
    name = found[1]["DisplayName"]
    record["EntityRef"] = {"value": party, "name": name, "type": found[0]}


ENTITY = Purchase(
    spending_spec(
        "Purchase",
        NOTHING
        | {"AccountRef": REF, "PaymentType": 20, "EntityRef": PARTY, "Credit": TRUTH}
        | {"PaymentMethodRef": REF, "RemitToAddr": ADDRESS, "PrintStatus": 20}
        | {"PaymentRefNum": 21, "CheckPayment": ANY, "CreditCardPayment": ANY}
        | {"IncludeInAnnualTPAR": TRUTH},
        required=("AccountRef", "PaymentType", "Line"),
        enums={
            "PaymentType": tuple(PAID_FROM),
            "PrintStatus": ("NotSet", "NeedToPrint", "PrintComplete"),
        },
        references={"AccountRef": "Account", "PaymentMethodRef": "PaymentMethod"},
        filters={"PaymentType": TEXT, "AccountRef": REF},
        gaps=("cheques are not printed, cards are not charged",),
    )
)
