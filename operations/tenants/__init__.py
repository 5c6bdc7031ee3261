"""A whole organisation leaves: everything that PostgreSQL and the archived months hold of it, as files.

`tables` finds the tables that hold tenants' rows in PostgreSQL's own catalogue, so that a new table is never
forgotten; `leaving` writes them and the receipt.
"""
