"""What Redis refuses is said with the name of the setting, by services and by commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from redis.exceptions import NoPermissionError, ReadOnlyError, RedisError

from operations.cli.failures import describe
from operations.stores import StoreUnavailableError, redis
from playhead.redis.connection import async_client, blocking_client, connection_pool
from playhead.redis.refusals import explained
from playhead.settings import RedisSettings
from stream_processors.errors import MissingPermissionError, RedisRefusedError, RedisUnavailableError
from stream_processors.stores.hot_store import HotStore
from tests.kafka_security.certificates import Authority
from tests.redis_security.servers import PASSWORD, RedisServer, tls_settings

pytestmark = pytest.mark.services

SENTINEL = {"redis_mode": "sentinel", "redis_sentinels": "127.0.0.1:1", "redis_sentinel_master": "playhead"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"redis_cluster_nodes": "h:1"}, "PLAYHEAD_REDIS_CLUSTER_NODES has no effect"),
        ({"redis_user": "me"}, "PLAYHEAD_REDIS_USER is set without PLAYHEAD_REDIS_PASSWORD"),
        (
            {"redis_url": "redis://:one@h/0", "redis_password": "two"},
            "PLAYHEAD_REDIS_PASSWORD is set, and PLAYHEAD_REDIS_URL has a password",
        ),
        ({"redis_ssl_ca": __file__}, "PLAYHEAD_REDIS_SSL_CA has no effect"),
        (
            {"redis_url": "rediss://h/0", "redis_ssl_key": __file__},
            "PLAYHEAD_REDIS_SSL_CERTIFICATE and PLAYHEAD_REDIS_SSL_KEY",
        ),
        ({"redis_mode": "sentinel"}, "PLAYHEAD_REDIS_SENTINELS is not set"),
        ({"redis_sentinels": "h:1"}, "PLAYHEAD_REDIS_SENTINELS has no effect"),
        (SENTINEL | {"redis_sentinel_user": "me"}, "PLAYHEAD_REDIS_SENTINEL_USER is set without"),
        (SENTINEL | {"redis_url": "unix:///run/redis"}, "PLAYHEAD_REDIS_URL is a socket"),
        (SENTINEL | {"redis_sentinels": "no port"}, "PLAYHEAD_REDIS_SENTINELS: "),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RedisSettings.model_validate(values)
    assert said in describe(refused.value)


def command_says(settings: RedisSettings) -> str:
    with pytest.raises(StoreUnavailableError) as refused, redis(settings, "status") as client:
        client.hget("applied:{0}", "next")
    return str(refused.value)


async def service_says(settings: RedisSettings) -> str:
    store = HotStore(settings)
    with pytest.raises((RedisRefusedError, MissingPermissionError, RedisUnavailableError)) as refused:
        await store.claim(0, 1)
    await store.close()
    return str(refused.value)


@pytest.mark.anyio
async def test_a_wrong_password(plain: RedisServer) -> None:
    with plain.client() as client:
        client.execute_command("ACL", "SETUSER", "me", "reset", "on", f">{PASSWORD}", "~*", "+@all")
    settings = plain_settings(plain, user="me", password="wrong")
    for said in (command_says(settings), await service_says(settings)):
        assert "Redis refuses the login (PLAYHEAD_REDIS_USER and PLAYHEAD_REDIS_PASSWORD" in said
        assert "wrong" not in said
    async with async_client(plain_settings(plain, user="me", password=PASSWORD), "test") as good:
        assert await good.ping()


@pytest.mark.anyio
async def test_a_password_that_changes_is_read_again(
    plain: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    monkeypatch.setenv("PLAYHEAD_REDIS_PASSWORD_FILE", str(file))
    with plain.client() as client:
        for password in ("the first one", "the second one"):
            client.execute_command("ACL", "SETUSER", "me", "reset", "on", f">{password}", "~*", "+@all")
            file.write_text(password)
            if password == "the first one":
                url = f"redis://127.0.0.1:{plain.port}/0"
                service = async_client(RedisSettings(redis_url=url, redis_user="me"), "test")
            else:
                client.client_kill_filter(_type="normal", skipme=True)
                with pytest.raises(RedisError):
                    await service.ping()  # its connection is gone
            assert await service.ping()
    await service.aclose()


def test_what_redis_says_of_a_key_names_no_person() -> None:
    person = "0f8f4f0c-9a41-4f6e-9d38-6b1a5c1f2e22:5c0e1b1e-3f55-4d0c-8a37-0d8d5d3f6a11"
    text = f"User me has no permissions to access the 'progress:{{3}}:{person}' key"
    said = explained(NoPermissionError(text))
    assert said is not None
    assert said.endswith("access the 'progress:{3}:…' key")


@pytest.mark.anyio
async def test_a_missing_right_is_named_by_redis_and_the_needed_ones_by_us(plain: RedisServer) -> None:
    with plain.client() as client:
        client.execute_command("ACL", "SETUSER", "me", "reset", "on", f">{PASSWORD}", "~acme:*", "+@all")
        client.execute_command("ACL", "SETUSER", "me", "-hget", "-hmget", "-evalsha")
    settings = plain_settings(plain, user="me", password=PASSWORD)
    assert "'hget' command" in command_says(settings)
    assert "~progress:* ~applied:*" in (said := await service_says(settings))
    assert "'evalsha' command" in said
    with plain.client() as client:
        client.execute_command("ACL", "SETUSER", "me", "+@all")
    assert "one of the keys" in await service_says(settings)  # its prefix is another
    with plain.client() as client:
        client.execute_command("ACL", "SETUSER", "me", "~*", "-hset")
    assert "can't run this command" in await service_says(settings)  # by a script


@pytest.mark.anyio
async def test_tls_with_a_client_certificate(tls_port: int, authority: Authority, tmp_path: Path) -> None:
    good = tls_settings(tls_port, authority, authority.sign("client"))
    with redis(good, "status") as client:
        assert client.ping()
    async with (
        async_client(good, "test") as one,
        blocking_client(good, "test", connections=1, wait_seconds=1) as other,
    ):
        assert await one.ping()
        assert await other.ping()
    pool = connection_pool(good, "test")
    connection = pool.make_connection()
    await connection.connect()
    await connection.disconnect()
    stranger = Authority(tmp_path, "stranger")
    no_tls = "no encrypted connection to Redis (PLAYHEAD_REDIS_SSL_CA, PLAYHEAD_REDIS_SSL_CERTIFICATE): "
    unknown = good.model_copy(update={"redis_ssl_ca": stranger.path})
    assert no_tls in command_says(unknown)
    assert no_tls in await service_says(unknown)
    without = good.model_copy(update={"redis_ssl_certificate": None, "redis_ssl_key": None})
    assert no_tls in command_says(without)
    # asyncio passes on what TLS says, or only that the connection was closed
    said = await service_says(without)
    assert no_tls in said or "may ask for a PLAYHEAD_REDIS_SSL_CERTIFICATE" in said
    expired = tls_settings(tls_port, authority, authority.sign("expired", days=-1))
    assert no_tls in command_says(expired)
    said = await service_says(expired)
    assert no_tls in said or "PLAYHEAD_REDIS_SSL_CERTIFICATE expired on 20" in said


@pytest.mark.anyio
async def test_a_server_that_became_a_replica_is_left(plain: RedisServer) -> None:
    """Its address may name the primary by now, as those of managed services do."""
    async with async_client(plain_settings(plain), "test") as service:
        before = await service.client_id()
        with plain.client() as client:
            client.replicaof("127.0.0.1", "1")
            with pytest.raises(ReadOnlyError) as refused:
                await service.set("key", 1)
            assert "PLAYHEAD_REDIS_URL names the primary" in str(explained(refused.value))
            client.replicaof("NO", "ONE")
        assert await service.client_id() != before
        assert await service.set("key", 1)


def test_other_errors_are_not_explained() -> None:
    assert explained(RedisError("anything")) is None


def plain_settings(
    server: RedisServer, user: str | None = None, password: str | None = None
) -> RedisSettings:
    login = {"redis_user": user, "redis_password": password}
    return RedisSettings.model_validate({"redis_url": f"redis://127.0.0.1:{server.port}/0"} | login)
