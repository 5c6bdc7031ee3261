"""A refusal: why a heartbeat that can be read is not applied, and how large one item may become."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from playhead.progress.progress import Progress

MAX_SPANS = 2_000
"""Spans of one person's progress with one item: watched and read, over all sessions and layers. Ordinary
items have fewer than 100. With `MAX_SESSIONS` it bounds the work of a heartbeat and the size of a state."""


class Refusal(Struct, frozen=True, gc=False):
    """Why a heartbeat is refused as a whole; it goes to the dead letters."""

    reason: Literal["quota"]
    """To count by."""
    detail: str
    """For a person to read: which limit, and what it is."""


TOO_MANY_SPANS = Refusal("quota", f"the item would have more than {MAX_SPANS:,} spans")


def span_count(progress: Progress) -> int:
    """How many spans the progress is made of, over all sessions and layers, pages included."""
    folded = progress.compacted
    bounds = len(folded.pages.bounds)
    for layer in folded.layers:
        bounds += len(layer.bounds)
    for session in progress.sessions.values():
        bounds += len(session.watched.bounds) + len(session.pages.bounds)
    return bounds // 2


def overgrown(before: Progress, count: int) -> Refusal | None:
    """The refusal of a heartbeat that would leave the item with so many spans, None where it may.

    What already exceeds the bound (an earlier release had none) may change as long as it does not grow.
    """
    return TOO_MANY_SPANS if count > MAX_SPANS and count > span_count(before) else None
