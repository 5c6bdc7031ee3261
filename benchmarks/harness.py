"""The harness: stores with topics and schema, and the processes that are measured on them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import httpx
from confluent_kafka import Consumer, TopicPartition

from operations.bring_up import bring_up_to_date
from operations.local.running_stack import settings_from
from operations.local.stores.stack import Stack
from playhead.settings import MigrateSettings
from playhead.wire.redis_keys import RedisKeys

_ROOT = Path(__file__).resolve().parents[1]
PARTITIONS = 4
KEYS = RedisKeys()
STOP_SECONDS = 30.0
T = TypeVar("T")


@contextlib.contextmanager
def directory() -> Iterator[Path]:
    """A directory that PostgreSQL, which runs as another user, can enter."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@contextlib.contextmanager
def stores() -> Iterator[tuple[Stack, dict[str, str]]]:
    """The stack, ready for services, and the settings that lead them to it."""
    with directory() as path, Stack(path) as stack:
        environment = stack.environment() | {
            "PLAYHEAD_KAFKA_PARTITIONS": str(PARTITIONS),
            "PLAYHEAD_LOG_LEVEL": "warning",
        }
        for _ in bring_up_to_date(settings_from(MigrateSettings, environment, {})):
            pass
        yield stack, environment


@contextlib.contextmanager
def process(
    arguments: list[str], environment: Mapping[str, str], log: Path, *, python: Path = Path(sys.executable)
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process until the block ends; if the block fails, print the end of the process's log."""
    with log.open("ab") as written:
        running = subprocess.Popen(
            [str(python), *arguments],
            env={**os.environ, "PYTHONPATH": str(_ROOT), **environment},
            stdout=written,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
        )
    try:
        yield running
    except BaseException:
        print(f"--- {' '.join(arguments)}\n{log.read_text()[-3000:]}", file=sys.stderr)
        raise
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def until(look: Callable[[], T | None], what: str, seconds: float, *, pause: float = 0.02) -> T:
    """Look until there is something to see.

    Raises:
        TimeoutError: there was nothing for so long.
    """
    deadline = time.monotonic() + seconds
    while (seen := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
    return seen


def await_ready(process: subprocess.Popen[bytes], port: int, seconds: float = 30.0) -> None:
    """Wait until the HTTP server of the process is ready.

    Raises:
        RuntimeError: the process ended.
        TimeoutError: it was not ready in time.
    """

    def look() -> bool | None:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK or None
        return None

    until(look, "the server is ready", seconds, pause=0.05)


class Ends:
    """Where a topic ends, over all its partitions."""

    def __init__(self, servers: str, topic: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": servers, "group.id": "bench-ends"})
        self._places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]

    def total(self) -> int:
        """Records ever written to the topic."""
        return sum(self._consumer.get_watermark_offsets(place, timeout=10)[1] for place in self._places)

    def close(self) -> None:
        """Leave no connection open."""
        self._consumer.close()
