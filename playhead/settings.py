"""Typed settings: one class a service, read from `PLAYHEAD_*` variables in its composition root.

Nothing here is instantiated at import. A service receives its settings as an argument and never
reads the environment itself, so two of them can run in one process under test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from playhead.progress.policy import Policy

DEVELOPMENT_SECRET = "playhead-development-secret-never-for-production"  # noqa: S105 - refused outside development
"""Signs tokens on a developer's machine; `TokenSettings` refuses it elsewhere."""

Port = Annotated[int, Field(ge=0, le=65535)]


def _split(listed: object) -> object:
    if isinstance(listed, str):
        return tuple(part.strip() for part in listed.split(",") if part.strip())
    return listed


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
# Nothing that would end a source in a header, or the header.
_Ancestor = Annotated[str, Field(pattern=r"^(\*|https?:(//[^\s;,'\"/]+)?)$")]
FrameAncestors = Annotated[tuple[_Ancestor, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """What every service reads: the environment's name and the log level."""

    model_config = SettingsConfigDict(
        env_prefix="PLAYHEAD_",
        env_ignore_empty=True,  # a deployment passes on what nobody has set
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    environment: Literal["development", "production"] = "development"
    """In production, development secrets are refused."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe that is logged."""


class KafkaSettings(Settings):
    """Where the log is, and how its topics are made."""

    kafka_servers: str = "127.0.0.1:9092"
    """Comma-separated `host:port`."""
    kafka_partitions: int = Field(default=12, ge=1, le=1000)
    """Of each topic, when it is made; as many processors, and as many sinks, can share the work."""
    kafka_replication: int = Field(default=1, ge=1, le=9)
    """Copies of each topic, when it is made; 3 in production."""
    kafka_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    """Begins the name of every topic and consumer group, for several Playheads on one cluster."""


class RedisSettings(Settings):
    """Where the hot state is."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    """The primary; `rediss://` for TLS."""
    redis_person_ttl_days: int = Field(default=90, ge=1)
    """A person untouched this long leaves Redis; the next heartbeat loads them from Postgres."""


class PostgresSettings(Settings):
    """Where the durable truth is. The writer owns the rows; the reader cannot bypass row-level security."""

    postgres_dsn: str = "postgresql://playhead_writer@127.0.0.1:5432/playhead"
    """The processor and the sink connect with it."""
    postgres_reader_dsn: str = "postgresql://playhead_reader@127.0.0.1:5432/playhead"
    """The query API connects with it, under row-level security."""
    postgres_admin_dsn: str = "postgresql://postgres@127.0.0.1:5432/playhead"
    """Used by `playhead migrate` alone."""


class TokenSettings(Settings):
    """How bearer tokens are verified: a shared secret in development, a JWKS endpoint in production."""

    token_issuer: str = "playhead"  # noqa: S105 - a name
    """The `iss` that a token must have."""
    token_audience: str = "playhead"  # noqa: S105 - a name
    """The `aud` that a token must have."""
    token_algorithms: Annotated[tuple[Literal["HS256", "RS256", "ES256"], ...], NoDecode] = ("HS256",)
    """Pinned: a token's own header never chooses. Comma-separated in the environment."""
    token_secret: SecretStr = Field(default=SecretStr(DEVELOPMENT_SECRET), min_length=32)
    """For HS256, which a secret shorter than its 256 bits would weaken."""
    token_jwks_url: str | None = None
    """Where the issuer publishes its keys, for RS256 and ES256."""
    token_leeway_seconds: int = Field(default=30, ge=0, le=300)
    """By how much clocks may differ when a token expires."""

    @model_validator(mode="before")
    @classmethod
    def _split_algorithms(cls, values: dict[str, object]) -> dict[str, object]:
        listed = values.get("token_algorithms")
        if isinstance(listed, str):
            return values | {"token_algorithms": tuple(name.strip() for name in listed.split(","))}
        return values

    @model_validator(mode="after")
    def _refuse_development_secret(self) -> Self:
        if self.environment == "development":
            return self
        if "HS256" in self.token_algorithms and self.token_secret.get_secret_value() == DEVELOPMENT_SECRET:
            raise ValueError(
                "PLAYHEAD_TOKEN_SECRET is the development secret: set one of your own, or set "
                "PLAYHEAD_TOKEN_ALGORITHMS to RS256 or ES256 and PLAYHEAD_TOKEN_JWKS_URL"
            )
        return self

    @model_validator(mode="after")
    def _require_jwks(self) -> Self:
        asymmetric = set(self.token_algorithms) - {"HS256"}
        if asymmetric and len(asymmetric) != len(self.token_algorithms):
            raise ValueError(
                "PLAYHEAD_TOKEN_ALGORITHMS mixes HS256 with public-key algorithms: choose one kind"
            )
        if asymmetric and self.token_jwks_url is None:
            raise ValueError("PLAYHEAD_TOKEN_JWKS_URL is required with RS256 or ES256")
        return self


class PolicySettings(Settings):
    """The default policy; see `playhead.progress.policy`."""

    completion_threshold: float = Field(default=0.90, gt=0, le=1)
    """The share of an item that completes it."""
    completion_evidence: Literal["any", "watched"] = "any"
    """`any` believes a client's percentage, and labels it; `watched` counts only what was played."""
    credit_max_rate: float = Field(default=4.0, ge=1, le=16)
    """The fastest that anybody is taken to play."""
    credit_grace_seconds: float = Field(default=20.0, ge=0)
    """Credit to a session beyond what the clock allows."""

    @property
    def policy(self) -> Policy:
        """As the kernel takes it."""
        return Policy(
            threshold=self.completion_threshold,
            evidence=self.completion_evidence,
            max_rate=self.credit_max_rate,
            grace_ms=round(self.credit_grace_seconds * 1000),
        )


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
    """Work is waiting but nothing was committed for this long: exit, and be restarted."""
    processor_catalogue_seconds: float = Field(default=15.0, gt=0, le=50)
    """How often changed durations and policies are looked up in the catalogue; they hold within a minute."""


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


class AuditSettings(PostgresSettings, PolicySettings):
    """`playhead audit`: the policy must be the processor's, by which the rows were derived."""


class ArchiveSettings(PostgresSettings):
    """`playhead archive` and `playhead history`."""


class EraseSettings(KafkaSettings, RedisSettings, PostgresSettings):
    """`playhead erase`."""


class QuerySettings(RedisSettings, PostgresSettings, TokenSettings, PolicySettings, KafkaSettings):
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
    query_live_max_streams: int = Field(default=1_000, ge=1)
    """Open live streams, of persons and of teams; beyond it, 503."""
    query_live_review_seconds: float = Field(default=30.0, gt=0, le=50)
    """How often a team's live streams look up who its members and managers are; it holds within a minute."""
    query_exports_at_once: int = Field(default=4, ge=1)
    """Exports at work, each with a connection to Postgres of its own; beyond it, 503."""
    query_export_timeout_seconds: float = Field(default=600.0, gt=0)
    """How long one export may take, the client's reading included; then its connection is broken off."""


class MigrateSettings(KafkaSettings, PostgresSettings):
    """`playhead migrate`: topics and schema."""
