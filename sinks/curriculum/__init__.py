"""Requirements and people's counters that a change of the directory leaves to the background.

`refresher` takes the people of `progress.requirement_changes` and computes what is required of them again,
with `playhead.curriculum`.
"""
