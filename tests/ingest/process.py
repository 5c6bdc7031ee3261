"""Ingest as it runs: a process, spoken to over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from operations.local import ports
from playhead.settings import IngestSettings, KafkaSettings

START_SECONDS = 60.0
_PROGRAM = (
    "from ingest.service import run; from playhead.settings import IngestSettings; run(IngestSettings())"
)


class IngestProcess:
    """A running ingest, and the settings that it runs with."""

    def __init__(self, kafka: KafkaSettings, **more: str) -> None:
        port = ports.choose()
        environment = {
            "PLAYHEAD_KAFKA_SERVERS": kafka.kafka_servers,
            "PLAYHEAD_KAFKA_PREFIX": kafka.kafka_prefix,
            "PLAYHEAD_INGEST_PORT": str(port),
            "PLAYHEAD_INGEST_RATE_PER_SECOND": "1000000",
            "PLAYHEAD_INGEST_RATE_BURST": "1000000",
            "PLAYHEAD_INGEST_HEARTBEATS_PER_SECOND": "1000000",
            "PLAYHEAD_INGEST_HEARTBEATS_BURST": "1000000",
            "PLAYHEAD_INGEST_PERSON_MAX_IN_FLIGHT": "20000",
            "PLAYHEAD_INGEST_TENANT_MAX_IN_FLIGHT": "20000",
        } | {f"PLAYHEAD_{name.upper()}": value for name, value in more.items()}
        self.url = f"http://127.0.0.1:{port}"
        self.settings = IngestSettings(kafka_servers=kafka.kafka_servers, kafka_prefix=kafka.kafka_prefix)
        # A file: an unread pipe would stop the service once it is full.
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM], env=os.environ | environment, stderr=self._log
        )

    def log(self) -> str:
        """What it has logged so far."""
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        """Kill it, should it still run."""
        self.process.kill()
        self.process.wait()
        self._log.close()

    def wait_ready(self, status: int = 200) -> str:
        """Wait until `/readyz` answers so; its text."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{self.url}/readyz")
            except httpx.TransportError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"ingest ended: {self.log()}") from None
            else:
                if answer.status_code == status:
                    return answer.text
            time.sleep(0.05)
        raise TimeoutError(f"/readyz did not become {status}")


@contextmanager
def running_ingest(kafka: KafkaSettings, **more: str) -> Iterator[IngestProcess]:
    """An ingest that is ready; killed at the end, should it still run."""
    ingest = IngestProcess(kafka, **more)
    try:
        ingest.wait_ready()
        yield ingest
    finally:
        ingest.close()
