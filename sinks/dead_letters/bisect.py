"""Finds the few entries that a store refuses among many that it accepts. Pure: the store is a function.

The search narrows down to single people before it looks at their entries. So the bad entries of one person,
however many, cost the others only the few attempts that find the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from sinks.states.decode import RejectedRecord, StateEntry, StateOwner

Attempt = Callable[[Sequence[StateEntry]], str | None]
"""Stores all of the entries, or none of them and returns what is wrong with one."""
Alternatives = Callable[[StateEntry], Iterable[StateEntry]]
"""Returns what may be stored in place of an entry, the best first."""
Refuse = Callable[[RejectedRecord], None]
"""Called at once for each entry that cannot be stored; may raise, which ends the search."""

ATTEMPTS = 32
"""For the entries of one person in a batch, once the store has refused one: enough to find several among a
hundred. An attempt takes some milliseconds, so a person costs a batch a fraction of a second; entries that
remain become dead letters too."""
UNTRIED = f"not tried: {ATTEMPTS} attempts were made to store the person's other records of this batch"


def store_bisecting(
    entries: Sequence[StateEntry],
    attempt: Attempt,
    alternatives: Alternatives,
    *,
    quarantined: Sequence[StateEntry] = (),
    refuse: Refuse = lambda _: None,
) -> list[RejectedRecord]:
    """Store what the store accepts; return what it refuses, in its own words.

    An entry that is refused is replaced by one that it superseded, as if the two had come in different
    batches.

    Args:
        entries: Stored together, if possible.
        attempt: The store.
        alternatives: The entries that each superseded.
        quarantined: Entries of people with recent refusals, stored person by person after the others.
        refuse: Called for each refusal.
    """
    search = _Search(attempt, alternatives, refuse)
    if entries and attempt(entries) is not None:
        search.among(_by_person(entries))
    for person in _by_person(quarantined):
        search.of_one(person)
    return search.rejected


def _by_person(entries: Sequence[StateEntry]) -> list[list[StateEntry]]:
    people: dict[StateOwner, list[StateEntry]] = {}
    for entry in entries:
        people.setdefault(entry.source.person, []).append(entry)
    return list(people.values())


class _Search:
    """The search in one batch."""

    def __init__(self, attempt: Attempt, alternatives: Alternatives, refuse: Refuse) -> None:
        self._attempt = attempt
        self._alternatives = alternatives
        self._refuse = refuse
        self.rejected: list[RejectedRecord] = []

    def among(self, people: list[list[StateEntry]]) -> None:
        """Find the people with refused entries, by halving, when all together were refused."""
        if len(people) == 1:
            self.of_one(people[0])
            return
        middle = len(people) // 2
        for half in (people[:middle], people[middle:]):
            if len(half) == 1 or self._attempt(list(chain.from_iterable(half))) is not None:
                self.among(half)

    def of_one(self, entries: Sequence[StateEntry]) -> None:
        """Find the refused entries of one person, in a limited number of attempts."""
        waiting, left = [entries], ATTEMPTS
        while waiting:
            some = waiting.pop()
            if len(some) == 1:
                left = self._store_one(some[0], left)
            elif left == 0:
                for entry in some:
                    self._reject(entry, "quarantined", UNTRIED)
            else:
                left -= 1
                if self._attempt(some) is not None:
                    middle = len(some) // 2
                    waiting += (some[middle:], some[:middle])

    def _store_one(self, entry: StateEntry, left: int) -> int:
        """Store the entry, or the best that it superseded; how many attempts are left then."""
        for each in chain((entry,), self._alternatives(entry)):
            if left == 0:
                self._reject(each, "quarantined", UNTRIED)
                break
            left -= 1
            refusal = self._attempt([each])
            if refusal is None:
                break
            self._reject(each, "refused_by_store", refusal)
        return left

    def _reject(self, entry: StateEntry, reason: str, detail: str) -> None:
        rejected = RejectedRecord(entry.source, reason, detail)
        self.rejected.append(rejected)
        self._refuse(rejected)
