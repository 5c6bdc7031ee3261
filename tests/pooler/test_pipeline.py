"""The whole product through PgBouncer in transaction mode: many clients share a few sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager
from redis import Redis
from typer.testing import CliRunner

from operations.cli.main import app
from playhead.identity import mint_development_token
from playhead.postgres import connect
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import KafkaSettings, QuerySettings, SinkSettings
from query_api.app import create_app
from tests.ingest.process import IngestProcess, running_ingest
from tests.pooler.pgbouncer import POOL
from tests.services import Database, Services
from tests.sinks.running import sink_process
from tests.stream_processors.process import Worker, eventually

pytestmark = pytest.mark.services

TENANT = TenantId("5c0e1b1e-3f55-4d0c-8a37-0d8d5d3f6a11")
PEOPLE = [UserId(str(UUID(int=number + 1))) for number in range(30)]
CONTENT = "7d3c2b1a-5e4f-4a3b-8c2d-1e0f9a8b7c33"
AT_ONCE = 40
LEFT_OVER = ("statement_timeout", "enable_seqscan", "idle_in_transaction_session_timeout", "playhead.tenant")

NOTHING = (b"SELECT FROM pg_prepared_statements", b"SELECT FROM pg_locks WHERE locktype = 'advisory'")


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, services: Services, fresh_topics: KafkaSettings, pooled: Database
) -> Database:
    """Of every process of the test: the pooler, and the other stores, empty."""
    Redis.from_url(services.redis_url).flushdb()
    reports = {"PLAYHEAD_POSTGRES_REPORTS_DSN": pooled.reader_dsn, "PLAYHEAD_ENVIRONMENT": "development"}
    prefix = {"PLAYHEAD_KAFKA_PREFIX": fresh_topics.kafka_prefix}
    for name, value in (services.environment | pooled.environment | reports | prefix).items():
        monkeypatch.setenv(name, value)
    return pooled


def save(ingest: IngestProcess, user: UserId, percentage: int, **more: str) -> None:
    token = mint_development_token(ingest.settings, TENANT, user, ())
    answer = httpx.post(
        f"{ingest.url}/api/progress",
        headers={"Authorization": f"Bearer {token}"},
        json={"contentId": CONTENT, "progressType": "document", "progressPercentage": percentage} | more,
    )
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text


async def read(settings: QuerySettings, paths: Sequence[str]) -> list[httpx.Response]:
    """Answers of the query API to requests that are all made at once."""
    service = create_app(settings)
    transport = httpx.ASGITransport(app=service, raise_app_exceptions=False)

    def headers() -> dict[str, str]:  # of another administrator each, as a person's rate is limited
        token = mint_development_token(settings, TENANT, UserId(str(uuid4())), ("admin",))
        return {"Authorization": f"Bearer {token}"}

    async with (
        LifespanManager(service, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://query") as client,
    ):
        return list(await asyncio.gather(*(client.get(each, headers=headers()) for each in paths)))


def command(*arguments: str) -> str:
    shown = CliRunner().invoke(app, list(arguments))
    assert shown.exit_code == 0, f"{arguments}: {shown.output}"
    return shown.output


def stored(database: Database) -> int:
    with psycopg.connect(database.admin_dsn, autocommit=True, prepare_threshold=None) as connection:
        row = connection.execute(
            "SELECT count(*) FROM progress.user_progress WHERE progress_percentage = 60"
        ).fetchone()
    return 0 if row is None else int(row[0])


def test_saves_reports_and_commands_share_a_few_sessions(
    environment: Database, tmp_path: Path, services: Services
) -> None:
    with ExitStack() as running:
        running.enter_context(Worker({"PLAYHEAD_PROCESSOR_PORT": "0"}, tmp_path / "processor.log"))
        sinks = [running.enter_context(sink_process(SinkSettings(sink_linger_seconds=0.05))) for _ in "ab"]
        ingest = running.enter_context(running_ingest(KafkaSettings()))
        with ThreadPoolExecutor(8) as clients:
            for percentage in (20, 40, 60):
                list(clients.map(lambda user, now=percentage: save(ingest, user, now), PEOPLE))
        eventually(
            lambda: stored(environment) == len(PEOPLE),
            "all is stored",
            120,
            found=lambda: "".join(each.output() for each in sinks),
        )
        Redis.from_url(services.redis_url).flushdb()  # so that people are read from PostgreSQL
        save(ingest, PEOPLE[0], 70)
        eventually(lambda: stored(environment) == len(PEOPLE) - 1, "the person is restored", 120)
        paths = [
            "/api/org/progress",
            "/api/people",
            "/api/people?format=csv",
            f"/api/progress?userId={PEOPLE[1]}",
        ]
        files = dict.fromkeys(
            ("query_exports_at_once", "query_person_exports", "query_tenant_exports"), AT_ONCE
        )
        settings = QuerySettings.model_validate(files | {"query_postgres_pool": 10})
        answers = asyncio.run(read(settings, paths * (AT_ONCE // len(paths))))
        assert {each.status_code for each in answers} == {200}, [each.text for each in answers]
        assert all(each.json()["items"] for each in answers[1 :: len(paths)])
        command("status", "--wait", "60")
        command("audit")
        command("erase", "--tenant", TENANT, "--user", PEOPLE[2], "--yes")
        command("archive", "--older-than", "5years", "--to", str(tmp_path / "archive"))
        command("status", "--wait", "60")
    assert leftovers(environment) == []


def leftovers(database: Database) -> list[str]:
    """What clients left in their sessions: settings that are not the role's, locks, statements."""
    found = []
    for dsn in (database.writer_dsn, database.reader_dsn):
        with ExitStack() as all_of_them:
            for _ in range(POOL):
                session = all_of_them.enter_context(connect(dsn, "leftovers", "TEST", autocommit=False))
                values = [
                    (name, *session.execute("SELECT current_setting(%s, true)", [name]).fetchall())
                    for name in LEFT_OVER
                ]
                found += [str(each) for each in values if each[1][0] not in {None, "", "0", "on"}]
                found += [query for query in NOTHING if session.execute(query).fetchall()]
    return found


def test_another_clients_time_zone_is_not_ours(pooled: Database) -> None:
    other = f"{pooled.writer_dsn}?application_name={uuid4()}"
    with psycopg.connect(other, autocommit=True) as client:
        client.execute("SET TimeZone TO 'Asia/Tokyo'")
        for _ in range(2 * POOL):
            with connect(pooled.writer_dsn, "ours", "TEST") as connection:
                assert connection.execute("SHOW TimeZone").fetchone() == ("UTC",)
            assert client.execute("SHOW TimeZone").fetchone() == ("Asia/Tokyo",)
