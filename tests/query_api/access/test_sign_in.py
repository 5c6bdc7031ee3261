"""The codes of sign-in links: each is good once, within its time, for the token that was kept with it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import anyio
import httpx
import pytest
from redis import Redis

from operations.demo.sign_in_links import LinkNotKeptError, sign_in_link
from playhead.identity import SignInCode
from playhead.settings import QuerySettings
from tests.hot import KEYS
from tests.query_api.serving import until

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ORIGIN = "http://query"
TOKEN = "header.claims.signature"


def code_of(link: str) -> str:
    return link.partition("#code=")[2]


async def sign_in(client: httpx.AsyncClient, code: object) -> httpx.Response:
    return await client.post("/api/sign-in", json={"code": code})


async def test_a_code_gives_its_token_once(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    link = sign_in_link(settings, ORIGIN, TOKEN, 600)
    assert TOKEN not in link
    first = await sign_in(client, code_of(link))
    assert (first.status_code, first.json()) == (200, {"token": TOKEN})
    assert first.headers["Cache-Control"] == "no-store"
    again = await sign_in(client, code_of(link))
    assert again.status_code == 410
    assert again.json()["type"] == "urn:playhead:problem:sign-in-link-used"
    assert "get another" in again.json()["detail"]


async def test_of_many_at_once_one_gets_it(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    code = code_of(sign_in_link(settings, ORIGIN, TOKEN, 600))
    answers = await asyncio.gather(*(sign_in(client, code) for _ in range(10)))
    assert sorted(each.status_code for each in answers) == [200] + [410] * 9


async def test_after_its_time_a_code_is_unknown(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    code = SignInCode(code_of(sign_in_link(settings, ORIGIN, TOKEN, 600)))
    with Redis.from_url(settings.redis_url) as redis:
        assert 0 < redis.ttl(KEYS.sign_in(code.digest)) <= 600
        redis.pexpire(KEYS.sign_in(code.digest), 1)
        until(lambda: not redis.exists(KEYS.sign_in(code.digest)), 10, "the code's end")
    answer = await sign_in(client, code.value)
    assert answer.status_code == 401
    assert answer.json()["title"] == "Not identified"


async def test_redis_holds_no_code(client: httpx.AsyncClient, settings: QuerySettings) -> None:
    code = code_of(sign_in_link(settings, ORIGIN, TOKEN, 600))
    with Redis.from_url(settings.redis_url) as redis:
        (key,) = redis.keys("sign-in:*")
        assert code.encode() not in key
        await sign_in(client, code)
        assert redis.get(key) == b""
        assert redis.ttl(key) > 0


@pytest.mark.parametrize("code", ["", "short", "a" * 44, "ä" * 43, 7, None, ["a" * 43], "x\n" + "a" * 41])
async def test_what_is_no_code_is_a_problem_of_that_field(client: httpx.AsyncClient, code: object) -> None:
    answer = await sign_in(client, code)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["code"]


async def test_failures_are_limited_and_good_codes_are_not(
    client: httpx.AsyncClient, settings: QuerySettings
) -> None:
    bad = [await sign_in(client, SignInCode.new().value) for _ in range(settings.token_failures_burst)]
    assert {each.status_code for each in bad[: settings.token_failures_burst // 2]} == {401}
    more = await asyncio.gather(*(sign_in(client, SignInCode.new().value) for _ in range(500)))
    limited = [each for each in more if each.status_code == 429]
    assert limited
    assert int(limited[-1].headers["Retry-After"]) > 0
    assert (await sign_in(client, code_of(sign_in_link(settings, ORIGIN, TOKEN, 600)))).status_code == 200


async def test_without_redis_there_is_no_link(settings: QuerySettings) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    with pytest.raises(LinkNotKeptError, match="PLAYHEAD_REDIS_URL"):
        sign_in_link(away, ORIGIN, TOKEN, 600)


async def test_the_command_prints_a_link(
    client: httpx.AsyncClient, settings: QuerySettings, tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "operations", "token", "--link", "--data-dir", str(tmp_path))
    environment = {"PLAYHEAD_ENVIRONMENT": "development", "PLAYHEAD_REDIS_URL": settings.redis_url}
    link = (await anyio.run_process(command, env=environment)).stdout.decode().strip()
    assert link.startswith("http://127.0.0.1:8080/#code=")
    answer = await sign_in(client, code_of(link))
    me = await client.get("/api/me", headers={"Authorization": f"Bearer {answer.json()['token']}"})
    assert me.status_code == 200
    with Redis.from_url(settings.redis_url) as redis:
        assert 0 < redis.ttl(KEYS.sign_in(SignInCode(code_of(link)).digest)) <= 600
