"""Passwords and addresses of stores stay in settings, and in the service's own log."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager
from confluent_kafka import KafkaError, KafkaException
from pydantic import SecretStr, ValidationError
from redis.asyncio import Redis
from typer.testing import CliRunner

from operations.cli.failures import describe
from operations.cli.main import app
from playhead import settings as module
from playhead.causes import cause_of, in_full
from playhead.http.logs import JsonFormatter, PlainFormatter
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import KafkaSettings, PostgresSettings, QuerySettings, RedisSettings, Settings
from playhead.settings.stores import secrets_of
from query_api.access import Person
from query_api.app import create_app
from query_api.live.events import Detached
from query_api.live.listener import Listener
from sinks.errors import StoreOutageError
from sinks.tables.connection import connect
from stream_processors.errors import TransientError
from stream_processors.stores.postgres import ReconnectingConnection
from stream_processors.stores.redis_calls import redis_call
from tests.query_api.world import headers
from tests.services import Database

PASSWORD = "hunter2-q7"
AWAY = {
    "redis_url": f"redis://:{PASSWORD}@127.0.0.1:1/0",
    "postgres_dsn": f"postgresql://writer:{PASSWORD}@127.0.0.1:1/playhead",
    "postgres_reader_dsn": f"postgresql://reader:{PASSWORD}@127.0.0.1:1/playhead",
    "postgres_admin_dsn": f"host=127.0.0.1 port=1 user=postgres password={PASSWORD}",
    "token_jwks_url": f"https://me:{PASSWORD}@issuer.example/keys",
    "token_secret": PASSWORD * 4,
    "kafka_servers": "127.0.0.1:1",
}
ENVIRONMENT = {f"PLAYHEAD_{name.upper()}": value for name, value in AWAY.items()}
KINDS = [kind for kind in vars(module).values() if inspect.isclass(kind) and issubclass(kind, Settings)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_password_is_in_the_repr_of_settings(kind: type[Settings]) -> None:
    known = {name: value for name, value in AWAY.items() if name in kind.model_fields}
    settings = kind.model_validate(known)
    assert PASSWORD not in repr(settings) + str(settings)
    assert {PASSWORD, PASSWORD * 4} & secrets_of(settings) or not known.keys() - {"kafka_servers"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_address_of_a_setting_is_hidden(kind: type[Settings]) -> None:
    """A new one that is not would be found here, by its name."""
    for name, field in kind.model_fields.items():
        if name.endswith(("_dsn", "_url", "_secret", "_password")):
            assert field.annotation in {SecretStr, SecretStr | None} or not field.repr, name


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql//writer:{PASSWORD}@127.0.0.1/playhead",
        f"{PASSWORD}",
        f"postgresql://writer:{PASSWORD}/x@127.0.0.1/playhead",
        f"postgresql://writer:{PASSWORD}%zz@127.0.0.1/playhead",
        f"host=127.0.0.1 pasword={PASSWORD}",
        f"host=127.0.0.1 password='{PASSWORD}",
    ],
)
def test_a_dsn_that_cannot_be_read_is_named_and_not_shown(dsn: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PostgresSettings(postgres_dsn=dsn)
    assert describe(refused.value).startswith("PLAYHEAD_POSTGRES_DSN: ")
    assert PASSWORD not in describe(refused.value) + str(refused.value) + repr(refused.value)


@pytest.mark.parametrize(
    "url", [f"redis//:{PASSWORD}@h/0", f"http://{PASSWORD}@h", f"redis://:{PASSWORD}/x@h/0"]
)
def test_a_redis_url_that_cannot_be_read_is_named_and_not_shown(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RedisSettings(redis_url=url)
    assert describe(refused.value).startswith("PLAYHEAD_REDIS_URL: ")
    assert PASSWORD not in describe(refused.value) + str(refused.value) + repr(refused.value)


def test_passwords_are_found_as_written_and_as_meant() -> None:
    settings = PostgresSettings(
        postgres_dsn="postgresql://writer:one%2Ftwo@h/playhead",
        postgres_reader_dsn="host=h password='three four'",
        postgres_admin_dsn="postgresql://postgres@h/playhead",
    )
    assert secrets_of(settings) == {"one%2Ftwo", "one/two", "three four"}


@pytest.mark.parametrize("formatter", [JsonFormatter, PlainFormatter])
def test_the_log_has_no_secret_whoever_wrote_it(formatter: type[JsonFormatter | PlainFormatter]) -> None:
    made = formatter(secrets=[PASSWORD, 'quo"ted'])
    with pytest.raises(ValueError, match=PASSWORD) as caught:
        int(PASSWORD)
    exc_info = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%s", (f'{PASSWORD} quo"ted',), exc_info)
    line = made.format(record)
    assert "***" in line
    assert "ValueError" in line
    assert PASSWORD not in line
    assert "quo" not in line


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--json"],
        ["audit"],
        ["migrate"],
        ["settings"],
        ["settings", "--markdown"],
        ["erase", "--tenant", str(UUID(int=1)), "--user", str(UUID(int=2))],
    ],
)
def test_no_command_shows_a_password_or_where_a_store_is_that_is_away(
    command: list[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playhead.kafka.topics.REQUEST_SECONDS", 0.5)
    where = [] if command[0] == "settings" else ["--data-dir", str(tmp_path)]
    done = CliRunner().invoke(app, [*command, *where], env=ENVIRONMENT)
    assert PASSWORD not in done.output
    assert ":1/" not in done.output
    if command[0] != "settings":
        assert done.exit_code != 0
        assert done.output


@pytest.mark.services
def test_commands_name_the_topic_that_is_missing(
    tmp_path: Path, fresh_topics: KafkaSettings, fresh_database: Database, redis_url: str
) -> None:
    prefix = f"{fresh_topics.kafka_prefix}none-"
    there = {
        "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
        "PLAYHEAD_KAFKA_PREFIX": prefix,
        "PLAYHEAD_POSTGRES_DSN": fresh_database.writer_dsn,
        "PLAYHEAD_REDIS_URL": redis_url,
    }
    for command, topic in (
        (["status", "--data-dir", str(tmp_path)], "progress.heartbeats"),
        (["dead-letters", "list"], "progress.dead_letters"),
    ):
        done = CliRunner().invoke(app, command, env=ENVIRONMENT | there)
        said = f"topic {prefix}{topic}: UNKNOWN_TOPIC_OR_PART. Has `playhead migrate` been run?\n"
        assert (done.exit_code, done.output) == (1, said)


@pytest.mark.services
def test_status_names_the_store_that_is_away_and_nothing_more(
    tmp_path: Path, fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    kafka = {
        "PLAYHEAD_KAFKA_SERVERS": fresh_topics.kafka_servers,
        "PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix,
    }
    postgres = kafka | {"PLAYHEAD_POSTGRES_DSN": fresh_database.writer_dsn}
    for there, said in (
        ({}, "Kafka does not answer (PLAYHEAD_KAFKA_SERVERS): _TRANSPORT\n"),
        (kafka, "PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN): OperationalError\n"),
        (postgres, "Redis does not answer (PLAYHEAD_REDIS_URL): ConnectionError\n"),
    ):
        done = CliRunner().invoke(app, ["status", "--data-dir", str(tmp_path)], env=ENVIRONMENT | there)
        assert (done.exit_code, done.output) == (1, said)


def test_a_cause_is_the_kind_of_an_error_and_the_log_has_its_text() -> None:
    assert cause_of(KafkaException(KafkaError(KafkaError._TRANSPORT, PASSWORD))) == "_TRANSPORT"
    # of a topic in the cluster's metadata: no exception
    assert cause_of(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART, PASSWORD)) == "UNKNOWN_TOPIC_OR_PART"
    assert cause_of(psycopg.errors.UndefinedTable(PASSWORD)) == "UndefinedTable, SQLSTATE 42P01"
    assert cause_of(OSError(111, PASSWORD)) == "ConnectionRefusedError"
    ours = RuntimeError("PostgreSQL is away")
    assert in_full(ours) == "PostgreSQL is away"
    ours.__cause__ = psycopg.OperationalError("connection refused")
    assert in_full(ours) == "PostgreSQL is away (connection refused)"


async def _ask_redis() -> None:
    async with redis_call(RedisSettings()), Redis.from_url(AWAY["redis_url"]) as redis:
        await redis.ping()


async def _ask_postgres() -> None:
    async with ReconnectingConnection(AWAY["postgres_dsn"], "test").cursor():
        pass


async def _sink() -> None:
    connect(AWAY["postgres_dsn"])


@pytest.mark.anyio
@pytest.mark.parametrize("ask", [_ask_redis, _ask_postgres, _sink])
async def test_what_a_probe_says_of_a_store_that_is_away_is_its_kind(
    ask: Callable[[], Awaitable[None]],
) -> None:
    with pytest.raises((TransientError, StoreOutageError)) as refused:
        await ask()
    assert str(refused.value).endswith(("OperationalError", "ConnectionError"))
    assert "127.0.0.1" in in_full(refused.value)  # the log has it


@pytest.mark.anyio
async def test_the_query_api_tells_no_client_where_its_stores_are() -> None:
    stores = {name: value for name, value in AWAY.items() if name not in {"token_jwks_url", "kafka_servers"}}
    settings = QuerySettings(**stores)  # type: ignore[arg-type]  # all of them texts
    me = Person(TenantId(str(UUID(int=1))), UserId(str(UUID(int=2))))
    app = create_app(settings)
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://query") as client,
    ):
        answers = [
            await client.get(path, headers=headers(settings, me))
            for path in ("/readyz", "/api/progress", "/api/progress/history", "/api/catalogue")
        ]
        listener = Listener(["one"])
        app.state.context.hub.join(listener)
        news = await listener.next(30)
        app.state.context.hub.leave(listener)
    assert [each.status_code for each in answers[:3]] == [503] * 3
    assert isinstance(news, Detached)
    for text in (*(each.text for each in answers), news.reason):
        assert PASSWORD not in text
        assert "127.0.0.1" not in text
        assert "refused" not in text
