"""Refund receipts: money given back at once; no invoice opens again for it."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.receipt import SHAPE, Receipt
from batchly_admin.qbo.simulator.books.sale import sale_spec
from batchly_admin.qbo.simulator.wire.refusals import Fault


class RefundReceipt(Receipt):
    """Money given back."""

    sign = -1

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the number of a cheque that was printed.

        Raises:
            Fault: 2020.
        """
        super().settle(books, record, before)
        status = record.get("PrintStatus")
        if status == "PrintComplete" and "PaymentRefNum" not in record:
            detail = "A refund that is printed needs its number"
            raise Fault("2020", detail, element="PaymentRefNum")
        if status == "NeedToPrint":
            record["PaymentRefNum"] = "To Print"


ENTITY = RefundReceipt(
    sale_spec("RefundReceipt", SHAPE, "send", required=("Line", "DepositToAccountRef"))
)
