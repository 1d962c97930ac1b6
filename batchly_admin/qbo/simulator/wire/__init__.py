"""The wire format: JSON and XML, faults, what fields may hold, the query language."""
