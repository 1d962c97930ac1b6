"""Sales receipts: sales that were paid on the spot."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.receipt import SHAPE, Receipt
from batchly_admin.qbo.simulator.books.sale import sale_spec

ENTITY = Receipt(sale_spec("SalesReceipt", SHAPE, "void", "send", required=("Line",)))
