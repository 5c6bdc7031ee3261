"""Finding the few entries that a store refuses among many that it takes. Pure: the store is a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sinks.reading import Entry, Rejected

Attempt = Callable[[Sequence[Entry]], str | None]
"""Stores all of the entries, or none of them and says what is wrong with one."""
Alternatives = Callable[[Entry], Iterable[Entry]]
"""What may be stored in place of an entry, the best first."""


def settle(entries: Sequence[Entry], attempt: Attempt, instead_of: Alternatives) -> list[Rejected]:
    """Store what can be stored, in halves of halves; return what cannot, with the store's own words.

    An entry refused leaves its place to one that it superseded, as if the two had come in different batches.
    """
    refusal = attempt(entries) if entries else None
    if refusal is None:
        return []
    if len(entries) == 1:
        return _settle_one(entries[0], refusal, attempt, instead_of)
    middle = len(entries) // 2
    return settle(entries[:middle], attempt, instead_of) + settle(entries[middle:], attempt, instead_of)


def _settle_one(entry: Entry, refusal: str, attempt: Attempt, instead_of: Alternatives) -> list[Rejected]:
    rejected = [Rejected(entry.source, "refused_by_store", refusal)]
    for other in instead_of(entry):
        again = attempt([other])
        if again is None:
            break
        rejected.append(Rejected(other.source, "refused_by_store", again))
    return rejected
