"""The latest state of each key among many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from playhead.wire.states import State
from sinks.states.decode import StateEntry

_Key = tuple[str, str, str, bool]


class LatestStates(Struct, frozen=True):
    """At most one entry for each key."""

    entries: list[StateEntry]
    """In the order of the table's index, so that neighbouring rows are written together."""
    superseded: dict[_Key, list[StateEntry]]
    """The other entries of a key, in the order of the log."""

    def alternatives(self, entry: StateEntry) -> Iterator[StateEntry]:
        """What to store if PostgreSQL refuses the entry: the states that it superseded, the latest first."""
        others = self.superseded.get(_key(entry), [])
        oldest_first = sorted(others, key=lambda each: _place(each.state))
        return (replace(each, touched=None) for each in reversed(oldest_first))

    def count(self, entry: StateEntry) -> int:
        """How many states of the log the entry stands for, itself included."""
        return 1 + len(self.superseded.get(_key(entry), []))


def latest_per_key(entries: Iterable[StateEntry]) -> LatestStates:
    """Keep the latest entry of each key, with the touched sessions of all of them."""
    kept: dict[_Key, StateEntry] = {}
    superseded: dict[_Key, list[StateEntry]] = {}
    for entry in entries:
        key = _key(entry)
        known = kept.get(key)
        if known is None:
            kept[key] = entry
            continue
        best, other = (entry, known) if is_later(entry.state, known.state) else (known, entry)
        kept[key] = replace(best, touched=_union(known.touched, entry.touched))
        superseded.setdefault(key, []).append(other)
    for key in [each for each in kept if not each[-1]]:
        _share_touched(kept, key)
    return LatestStates([kept[key] for key in sorted(kept)], superseded)


def _share_touched(kept: dict[_Key, StateEntry], older_key: _Key) -> None:
    """Let the older sessions of an item and its record have one set of touched sessions.

    A session that one of the item's states touched may have moved to the other part by the latest.
    """
    older, record = kept[older_key], kept.get((*older_key[:-1], True))
    if record is not None:
        touched = _union(older.touched, record.touched)
        kept[older_key] = replace(older, touched=touched)
        kept[*older_key[:-1], True] = replace(record, touched=touched)


def is_later(state: State, other: State) -> bool:
    """Whether `state`, read after `other`, replaces it.

    Source offsets order the states of one source partition. A person moves to a higher partition only, and
    only after the lower one was read to its end: see ADR 0040.
    """
    return _place(state) >= _place(other)


def _place(state: State) -> tuple[int, int]:
    return state.source_partition, state.source_offset


def _key(entry: StateEntry) -> _Key:
    state = entry.state
    return (state.user_id, state.content_id, state.tenant_id, state.part is None)


def _union(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
