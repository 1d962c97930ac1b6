"""Faults: limits, and everything that can be made to go wrong on demand."""
