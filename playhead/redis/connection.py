"""How every client connects to Redis: the only place that opens one.

`sync_client` is for the operators' commands, the others for services. Clients of services have no timeouts
and no retries of their own: a timeout makes a task of every command, and until Python 3.12
`asyncio.wait_for` may swallow a cancellation. Callers limit the time of their calls and repeat them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from redis import ConnectionPool, Redis
from redis import asyncio as redis_asyncio
from redis.asyncio.connection import parse_url as parse_async_url
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.connection import parse_url
from redis.credentials import CredentialProvider
from redis.exceptions import ReadOnlyError
from redis.retry import Retry

from playhead.redis.sentinels import (
    AsyncSentinelPool,
    AsyncSentinels,
    BlockingSentinelPool,
    SyncSentinelPool,
    SyncSentinels,
)
from playhead.redis.topology import NodeAddress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import SecretStr

    from playhead.settings import RedisSettings

SyncRedis = Redis
"""What the operators' commands use; in a cluster it is a `RedisCluster`, which has the same commands."""
AsyncRedis = redis_asyncio.Redis
"""What services use."""
DEFAULT_PORT = 6379
SENTINEL_SECONDS = 1.0
"""For one Sentinel to answer an operators' command, which then asks the next."""


class _LeavesReplicas:
    """A connection that is closed when its server has become a replica: the address may name another by now.

    redis-py does the same for connections by Sentinels.
    """

    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*arguments, **options)  # type: ignore[misc]  # see below
        except ReadOnlyError:
            await self.disconnect()  # type: ignore[attr-defined]  # a mixin of redis-py's connections
            raise


class _Connection(_LeavesReplicas, redis_asyncio.Connection): ...


class _SslConnection(_LeavesReplicas, redis_asyncio.SSLConnection): ...


class _UnixConnection(_LeavesReplicas, redis_asyncio.UnixDomainSocketConnection): ...


_CONNECTIONS = {"redis": _Connection, "rediss": _SslConnection, "unix": _UnixConnection}


class _Login(CredentialProvider):
    """The user and password, asked for by each new connection."""

    def __init__(self, user: str | None, password: SecretStr) -> None:
        self._user, self._password = user, password

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        password = self._password.get_secret_value()
        return (password,) if self._user is None else (self._user, password)

    async def get_credentials_async(self) -> tuple[str] | tuple[str, str]:
        return self.get_credentials()


def sync_client(settings: RedisSettings, client_name: str) -> SyncRedis:
    """A client whose calls take `redis_timeout_seconds` at most, connecting included."""
    timeouts = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), settings.redis_timeout_seconds)
    options = _options(settings, client_name, parse_url(settings.redis_url)) | timeouts
    if settings.redis_mode == "sentinel":
        asked = dict.fromkeys(timeouts, min(SENTINEL_SECONDS, settings.redis_timeout_seconds))
        sentinels = SyncSentinels(
            _nodes(settings.redis_sentinels),
            sentinel_kwargs=_of_sentinels(settings) | asked | {"retry": Retry(NoBackoff(), 1)},
        )
        pool = SyncSentinelPool(settings.redis_sentinel_master, sentinels, **_of_primary(settings, options))
        return Redis.from_pool(pool)
    if settings.redis_mode == "cluster":
        nodes = [ClusterNode(*each) for each in cluster_seeds(settings)]
        kept = {name: value for name, value in _of_primary(settings, options).items() if name != "db"}
        return cast("SyncRedis", RedisCluster(startup_nodes=nodes, **kept))
    return Redis.from_pool(ConnectionPool(**options))


def async_client(settings: RedisSettings, client_name: str) -> AsyncRedis:
    """A client that opens as many connections as it needs."""
    return redis_asyncio.Redis.from_pool(_pool(settings, client_name))


def blocking_client(
    settings: RedisSettings, client_name: str, *, connections: int, wait_seconds: float
) -> AsyncRedis:
    """A client with so many connections, for which commands wait so long."""
    options = _async_options(settings, client_name) | {
        "max_connections": connections,
        "timeout": wait_seconds,
        "protocol": 2,
    }
    if settings.redis_mode == "sentinel":
        return redis_asyncio.Redis.from_pool(
            BlockingSentinelPool(
                settings.redis_sentinel_master, _sentinels(settings), **_of_primary(settings, options)
            )
        )
    return redis_asyncio.Redis.from_pool(redis_asyncio.BlockingConnectionPool(**options))


