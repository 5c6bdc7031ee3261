"""Decides when a child process that died is started again: a state machine without processes and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from playhead.retry import Backoff


class Phase(StrEnum):
    """The phase of a process."""

    STARTING = "starting"
    READY = "ready"
    UNREADY = "not ready"
    """It was ready; now its `/readyz` says otherwise, or does not answer."""
    WAITING = "restarting"
    FAILING = "failing"
    """It keeps dying; it is still restarted, at the longest interval."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Pauses before restarts, and the number of deaths that count as failing."""

    backoff: Backoff = field(default_factory=lambda: Backoff(first_seconds=0.25, longest_seconds=10.0))
    stable_seconds: float = 20.0
    """A process that is ready this long is healthy again: its earlier deaths no longer count."""
    failing_deaths: int = 5


@dataclass(frozen=True, slots=True)
class Life:
    """The state of a process over its restarts. Every method returns the next state."""

    phase: Phase = Phase.STOPPED
    deaths: int = 0
    """Consecutive ones, without a stable time between."""
    restarts: int = 0
    ready_since: float | None = None
    retry_at: float | None = None
    last_words: str = ""
    """The way it ended the last time."""

    def started(self) -> Life:
        """It was launched; after a death, that is a restart."""
        return replace(
            self,
            phase=Phase.STARTING,
            restarts=self.restarts + (self.retry_at is not None),
            ready_since=None,
            retry_at=None,
        )

    def became_ready(self, now: float) -> Life:
        """It answers."""
        return replace(self, phase=Phase.READY, ready_since=now)

    def died(self, now: float, policy: RestartPolicy, last_words: str) -> Life:
        """It ended unasked; `retry_at` is when to start it again."""
        was_stable = self.ready_since is not None and now - self.ready_since >= policy.stable_seconds
        deaths = 1 if was_stable else self.deaths + 1
        return replace(
            self,
            phase=Phase.FAILING if deaths >= policy.failing_deaths else Phase.WAITING,
            deaths=deaths,
            ready_since=None,
            retry_at=now + policy.backoff.after(deaths),
            last_words=last_words,
        )

    def stopped(self) -> Life:
        """It was asked to end."""
        return replace(self, phase=Phase.STOPPED, ready_since=None, retry_at=None)
