"""Many states to the ones that matter: of each person and item the one that knows most. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from playhead.wire.states import State
from sinks.states.decode import Entry

_Key = tuple[str, str, str]


class Collapsed(Struct, frozen=True):
    """At most one entry a key."""

    entries: list[Entry]
    """In the order of the table's index, so that neighbours are written together."""
    superseded: dict[_Key, list[Entry]]
    """What the entries made obsolete, in the order of reading."""

    def instead_of(self, entry: Entry) -> Iterator[Entry]:
        """What may be stored where the store refuses the entry, the best first."""
        others = self.superseded.get(_key(entry), [])
        worst_first = sorted(others, key=lambda each: each.state.source_offset)
        return (replace(each, touched=None) for each in reversed(worst_first))

    def states_of(self, entry: Entry) -> int:
        """How many states the entry stands for, itself included."""
        return 1 + len(self.superseded.get(_key(entry), []))


def collapse(entries: Iterable[Entry]) -> Collapsed:
    """Keep of each key the entry that dominates; it then has the sessions of all of them to write."""
    kept: dict[_Key, Entry] = {}
    superseded: dict[_Key, list[Entry]] = {}
    for entry in entries:
        key = _key(entry)
        known = kept.get(key)
        if known is None:
            kept[key] = entry
            continue
        best, other = (entry, known) if dominates(entry.state, known.state) else (known, entry)
        kept[key] = replace(best, touched=_unite(known.touched, entry.touched))
        superseded.setdefault(key, []).append(other)
    return Collapsed([kept[key] for key in sorted(kept)], superseded)


def dominates(state: State, other: State) -> bool:
    """Whether `state`, read after `other`, is the one to keep.

    In one source partition the offsets tell. Between two there is no telling, so the later read is kept:
    partitions change hands only when the old ones were read to their end.
    """
    return state.source_partition != other.source_partition or state.source_offset >= other.source_offset


def _key(entry: Entry) -> _Key:
    state = entry.state
    return (state.user_id, state.content_id, state.tenant_id)


def _unite(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
