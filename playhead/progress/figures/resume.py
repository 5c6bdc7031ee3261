"""Where playback or reading resumes; derived on reading, so that writing loses nothing."""

from __future__ import annotations

from msgspec import Struct

from playhead.progress.figures.summary import Summary

EARLIEST_MS = 5_000
"""Before this, an offer to continue is of no use."""
END_SHARE = 20
MOST_END_MS = 60_000
"""The last 1/20 of an item, and at most its last minute, is its end, where no offer is made."""
EARLIEST_PAGE = 2
EARLIEST_SCROLL, LATEST_SCROLL = 0.05, 0.95
"""Between these, a document without pages is offered."""


class ResumeOffer(Struct, frozen=True, gc=False):
    """Whether to offer to continue, and the position from which playback or reading then starts."""

    offer: bool
    position_ms: int
    """In the file."""
    page: int | None = None
    """Of a document with pages."""


def resume(summary: Summary) -> ResumeOffer:
    """The offer for an item. It starts at its beginning if it is completed, barely begun, or at its end.

    A video without a duration and without an end, and of which nothing is claimed, is a live stream: it makes
    no offer.
    """
    start = summary.start_ms
    if summary.status == "completed":
        return ResumeOffer(offer=False, position_ms=start)
    if summary.kind == "document":
        return _document(summary)
    position, duration = summary.position_ms, summary.duration_ms
    if position - start < EARLIEST_MS or (duration is None and summary.evidence == "watched"):
        return ResumeOffer(offer=False, position_ms=start)
    if duration is not None and position >= start + duration - min(duration // END_SHARE, MOST_END_MS):
        return ResumeOffer(offer=False, position_ms=start)
    return ResumeOffer(offer=True, position_ms=position)


def _document(summary: Summary) -> ResumeOffer:
    page = summary.page or None
    if page is not None:
        return ResumeOffer(offer=page >= EARLIEST_PAGE, position_ms=0, page=page)
    is_between = EARLIEST_SCROLL <= summary.scroll_position <= LATEST_SCROLL
    return ResumeOffer(offer=is_between, position_ms=0)
