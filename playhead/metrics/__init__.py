"""The metrics that several services have in common; each has others of its own in its `metrics.py`.

No label has a value by tenant, person or item: the number of series depends on the partitions, the routes and
the reasons alone, never on how many people there are.
"""
