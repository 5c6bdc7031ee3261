"""A simulated audience: people who watch, seek, rewatch, go offline and send things twice, from a seed.

`viewer` decides what one device tells, `audience` merges the devices into one stream in the order of
sending; both are pure and determined by the seed. `sender` carries it over HTTP. `organisation` is whom
it works for, as a directory has it, and `people` are their names.
"""
