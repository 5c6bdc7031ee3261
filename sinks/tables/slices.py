"""Which twentieths of an item somebody saw something of, from which its drop-off curve is drawn. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from playhead.progress.summary import Summary

SLICES = 20
_ALL = (1 << SLICES) - 1


def slices(summary: Summary) -> int:
    """A mask of `SLICES` bits: bit k is set where something of the item's k-th twentieth was credited."""
    mask = 0
    if summary.watched.bounds:
        mask = _mask(summary.watched.bounds, 0, summary.duration_ms or 0)
    if summary.pages.bounds:
        mask |= _mask(summary.pages.bounds, 1, summary.page_count)
    return mask


def _mask(bounds: Sequence[int], first: int, whole: int) -> int:
    """Of intervals in an item that begins at `first` and is `whole` long; nothing where that is unknown."""
    if whole <= 0:
        return 0
    mask = 0
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        lowest = (start - first) * SLICES // whole
        highest = ((end - first) * SLICES - 1) // whole
        mask |= (1 << min(highest + 1, SLICES)) - (1 << min(lowest, SLICES))
    return mask & _ALL
