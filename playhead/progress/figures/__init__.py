"""Derives what is shown from progress, under a policy. Pure.

In reading order: `durations` (how long an item is), `credit` (how much of a claim counts), `completion` (the
evidence of an attempt), `viewings` (sessions open at the same time), `watch_time`, `persons_time`
(over all items), `summary` (all figures of an item, by one function), `resume` (where playback or reading
continues) and `course` (an item of parts).
"""
