"""One sitting with an item, in few heartbeats: the last one of a session covers all of it.

The history of an organisation consists of sittings; a player that is live sends more often, see `viewer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from operations.demo.audience.catalogue import DOCUMENT, DOCUMENT_PAGES
from operations.demo.audience.habits import Habits
from operations.demo.audience.viewer import Beat, Playing, new_id

EVERY_S = 120
"""The time between two heartbeats."""
PAGE_S = 40
"""The time to read a page."""
_CLOSE_S = 0.001
"""The distance at which a position counts as reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """The part of an item that is played or read, and when."""

    number: int
    """The number of the item."""
    began_s: float
    start: float = 0.0
    end: float = 1.0
    """`start` and `end` are shares of the item."""
    rate: float = 1.0


def beats(habits: Habits, random: Random, person: int, sitting: Sitting) -> Iterator[Beat]:
    """Yield the player's heartbeats, each sent when it happens."""
    session = _reading if sitting.number == DOCUMENT else _watching
    for occurred_s, playing, event in session(habits, random, sitting):
        body = playing.body(event, new_id(random))
        if sitting.number == DOCUMENT:
            body |= {"progressType": "document", "metadata": _pages(playing)}
        yield Beat(occurred_s, habits.user(person), occurred_s, body)


def _watching(habits: Habits, random: Random, sitting: Sitting) -> Iterator[tuple[float, Playing, str]]:
    content, duration = habits.item(sitting.number)
    at, leaves_at = sitting.start * duration, sitting.end * duration
    clock = sitting.began_s
    playing = Playing(content, duration, new_id(random), sitting.rate, clock, at, at, [])
    yield clock, playing, "play"
    while playing.at < leaves_at - _CLOSE_S:
        step = min(EVERY_S, (leaves_at - playing.at) / sitting.rate)
        clock += step
        playing.play(step)
        if playing.at >= duration - _CLOSE_S:
            yield clock, playing, "ended"
        else:
            yield clock, playing, "heartbeat" if playing.at < leaves_at - _CLOSE_S else "close"


def _reading(habits: Habits, random: Random, sitting: Sitting) -> Iterator[tuple[float, Playing, str]]:
    """Yield a session of reading, in which a page is what a second of media is in playing."""
    content, _ = habits.item(sitting.number)
    first, last = (round(share * DOCUMENT_PAGES) for share in (sitting.start, sitting.end))
    playing = Playing(content, DOCUMENT_PAGES, new_id(random), 1.0, sitting.began_s, first, first, [])
    for page in range(first + 1, last + 1):
        playing.at = page
        playing.watch_s += PAGE_S
        yield sitting.began_s + playing.watch_s, playing, "close" if page == last else "heartbeat"


def _pages(playing: Playing) -> dict[str, object]:
    return {
        "watchTimeSeconds": playing.watch_s,
        "pagesViewed": list(range(round(playing.since) + 1, round(playing.at) + 1)),
        "pageCount": DOCUMENT_PAGES,
        "lastPage": max(1, round(playing.at)),
        "scrollPosition": round(playing.at / DOCUMENT_PAGES, 3),
    }
