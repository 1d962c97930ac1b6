"""Purchase orders to vendors; they post nothing."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.sale import ENUMS
from batchly_admin.qbo.simulator.books.spending import Spending, spending_spec
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, DELIVERY, EMAIL, NOTHING, REF


class PurchaseOrder(Spending):
    """What the company wants from a vendor."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Take a new order for open."""
        record.setdefault("POStatus", "Open")
        record.setdefault("APAccountRef", {"value": books.account("AccountsPayable")})

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give nothing: an order is only wanted yet."""
        return ()


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
    )
)
