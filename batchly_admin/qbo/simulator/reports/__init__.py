"""The reports, each worked out of the ledger."""
