"""Distinguishes bad records from a bad release. Pure: the caller passes limits and the time in.

A person whose record is refused is *quarantined* for a while: their records are stored separately, after all
others, and those that are refused become dead letters. Only if the records of many people are refused, of
more than one tenant, is the release bad: then the sink stores nothing, rather than emptying the topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from playhead.retry import Backoff
from sinks.errors import TooManyDeadLettersError
from sinks.states.decode import RejectedRecord, StateOwner

MIN_TENANTS = 2
"""With refused records, if the window has as many: one tenant cannot stop the others."""
HOLDS = Backoff(first_seconds=2.0, longest_seconds=60.0)
"""How long the sink stores nothing after it suspects a bad release, before it tries again."""


@dataclass(frozen=True, slots=True)
class BadRelease:
    """What a bad release looks like; see the settings of the same names."""

    window: int
    share: float
    people: int
    quarantine_seconds: float


class DeadLetterLimit:
    """The people of the last records, and those with refusals. For one thread, except `quarantined`."""

    def __init__(self, bad_release: BadRelease) -> None:
        self._bad_release = bad_release
        self._recent: dict[StateOwner, None] = {}
        """The last `window` people, the latest last."""
        self._refused: dict[StateOwner, float] = {}
        """When last. Replaced, never changed, since another thread calls `quarantined`."""

    def quarantined(self, now: float) -> frozenset[StateOwner]:
        """The people in quarantine."""
        since = now - self._bad_release.quarantine_seconds
        return frozenset(person for person, at in self._refused.items() if at > since)

    def attempt(self, people: AbstractSet[StateOwner], now: float) -> BatchAttempt:
        """Begin an attempt at a batch with records of these people."""
        missing = self._bad_release.window - len(people)
        earlier = [person for person in self._recent if person not in people] if missing > 0 else []
        return BatchAttempt(self._bad_release, [*earlier[-missing:], *people], self.quarantined(now))

    def note_stored(self, attempt: BatchAttempt, now: float) -> None:
        """Take note of a batch that was stored."""
        self._recent = dict.fromkeys(attempt.people[-self._bad_release.window :])
        since = now - self._bad_release.quarantine_seconds
        still = {
            person: at for person, at in self._refused.items() if at > since and person not in attempt.refused
        }
        self._refused = still | dict.fromkeys(attempt.refused, now)


class BatchAttempt:
    """One attempt at a batch, and the people with refused records in it."""

    def __init__(
        self, bad_release: BadRelease, people: Sequence[StateOwner], quarantined: frozenset[StateOwner]
    ) -> None:
        self.people = people
        """Those of earlier batches, as far as the window reaches, then those of this one."""
        self._bad_release = bad_release
        self._tenants = {person.tenant for person in people}
        self._failing = set(quarantined.intersection(people))
        self._failing_tenants = {person.tenant for person in self._failing}
        self.refused: set[StateOwner] = set()
        """Those with a refusal in this attempt."""

    def refuse(self, rejected: RejectedRecord) -> None:
        """Count the owner of a refused record.

        Raises:
            TooManyDeadLettersError: with this one, it looks like a bad release.
        """
        person = rejected.source.person
        self.refused.add(person)
        self._failing.add(person)
        self._failing_tenants.add(person.tenant)
        people, tenants = len(self._failing), len(self._failing_tenants)
        limits, of_people, of_tenants = self._bad_release, len(self.people), len(self._tenants)
        is_release = (
            people >= limits.people
            and people > limits.share * of_people
            and tenants >= min(MIN_TENANTS, of_tenants)
            and tenants > limits.share * of_tenants
        )
        if is_release:
            raise TooManyDeadLettersError(people, of_people, tenants, of_tenants, str(rejected))


class ReleaseHold:
    """Whether the sink stores nothing, since it suspects a bad release."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._until = 0.0
        self._pauses = HOLDS.pauses()

    def begin(self, reason: str, now: float) -> float:
        """Hold for a while, longer each time in a row; for how many seconds."""
        pause = next(self._pauses)
        self.reason, self._until = reason, now + pause
        return pause

    def is_over(self, now: float) -> bool:
        """Whether it is time for another attempt; the hold itself ends once one has succeeded."""
        return now >= self._until

    def end(self) -> None:
        """Take note that a batch was stored."""
        self.reason, self._pauses = None, HOLDS.pauses()
