"""Where playback resumes; derived on reading, so that writing loses nothing."""

from __future__ import annotations

from msgspec import Struct

from playhead.progress.summary import Summary

EARLIEST_MS = 5_000
"""Before this, an offer to continue is of no use."""
CREDITS_MS = 1_000
CREDITS_SHARE = 20
"""The last 1/20 of an item, and at least its last second, is its end, where no offer is made."""


class ResumeOffer(Struct, frozen=True, gc=False):
    """Whether to offer to continue, and the position from which playback then starts."""

    offer: bool
    position_ms: int


def resume(summary: Summary) -> ResumeOffer:
    """The offer for an item. A completed item starts at 0, as does one barely begun or at its end."""
    position, duration = summary.position_ms, summary.duration_ms
    if summary.status == "completed" or position < EARLIEST_MS:
        return ResumeOffer(offer=False, position_ms=0)
    if duration is not None and position >= duration - max(CREDITS_MS, duration // CREDITS_SHARE):
        return ResumeOffer(offer=False, position_ms=0)
    return ResumeOffer(offer=True, position_ms=position)
