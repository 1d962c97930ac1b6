"""Sales and refunds that are paid on the spot: nothing stays open."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.sale import Sale, to_account
from batchly_admin.qbo.simulator.wire.fields import ANY, REF, Shape
from batchly_admin.qbo.simulator.wire.values import reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

SHAPE: Shape = {
    "DepositToAccountRef": REF,
    "PaymentRefNum": 100,
    "PaymentType": 20,
    "CreditCardPayment": ANY,
    "CheckPayment": ANY,
    "TxnSource": 50,
}


class Receipt(Sale):
    """A sale or a refund whose money changes hands at once."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Leave nothing open, and say where the money goes."""
        to_account(books, record)
        record["Balance"] = Decimal(0)

    def money(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give the total: in or out of the till."""
        total = currency.at_home(record, record["TotalAmt"]) * self.sign
        customer = reference(record, "CustomerRef")
        party = f"Customer:{customer}" if customer else ""
        yield Posting(str(reference(record, "DepositToAccountRef")), total, party=party)
