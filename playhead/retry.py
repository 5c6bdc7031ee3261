"""How long to wait between attempts: one rule for everything that tries again. Pure, but for the dice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import uniform

_MOST_DOUBLINGS = 64
"""Beyond some thousand doublings a float overflows; no first pause needs so many to reach its longest."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first_seconds` up to `longest_seconds`.

    Raises:
        ValueError: the first pause is not positive, or longer than the longest.
    """

    first_seconds: float = 0.1
    longest_seconds: float = 3.0

    def __post_init__(self) -> None:
        if not 0 < self.first_seconds <= self.longest_seconds:
            raise ValueError("pauses begin above zero and end no shorter than they begin")

    def after(self, failures: int) -> float:
        """Seconds to wait after this many failures in a row, the first being 1; any number is safe."""
        doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
        return min(self.first_seconds * 2.0**doublings, self.longest_seconds)

    def pauses(self) -> Iterator[float]:
        """Seconds to wait after each failure, without end.

        Each is between half of `after` and all of it, so that processes that failed together do not
        return together.
        """
        failures = 0
        while True:
            failures += 1
            longest = self.after(failures)
            yield uniform(longest / 2, longest)  # noqa: S311 - no secret
