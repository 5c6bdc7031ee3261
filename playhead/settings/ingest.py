"""Settings of the ingest service."""

from __future__ import annotations

from pydantic import Field

from playhead.settings.base import Origins, Port
from playhead.settings.stores import KafkaSettings
from playhead.settings.tokens import TokenSettings


class IngestSettings(KafkaSettings, TokenSettings):
    """The ingest service."""

    ingest_host: str = "127.0.0.1"
    """The address it listens on."""
    ingest_port: Port = 8081
    """The port it listens on."""
    ingest_max_body_bytes: int = Field(default=65_536, ge=1024)
    """What one beacon may carry, so that a player may send its whole queue in one."""
    ingest_max_batch: int = Field(default=500, ge=1)
    """Heartbeats in one batch."""
    ingest_max_in_flight: int = Field(default=20_000, ge=1)
    """Heartbeats awaiting the broker's ack; beyond it, 503 rather than a growing queue."""
    ingest_ack_timeout_seconds: float = Field(default=5.0, gt=0)
    """How long the broker may take; then the answer is 503."""
    ingest_rate_per_second: float = Field(default=20.0, gt=0)
    """Requests a person may make, sustained; a player makes one in ten seconds."""
    ingest_rate_burst: int = Field(default=200, ge=1)
    """Requests a person may make at once, after a time offline."""
    ingest_drain_seconds: float = Field(default=10.0, gt=0)
    """How long requests under way may take once the service is told to stop."""
    ingest_allowed_origins: Origins = ()
    """Other origins whose pages may save (CORS), `*` for all. Comma-separated in the environment."""
