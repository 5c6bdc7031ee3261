"""Playhead records how far every person has got in every video, document and course.

This package is the kernel: what the four services share, and nothing of a service. In reading order:
`progress` (what progress is; pure), `wire` (topics, keys and records; `wire.offsets` defines every offset),
`settings`, `identity` (who a token names), `policies` (what completes an item), `kafka` (publishing and
topics), `postgres` (connecting, and what counts as an outage), `audit_trail`, `http` (what surrounds every
HTTP service). `retry`, `rate`, `causes` and `resources` are one helper each.

`docs/architecture.md` follows a heartbeat through all of it.
"""
