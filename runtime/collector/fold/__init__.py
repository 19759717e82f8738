"""Pure: what is known of the runs + an event → rows to write. No clock, no file, no SQL.

`state` holds what is open, `changes` what one transaction will write, `stream` folds a region's events; the other
modules fold by noun. Closed things leave the memory, so the cost is per open thing and never per finished one.
"""
