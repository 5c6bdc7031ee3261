"""The topics: their names and settings, with which `playhead migrate` creates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from playhead.progress.compaction import RETENTION_MS
from playhead.progress.identifiers import DAY_MS


def processor_group(prefix: str = "") -> str:
    """The consumer group of the processors, whose committed offsets are a hint."""
    return f"{prefix}playhead-processor"


def sink_group(prefix: str = "", database: str = "default") -> str:
    """The consumer group of a database's sinks.

    Its committed offsets only inform: sinks use those in PostgreSQL.
    """
    return f"{prefix}playhead-sink" + ("" if database == "default" else f"-{database}")


def repartition_mark(prefix: str = "") -> str:
    """The topic that exists while a repartition is under way; see `playhead.kafka.repartition_mark`."""
    return f"{prefix}progress.repartition"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its settings on the broker."""

    name: str
    config: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Topics:
    """The three topics of Playhead. With equally many partitions: a state stays in that of its source."""

    heartbeats: Topic
    states: Topic
    dead_letters: Topic

    @classmethod
    def named(cls, prefix: str = "") -> Self:
        """The topics with a prefix, for several Playheads on one cluster."""
        return cls(
            heartbeats=Topic(
                f"{prefix}progress.heartbeats",
                MappingProxyType({"cleanup.policy": "delete", "retention.ms": str(RETENTION_MS)}),
            ),
            states=Topic(
                f"{prefix}progress.states",
                # Without a limit, a quiet partition may keep for ever what a tombstone should remove.
                MappingProxyType({"cleanup.policy": "compact", "max.compaction.lag.ms": str(RETENTION_MS)}),
            ),
            dead_letters=Topic(
                f"{prefix}progress.dead_letters",
                MappingProxyType({"cleanup.policy": "delete", "retention.ms": str(30 * DAY_MS)}),
            ),
        )

    @property
    def all(self) -> tuple[Topic, ...]:
        """Every topic, in the order of the pipeline."""
        return (self.heartbeats, self.states, self.dead_letters)
