"""Downloads Kafka's jars from Maven Central, once per user of the machine.

`jgo` resolves them in pure Python into a folder that gets its name only when it is complete: the shared Maven
repository would keep what an interrupted download leaves. jgo's ready-made environments do not fit: they
divide the jars over two folders, and download a JDK to do so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from operations.local.errors import DownloadError, ExtraMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KAFKA_VERSION = "4.4.0"
_BROKER = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
_LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5"
"""The broker logs through SLF4J 1.7 and is silent without this binding, whose log4j version is the broker's.
It is added without its dependencies: its parent's version table would replace some of the broker's jars."""


class DownloadProgress(Protocol):
    """Called for each chunk of each file."""

    def __call__(self, file: str, new_bytes: int, jars: tuple[int, int] | None, /) -> None:
        """`jars` is how many jars are done, and of how many; None while their list is still resolved."""


def jars_dir() -> Path:
    """Return the folder of the jars, which exists once they are complete."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "playhead" / f"kafka_2.13-{KAFKA_VERSION}"


def kafka_jars(progress: DownloadProgress | None = None) -> Path:
    """Return the folder with Kafka's jars; download them on first use.

    Raises:
        DownloadError: Maven Central cannot be reached, or a file did not arrive whole.
        ExtraMissingError: jgo is not installed.
    """
    place = jars_dir()
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=place.parent) as staging:
        complete = Path(staging, "jars")
        complete.mkdir()
        for jar in _download(Path(staging, "repository"), place, progress or _silent):
            shutil.move(jar, complete / jar.name)
        try:
            complete.rename(place)
        except OSError:
            if not place.is_dir():  # else another process was faster
                raise
    return place


def _download(repository: Path, place: Path, progress: DownloadProgress) -> list[Path]:
    try:
        import requests
        from jgo.maven import MavenContext, PythonResolver
        from jgo.parse import Endpoint
    except ModuleNotFoundError as error:
        raise ExtraMissingError("jgo") from error
    counted = _Counter(progress)
    context = MavenContext(resolver=PythonResolver(progress_callback=counted.file), repo_cache=repository)
    try:
        broker, logging = (
            context.create_dependency(Endpoint.parse(one).coordinates[0]) for one in (_BROKER, _LOGGING)
        )
        direct, transitive = context.resolver.resolve([broker])
        wanted = [logging, *direct, *(one for one in transitive if one.scope in {"compile", "runtime"})]
        counted.total = len(wanted)
        return [dependency.artifact.resolve() for dependency in wanted]
    except (OSError, RuntimeError, ValueError, requests.RequestException) as error:
        # jgo reports a missing file as RuntimeError and an unreadable description as ValueError
        raise DownloadError(KAFKA_VERSION, place, str(error).split("\n", 1)[0]) from error


class _Counter:
    """Counts the jars; the descriptions resolved before them do not count."""

    def __init__(self, progress: DownloadProgress) -> None:
        self.total: int | None = None
        self._done = 0
        self._progress = progress

    @contextlib.contextmanager
    def file(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        received = 0

        def update(new_bytes: int) -> None:
            nonlocal received
            received += new_bytes
            self._progress(name, new_bytes, self._jars())

        yield update
        if received != size:
            raise OSError(f"{name} ended after {received} of {size} bytes")
        if self.total is not None:
            self._done += 1
            self._progress(name, 0, self._jars())

    def _jars(self) -> tuple[int, int] | None:
        return None if self.total is None else (self._done, self.total)


def _silent(file: str, new_bytes: int, jars: tuple[int, int] | None) -> None:
    """Ignore the progress."""
