"""What is shown while the stores start: on a terminal, bars for the steps and for Kafka's download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from operations.local.stores.kafka_jars import KAFKA_VERSION

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console

_STEPS = 6
"""Two for each store: it starts, it answers."""


class StartProgress:
    """Bars on a terminal; elsewhere a line for each step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._steps = self._bars.add_task("starting", total=_STEPS)
        self._download: TaskID | None = None
        self._received = 0

    def step(self, what: str) -> None:
        """Tell of a step taken."""
        self._console.print(what)
        self._bars.update(self._steps, advance=1, description=what)

    def download(self, _file: str, new_bytes: int, jars: tuple[int, int] | None) -> None:
        """Tell of a chunk of one of Kafka's files."""
        if self._download is None:
            self._console.print(f"downloading Kafka {KAFKA_VERSION} from Maven Central, this once")
            self._download = self._bars.add_task("", total=None)
        self._received += new_bytes
        done, total = jars or (0, None)
        count = "finding its parts" if jars is None else f"{done} of {total} parts"
        description = f"Kafka: {count}, {self._received / 1_000_000:.1f} MB"
        self._bars.update(self._download, total=total, completed=done, description=description)
        if done == total:
            self._bars.remove_task(self._download)
            self._console.print(f"downloaded {self._received / 1_000_000:.0f} MB")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
