"""xAPI in: statements of learning systems become the heartbeats of the log.

In reading order: `vocabulary` (the IRIs that are understood), `statements` (what a statement is, and which
field of which is at fault), `values` (seconds, segments and ids in extensions), `translate` (a statement
becomes a record, or is not about playing).
"""
