"""The policy by which progress is judged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from playhead.progress.policy import Policy
from playhead.settings.base import Settings


class PolicySettings(Settings):
    """The default policy; see `playhead.progress.policy`."""

    completion_threshold: float = Field(default=0.90, gt=0, le=1)
    """The share of an item that completes it."""
    completion_evidence: Literal["any", "watched"] = "any"
    """`any` believes a client's percentage, and labels it; `watched` counts only what was played."""
    credit_max_rate: float = Field(default=4.0, ge=1, le=16)
    """The fastest that anybody is taken to play."""
    credit_grace_seconds: float = Field(default=20.0, ge=0)
    """Credit to a session beyond what the clock allows."""

    @property
    def policy(self) -> Policy:
        """As the kernel takes it."""
        return Policy(
            threshold=self.completion_threshold,
            evidence=self.completion_evidence,
            max_rate=self.credit_max_rate,
            grace_ms=round(self.credit_grace_seconds * 1000),
        )
