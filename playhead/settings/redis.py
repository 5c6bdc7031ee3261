"""Redis: where it is, how clients log in, and the names of its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, model_validator
from pydantic_settings import NoDecode

from playhead.settings.base import UNREADABLE_ADDRESS, Settings, split_list
from playhead.wire.redis_keys import RedisKeys

RedisMode = Literal["standalone", "sentinel", "cluster"]

_SCHEMES = ("redis", "rediss", "unix")
_OF_TLS = ("redis_ssl_ca", "redis_ssl_certificate", "redis_ssl_key", "redis_ssl_key_password")
_OF_SENTINEL = ("redis_sentinels", "redis_sentinel_master", "redis_sentinel_user", "redis_sentinel_password")


def _redis(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(UNREADABLE_ADDRESS) from None  # its text quotes the address
    if parts.scheme not in _SCHEMES:
        raise ValueError(UNREADABLE_ADDRESS)
    return url


RedisUrl = Annotated[str, Field(repr=False), AfterValidator(_redis)]
_Node = Annotated[str, Field(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^\s:,/@]+):[0-9]{1,5}$")]
_Nodes = Annotated[tuple[_Node, ...], NoDecode, BeforeValidator(split_list)]


class RedisSettings(Settings):
    """Redis, which holds the recent state, and how clients log in."""

    redis_url: RedisUrl = "redis://127.0.0.1:6379/0"
    """The primary; `rediss://` for TLS. With Sentinels, its host and port are not used: only whether it is
    `rediss`, and the number of the database."""
    redis_mode: RedisMode = "standalone"
    """`standalone`: the server of `redis_url`. `sentinel`: the primary that the Sentinels name. `cluster`:
    the nodes of a Redis Cluster of Redis 7 or later, found from `redis_url` or `redis_cluster_nodes`."""
    redis_user: str | None = None
    """The user of an access control list; by default the one in `redis_url`, or `default`."""
    redis_password: SecretStr | None = None
    """The user's password, as it is: not percent-encoded."""
    redis_ssl_ca: FilePath | None = None
    """PEM file of the authorities that sign the server's certificate; by default those of the system."""
    redis_ssl_certificate: FilePath | None = None
    """PEM file of the client's own certificate, where servers ask for one."""
    redis_ssl_key: FilePath | None = None
    """PEM file of the certificate's key."""
    redis_ssl_key_password: SecretStr | None = None
    """The password of that file, if it is encrypted."""
    redis_sentinels: _Nodes = ()
    """Comma-separated `host:port` of all Sentinels. With `rediss://` they are asked by TLS too."""
    redis_sentinel_master: str | None = None
    """The name under which the Sentinels know the primary."""
    redis_sentinel_user: str | None = None
    """The Sentinels' own user, if they ask for one."""
    redis_sentinel_password: SecretStr | None = None
    """The Sentinels' own password, if they ask for one."""
    redis_cluster_nodes: _Nodes = ()
    """Comma-separated `host:port` of some nodes of a Redis Cluster, one of which must answer when a service
    starts. By default the one in `redis_url`, whose user, password and `rediss://` are for all nodes."""
    redis_timeout_seconds: float = Field(default=5.0, gt=0, le=30)
    """How long the processor and the operators' commands wait for an answer, connecting included."""
    redis_key_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9:._-]{0,40}$")
    """Begins the names of all keys and channels, as in `acme:`, for several Playheads on one Redis. Every
    service and command of one Playhead has the same."""
    redis_person_ttl_days: int = Field(default=90, ge=1)
    """A person without heartbeats for this long is removed from Redis; the next heartbeat loads their
    progress from Postgres."""

    @property
    def redis_keys(self) -> RedisKeys:
        """The names of keys and channels."""
        return RedisKeys(self.redis_key_prefix)

    @property
    def redis_is_encrypted(self) -> bool:
        """Whether the connections are by TLS."""
        return urlsplit(self.redis_url).scheme == "rediss"

    @model_validator(mode="after")
    def _refuse_half_a_redis(self) -> Self:
        if problems := list(self._redis_problems()):
            raise ValueError("; ".join(problems))
        return self

    def _redis_problems(self) -> Iterator[str]:
        url = urlsplit(self.redis_url)
        if self.redis_password is not None and (url.password or "password=" in url.query):
            yield "PLAYHEAD_REDIS_PASSWORD is set, and PLAYHEAD_REDIS_URL has a password: give one of them"
        if self.redis_user is not None and self.redis_password is None:
            yield "PLAYHEAD_REDIS_USER is set without PLAYHEAD_REDIS_PASSWORD"
        if self.redis_user is not None and url.username:
            yield "PLAYHEAD_REDIS_USER is set, and PLAYHEAD_REDIS_URL has a user: give one of them"
        if not self.redis_is_encrypted and (given := self._redis_given(_OF_TLS)):
            yield f"{_variable(given[0])} has no effect, as PLAYHEAD_REDIS_URL does not begin with rediss://"
        if len(self._redis_given(("redis_ssl_certificate", "redis_ssl_key"))) == 1:
            yield "PLAYHEAD_REDIS_SSL_CERTIFICATE and PLAYHEAD_REDIS_SSL_KEY are set together or not at all"
        if self.redis_mode == "cluster":
            yield from self._cluster_problems(url)
        elif self.redis_cluster_nodes:
            yield f"PLAYHEAD_REDIS_CLUSTER_NODES has no effect, as PLAYHEAD_REDIS_MODE is {self.redis_mode}"
        if self.redis_mode == "sentinel":
            yield from self._sentinel_problems()
        elif given := self._redis_given(_OF_SENTINEL):
            yield f"{_variable(given[0])} has no effect, as PLAYHEAD_REDIS_MODE is {self.redis_mode}"

    def _sentinel_problems(self) -> Iterator[str]:
        for name in ("redis_sentinels", "redis_sentinel_master"):
            if not getattr(self, name):
                yield f"{_variable(name)} is not set, and PLAYHEAD_REDIS_MODE is sentinel"
        if self.redis_sentinel_user is not None and self.redis_sentinel_password is None:
            yield "PLAYHEAD_REDIS_SENTINEL_USER is set without PLAYHEAD_REDIS_SENTINEL_PASSWORD"
        if urlsplit(self.redis_url).scheme == "unix":
            yield "PLAYHEAD_REDIS_URL is a socket, and PLAYHEAD_REDIS_MODE is sentinel"

    def _cluster_problems(self, url: SplitResult) -> Iterator[str]:
        if url.scheme == "unix":
            yield "PLAYHEAD_REDIS_URL is a socket, and PLAYHEAD_REDIS_MODE is cluster"
        elif url.path not in {"", "/", "/0"}:
            yield "PLAYHEAD_REDIS_URL names a database, and a cluster has only number 0"

    def _redis_given(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if getattr(self, name)]


def _variable(name: str) -> str:
    return f"PLAYHEAD_{name.upper()}"
