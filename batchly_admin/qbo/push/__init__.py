"""Push: our records to QuickBooks, one pusher for each kind."""

from __future__ import annotations

from batchly_admin.errors import Rejected
from batchly_admin.qbo.push.base import NOTHING, Pusher, Sending
from batchly_admin.qbo.push.credit_memos import CreditApplicationPusher, CreditMemoPusher
from batchly_admin.qbo.push.customers import CustomerPusher
from batchly_admin.qbo.push.invoices import InvoicePusher
from batchly_admin.qbo.push.items import ItemPusher
from batchly_admin.qbo.push.payments import PaymentPusher
from batchly_admin.qbo.push.refunds import RefundPusher

__all__ = ["NOTHING", "PUSHERS", "Pusher", "Sending", "pusher_of"]

PUSHERS: dict[str, Pusher] = {
    pusher.kind.entity_type: pusher
    for pusher in (
        CustomerPusher(),
        ItemPusher(),
        InvoicePusher(),
        PaymentPusher(),
        CreditMemoPusher(),
        CreditApplicationPusher(),
        RefundPusher(),
    )
}


def pusher_of(entity_type: str) -> Pusher:
    """Give the pusher of a kind of record.

    Raises:
        Rejected: this kind does not go to QuickBooks.
    """
    found = PUSHERS.get(entity_type)
    if found is None:
        raise Rejected(f"Records of the kind {entity_type} are not sent to QuickBooks.")
    return found
