"""Days counted again after an organisation has changed its time zone.

Begin with `recount`: which organisations wait, and how their people are moved, a chunk at a time.
"""
