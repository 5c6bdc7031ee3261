"""Tells bad records from a bad release. Pure: limits and time are passed in.

A person whose record is refused is *set apart* for a while: their records are stored by themselves, after all
others, and what of them is refused goes to dead letters. Only when the records of many people are refused, of
more than one tenant, is it the release that is bad: then nothing more is stored, and no topic is emptied.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sinks.errors import TooManyDeadLettersError
from sinks.states.decode import PersonKey, Rejected

LEAST_TENANTS = 2
"""Whose records must be refused, where the window has as many: one tenant cannot stop the others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bad release looks like; see the settings of the same names."""

    window: int
    share: float
    people: int
    quarantine_seconds: float


class Ceiling:
    """Remembers whose records came last, and whose were refused lately. For one thread, but for `apart`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._recent: dict[PersonKey, None] = {}
        """The latest last."""
        self._refused: dict[PersonKey, float] = {}
        """When last. Replaced, never changed, since `apart` is asked on another thread."""

    def apart(self, now: float) -> frozenset[PersonKey]:
        """The people who are set apart."""
        since = now - self._limits.quarantine_seconds
        return frozenset(person for person, at in self._refused.items() if at > since)

    def trial(self, people: AbstractSet[PersonKey], now: float) -> Trial:
        """Judge an attempt at a batch with records of these people."""
        missing = self._limits.window - len(people)
        earlier = [person for person in self._recent if person not in people] if missing > 0 else []
        return Trial(self._limits, [*earlier[-missing:], *people], self.apart(now))

    def note(self, trial: Trial, now: float) -> None:
        """Remember a batch that landed."""
        self._recent = dict.fromkeys(trial.people[-self._limits.window :])
        since = now - self._limits.quarantine_seconds
        still = {
            person: at for person, at in self._refused.items() if at > since and person not in trial.refused
        }
        self._refused = still | dict.fromkeys(trial.refused, now)


class Trial:
    """One attempt at a batch, and whose records were refused in it."""

    def __init__(self, limits: Limits, people: Sequence[PersonKey], apart: frozenset[PersonKey]) -> None:
        self.people = people
        """Those of the batch, and before them those who came earlier, as far as the window reaches."""
        self._limits = limits
        self._tenants = {person.tenant for person in people}
        self._failing = set(apart.intersection(people))
        self._failing_tenants = {person.tenant for person in self._failing}
        self.refused: set[PersonKey] = set()
        """In this attempt."""

    def refuse(self, rejected: Rejected) -> None:
        """Count the person whose record it is.

        Raises:
            TooManyDeadLettersError: with theirs, this looks like a bad release.
        """
        person = rejected.source.person
        self.refused.add(person)
        self._failing.add(person)
        self._failing_tenants.add(person.tenant)
        people, tenants = len(self._failing), len(self._failing_tenants)
        limits, of_people, of_tenants = self._limits, len(self.people), len(self._tenants)
        is_release = (
            people >= limits.people
            and people > limits.share * of_people
            and tenants >= min(LEAST_TENANTS, of_tenants)
            and tenants > limits.share * of_tenants
        )
        if is_release:
            raise TooManyDeadLettersError(people, of_people, tenants, of_tenants, str(rejected))
