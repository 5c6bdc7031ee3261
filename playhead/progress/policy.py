"""The policy of a tenant: when an item counts as completed, and what counts as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

AcceptedEvidence = Literal["any", "watched"]

POLICY_COLUMNS = ("threshold", "evidence", "duration_ms", "count_hidden", "page_count", "start_ms", "end_ms")
"""What the catalogue sets of an item's policy, in the order in which readers select it."""
ORGANISATION_COLUMNS = ("threshold", "evidence", "count_hidden")
"""What an organisation sets for its items."""


def _check_part(start_ms: int | None, end_ms: int | None) -> None:
    if (start_ms or 0) < 0 or (end_ms is not None and end_ms <= (start_ms or 0)):
        raise ValueError("start_ms is not negative, and end_ms lies after it")


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
    page_count: int | None = None
    """The pages of the item; it takes precedence over claims of readers."""
    start_ms: int | None = None
    """Where the item begins in its file, if it is a part of a file."""
    end_ms: int | None = None
    """Where the item ends in its file."""
    count_hidden: bool | None = None
    """Whether time that was spent while the page was hidden counts as watch time."""

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.duration_ms is not None and self.duration_ms <= 0:
            raise ValueError("duration_ms is positive")
        if self.page_count is not None and self.page_count <= 0:
            raise ValueError("page_count is positive")
        _check_part(self.start_ms, self.end_ms)

    @classmethod
    def of(cls, columns: Sequence[str], values: Sequence[Any]) -> Override | None:
        """The override with these columns of the catalogue, or of an organisation; None if none is set."""
        override = cls(**dict(zip(columns, values, strict=True)))
        return None if override == _NO_OVERRIDE else override


_NO_OVERRIDE = Override()


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
    page_count: int | None = None
    """The pages in the catalogue; it takes precedence over claims of readers."""
    start_ms: int = 0
    """Where the item begins in its file: positions are file time, coverage is of the part from here on."""
    end_ms: int | None = None
    """Where the item ends in its file; None for the file's end."""
    count_hidden: bool = True
    """Whether time that was spent while the page was hidden counts as watch time."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError("threshold is above 0 and at most 1")
        if self.max_rate < 1:
            raise ValueError("max_rate is at least 1")
        if self.grace_ms < 0 or (self.duration_ms is not None and self.duration_ms < 0):
            raise ValueError("grace_ms and duration_ms are not negative")
        _check_part(self.start_ms, self.end_ms)

    def under(self, override: Override | None) -> Policy:
        """This policy with the override of an item."""
        if override is None:
            return self
        return replace(
            self,
            threshold=self.threshold if override.threshold is None else override.threshold,
            evidence=self.evidence if override.evidence is None else override.evidence,
            duration_ms=override.duration_ms,
            page_count=override.page_count,
            start_ms=override.start_ms or 0,
            end_ms=override.end_ms,
            count_hidden=self.count_hidden if override.count_hidden is None else override.count_hidden,
        )

    def completes(self, covered: int, whole: int) -> bool:
        """Whether `covered` of `whole` reaches the threshold."""
        # Half a thousandth compensates for the binary fraction of the threshold and nothing else: with a
        # threshold in whole thousandths, the product is whole or at least a thousandth away from it.
        return whole > 0 and covered + 0.0005 >= self.threshold * whole
