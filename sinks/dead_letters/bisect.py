"""Finding the few entries that a store refuses among many that it takes. Pure: the store is a function.

People are told apart before their entries are. So one person's bad entries, however many they are, cost the
others' nothing but the few attempts that find the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from sinks.states.decode import Entry, PersonKey, Rejected

Attempt = Callable[[Sequence[Entry]], str | None]
"""Stores all of the entries, or none of them and says what is wrong with one."""
Alternatives = Callable[[Entry], Iterable[Entry]]
"""What may be stored in place of an entry, the best first."""
Refuse = Callable[[Rejected], None]
"""Is called for each entry that cannot be stored, at once; may raise, which ends the search."""

ATTEMPTS = 32
"""Made in a batch for the entries of one person once the store has refused one: enough to find several among
a hundred. An attempt takes some milliseconds, so a person costs a batch a fraction of a second; what is not
tried by then goes to dead letters with those refused."""
UNTRIED = f"not tried: {ATTEMPTS} attempts were made to store the person's other records of this batch"


def settle(
    entries: Sequence[Entry],
    attempt: Attempt,
    instead_of: Alternatives,
    *,
    apart: Sequence[Entry] = (),
    refuse: Refuse = lambda _: None,
) -> list[Rejected]:
    """Store what can be stored; return what cannot, with the store's own words.

    `apart` are entries of people known for bad ones. An entry refused leaves its place to one that it
    superseded, as if the two had come in different batches.
    """
    search = _Search(attempt, instead_of, refuse)
    if entries and attempt(entries) is not None:
        search.among(_by_person(entries))
    for person in _by_person(apart):
        search.of_one(person)
    return search.rejected


def _by_person(entries: Sequence[Entry]) -> list[list[Entry]]:
    people: dict[PersonKey, list[Entry]] = {}
    for entry in entries:
        people.setdefault(entry.source.person, []).append(entry)
    return list(people.values())


class _Search:
    """The search in one batch."""

    def __init__(self, attempt: Attempt, instead_of: Alternatives, refuse: Refuse) -> None:
        self._attempt = attempt
        self._instead_of = instead_of
        self._refuse = refuse
        self.rejected: list[Rejected] = []

    def among(self, people: list[list[Entry]]) -> None:
        """Find whose entries are refused, in halves of halves, where those of all together are."""
        if len(people) == 1:
            self.of_one(people[0])
            return
        middle = len(people) // 2
        for half in (people[:middle], people[middle:]):
            if len(half) == 1 or self._attempt(list(chain.from_iterable(half))) is not None:
                self.among(half)

    def of_one(self, entries: Sequence[Entry]) -> None:
        """Find which entries of one person are refused, in a limited number of attempts."""
        waiting, left = [entries], ATTEMPTS
        while waiting:
            some = waiting.pop()
            if len(some) == 1:
                left = self._settle(some[0], left)
            elif left == 0:
                for entry in some:
                    self._reject(entry, "quarantined", UNTRIED)
            else:
                left -= 1
                if self._attempt(some) is not None:
                    middle = len(some) // 2
                    waiting += (some[middle:], some[:middle])

    def _settle(self, entry: Entry, left: int) -> int:
        """Store the entry or the best that it superseded; how many attempts are left then."""
        for each in chain((entry,), self._instead_of(entry)):
            if left == 0:
                self._reject(each, "quarantined", UNTRIED)
                break
            left -= 1
            refusal = self._attempt([each])
            if refusal is None:
                break
            self._reject(each, "refused_by_store", refusal)
        return left

    def _reject(self, entry: Entry, reason: str, detail: str) -> None:
        rejected = Rejected(entry.source, reason, detail)
        self.rejected.append(rejected)
        self._refuse(rejected)
