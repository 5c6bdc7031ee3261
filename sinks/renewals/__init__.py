"""Acts of the service, which the sink publishes to the log of heartbeats.

`expiry` begins an attempt where a completion is valid no longer, and `editions` where an item has a new
edition. The rederiver publishes that a changed rule completes what was watched. `acts` makes the records, and
`publish` waits for Kafka. A record has the time at which it is due, not that at which it is published:
publishing it again, or by two sinks, is one act.
"""
