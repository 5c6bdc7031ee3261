"""Settings of the ingest service."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from playhead.settings.base import Origins, Port
from playhead.settings.http import HttpSettings
from playhead.settings.stores import KafkaSettings, RedisSettings
from playhead.settings.tokens import TokenSettings


class IngestSettings(HttpSettings, KafkaSettings, RedisSettings, TokenSettings):
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
    ingest_person_max_in_flight: int = Field(default=1_000, ge=1)
    """Of these, one person's, beyond which they get 429: two full batches, which takes two devices that come
    back at once. A twentieth of all, so that it takes twenty people to fill it."""
    ingest_tenant_max_in_flight: int = Field(default=10_000, ge=1)
    """Of these, one organisation's, beyond which its people get 429: half, so that one never takes it all. At
    3,000 heartbeats a second and 10 ms to the ack, 30 are in flight."""
    ingest_rate_per_second: float = Field(default=20.0, gt=0)
    """Requests a person may make, sustained; a player makes one in ten seconds."""
    ingest_rate_burst: int = Field(default=200, ge=1)
    """Requests a person may make at once, after a time offline."""
    ingest_heartbeats_per_second: float = Field(default=50.0, gt=0)
    """Heartbeats a person may save, sustained, however many a batch holds: 500 players at once. What a month
    offline leaves, of two hours a day, is through in six minutes; eight hours a day, in half an hour."""
    ingest_heartbeats_burst: int = Field(default=2_000, ge=1)
    """Heartbeats a person may save at once: the whole queue of two browsers, of 1,000 each, in four batches.
    Not less than `ingest_max_batch`, or a full batch would never pass."""
    ingest_drain_seconds: float = Field(default=10.0, gt=0)
    """How long requests under way may take once the service is told to stop."""
    ingest_allowed_origins: Origins = ()
    """Other origins whose pages may save (CORS), `*` for all. Comma-separated in the environment."""

    @model_validator(mode="after")
    def _let_a_full_batch_pass(self) -> Self:
        for name in ("heartbeats_burst", "person_max_in_flight", "tenant_max_in_flight"):
            if getattr(self, f"ingest_{name}") < self.ingest_max_batch:
                raise ValueError(
                    f"PLAYHEAD_INGEST_{name.upper()} is less than PLAYHEAD_INGEST_MAX_BATCH "
                    f"({self.ingest_max_batch}): a full batch would never be accepted"
                )
        return self
