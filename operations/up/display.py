"""Shows the progress of the start, then the status of every process."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from operations.local.monitor import Monitor
from operations.local.restart import Phase
from operations.local.stores.kafka_jars import KAFKA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from operations.local.monitor import UnitStatus
    from operations.local.supervisor import Supervisor

_STEPS = 6
"""Two for each of three stores: it is launched, and it answers."""
_TABLE_SECONDS = 1.0
_LINE_SECONDS = 5.0
_COLOURS = {
    Phase.READY: "green",
    Phase.UNREADY: "red",
    Phase.STARTING: "yellow",
    Phase.WAITING: "yellow",
    Phase.FAILING: "red",
    Phase.STOPPED: "dim",
}
_ABSENT = "-"


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
        """Report a step."""
        self._console.print(what)
        self._bars.update(self._steps, advance=1, description=what)

    def download(self, _file: str, new_bytes: int, jars: tuple[int, int] | None) -> None:
        """Report a chunk of one of Kafka's files."""
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

    def __exit__(self, *_: object) -> None:
        self._bars.stop()


async def show(
    supervisor: Supervisor,
    stopping: asyncio.Event,
    console: Console,
    report_pids: Callable[[dict[str, int]], None],
) -> None:
    """Show a table on a terminal, lines elsewhere, until `stopping`; report process ids that change."""
    live = Live(console=console, auto_refresh=False) if console.is_terminal else None
    interval = _TABLE_SECONDS if live else _LINE_SECONDS

    def draw(rows: Sequence[UnitStatus]) -> None:
        if live is None:
            console.print(line(rows), markup=False)
        else:
            live.update(table(rows, "Playhead (Ctrl-C stops it)"), refresh=True)

    reported: dict[str, int] = {}
    async with Monitor(supervisor) as monitor:
        with live or nullcontext():
            while not stopping.is_set():
                draw(await monitor.look())
                if supervisor.pids != reported:
                    reported = supervisor.pids
                    report_pids(reported)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), interval)


def table(rows: Sequence[UnitStatus], title: str) -> Group:
    """Return a row for every process, and below them why one is not ready or keeps dying."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("stage")
    shown.add_column("state")
    for heading in ("pid", "rate/s", "lag", "errors", "memory", "restarts"):
        shown.add_column(heading, justify="right")
    for row in rows:
        colour = _COLOURS[row.phase]
        shown.add_row(row.name, f"[{colour}]{row.phase}[/{colour}]", *_cells(row))
    return Group(shown, *(f"[red]{row.name}[/red] {escape(row.reason)}" for row in rows if row.reason))


def line(rows: Sequence[UnitStatus]) -> str:
    """Return the same as one line, for a log."""
    return " | ".join(_phrase(row) for row in rows)


def _phrase(row: UnitStatus) -> str:
    words = [f"{row.name} {row.phase}"]
    if row.phase == Phase.UNREADY:
        words.append(f"({row.reason.partition(chr(10))[0]})")
    if row.rate is not None:
        words.append(f"{_number(row.rate)}/s")
    if row.lag is not None:
        words.append(f"lag {_number(row.lag)}")
    if row.errors:
        words.append(f"errors {_number(row.errors)}")
    if row.memory_bytes is not None:
        words.append(_megabytes(row.memory_bytes))
    if row.restarts:
        words.append(f"restarts {row.restarts}")
    return " ".join(words)


def _cells(row: UnitStatus) -> list[str]:
    pid = _ABSENT if row.pid is None else str(row.pid)
    memory = _ABSENT if row.memory_bytes is None else _megabytes(row.memory_bytes)
    return [pid, _number(row.rate), _number(row.lag), _number(row.errors), memory, str(row.restarts)]


def _number(value: float | None) -> str:
    return _ABSENT if value is None else f"{value:,.0f}"


def _megabytes(value: int) -> str:
    return f"{value / 1_000_000:,.0f} MB"
