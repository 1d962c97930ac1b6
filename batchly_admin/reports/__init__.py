"""Reports: figures of a period, read from the tables and traceable to their rows."""
