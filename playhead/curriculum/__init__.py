"""A person's curriculum: what is required of them now, and their figures over it.

`progress.requirements` has a row for each present person and required item, `user_progress` has the flags
`required` and `archived`, and `user_summary` counts each person's curriculum. Triggers of the directory's
tables note the people whose rows may differ in `progress.requirement_changes`. `statements` computes them
again: a directory write does so for its own changes before it commits, where they are few, and the sink does
it in the background for all others.

Every transaction that does so holds its tenant's lock, and every transaction that stores progress holds the
same lock, shared: a new row of progress and a new requirement never miss each other.
"""
