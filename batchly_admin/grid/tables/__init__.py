"""Every grid of Batchly, declared: one short module a subject."""
