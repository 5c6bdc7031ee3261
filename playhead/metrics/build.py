"""Which release a process runs, and since when."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from typing import Literal

from prometheus_client import Gauge

ServiceName = Literal["ingest", "processor", "sink", "query"]

BUILD = Gauge(
    "playhead_build_info",
    "1, by what runs.",
    ["service", "version", "python"],
    multiprocess_mode="livemax",
)
STARTED = Gauge(
    "playhead_started_timestamp_seconds",
    "When the process started; of several workers, the latest. It changes with each restart.",
    multiprocess_mode="livemax",
)


def describe_build(service: ServiceName) -> None:
    """Set both; to be called once, in a service's composition root."""
    BUILD.labels(service, version("playhead"), platform.python_version()).set(1)
    STARTED.set(time.time())
