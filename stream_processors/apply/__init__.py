"""What a batch of heartbeats changes. Pure: no I/O and no clock.

`decode` turns records into heartbeats by person and item; `decide` applies them with `playhead.progress` and
returns a `Decision` (`decision`). `groups` forms the steps in which it does, `parts` divides an item into
what is stored, `states` derives what is published, and `quota` limits how many items a person may have.
"""
