"""The engine: drain, sweep, pull, reconcile, retry, status."""

from batchly_admin.qbo.engine.core import DrainResult, Engine
from batchly_admin.qbo.pull import PullResult

__all__ = ["DrainResult", "Engine", "PullResult"]
