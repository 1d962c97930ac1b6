"""The language of the spreadsheet: column specs, cell values, filters, windows. No HTML."""
