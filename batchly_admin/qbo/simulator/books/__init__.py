"""The books of a company: the store, the ledger, and the rules that many entities share."""
