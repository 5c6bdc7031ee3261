"""The settings of the four services."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from playhead.settings.base import FrameAncestors, HttpSettings, Origins, PolicySettings, Port
from playhead.settings.databases import DEFAULT
from playhead.settings.kafka import KafkaSettings
from playhead.settings.redis import RedisSettings
from playhead.settings.stores import AliasSettings, PostgresSettings
from playhead.settings.tokens import TokenSettings


class IngestSettings(HttpSettings, KafkaSettings, RedisSettings, AliasSettings, TokenSettings):
    """The ingest service."""

    ingest_host: str = "127.0.0.1"
    """The address to listen on."""
    ingest_port: Port = 8081
    """The port to listen on."""
    ingest_workers: int = Field(default=1, ge=1, le=64)
    """Processes that serve the port, for machines with several cores; `playhead ingest --workers` overrides
    it. Rates and limits of what is in flight are those of one process: a client that opens many connections
    reaches several, and may send as much to each, as with several machines."""
    ingest_max_body_bytes: int = Field(default=65_536, ge=1024)
    """The maximum size of a body: that of a beacon, so that a player can send its whole queue in one."""
    ingest_max_batch: int = Field(default=500, ge=1)
    """The maximum number of heartbeats in a batch."""
    ingest_max_in_flight: int = Field(default=20_000, ge=1)
    """Heartbeats that may await the ack of the broker; beyond it, requests are answered 503 instead of
    queued."""
    ingest_ack_timeout_seconds: float = Field(default=5.0, gt=0)
    """How long to wait for the ack of the broker before answering 503."""
    ingest_person_max_in_flight: int = Field(default=1_000, ge=1)
    """Heartbeats of one person that may await the ack; beyond it, the person is answered 429. Two full
    batches, for two devices that come online at once, and a twentieth of `ingest_max_in_flight`."""
    ingest_tenant_max_in_flight: int = Field(default=10_000, ge=1)
    """Heartbeats of one organisation that may await the ack; beyond it, its people are answered 429. Half of
    `ingest_max_in_flight`, so that no organisation takes all. At 3,000 heartbeats a second and 10 ms to the
    ack, 30 are in flight."""
    ingest_rate_per_second: float = Field(default=20.0, gt=0)
    """Sustained requests per second of one person; a player sends one in ten seconds."""
    ingest_rate_burst: int = Field(default=200, ge=1)
    """Requests of one person at once, after some time offline."""
    ingest_heartbeats_per_second: float = Field(default=50.0, gt=0)
    """Sustained heartbeats per second of one person, however many a batch holds: the rate of 500 players. A
    month offline with two hours a day is saved in six minutes, with eight hours a day in half an hour."""
    ingest_heartbeats_burst: int = Field(default=2_000, ge=1)
    """Heartbeats of one person at once: the full queues of two browsers, 1,000 each, in four batches. At
    least `ingest_max_batch`, since a full batch would otherwise never be accepted."""
    ingest_drain_seconds: float = Field(default=10.0, gt=0)
    """How long requests in progress may take once the service is asked to stop."""
    ingest_allowed_origins: Origins = ()
    """Other origins whose pages may save (CORS), `*` for all. Comma-separated in the environment."""

    @model_validator(mode="after")
    def _accept_a_full_batch(self) -> Self:
        for name in ("heartbeats_burst", "person_max_in_flight", "tenant_max_in_flight"):
            if getattr(self, f"ingest_{name}") < self.ingest_max_batch:
                raise ValueError(
                    f"PLAYHEAD_INGEST_{name.upper()} is less than PLAYHEAD_INGEST_MAX_BATCH "
                    f"({self.ingest_max_batch}): a full batch would never be accepted"
                )
        return self


class ProcessorSettings(KafkaSettings, RedisSettings, PostgresSettings, PolicySettings):
    """The stream processor."""

    processor_host: str = "127.0.0.1"
    """The address for health and metrics."""
    processor_port: Port = 8082
    """The port for health and metrics."""
    processor_session_timeout_seconds: float = Field(default=6.0, ge=1)
    """How long a dead worker keeps its partitions. The 60 s of Faust are the time of six heartbeats."""
    processor_commit_interval_seconds: float = Field(default=0.5, gt=0)
    """How often offsets are committed to Kafka. The commits are hints: the stores hold the offsets that
    count."""
    processor_max_run: int = Field(default=5_000, ge=1)
    """The maximum number of records of one partition that are processed together."""
    processor_fetch_min_bytes: int = Field(default=100_000, ge=1)
    """The broker answers a fetch once it has this many bytes of all partitions, or after
    `processor_fetch_wait_seconds`. With 1 it answers each record by itself, and batches stay tiny."""
    processor_fetch_wait_seconds: float = Field(default=0.2, gt=0, le=1)
    """The longest that the broker holds a fetch back; added to the time until progress is in Redis while
    there is little traffic. Half of it then takes twice the processor time of a heartbeat. A partition that
    was just assigned waits as long, behind the fetch of the others."""
    processor_stall_seconds: float = Field(default=60.0, gt=0)
    """How long a partition with records may make no progress while all stores are available; the worker then
    exits in order to be restarted."""
    processor_person_items: int = Field(default=5_000, ge=1)
    """Items that one person may have; heartbeats for further items become dead letters (`quota`). One new
    item per working day reaches it after twenty years, and the query API can still read a list of this
    length."""
    processor_person_unknown_items: int = Field(default=1_000, ge=1)
    """Items of one person that are not in the catalogue, which anyone can invent. With a catalogue, only
    attackers and faulty players reach it; without one, raise it if people have more items."""
    processor_catalogue_seconds: float = Field(default=15.0, gt=0, le=50)
    """How often the catalogue is checked for changed durations and policies, which apply within a minute."""


class SinkSettings(KafkaSettings, PostgresSettings, PolicySettings):
    """The PostgreSQL sink. The policy must be that of the processor, by which the states were derived."""

    sink_host: str = "127.0.0.1"
    """The address for health and metrics."""
    sink_port: Port = 8083
    """The port for health and metrics."""
    sink_database: str = DEFAULT
    """The database that this sink stores into, where tenants are divided among several: a name of
    `postgres_databases_file`, or `default`. Each database has sinks of its own, and needs at least one."""
    sink_batch: int = Field(default=10_000, ge=1)
    """The maximum number of states written in one transaction."""
    sink_linger_seconds: float = Field(default=0.5, gt=0)
    """How long a batch may wait to fill."""
    sink_fetch_min_bytes: int = Field(default=100_000, ge=1)
    """As `processor_fetch_min_bytes`, of states."""
    sink_fetch_wait_seconds: float = Field(default=0.1, gt=0, le=1)
    """As `processor_fetch_wait_seconds`; a part of it passes within `sink_linger_seconds`."""
    sink_session_timeout_seconds: float = Field(default=6.0, ge=6)
    """How long a dead sink keeps its partitions; librdkafka and the broker accept no less than 6 s."""
    sink_dead_letter_window: int = Field(default=1_000, ge=1)
    """The number of recent people by which bad records are distinguished from a bad release. People, not
    records: one person counts once, however many records they send."""
    sink_dead_letter_share: float = Field(default=0.1, gt=0, le=1)
    """The sink stores nothing more, instead of emptying the topic into dead letters, once records of more
    than this share of these people, and of their tenants, are refused; of at least two tenants, if there are
    two. A release that is bad for one person in ten is detected; a few people with bad records stop
    nothing."""
    sink_dead_letter_people: int = Field(default=20, ge=1)
    """The least number of people for this, so that a few do not stop a sink that has just started."""
    sink_quarantine_seconds: float = Field(default=600.0, gt=0)
    """How long the records of a person are stored separately after one was refused. Finding the person again
    once in ten minutes costs nothing, and records that are no longer refused are stored as before."""
    sink_stall_seconds: float = Field(default=60.0, gt=0)
    """The sink is not ready once records have waited for this long and none was stored. A batch takes
    seconds. While PostgreSQL and Kafka answer others, it then exits in order to be restarted."""

    @model_validator(mode="after")
    def _refuse_unknown_database(self) -> Self:
        if self.sink_database not in self.databases.named:
            known = ", ".join(self.databases.named)
            raise ValueError(
                f"PLAYHEAD_SINK_DATABASE is {self.sink_database!r}, and PLAYHEAD_POSTGRES_DATABASES_FILE "
                f"describes: {known}"
            )
        return self


class QuerySettings(HttpSettings, RedisSettings, AliasSettings, TokenSettings, PolicySettings, KafkaSettings):
    """The query API."""

    query_host: str = "127.0.0.1"
    """The address to listen on."""
    query_port: Port = 8084
    """The port to listen on."""
    query_workers: int = Field(default=1, ge=1, le=64)
    """Processes that serve the port, for machines with several cores; `playhead query --workers` overrides
    it. Rates, streams, exports and connections to Postgres are limited in each, as with several machines."""
    query_redis_timeout_seconds: float = Field(default=0.05, gt=0)
    """How long to wait for Redis before answering from Postgres."""
    query_postgres_pool: int = Field(default=8, ge=1)
    """Connections to Postgres."""
    query_postgres_timeout_seconds: float = Field(default=2.0, gt=0)
    """How long to wait for Postgres, including for a connection, before answering 503."""
    query_directory_timeout_seconds: float = Field(default=20.0, gt=0)
    """The same for requests that write the directory, which have connections of their own."""
    query_allowed_origins: Origins = ()
    """Other origins whose pages may read (CORS), `*` for all. Comma-separated in the environment."""
    query_frame_ancestors: FrameAncestors = ()
    """Other origins whose pages may frame these, `*` for all. Comma-separated in the environment."""
    query_pages_directory: Path | None = None
    """The folder of the built pages; by default where `make pages` puts them."""
    query_media_directory: Path | None = None
    """A folder whose files are served under `/media/` without a token, for the local demo."""
    query_rate_per_second: float = Field(default=50.0, gt=0)
    """Sustained requests per second of one person; beyond it, 429. A page sends about ten when it opens, and
    a process answers 1,300 a second."""
    query_rate_burst: int = Field(default=500, ge=1)
    """Requests of one person at once: paging through a list, or many tabs opened together."""
    query_tenant_rate_per_second: float = Field(default=500.0, gt=0)
    """Sustained requests per second of one organisation; beyond it, 429. Less than half of what a process
    answers, so that one organisation leaves room for others."""
    query_tenant_rate_burst: int = Field(default=5_000, ge=1)
    """Requests of one organisation at once: five hundred people who open a page in the same minute."""
    query_live_max_streams: int = Field(default=1_000, ge=1)
    """Open live streams, of persons and of teams; beyond it, 503."""
    query_live_person_streams: int = Field(default=10, ge=1)
    """Open live streams of one person, for several tabs and devices; beyond it, 429."""
    query_live_tenant_streams: int = Field(default=500, ge=1)
    """Open live streams of one organisation; beyond it, its people are answered 429. Half of
    `query_live_max_streams`, so that no organisation takes all."""
    query_live_review_seconds: float = Field(default=30.0, gt=0, le=50)
    """How often live streams of teams check the team's members and managers, and all live streams whether the
    key of their token was withdrawn. Changes apply within a minute."""
    query_exports_at_once: int = Field(default=4, ge=1)
    """Exports in progress, each with a connection to Postgres of its own; beyond it, 503."""
    query_person_exports: int = Field(default=2, ge=1)
    """Exports of one person in progress: one being read and the next one started; beyond it, 429."""
    query_tenant_exports: int = Field(default=3, ge=1)
    """Exports of one organisation in progress; beyond it, its people are answered 429. One is left to
    others."""
    query_export_timeout_seconds: float = Field(default=600.0, gt=0)
    """How long one export may take, including the client's reading; its connection is then closed."""
