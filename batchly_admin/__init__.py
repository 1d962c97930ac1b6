"""Batchly: the operational system of a small print and production shop."""

__version__ = "0.1.0"
