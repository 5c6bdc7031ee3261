"""Servers save for their learners with API keys of the scope `write`, and with nothing else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator

import anyio
import psycopg
import pytest

from ingest.xapi.vocabulary import PAUSED
from operations.api_keys import create_key, revoke_key
from playhead.identity.api_keys import ApiKey, actor_of
from playhead.settings import IngestSettings, PostgresSettings
from tests.ingest.client import CONTENT, TENANT, USER, Client, token
from tests.ingest.test_on_behalf import audited, serving
from tests.ingest.xapi.statements import XBLOCK, open_edx
from tests.ingest.xapi.test_statements import ask, now
from tests.services import Database

pytestmark = [pytest.mark.services, pytest.mark.anyio]

LEARNER = "44444444-4444-4444-8444-444444444444"
BODY = {"contentId": CONTENT, "progressPercentage": 40}


@pytest.fixture
async def client(settings: IngestSettings, fresh_database: Database) -> AsyncIterator[Client]:
    changes = {"postgres_reader_dsn": fresh_database.reader_dsn, "token_failures_burst": 100}
    async for each in serving(settings.model_copy(update=changes)):
        yield each


def new_key(database: Database, *scopes: str) -> ApiKey:
    settings = PostgresSettings(postgres_dsn=database.writer_dsn)
    return create_key(settings, TENANT, "An LMS", scopes)[0]  # type: ignore[arg-type]


def basic(key: ApiKey) -> str:
    return "Basic " + b64encode(f"{key.key_id}:{key.secret}".encode()).decode()


async def test_a_server_saves_for_a_learner(client: Client, fresh_database: Database) -> None:
    key = new_key(fresh_database, "write")
    path = f"/api/progress?userId={LEARNER}"
    by_bearer = await client.post(path, BODY, Authorization=f"Bearer {key.text}")
    by_basic = await client.post(path, BODY, Authorization=basic(key))
    batch = await client.post(
        f"/api/progress/batch?userId={LEARNER}", {"heartbeats": [BODY]}, Authorization=basic(key)
    )
    assert [each.status_code for each in (by_bearer, by_basic, batch)] == [202] * 3, by_bearer.text
    assert [each.user_id for each in client.logged()] == [LEARNER] * 3

    with anyio.fail_after(30):
        while not (used := _last_used(fresh_database)):
            await anyio.sleep(0.05)
    assert used


async def test_a_mark_by_a_server_says_so(client: Client, fresh_database: Database) -> None:
    key = new_key(fresh_database, "write")
    path = f"/api/progress/{CONTENT}/completion?userId={LEARNER}"
    answer = await client.http.post(path, headers={"Authorization": basic(key)})
    assert answer.status_code == 202, answer.text
    (record,) = client.logged()
    assert (record.user_id, record.acting_user) == (LEARNER, actor_of(key.key_id))
    await client.ingest.endpoints.on_behalf.close()
    marks = [each for each in audited(fresh_database) if each[2] == "mark"]
    assert marks[0][:4] == (TENANT, actor_of(key.key_id), "mark", LEARNER)


async def test_the_person_is_to_be_named(client: Client, fresh_database: Database) -> None:
    key = new_key(fresh_database, "write")
    for path in ("/api/progress", "/api/progress?userId=", f"/api/progress?userId={LEARNER}&userId={USER}"):
        answer = await client.post(path, BODY, Authorization=f"Bearer {key.text}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "userId"), path
    assert client.logged() == []


async def test_a_token_saves_for_its_own_person_alone(client: Client) -> None:
    admin = f"Bearer {token(USER, 'admin')}"
    other = await client.post(f"/api/progress?userId={LEARNER}", BODY, Authorization=admin)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (403, "userId")
    own = await client.post(f"/api/progress?userId={USER}", BODY, Authorization=admin)
    assert own.status_code == 202
    assert [each.user_id for each in client.logged()] == [USER]


async def test_a_key_without_write_is_403_and_an_unknown_one_401(
    client: Client, fresh_database: Database
) -> None:
    path = f"/api/progress?userId={LEARNER}"
    reading = new_key(fresh_database, "read", "directory")
    small = await client.post(path, BODY, Authorization=f"Bearer {reading.text}")
    assert (small.status_code, small.json()["type"]) == (403, "urn:playhead:problem:scope-too-small")
    assert "`write`" in small.json()["detail"]
    assert 'scope="write"' in small.headers["WWW-Authenticate"]

    unknown = ApiKey.new(TENANT)
    forged = ApiKey(reading.key_id, unknown.secret)
    for each in (unknown, forged):
        answer = await client.post(path, BODY, Authorization=basic(each))
        assert (answer.status_code, "no such API key" in answer.json()["detail"]) == (401, True)

    key = new_key(fresh_database, "write")
    revoke_key(PostgresSettings(postgres_dsn=fresh_database.writer_dsn), key.key_id)
    revoked = await client.post(path, BODY, Authorization=basic(key))
    assert (revoked.status_code, "revoked" in revoked.json()["detail"]) == (401, True)
    assert client.logged() == []


async def test_the_rates_of_a_person_hold_for_a_server(client: Client, fresh_database: Database) -> None:
    key = new_key(fresh_database, "write")

    async def save(learner: str) -> int:
        path = f"/api/progress?userId={learner}"
        return (await client.post(path, BODY, Authorization=f"Bearer {key.text}")).status_code

    statuses = [await save(LEARNER) for _ in range(102)]
    assert (statuses[0], statuses[-1]) == (202, 429)
    assert await save(USER) == 202  # another person's are their own


async def test_while_postgres_is_away_an_unknown_key_is_503(
    settings: IngestSettings, fresh_database: Database
) -> None:
    key = new_key(fresh_database, "write")
    path = f"/api/progress?userId={LEARNER}"
    nowhere = "postgresql://playhead_reader@127.0.0.1:1/playhead"
    async for client in serving(settings.model_copy(update={"postgres_reader_dsn": nowhere})):
        away = await client.post(path, BODY, Authorization=f"Bearer {key.text}")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "2")
        assert client.logged() == []


def _last_used(database: Database) -> list[object]:
    with psycopg.connect(database.admin_dsn) as connection:
        query = "SELECT last_used_at FROM progress.api_keys WHERE last_used_at IS NOT NULL"
        return connection.execute(query).fetchall()


async def test_statements_are_saved_with_write_and_asked_with_read(
    client: Client, fresh_database: Database
) -> None:
    made = open_edx(noon=now())
    question = {"agent": json.dumps(made[0]["actor"]), "activity": XBLOCK, "verb": PAUSED, "limit": "1"}
    for scope, post, get in (("write", 200, 403), ("read", 403, 200)):
        headers = {"Authorization": basic(new_key(fresh_database, scope))}
        saved = await ask(client, "POST", body=made, headers=headers)
        asked = await ask(client, "GET", params=question, headers=headers)
        assert (saved.status_code, asked.status_code) == (post, get), (saved.text, asked.text)
    assert {each.user_id for each in client.logged()} == {USER}
