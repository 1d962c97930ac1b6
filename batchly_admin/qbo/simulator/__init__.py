"""A QuickBooks Online and Intuit OAuth server on loopback, with its own store and its own rules.

It imports nothing else of Batchly: a simulator that shared a rule with the application would agree
with its mistakes. What it does follows Intuit's documentation and recorded answers; where neither
says anything, the stricter reading is taken.
"""
