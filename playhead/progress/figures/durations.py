"""How long an item is, and which part of its file it is."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from playhead.progress.policy import Policy
from playhead.progress.progress import Progress
from playhead.progress.session import DurationAtEnd, Session, later_end

TOLERANCE = 0.2
"""How far the duration of a file may be from the catalogue's, as a share of the latter."""
PLAUSIBLE_MS = 60_000
"""A file that played to its end is believed once so much of it, or the threshold's share, was played: a
preceding advertisement completes nothing."""


class ItemSpan(Struct, frozen=True, gc=False):
    """Where an item lies in its file, in ms."""

    start_ms: int = 0
    end_ms: int | None = None
    """None if it is not known, or never ends."""

    @property
    def duration_ms(self) -> int | None:
        """How long the item is."""
        return None if self.end_ms is None else self.end_ms - self.start_ms

    @property
    def length_ms(self) -> int:
        """How long the item is; 0 if that is not known."""
        return 0 if self.end_ms is None else self.end_ms - self.start_ms


def item_span(progress: Progress, policy: Policy) -> ItemSpan:
    """Where the item lies in its file.

    The catalogue's duration counts, unless a player reached the end of a file of nearly the same duration:
    then that of the file does. Without a catalogue, it is the duration stated by the player that last reached
    the end, else the largest that any player stated, else how far a player came that reached an end without
    stating a duration.
    """
    start = policy.start_ms
    if policy.end_ms is not None:
        return ItemSpan(start, policy.end_ms)
    ended = _duration_at_end(progress, policy)
    if policy.duration_ms is not None:
        own = policy.duration_ms
        if ended is not None and abs(ended - start - own) <= TOLERANCE * own:
            own = ended - start
        return ItemSpan(start, start + own)
    known = ended or progress.duration_ms or _furthest_end(progress)
    return ItemSpan(start, known if known is not None and known > start else None)


def catalogue_span(policy: Policy) -> ItemSpan:
    """Where the item lies in its file by the catalogue alone."""
    end = policy.end_ms
    if end is None and policy.duration_ms is not None:
        end = policy.start_ms + policy.duration_ms
    return ItemSpan(policy.start_ms, end)


def duration_at_end(session: Session, policy: Policy) -> DurationAtEnd | None:
    """The duration that the session's player stated, if it reached the end and has played enough of it."""
    stated = session.duration_ms
    if not session.ended or not stated:
        return None
    played = session.watched.length
    if played < PLAUSIBLE_MS and not policy.completes(played, stated):
        return None
    return DurationAtEnd(session.last_at, stated)


def _duration_at_end(progress: Progress, policy: Policy) -> int | None:
    latest = progress.compacted.ended
    for session in progress.sessions.values():
        if session.ended and session.duration_ms:
            latest = later_end(latest, duration_at_end(session, policy))
    return None if latest is None else latest.duration_ms


def _furthest_end(progress: Progress) -> int | None:
    return max(progress.compacted.furthest, furthest_end(progress.sessions.values())) or None


def furthest_end(sessions: Iterable[Session]) -> int:
    """How far the players came that reached an end; 0 if none did."""
    furthest = 0
    for session in sessions:
        if session.ended:
            position = session.position.media_ms if session.position is not None else None
            furthest = max(furthest, position or 0, session.watched.bounds[-1] if session.watched else 0)
    return furthest
