"""Where playing starts again; decided on reading, so nothing is erased on writing."""

from __future__ import annotations

from msgspec import Struct

from playhead.progress.summary import Summary

EARLIEST_MS = 5_000
"""Before this, "Continue from 0:03?" is a nuisance."""
CREDITS_MS = 1_000
CREDITS_SHARE = 20
"""The last 1/20 of an item, and at least its last second, is its end: nobody continues there."""


class Resume(Struct, frozen=True, gc=False):
    """Whether to offer to continue, and where playing starts if the offer is taken."""

    offer: bool
    position_ms: int


def resume(summary: Summary) -> Resume:
    """The offer to make. A completed item starts at 0; so does one barely begun or at its end."""
    position, duration = summary.position_ms, summary.duration_ms
    if summary.status == "completed" or position < EARLIEST_MS:
        return Resume(offer=False, position_ms=0)
    if duration is not None and position >= duration - max(CREDITS_MS, duration // CREDITS_SHARE):
        return Resume(offer=False, position_ms=0)
    return Resume(offer=True, position_ms=position)
