"""The machine that was measured: what bears on the figures, and nothing that names it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.peers import locked_version
from operations.local.stores.kafka_jars import KAFKA_VERSION
from operations.local.stores.postgres_place import program_dir, unprivileged_user
from operations.local.stores.redis import find_redis

BUSY_PER_CORE = 0.75
"""Load average of the last minute, per core, above which figures say more of the machine's other work."""
HARDWARE = ("processor", "cores", "memory")
"""What makes it another machine; all else are versions."""
_PEERS = ("faust-streaming", "fastapi", "psycopg")


def machine() -> dict[str, str]:
    """What it is and what runs on it."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "Python": platform.python_version(),
        "Kafka": KAFKA_VERSION,
        "PostgreSQL": _third_word(program_dir(unprivileged_user()) / "postgres"),
        "Redis": _third_word(find_redis()).removeprefix("v="),
        "quixstreams": locked_version("quixstreams"),
        **{name: version(name) for name in _PEERS},
    }


def is_busy(load_average: float) -> bool:
    """Whether the machine has too much other work for figures to mean anything."""
    return load_average / (os.cpu_count() or 1) > BUSY_PER_CORE


def _processor() -> str:
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:  # not Linux
        lines = ()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _third_word(program: Path) -> str:
    """The version, where a server's `--version` has it."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]
