"""The policy of a tenant: when an item counts as completed, and what counts as evidence."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

AcceptedEvidence = Literal["any", "watched"]


class Override(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The part of an item's policy that the catalogue sets; None means the general value.

    Raises:
        ValueError: a threshold outside (0, 1], or a duration that is not positive.
    """

    threshold: float | None = None
    """The share of the item that completes it; a multiple of 0.001."""
    evidence: AcceptedEvidence | None = None
    duration_ms: int | None = None
    """The duration of the item; it takes precedence over claims of players."""

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.duration_ms is not None and self.duration_ms <= 0:
            raise ValueError("duration_ms is positive")

    @classmethod
    def of(
        cls, *, threshold: float | None, evidence: AcceptedEvidence | None, duration_ms: int | None
    ) -> Override | None:
        """The override with these values of the catalogue; None if it sets none of them."""
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
    evidence: AcceptedEvidence = "any"
    """`any` accepts and labels the percentage of a client; `watched` counts only what was played."""
    max_rate: float = 4.0
    """The fastest plausible playback, in media time per wall time."""
    grace_ms: int = 20_000
    """Credit beyond the time that passed: two heartbeats, for clocks that differ and unreported starts."""
    duration_ms: int | None = None
    """The duration in the catalogue; it takes precedence over claims of players."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.max_rate < 1:
            raise ValueError("max_rate is at least 1")
        if self.grace_ms < 0 or (self.duration_ms is not None and self.duration_ms < 0):
            raise ValueError("grace_ms and duration_ms are not negative")

    def under(self, override: Override | None) -> Policy:
        """This policy with the override of an item."""
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
        # Half a thousandth compensates for the binary fraction of the threshold and nothing else: with a
        # threshold in whole thousandths, the product is whole or at least a thousandth away from it.
        return whole > 0 and covered + 0.0005 >= self.threshold * whole
