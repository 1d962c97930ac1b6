"""A believable small print shop for an empty database: its past is lived through, not typed in.

First everything is drawn from one seed without touching the database: who the customers are, what
they ordered, what became of it. Then the past is written down week by week through the services
that people use, with a clock that stands where the story is. So numbers have no gaps, totals add
up, and history and audit trail read as if the shop had worked with Batchly for months. With a
simulator connected, its books are filled to match; without one, everything waits for QuickBooks.
"""

from __future__ import annotations

from batchly_admin.demo.filling import fill

__all__ = ["fill"]
