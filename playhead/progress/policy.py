"""What a tenant decides: when an item counts as completed, and what counts as evidence."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

Believed = Literal["any", "watched"]


class Override(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The catalogue's part of an item's policy; what is None is as everywhere.

    Raises:
        ValueError: a threshold outside (0, 1], or a duration that is not positive.
    """

    threshold: float | None = None
    """The share of the item that completes it, in whole thousandths."""
    evidence: Believed | None = None
    duration_ms: int | None = None
    """What the item lasts; it overrules what players claim."""

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.duration_ms is not None and self.duration_ms <= 0:
            raise ValueError("duration_ms is positive")

    @classmethod
    def told(
        cls, *, threshold: float | None, evidence: Believed | None, duration_ms: int | None
    ) -> Override | None:
        """The override of an item of which the catalogue says this; None where it says nothing."""
        if threshold is None and evidence is None and duration_ms is None:
            return None
        return cls(threshold=threshold, evidence=evidence, duration_ms=duration_ms)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The rules under which progress is credited and summarised.

    Raises:
        ValueError: a threshold outside (0, 1], a rate below 1, or a negative grace or duration.
    """

    threshold: float = 0.90
    """The share of an item that completes it."""
    evidence: Believed = "any"
    """`any` believes a client's percentage, and labels it; `watched` counts only what was played."""
    max_rate: float = 4.0
    """The fastest that anybody is taken to play, in media time per wall time."""
    grace_ms: int = 20_000
    """Credit beyond what the clock allows: two heartbeats, for clocks that differ and starts unseen."""
    duration_ms: int | None = None
    """The catalogue's duration of this item; it overrules what players claim."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.max_rate < 1:
            raise ValueError("max_rate is at least 1")
        if self.grace_ms < 0 or (self.duration_ms is not None and self.duration_ms < 0):
            raise ValueError("grace_ms and duration_ms are not negative")

    def under(self, override: Override | None) -> Policy:
        """This policy with what the catalogue says of an item."""
        if override is None:
            return self
        return replace(
            self,
            threshold=self.threshold if override.threshold is None else override.threshold,
            evidence=self.evidence if override.evidence is None else override.evidence,
            duration_ms=override.duration_ms,
        )

    def completes(self, covered: int, whole: int) -> bool:
        """Whether `covered` of `whole` reaches the threshold."""
        # Half a thousandth makes up for the threshold's binary fraction and for nothing else: one of whole
        # thousandths makes a whole number here, or lies a thousandth off at least.
        return whole > 0 and covered + 0.0005 >= self.threshold * whole
