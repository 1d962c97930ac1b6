"""Webhooks: what an app is told about changes, at the one address it registered.

https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices
"""

from __future__ import annotations

from batchly_admin.qbo.simulator.webhooks.sender import start

__all__ = ["start"]
