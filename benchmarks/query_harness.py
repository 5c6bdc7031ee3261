"""The query API as a process on stores of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import await_ready
from operations.local import ports
from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace

START_SECONDS = 30.0

_RUN = "from playhead.settings import QuerySettings; from query_api.service import run; run(QuerySettings())"


UNLIMITED = {
    f"query_{name}": 1_000_000
    for name in (
        "rate_per_second",
        "rate_burst",
        "tenant_rate_per_second",
        "tenant_rate_burst",
        "live_person_streams",
        "live_tenant_streams",
    )
}
"""What one person and one organisation may ask for, since here one asks for everybody."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running query API."""

    address: tuple[str, int]
    pid: int

    @property
    def url(self) -> str:
        """Of its root."""
        return "http://{}:{}".format(*self.address)


@contextlib.contextmanager
def stores() -> Iterator[tuple[Redis, Postgres]]:
    """Redis and PostgreSQL, empty."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name, contextlib.ExitStack() as running:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL runs as another user
        redis, postgres = (
            Redis(StorePlace.below(directory, "redis")),
            Postgres(StorePlace.below(directory, "postgres")),
        )
        for store in (redis, postgres):
            running.callback(store.stop)
            store.start()
        yield redis, postgres


@contextlib.contextmanager
def serving(redis: Redis, postgres: Postgres) -> Iterator[Served]:
    """The service, ready to answer."""
    port = ports.choose()
    environment = os.environ | {
        "PLAYHEAD_REDIS_URL": redis.url,
        "PLAYHEAD_POSTGRES_READER_DSN": postgres.dsn("playhead_reader"),
        "PLAYHEAD_QUERY_PORT": str(port),
        "PLAYHEAD_LOG_LEVEL": "warning",
        **{f"PLAYHEAD_{name.upper()}": str(value) for name, value in UNLIMITED.items()},
    }
    process = subprocess.Popen([sys.executable, "-c", _RUN], env=environment)
    try:
        await_ready(process, port)
        yield Served(("127.0.0.1", port), process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)
