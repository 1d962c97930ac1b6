"""Webhooks: what QuickBooks tells us of its own accord, so that a payment is here in seconds.

An event is only a hint. It may be late, doubled, out of order or lost; so it is stored at once and
answered, and later the present state of what it names is read and applied by the code of the pulls.
The pulls still run, and find what no event told.
https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices
"""

from __future__ import annotations

from batchly_admin.qbo.webhooks.payloads import Heard, is_genuine, read
from batchly_admin.qbo.webhooks.reading import Reading
from batchly_admin.qbo.webhooks.refusing import SIGNATURE, SIZE
from batchly_admin.qbo.webhooks.refusing import count as count_refusal
from batchly_admin.qbo.webhooks.storing import (
    Stored,
    are_on,
    is_owing,
    state_of,
    store,
    switch,
)

__all__ = [
    "SIGNATURE",
    "SIZE",
    "Heard",
    "Reading",
    "Stored",
    "are_on",
    "count_refusal",
    "is_genuine",
    "is_owing",
    "read",
    "state_of",
    "store",
    "switch",
]
