"""The whole of Playhead as `playhead up` runs it, and how far it has come."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.cpu import cpu_seconds
from benchmarks.harness import PARTITIONS, Ends, directory, process, until
from operations.local.running_stack import StackFile
from playhead.wire.topics import Topics

READY_SECONDS = 120.0
THROUGH_SECONDS = 120.0

_STORED = "SELECT sum(source_next_offset) FROM progress.positions WHERE topic = %s"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A running `playhead up`."""

    stack: StackFile
    data: Path
    """Where its stores keep everything."""
    logs: Path
    _heartbeats: Ends
    _durable: psycopg.Connection[tuple[int | None]]

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead to its stores."""
        return self.stack.environment

    def address(self, part: str) -> tuple[str, int]:
        """Where a service or the gateway listens."""
        return ("127.0.0.1", self.stack.ports[part])

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far, by part; the load generator's own is this process's."""
        parts = {name: cpu_seconds(pid) for name, pid in self.stack.pids.items()}
        return {**parts, "load generator": time.process_time()}

    def accepted(self) -> int:
        """Heartbeats in the log."""
        return self._heartbeats.total()

    def stored(self) -> int:
        """Heartbeats that PostgreSQL has, all before them included."""
        row = self._durable.execute(_STORED, (Topics.named().states.name,)).fetchone()
        return (row and row[0]) or 0

    def await_through(self) -> None:
        """Return when every heartbeat accepted so far is in PostgreSQL."""
        until(lambda: self.stored() >= self.accepted() or None, "all in PostgreSQL", THROUGH_SECONDS)


@contextlib.contextmanager
def running() -> Iterator[Pipeline]:
    """Run `playhead up` on data of its own, straight from when everything is ready."""
    with directory() as data, directory() as logs:
        arguments = ["-m", "operations", "up", "--port", "0", "--data-dir", str(data)]
        arguments += ["--partitions", str(PARTITIONS)]
        with process(arguments, {"PLAYHEAD_LOG_LEVEL": "warning"}, logs / "up.log") as up:

            def ready() -> StackFile | None:
                if up.poll() is not None:
                    raise RuntimeError(f"playhead up ended with {up.returncode}")
                stack = StackFile.read(data / "stack.json")
                return stack if "gateway" in stack.ports else None

            stack = until(ready, "playhead up", READY_SECONDS)
            heartbeats = Ends(stack.environment["PLAYHEAD_KAFKA_SERVERS"], Topics.named().heartbeats.name)
            with (
                contextlib.closing(heartbeats),
                psycopg.connect(stack.environment["PLAYHEAD_POSTGRES_DSN"], autocommit=True) as durable,
            ):
                yield Pipeline(stack, data, logs, heartbeats, durable)
