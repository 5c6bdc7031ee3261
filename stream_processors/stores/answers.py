"""The arguments and the answers of the hot store's scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from playhead.progress import ContentId
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.quota import ItemCount

ITEMS_PER_ENTRY = 100
"""Loaded of one person by one entry of a call. A call may exceed its limit of bytes by this many values."""

LoadEntry = tuple[str, Sequence[ContentId]]


def entries_of(wanted: Mapping[str, Sequence[ContentId]]) -> Iterator[LoadEntry]:
    """The people and items to load; a person of many items has several entries."""
    for person, items in wanted.items():
        if len(items) <= ITEMS_PER_ENTRY:
            yield person, items
            continue
        left = iter(items)
        while chunk := list(islice(left, ITEMS_PER_ENTRY)):
            yield person, chunk


def add_answers(
    known: dict[str, KnownPerson | None], entries: Sequence[LoadEntry], answers: Sequence[Sequence[Any]]
) -> None:
    """Add what `load.lua` answers for these entries; None for a person who is not in Redis."""
    for (person, items), (erased_at, fence, *values, fields) in zip(entries, answers, strict=True):
        if erased_at is not None:
            known[person] = KnownPerson({}, erased_at=int(erased_at))
        elif fence is None:
            known[person] = None
        else:
            held = {i: value for i, value in zip(items, values, strict=True) if value}
            _add(known, person, held, 0 if fields is None else fields - 1)


def _add(
    known: dict[str, KnownPerson | None], person: str, items: dict[ContentId, bytes], count: int
) -> None:
    """Add the items of one entry; a person may have several."""
    earlier = known.get(person)
    if earlier is not None:
        items, count = {**earlier.items, **items}, max(earlier.count.all, count)
    known[person] = KnownPerson(items, count=ItemCount(count, unknown=None) if count else ItemCount())


def integer(answer: bytes | None) -> int | None:
    """A number, or None for a missing field."""
    return None if answer is None else int(answer)


def flat(items: Sequence[tuple[str, bytes]]) -> list[str]:
    """Names and values by turns, as text: Redis' MessagePack has strings but no byte strings."""
    return [each for item, value in items for each in (item, value.decode())]
