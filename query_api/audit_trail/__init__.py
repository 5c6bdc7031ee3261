"""The audit trail of the query API: privileged acts of requests, and their events.

Begin with `recording`, the middleware that decides which requests are privileged and makes their events;
`trail` logs the events and stores them in PostgreSQL. A write of the directory records its event itself, in
its own transaction.
"""
