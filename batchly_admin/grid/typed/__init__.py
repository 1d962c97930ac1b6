"""A typed line such as `overdue acme >500`, read by rules as filters; what no rule reads is search.

The rules know only what the table declares and the person sees: labels and names of columns,
labels of choices, quick views, the table's own words, spans of days. Nothing is guessed: a word
means one thing or it stays a word to search for, and quotes always make it one.
"""

from batchly_admin.grid.typed.reading import Part, Reading, read
from batchly_admin.grid.typed.suggesting import suggestions

__all__ = ["Part", "Reading", "read", "suggestions"]
