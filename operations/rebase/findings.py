"""What there is to rebase, from what Kafka and the stores have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


class RebaseError(Exception):
    """The rebase is refused, or cannot go on; the message names the way out."""


@dataclass(frozen=True, slots=True)
class NewLogEnds:
    """The log end of each partition of the two topics that stores keep offsets of."""

    heartbeats: Mapping[int, int]
    states: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class StoredPlaces:
    """What one store has of a log, by partition."""

    name: str
    """Of the store, for a person."""
    heartbeats: Mapping[int, int] = field(default_factory=dict)
    states: Mapping[int, int] = field(default_factory=dict)
    is_begun: bool = False
    """Whether a rebase of it was begun, and is not over."""


@dataclass(frozen=True, slots=True)
class RebaseFindings:
    """The ends of the logs, and the places of all stores."""

    ends: NewLogEnds
    stores: Sequence[StoredPlaces]

    @property
    def is_begun(self) -> bool:
        """Whether a run was killed."""
        return any(each.is_begun for each in self.stores)

    @property
    def beyond(self) -> list[str]:
        """What lies beyond its log, a sentence each: these places are of another log."""
        return [] if self.is_begun else list(self._beyond())

    def _beyond(self) -> Iterator[str]:
        for store in self.stores:
            yield from _of_topic(store.name, "heartbeats", store.heartbeats, self.ends.heartbeats)
            yield from _of_topic(store.name, "states", store.states, self.ends.states)


def _of_topic(store: str, topic: str, places: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[str]:
    beyond = {each: at for each, at in sorted(places.items()) if at > ends.get(each, 0)}
    if beyond:
        partition, at = next(iter(beyond.items()))
        yield (
            f"{store} has {topic} up to offset {at:,} of partition {partition}, and the log ends at "
            f"{ends.get(partition, 0):,}"
            + (f"; {len(beyond) - 1} more partitions are alike" if len(beyond) > 1 else "")
        )


def check(found: RebaseFindings, *, force: bool) -> None:
    """Check that there is something to rebase.

    Raises:
        RebaseError: nothing lies beyond its log, so the stores and the log may well belong together.
    """
    if not (force or found.is_begun or found.beyond):
        raise RebaseError(
            "nothing is to be done: no store has read beyond the end of a log. If the topics were recreated "
            "all the same, and have grown past what was read of the former ones, pass --force"
        )
