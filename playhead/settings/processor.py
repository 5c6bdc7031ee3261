"""Settings of the stream processor."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.base import Port
from playhead.settings.policy import PolicySettings
from playhead.settings.stores import KafkaSettings, PostgresSettings, RedisSettings


class ProcessorSettings(KafkaSettings, RedisSettings, PostgresSettings, PolicySettings):
    """The stream processor."""

    processor_host: str = "127.0.0.1"
    """The address for health and metrics."""
    processor_port: Port = 8082
    """The port for health and metrics."""
    processor_session_timeout_seconds: float = Field(default=6.0, ge=1)
    """How long a dead worker keeps its partitions. Faust's default of 60 s is six players' heartbeats."""
    processor_commit_interval_seconds: float = Field(default=0.5, gt=0)
    """How often offsets are committed to Kafka; a hint only, the stores carry their own."""
    processor_max_run: int = Field(default=5_000, ge=1)
    """Records of one partition handed to the agent at once."""
    processor_stall_seconds: float = Field(default=60.0, gt=0)
    """A partition with work stands still for this long, and no store is away: exit, and be restarted."""
    processor_person_items: int = Field(default=5_000, ge=1)
    """Items that one person may have; heartbeats of further ones become dead letters (`quota`). A new item on
    every working day takes twenty years; and a list of so many is what the query API still reads whole."""
    processor_person_unknown_items: int = Field(default=1_000, ge=1)
    """The same for items that the catalogue does not have, which anybody can invent. With a catalogue,
    only attackers and broken players meet it; raise it where there is none, and people have more."""
    processor_catalogue_seconds: float = Field(default=15.0, gt=0, le=50)
    """How often changed durations and policies are looked up in the catalogue; they hold within a minute."""
