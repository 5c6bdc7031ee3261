"""The audit trail: privileged acts of requests, and the events that they leave.

`acts` says which requests are privileged, `recording` notices them as they are answered, and `trail` stores
the events. A write of the directory records its event itself, in its own transaction.
"""