def cluster_seeds(settings: RedisSettings) -> list[NodeAddress]:
    """The nodes of a cluster that are named in the settings."""
    url = urlsplit(settings.redis_url)
    default = NodeAddress(url.hostname or "localhost", url.port or DEFAULT_PORT)
    return _nodes(settings.redis_cluster_nodes) or [default]


def settings_of_node(settings: RedisSettings, node: NodeAddress) -> RedisSettings:
    """The settings of a client of one node of a cluster: the address alone differs."""
    url = urlsplit(settings.redis_url)
    login, at, _ = url.netloc.rpartition("@")
    host = f"[{node.host}]" if ":" in node.host else node.host
    changed = url._replace(netloc=f"{login}{at}{host}:{node.port}", path="")
    return settings.model_copy(update={"redis_mode": "standalone", "redis_url": changed.geturl()})


def connection_pool(settings: RedisSettings, client_name: str) -> redis_asyncio.ConnectionPool:
    """For a connection without a client, as a subscription is.

    RESP2: replies and messages arrive as plain lists, in one order.
    """
    return _pool(settings, client_name, protocol=2)


def _pool(settings: RedisSettings, client_name: str, **more: Any) -> redis_asyncio.ConnectionPool:
    options = _async_options(settings, client_name) | more
    if settings.redis_mode == "sentinel":
        return AsyncSentinelPool(
            settings.redis_sentinel_master, _sentinels(settings), **_of_primary(settings, options)
        )
    return redis_asyncio.ConnectionPool(**options)


def _async_options(settings: RedisSettings, client_name: str) -> dict[str, Any]:
    kind = _CONNECTIONS[urlsplit(settings.redis_url).scheme]
    own = {"socket_timeout": None, "socket_connect_timeout": None, "retry": AsyncRetry(NoBackoff(), 0)}
    options = own | _options(settings, client_name, parse_async_url(settings.redis_url))
    return options | {"connection_class": kind}


def _options(settings: RedisSettings, client_name: str, of_url: Any) -> dict[str, Any]:
    """What a connection needs; what the address says is said last, as ever."""
    options = _tls(settings) | {"client_name": client_name} | dict(of_url)
    if settings.redis_password is not None:
        user = settings.redis_user or options.pop("username", None)
        options["credential_provider"] = _Login(user, settings.redis_password)
    return options


def _of_primary(settings: RedisSettings, options: dict[str, Any]) -> dict[str, Any]:
    """The options without an address: the Sentinels give it."""
    elsewhere = ("host", "port", "connection_class")
    kept = {name: value for name, value in options.items() if name not in elsewhere}
    return kept | {"ssl": settings.redis_is_encrypted}


def _sentinels(settings: RedisSettings) -> AsyncSentinels:
    options = _of_sentinels(settings) | {
        "socket_timeout": None,
        "socket_connect_timeout": None,
        "retry": AsyncRetry(NoBackoff(), 1),  # one that was at rest for long may have lost its connection
    }
    return AsyncSentinels(_nodes(settings.redis_sentinels), sentinel_kwargs=options)


def _of_sentinels(settings: RedisSettings) -> dict[str, Any]:
    options = _tls(settings) | {"ssl": settings.redis_is_encrypted}
    if settings.redis_sentinel_password is not None:
        login = _Login(settings.redis_sentinel_user, settings.redis_sentinel_password)
        options["credential_provider"] = login
    return options


def _nodes(addresses: Iterable[str]) -> list[NodeAddress]:
    named = (each.rpartition(":") for each in addresses)
    return [NodeAddress(host.strip("[]"), int(port)) for host, _, port in named]


def _tls(settings: RedisSettings) -> dict[str, Any]:
    if not settings.redis_is_encrypted:
        return {}
    password = settings.redis_ssl_key_password
    found = {
        "ssl_ca_certs": settings.redis_ssl_ca,
        "ssl_certfile": settings.redis_ssl_certificate,
        "ssl_keyfile": settings.redis_ssl_key,
        "ssl_password": None if password is None else password.get_secret_value(),
    }
    return {name: str(value) for name, value in found.items() if value is not None}
