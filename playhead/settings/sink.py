"""Settings of the PostgreSQL sink."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.base import Port
from playhead.settings.policy import PolicySettings
from playhead.settings.stores import KafkaSettings, PostgresSettings


class SinkSettings(KafkaSettings, PostgresSettings, PolicySettings):
    """The Postgres sink: the policy must be the processor's, by which the states were derived."""

    sink_host: str = "127.0.0.1"
    """The address for health and metrics."""
    sink_port: Port = 8083
    """The port for health and metrics."""
    sink_batch: int = Field(default=10_000, ge=1)
    """States written in one transaction, at most."""
    sink_linger_seconds: float = Field(default=0.5, gt=0)
    """How long a batch may wait to fill."""
    sink_session_timeout_seconds: float = Field(default=6.0, ge=6)
    """How long a dead sink keeps its partitions; librdkafka and the broker agree on no less than 6 s."""
    sink_dead_letter_window: int = Field(default=1_000, ge=1)
    """How many of the latest records are looked at to tell a bad record from a bad release."""
    sink_dead_letter_share: float = Field(default=0.1, gt=0, le=1)
    """More dead letters than this among them, and the sink stops rather than empty the topic."""
