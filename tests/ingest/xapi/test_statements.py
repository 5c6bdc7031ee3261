"""The routes of statements, on a real Kafka and Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from redis import Redis

from ingest.lrs.endpoints import MAX_STATEMENTS
from ingest.xapi import vocabulary as xapi
from playhead.progress import NOTHING, Intervals, Policy, apply, summarize
from playhead.wire.keys import person_key
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import FENCE
from tests.hot import KEYS, hash_of
from tests.ingest.client import TENANT, USER, Client, token
from tests.ingest.xapi.statements import XBLOCK, moodle_completed, open_edx, statement
from tests.services import PARTITIONS

pytestmark = [pytest.mark.services, pytest.mark.anyio]

OTHER = "33333333-3333-4333-8333-333333333333"
VERSION = "X-Experience-API-Version"
STATEMENTS = "/xAPI/statements"


def now() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=10)


async def ask(
    client: Client, method: str, path: str = STATEMENTS, *, body: Any = None, **more: Any
) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {token(more.pop('user', USER), *more.pop('roles', ('admin',)))}",
        "Content-Type": "application/json",
        VERSION: "1.0.3",
    } | more.pop("headers", {})
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    kept = {name: value for name, value in headers.items() if value is not None}
    return await client.http.request(method, path, content=content, headers=kept, **more)


def count(about: str) -> float:
    return REGISTRY.get_sample_value("playhead_ingest_statements_total", {"about": about}) or 0


async def test_a_list_is_answered_with_its_ids_once_it_is_in_the_log(client: Client) -> None:
    made, others = open_edx(noon=now()), count("other")
    viewed = moodle_completed() | {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}}
    answer = await ask(client, "POST", body=[*made, viewed])
    assert (answer.status_code, answer.headers[VERSION]) == (200, "1.0.3")
    ids = answer.json()
    assert ids[:-1] == [each["id"] for each in made]
    assert UUID(ids[-1])
    logged = client.logged()
    assert [each.heartbeat_id for each in logged] == ids[:-1]
    assert {each.user_id for each in logged} == {USER}
    policy = Policy()
    progress = reduce(lambda so_far, each: apply(so_far, each, policy), logged, NOTHING)
    assert summarize(progress, policy).watched == Intervals((0, 30_000, 70_000, 120_000))
    assert count("other") == others + 1


async def test_one_statement_by_put_and_by_post(client: Client) -> None:
    made = statement(xapi.PLAYED, time=0, noon=now())
    of_address = {"params": {"statementId": made["id"]}}
    assert (await ask(client, "PUT", body=made, **of_address)).status_code == 204
    del made["id"]
    answer = await ask(client, "PUT", "/xapi/statements", body=made, **of_address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert len((await ask(client, "POST", body=made)).json()) == 1
    assert len(client.logged()) == 2, "the second was known"


async def test_the_same_id_again_is_fine_and_with_other_content_a_conflict(client: Client) -> None:
    made = statement(xapi.PLAYED, time=0, noon=now())
    for _ in range(2):
        assert (await ask(client, "POST", body=[made])).json() == [made["id"]]
    changed = statement(xapi.PLAYED, time=5, noon=now()) | {"id": made["id"]}
    fine = statement(xapi.PLAYED, time=7, noon=now())
    answer = await ask(client, "POST", body=[fine, changed])
    assert (answer.status_code, answer.headers[VERSION]) == (409, "1.0.3")
    assert made["id"] in answer.json()["detail"]
    assert len(client.logged()) == 1, "all or nothing"


async def test_a_statement_at_fault_is_named_and_none_is_taken(client: Client) -> None:
    wrong = statement(xapi.PAUSED, time=-1, noon=now())
    answer = await ask(client, "POST", body=[*open_edx(noon=now()), wrong])
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == f'[6].result.extensions["{xapi.TIME}"]'
    twice = statement(xapi.PLAYED, time=0)
    answer = await ask(client, "POST", body=[twice, twice])
    assert answer.json()["errors"][0]["field"] == "[1].id"
    assert client.logged() == []


@pytest.mark.parametrize("version", [None, "0.95", "3.0.0", "1.0.x"])
async def test_the_version_is_required(client: Client, version: str | None) -> None:
    answer = await ask(client, "POST", body=[], headers={VERSION: version})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == VERSION


@pytest.mark.parametrize(("asked", "answered"), [("1.0", "1.0.3"), ("1.0.1", "1.0.3"), ("2.0.0", "2.0.0")])
async def test_the_version_is_answered(client: Client, asked: str, answered: str) -> None:
    answer = await ask(client, "POST", body=[], headers={VERSION: asked})
    assert (answer.json(), answer.headers[VERSION]) == ([], answered)


async def test_about_needs_neither_version_nor_token(client: Client) -> None:
    for path in ("/xAPI/about", "/xapi/about"):
        answer = await client.http.get(path)
        assert {"1.0.3", "2.0.0"} <= {*answer.json()["version"]}
        of_version_1 = await client.http.get(path, headers={VERSION: "1.0.1"})
        assert of_version_1.json()["version"] == ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
        assert (await client.http.head(path)).status_code == 200


async def test_limits_and_bodies(client: Client) -> None:
    many = [statement(xapi.PLAYED, time=0) for _ in range(MAX_STATEMENTS + 1)]
    assert (await ask(client, "POST", body=many)).status_code == 413
    assert (await ask(client, "POST", body=b" " * 4_194_305)).status_code == 413
    assert (await ask(client, "POST", body=b"{")).status_code == 400
    for media_type in ("multipart/mixed; boundary=x", "application/x-www-form-urlencoded"):
        answer = await ask(client, "POST", body=b"x", headers={"Content-Type": media_type})
        assert answer.status_code == 415
    assert (await ask(client, "POST", body=[], params={"statementId": str(uuid4())})).status_code == 400
    assert (await ask(client, "PUT", body={})).status_code == 400
    two = [statement(xapi.PLAYED), statement(xapi.PLAYED)]
    assert (await ask(client, "PUT", body=two, params={"statementId": two[0]["id"]})).status_code == 400
    other = {"statementId": str(uuid4())}
    assert (await ask(client, "PUT", body=two[0], params=other)).status_code == 400
    assert (await ask(client, "POST", body=[], headers={"Authorization": None})).status_code == 401


async def test_a_learners_own_token_reports_for_nobody_else(client: Client) -> None:
    made = statement(xapi.PLAYED, time=0, noon=now())
    assert (await ask(client, "POST", body=made, user=OTHER, roles=())).status_code == 200
    assert [each.user_id for each in client.logged()] == [OTHER]


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as redis:
        redis.set(KEYS.partitions, PARTITIONS)
        yield redis


async def test_a_player_learns_where_to_go_on(client: Client, redis: Redis) -> None:
    made = open_edx(noon=now())
    assert (await ask(client, "POST", body=made)).status_code == 200
    question = {
        "agent": json.dumps(made[0]["actor"]),
        "activity": XBLOCK,
        "verb": xapi.PAUSED,
        "limit": "1",
    }
    assert (await ask(client, "GET", params=question)).json() == {"statements": [], "more": ""}
    policy, logged = Policy(), client.logged()
    progress = reduce(lambda so_far, each: apply(so_far, each, policy), logged, NOTHING)
    fields = {FENCE: "0:1", logged[0].content_id: encode_progress(progress)}
    redis.hset(hash_of(person_key(TENANT, USER)), mapping=fields)
    for user, roles in ((USER, ("admin",)), (USER, ())):
        answer = await ask(client, "GET", params=question, user=user, roles=roles)
        [found] = answer.json()["statements"]
        assert found["result"]["extensions"] == {
            xapi.TIME: 120,
            xapi.SEGMENTS: "0[.]30[,]70[.]120",
            xapi.PROGRESS: 0.133,
        }
        assert found["actor"] == made[0]["actor"]
        assert "X-Experience-API-Consistent-Through" in answer.headers
    assert (await ask(client, "GET", params=question, user=OTHER, roles=())).json()["statements"] == []
    assert (await ask(client, "POST", body=[found])).status_code == 200, "it is a statement itself"


async def test_no_statements_are_kept(client: Client) -> None:
    assert (await ask(client, "GET", params={"statementId": str(uuid4())})).status_code == 404
    assert (await ask(client, "GET", params={"limit": "1"})).json()["statements"] == []
    assert (await ask(client, "GET", params={"agent": "{}"})).status_code == 400
    answer = await ask(client, "GET", params={"sort": "up"})
    assert answer.json()["errors"][0]["field"] == "sort"
