"""A simulated audience: people who watch, seek, watch again, go offline and send things twice, from a seed.

Begin with `habits`, the parameters, and `viewer`, which yields what the devices send. `catalogue` and
`organisation` are the demo's directory, `sitting` and `past` its history. All of these are pure. `message`
groups heartbeats into requests, and `sender` sends them over HTTP.
"""
