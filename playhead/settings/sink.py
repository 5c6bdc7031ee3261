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
    """How many of the latest people are looked at to tell bad records from a bad release. People, not
    records: however many records one person sends, they count once."""
    sink_dead_letter_share: float = Field(default=0.1, gt=0, le=1)
    """Of more of these people than this, and of more of their tenants, records must be refused for the sink
    to store nothing more rather than empty the topic; of two tenants at least, where there are two. A release
    that is bad for one person in ten is found; a few who found a way to send bad records stop nobody."""
    sink_dead_letter_people: int = Field(default=20, ge=1)
    """And of so many people at least, so that a few do not stop a sink that has just been started."""
    sink_quarantine_seconds: float = Field(default=600.0, gt=0)
    """How long a person's records are stored by themselves after one was refused. To find the person once in
    ten minutes costs nothing, and what is no longer refused is stored as before."""
    sink_stall_seconds: float = Field(default=60.0, gt=0)
    """Records wait and none was stored for so long: the sink is not ready, and says so. A batch takes
    seconds."""
