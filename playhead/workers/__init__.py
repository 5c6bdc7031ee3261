"""Several processes of one HTTP service on one port.

`supervisor` is the parent: it starts the workers, replaces those that end, and stops them. `reports` is what
the workers say of themselves, in a directory that all of them read: readiness and metrics are the same
whichever worker is asked.
"""
