"""How long to wait between attempts. Pure, but for the dice."""

from __future__ import annotations

from collections.abc import Iterator
from random import uniform

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 3.0


def pauses() -> Iterator[float]:
    """Seconds to wait, doubling up to a cap; a little apart, so that several sinks do not return as one."""
    pause = FIRST_SECONDS
    while True:
        yield uniform(pause / 2, pause)  # noqa: S311 - no secret
        pause = min(pause * 2, LONGEST_SECONDS)
