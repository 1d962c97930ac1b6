"""From our records to QuickBooks' and back: pure functions, one module an entity."""
