"""How an audience behaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("6f0a7c1e-52d5-4a57-9f0e-3b7b6f5f1a10")
DEMO_TENANT = str(uuid.uuid5(_NAMESPACE, "tenant"))
FILM_SECONDS = {0: 90, 1: 75, 2: 105}
"""Items of which there are real films, in the demo, and how long those are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Who watches, and in what manner. Shares are probabilities from 0 to 1.

    Raises:
        ValueError: a size is below one, or a share is no probability.
    """

    size: int = 100
    items: int = 24
    seed: int = 1
    duplicates: float = 0.02
    """Of heartbeats sent a second time, later."""
    reordering: float = 0.02
    """Of heartbeats delayed past their successors."""
    offline: float = 0.05
    """Of sessions that spend some minutes without a network, and then send everything at once."""
    rewatching: float = 0.2
    """Of sessions that take up an item once more from its start."""
    seeking: float = 0.05
    """Of heartbeats after which the viewer jumps elsewhere."""
    devices: float = 0.3
    """Of people who watch on two devices."""
    rest_s: float = 0.0
    """How long a device rests after a session, on average; at 0, hardly anybody does."""
    away: frozenset[int] = frozenset()
    """Numbers of people who do not watch: somebody real does in their place."""

    def __post_init__(self) -> None:
        if self.size < 1 or self.items < 1:
            raise ValueError("an audience has at least one person and one item")
        for name in ("duplicates", "reordering", "offline", "rewatching", "seeking", "devices"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1")
        if self.rest_s < 0:
            raise ValueError("a rest takes no less than no time")
        if self.away >= frozenset(range(self.size)):
            raise ValueError("an audience has at least one person who is not away")

    def user(self, number: int) -> str:
        """The UUID of a person, the same for every seed: a second simulation goes on with them."""
        return str(uuid.uuid5(_NAMESPACE, f"user:{number}"))

    def item(self, number: int) -> tuple[str, int]:
        """The UUID of an item, and its duration in seconds: its film's, else from 3 to 20 minutes."""
        seconds = FILM_SECONDS.get(number, 180 + number * 7919 % 1021)
        return str(uuid.uuid5(_NAMESPACE, f"item:{number}")), seconds
