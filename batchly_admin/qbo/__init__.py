"""The border to QuickBooks Online: everything that knows Intuit lives here."""
