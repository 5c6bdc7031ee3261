"""Whether clocks agree: tokens expire by the clock of this machine, and rows are dated by the store's."""

from __future__ import annotations

from operations.local.checks import Check

MOST_SECONDS = 5.0


def clock_check(name: str, theirs: float, asked: float, answered: float) -> Check:
    """Compare a clock with ours, between the times at which it was asked and answered; in seconds."""
    skew = theirs - min(max(theirs, asked), answered)
    if abs(skew) > MOST_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        detail = f"is {abs(skew):.0f} s {way} this machine's: let both follow the same time servers (NTP)"
        return Check(name, ok=False, detail=detail)
    return Check(name, ok=True, detail="agrees with this machine's")
