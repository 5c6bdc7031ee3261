"""Two Playheads on one Redis: each has a prefix, and users who can reach nothing without it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from playhead.redis.rights import RedisUser, rules
from playhead.settings import RedisSettings
from playhead.wire.redis_keys import RedisKeys
from tests.redis_security.everything import USERS, complaints, operate, work
from tests.redis_security.servers import PASSWORD, RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PREFIXES = ("acme:", "other:")


def settings_of(server: RedisServer, prefix: str, user: RedisUser) -> RedisSettings:
    return RedisSettings.model_validate(
        {
            "redis_url": f"redis://127.0.0.1:{server.port}/0",
            "redis_user": f"{prefix}{user}",
            "redis_password": PASSWORD,
            "redis_key_prefix": prefix,
        }
    )


@pytest.fixture
def shared(plain: RedisServer) -> Iterator[RedisServer]:
    with plain.client() as client:
        client.flushall()
        for prefix in PREFIXES:
            for user in USERS:
                granted = rules(user, settings_of(plain, prefix, user).redis_keys).split()
                name = f"{prefix}{user}"
                client.execute_command("ACL", "SETUSER", name, "reset", "on", f">{PASSWORD}", *granted)
        yield plain


def test_the_documented_rights_are_these() -> None:
    page = Path("docs/operations/redis.md").read_text(encoding="utf-8").replace("\\|", "|")
    for user in USERS:
        alone = rules(user, RedisKeys())
        assert f"`{alone}`" in page
        assert f"`{rules(user, RedisKeys(), cluster=True).removeprefix(alone).strip()}`" in page


def keys(server: RedisServer) -> set[str]:
    with server.client(decode_responses=True) as client:
        return set(client.scan_iter("*"))


async def test_every_service_works_within_its_prefix_and_rights(shared: RedisServer) -> None:
    for prefix in PREFIXES:
        await work(partial(settings_of, shared, prefix))
        assert complaints(partial(settings_of, shared, prefix)) == []
    assert all(each.startswith(PREFIXES) for each in keys(shared))
    others = {each for each in keys(shared) if each.startswith("other:")}
    operate(settings_of(shared, "acme:", "commands"))
    assert {each for each in keys(shared) if each.startswith("other:")} == others
    assert all(each.startswith(PREFIXES) for each in keys(shared))
