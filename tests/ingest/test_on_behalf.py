"""Marks and attempts on behalf of another person: who may, what is logged, and no own item by mistake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from ingest.app import Ingest, create_app
from ingest.on_behalf import ANSWER_SECONDS
from playhead.settings import IngestSettings
from tests.ingest.client import CONTENT, TENANT, USER, Client, token
from tests.services import Database

pytestmark = [pytest.mark.services, pytest.mark.anyio]

LEARNER = "44444444-4444-4444-8444-444444444444"
OTHERS = "55555555-5555-4555-8555-555555555555"
UNKNOWN = "66666666-6666-4666-8666-666666666666"
ELSEWHERE = "77777777-7777-4777-8777-777777777777"
TEAM = "88888888-8888-4888-8888-888888888888"
OTHER_TENANT = "99999999-9999-4999-8999-999999999999"

REQUESTS = [
    ("POST", "completion", "complete"),
    ("DELETE", "completion", "reopen"),
    ("POST", "attempts", "attempt"),
]


@pytest.fixture
def directory(fresh_database: Database) -> Database:
    """USER manages the team of LEARNER; OTHERS is in no team; ELSEWHERE is in another tenant."""
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        people = [(TENANT, USER), (TENANT, LEARNER), (TENANT, OTHERS), (OTHER_TENANT, ELSEWHERE)]
        connection.cursor().executemany(
            "INSERT INTO progress.people (tenant_id, user_id, display_name) VALUES (%s, %s, 'A name')", people
        )
        connection.execute(
            "INSERT INTO progress.teams (tenant_id, team_id, name) VALUES (%s, %s, 'A')", [TENANT, TEAM]
        )
        connection.cursor().executemany(
            "INSERT INTO progress.team_members (tenant_id, team_id, user_id, role) VALUES (%s, %s, %s, %s)",
            [(TENANT, TEAM, USER, "manager"), (TENANT, TEAM, LEARNER, "member")],
        )
    return fresh_database


@pytest.fixture
async def client(settings: IngestSettings, directory: Database) -> AsyncIterator[Client]:
    described = settings.model_copy(update={"postgres_reader_dsn": directory.reader_dsn})
    async for each in serving(described):
        yield each


async def serving(settings: IngestSettings) -> AsyncIterator[Client]:
    ingest = Ingest(settings)
    app = create_app(settings, ingest=ingest)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            yield Client(http, settings, ingest)


async def send(client: Client, method: str, of: str, query: str, *roles: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token(USER, *roles)}"}
    path = f"/api/progress/{CONTENT}/{of}{query}"
    return await client.http.request(method, path, headers=headers, **more)


def audited(directory: Database) -> list[tuple[Any, ...]]:
    with psycopg.connect(directory.admin_dsn) as connection:
        return connection.execute(
            "SELECT tenant_id::text, actor_id::text, act, subject_id::text, target, outcome, reason"
            " FROM progress.audit_events ORDER BY at"
        ).fetchall()


@pytest.mark.parametrize(("method", "of", "event"), REQUESTS)
async def test_a_manager_for_a_member_and_an_administrator_for_anybody(
    client: Client, directory: Database, method: str, of: str, event: str
) -> None:
    manager = await send(client, method, of, f"?userId={LEARNER}", "manager")
    admin = await send(client, method, of, f"?userId={OTHERS}", "admin")

    assert (manager.status_code, admin.status_code) == (202, 202)
    logged = sorted((each.user_id, each.acting_user, each.event, each.content_id) for each in client.logged())
    assert logged == [(LEARNER, USER, event, CONTENT), (OTHERS, USER, event, CONTENT)]
    assert all(each.occurred_at == each.received_at for each in client.logged())
    await client.ingest.endpoints.on_behalf.close()
    target = f"{method} /api/progress/{{contentId}}/{of}"
    assert audited(directory) == [
        (TENANT, USER, "mark", person, target, "done", "") for person in (LEARNER, OTHERS)
    ]


@pytest.mark.parametrize(("method", "of", "_event"), REQUESTS)
@pytest.mark.parametrize(
    ("roles", "person", "status"),
    [
        ((), LEARNER, 403),
        (("manager",), OTHERS, 403),
        (("manager",), UNKNOWN, 404),
        (("admin",), UNKNOWN, 404),
        (("admin",), ELSEWHERE, 404),
    ],
)
async def test_everybody_else_is_refused(  # noqa: PLR0913, PLR0917 - the table's columns
    client: Client,
    directory: Database,
    method: str,
    of: str,
    _event: str,
    roles: tuple[str, ...],
    person: str,
    status: int,
) -> None:
    answer = await send(client, method, of, f"?userId={person}", *roles)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, "userId")
    assert client.logged() == []
    await client.ingest.endpoints.on_behalf.close()
    (event,) = audited(directory)
    assert event[2:4] == ("mark", person)
    assert event[5:] == ("refused", str(status))


@pytest.mark.parametrize(("method", "of", "_event"), REQUESTS)
async def test_no_own_item_changes_by_mistake(client: Client, method: str, of: str, _event: str) -> None:
    for query in ("?userId=", "?userId=me", f"?userId={LEARNER}&userId={OTHERS}", f"?userID={LEARNER}"):
        answer = await send(client, method, of, query, "admin")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["field"].lower() == "userid"
    in_body = await send(client, method, of, "", "admin", json={"userId": LEARNER})
    assert (in_body.status_code, in_body.json()["errors"][0]["field"]) == (422, "body")
    assert client.logged() == []


@pytest.mark.parametrize(("method", "of", "event"), REQUESTS)
async def test_naming_oneself_is_ones_own_item(client: Client, method: str, of: str, event: str) -> None:
    assert (await send(client, method, of, f"?userId={USER.upper()}")).status_code == 202
    assert (await send(client, method, of, "", json={})).status_code == 202

    assert [(each.user_id, each.acting_user, each.event) for each in client.logged()] == [
        (USER, None, event)
    ] * 2


async def test_while_postgres_is_away_only_acts_for_others_wait(settings: IngestSettings) -> None:
    away = settings.model_copy(
        update={"postgres_reader_dsn": "postgresql://playhead_reader@127.0.0.1:1/none"}
    )
    async for client in serving(away):
        for method, of, _ in REQUESTS:
            assert (await send(client, method, of, "")).status_code == 202
            answer = await send(client, method, of, f"?userId={LEARNER}", "manager")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert (await send(client, method, of, f"?userId={LEARNER}")).status_code == 403
        assert (await client.post("/api/progress", {"contentId": CONTENT})).status_code == 202
        assert {each.user_id for each in client.logged()} == {USER}


async def test_a_frozen_postgres_delays_an_own_act_and_fails_none(settings: IngestSettings) -> None:
    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    ended = asyncio.Event()
    frozen = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    dsn = f"postgresql://playhead_reader@127.0.0.1:{frozen.sockets[0].getsockname()[1]}/none"
    try:
        async for client in serving(settings.model_copy(update={"postgres_reader_dsn": dsn})):
            async with asyncio.timeout(len(REQUESTS) * ANSWER_SECONDS + 2):
                for method, of, _ in REQUESTS:
                    assert (await send(client, method, of, "")).status_code == 202
            assert [(each.event, each.content_id, each.kind) for each in client.logged()] == [
                (event, CONTENT, None) for *_, event in REQUESTS
            ], "of the item alone"
            ended.set()
    finally:
        ended.set()
        frozen.close()
