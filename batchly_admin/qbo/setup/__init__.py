"""The guided set-up of a first connection: read, match, rehearse; nothing is written there."""

from __future__ import annotations

from batchly_admin.qbo.setup.work import work_one

__all__ = ["work_one"]
