"""How an audience behaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("6f0a7c1e-52d5-4a57-9f0e-3b7b6f5f1a10")
DEMO_TENANT = str(uuid.uuid5(_NAMESPACE, "tenant"))


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

    def __post_init__(self) -> None:
        if self.size < 1 or self.items < 1:
            raise ValueError("an audience has at least one person and one item")
        for name in ("duplicates", "reordering", "offline", "rewatching", "seeking", "devices"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1")

    def user(self, number: int) -> str:
        """The UUID of a person, the same for every seed: a second simulation goes on with them."""
        return str(uuid.uuid5(_NAMESPACE, f"user:{number}"))

    def item(self, number: int) -> tuple[str, int]:
        """The UUID of an item, and its duration in seconds: from 3 to 20 minutes."""
        return str(uuid.uuid5(_NAMESPACE, f"item:{number}")), 180 + number * 7919 % 1021
