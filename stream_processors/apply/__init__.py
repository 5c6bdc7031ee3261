"""What a batch of heartbeats changes. Pure: no I/O and no clock.

`decode` turns records into heartbeats by person and item; `decide` applies them with `playhead.progress` and
returns a `Decision` (`decision`). `quota` limits how many items a person may have.
"""
