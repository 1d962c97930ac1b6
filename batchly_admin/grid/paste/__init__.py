"""Smart paste: what the texts of a pasted block mean, column by column, before anything is written.

Nothing is guessed in silence. A text with one possible meaning is understood; one with several is
settled by the rest of its column, by what the person answered for this column before, or asked.
"""
