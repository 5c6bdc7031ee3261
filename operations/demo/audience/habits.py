"""The parameters of a simulated audience."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("6f0a7c1e-52d5-4a57-9f0e-3b7b6f5f1a10")
DEMO_TENANT = str(uuid.uuid5(_NAMESPACE, "tenant"))
FILM_SECONDS = {0: 90, 1: 75, 2: 105}
"""The duration of the demo's films, by the number of their items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The size and the behaviour of an audience. Shares are probabilities from 0 to 1.

    Raises:
        ValueError: a size is below one, or a share is no probability.
    """

    size: int = 100
    items: int = 24
    seed: int = 1
    duplicates: float = 0.02
    """The share of heartbeats that are sent a second time, later."""
    reordering: float = 0.02
    """The share of heartbeats that are delayed past their successors."""
    offline: float = 0.05
    """The share of sessions that lose the network for minutes, and then send everything at once."""
    rewatching: float = 0.2
    """The share of sessions that play an item again from its start."""
    seeking: float = 0.05
    """The share of heartbeats after which the viewer seeks."""
    devices: float = 0.3
    """The share of people who watch on two devices."""
    rest_s: float = 0.0
    """The average pause of a device between sessions, beyond the minute that each takes."""
    away: frozenset[int] = frozenset()
    """Numbers of people who are not simulated."""

    def __post_init__(self) -> None:
        if self.size < 1 or self.items < 1:
            raise ValueError("an audience has at least one person and one item")
        for name in ("duplicates", "reordering", "offline", "rewatching", "seeking", "devices"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1")
        if self.rest_s < 0:
            raise ValueError("a rest is not negative")
        if self.away >= frozenset(range(self.size)):
            raise ValueError("an audience has at least one person who is not away")

    def user(self, number: int) -> str:
        """Return the UUID of a person, the same for every seed: a second simulation continues with them."""
        return str(uuid.uuid5(_NAMESPACE, f"user:{number}"))

    def item(self, number: int) -> tuple[str, int]:
        """Return the UUID of an item, and its duration in seconds: its film's, else from 3 to 20 minutes."""
        seconds = FILM_SECONDS.get(number, 180 + number * 7919 % 1021)
        return str(uuid.uuid5(_NAMESPACE, f"item:{number}")), seconds
