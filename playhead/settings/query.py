"""Settings of the query API."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from playhead.settings.base import FrameAncestors, Origins, Port
from playhead.settings.http import HttpSettings
from playhead.settings.policy import PolicySettings
from playhead.settings.stores import KafkaSettings, PostgresSettings, RedisSettings
from playhead.settings.tokens import TokenSettings


class QuerySettings(
    HttpSettings, RedisSettings, PostgresSettings, TokenSettings, PolicySettings, KafkaSettings
):
    """The query API."""

    query_host: str = "127.0.0.1"
    """The address it listens on."""
    query_port: Port = 8084
    """The port it listens on."""
    query_redis_timeout_seconds: float = Field(default=0.05, gt=0)
    """Slower than this, and the answer comes from Postgres."""
    query_postgres_pool: int = Field(default=8, ge=1)
    """Connections to Postgres."""
    query_postgres_timeout_seconds: float = Field(default=2.0, gt=0)
    """Slower than this, waiting for a connection included, and the answer is 503."""
    query_directory_timeout_seconds: float = Field(default=20.0, gt=0)
    """The same for a call that writes the directory, which has connections of its own."""
    query_allowed_origins: Origins = ()
    """Other origins whose pages may read (CORS), `*` for all. Comma-separated in the environment."""
    query_frame_ancestors: FrameAncestors = ()
    """Other origins whose pages may frame these, `*` for all. Comma-separated in the environment."""
    query_pages_directory: Path | None = None
    """Where the built pages are; by default where `make pages` puts them."""
    query_media_directory: Path | None = None
    """Files that everybody may have under `/media/`, without a token: for the local demo."""
    query_rate_per_second: float = Field(default=50.0, gt=0)
    """Requests a person may make, sustained; beyond it, 429. A page makes some ten when it opens, and a
    process answers 1,300 a second, of which this is a 25th."""
    query_rate_burst: int = Field(default=500, ge=1)
    """Requests a person may make at once: a list page by page, or many tabs opened together."""
    query_tenant_rate_per_second: float = Field(default=500.0, gt=0)
    """Requests of one organisation, sustained; beyond it, 429. Less than half of what a process answers, so
    that one leaves room for others."""
    query_tenant_rate_burst: int = Field(default=5_000, ge=1)
    """Requests of one organisation at once: five hundred people who open a page in the same minute."""
    query_live_max_streams: int = Field(default=1_000, ge=1)
    """Open live streams, of persons and of teams; beyond it, 503."""
    query_live_person_streams: int = Field(default=10, ge=1)
    """Of these, one person's, beyond which they get 429: the tabs and devices that somebody has open."""
    query_live_tenant_streams: int = Field(default=500, ge=1)
    """Of these, one organisation's, beyond which its people get 429: half, so that one never has them all."""
    query_live_review_seconds: float = Field(default=30.0, gt=0, le=50)
    """How often a team's live streams look up who its members and managers are, and all of them whether their
    token's key was withdrawn; it holds within a minute."""
    query_exports_at_once: int = Field(default=4, ge=1)
    """Exports at work, each with a connection to Postgres of its own; beyond it, 503."""
    query_person_exports: int = Field(default=2, ge=1)
    """Of these, one person's, beyond which they get 429: one being read and the next one begun."""
    query_tenant_exports: int = Field(default=3, ge=1)
    """Of these, one organisation's, beyond which its people get 429: one is left to others."""
    query_export_timeout_seconds: float = Field(default=600.0, gt=0)
    """How long one export may take, the client's reading included; then its connection is broken off."""
