"""Purchase orders to vendors; they post nothing."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import orders
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.sale import ENUMS
from batchly_admin.qbo.simulator.books.spending import (
    Spending,
    accounts_payable,
    spending_spec,
    take_address,
)
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, DELIVERY, EMAIL, NOTHING, REF
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import reference


class PurchaseOrder(Spending):
    """What the company wants from a vendor."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Take a new order for open, and keep what came of one that was there.

        Raises:
            Fault: 6000 for another vendor once bills are linked.
        """
        record.setdefault("POStatus", "Open")
        accounts_payable(books, record)
        take_address(books, record)
        bills = [one["TxnId"] for one in (before or {}).get("LinkedTxn", [])]
        if before and bills and reference(record, "VendorRef") != reference(before, "VendorRef"):
            detail = "The vendor cannot be changed while bills are linked"
            raise Fault("6000", detail, element="VendorRef")
        orders.mark_received(books, record, bills)

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give nothing: an order is only wanted yet."""
        return ()

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Take a deleted order off the bills that were made of it."""
        if not record and before is not None:
            orders.forget_order(books, before)


ENTITY = PurchaseOrder(
    spending_spec(
        "PurchaseOrder",
        NOTHING
        | {"ShipTo": REF, "ShipAddr": ADDRESS, "ShipMethodRef": REF, "POEmail": EMAIL}
        | {"EmailStatus": 20, "POStatus": 20, "BillEmail": EMAIL, "DeliveryInfo": DELIVERY},
        "send",
        "pdf",
        enums={"POStatus": ("Open", "Closed"), "EmailStatus": ENUMS["EmailStatus"]},
        references={"ShipTo": "Customer"},
        not_in=frozenset({"simple_start", "essentials"}),
        gaps=(
            "items do not tell how many are on order, as QuickBooks Online's do not",
            "an order is received by bills only, not by expenses and cheques",
        ),
    )
)
