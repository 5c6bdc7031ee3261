"""Corrects the times of a request for a client's clock that is wrong. Pure; the time of receipt is passed in.

A clock is wrong more often than a network is down, and a slow message is not a slow clock. So all times of a
request move by one shift, which `correction` finds, and keep their distances; afterwards each is limited by
itself to what the log carries (`moved`).
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from playhead.progress.heartbeat import AHEAD_MS, OLDEST_MS
from playhead.progress.identifiers import DAY_MS, Instant

BEHIND_MS = DAY_MS
"""How long a message may take from `sentAt` to its receipt; beyond this the clock is slow."""
MAX_OFFSET_MS = 100 * 365 * DAY_MS
"""The largest offset of a clock: includes one that begins in 1970, excludes mistakes of a client."""

MoveReason = Annotated[
    Literal["clockOffset", "sentAt", "ahead", "behind", "tooOld", "tooNew", "afterOccurredAt"],
    Meta(
        description="`clockOffset`: by the request's `clockOffsetSeconds`. `sentAt`: the clock was ahead of "
        "the server's at sending, or more than a day behind. `ahead`: the request's newest time was in the "
        "future. `behind`: even the newest time was older than 30 days. `tooOld`, `tooNew`: this time alone "
        "was older than 30 days, or more than 5 s in the future. `afterOccurredAt`: the session began after "
        "the heartbeat."
    ),
]


class Correction(NamedTuple):
    """What to add to every time of a request, and why."""

    shift_ms: int = 0
    reason: MoveReason | None = None


UNCORRECTED = Correction()


def correction(
    newest: Instant | None, received_at: Instant, offset_ms: int | None = None, sent_at: Instant | None = None
) -> Correction:
    """The correction of a request by what it says of its clock, else by the newest `occurredAt` in it.

    `offset_ms` is the client's clock minus the server's; `newest` is None if the request has no `occurredAt`.
    """
    if offset_ms is not None:
        return Correction(-offset_ms, "clockOffset") if offset_ms else UNCORRECTED
    if sent_at is not None:
        is_wrong = sent_at > received_at or sent_at < received_at - BEHIND_MS
        return Correction(received_at - sent_at, "sentAt") if is_wrong else UNCORRECTED
    if newest is None or received_at - OLDEST_MS <= newest <= received_at:
        return UNCORRECTED
    return Correction(received_at - newest, "ahead" if newest > received_at else "behind")


def moved(stated: Instant, received_at: Instant, by: Correction = UNCORRECTED) -> Instant:
    """A client's time, corrected and then limited to [received - `OLDEST_MS`, received + `AHEAD_MS`]."""
    corrected = stated + by.shift_ms
    oldest, newest = received_at - OLDEST_MS, received_at + AHEAD_MS
    if oldest <= corrected <= newest:
        return Instant(corrected)
    return Instant(oldest if corrected < oldest else newest)


def reason_of(stated: Instant, kept: Instant, by: Correction) -> MoveReason | None:
    """Why a time that moved from `stated` to `kept` did so; None if it did not move."""
    corrected = stated + by.shift_ms
    if kept != corrected:
        return "tooOld" if kept > corrected else "tooNew"
    return by.reason
