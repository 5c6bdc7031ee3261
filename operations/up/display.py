"""What `playhead up` shows: the stores' start, and then how every process fares."""

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
    from types import TracebackType

    from rich.console import Console

    from operations.local.monitor import UnitStatus
    from operations.local.supervisor import Supervisor

_STEPS = 6
"""Two for each store: it starts, it answers."""
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


async def show(
    supervisor: Supervisor,
    stopping: asyncio.Event,
    console: Console,
    tell_pids: Callable[[dict[str, int]], None],
) -> None:
    """Show a table in place on a terminal, a line now and then elsewhere; pass on ids that changed."""
    live = Live(console=console, auto_refresh=False) if console.is_terminal else None
    interval = _TABLE_SECONDS if live else _LINE_SECONDS

    def draw(rows: Sequence[UnitStatus]) -> None:
        if live is None:
            console.print(line(rows), markup=False)
        else:
            live.update(table(rows, "Playhead (Ctrl-C stops it)"), refresh=True)

    told: dict[str, int] = {}
    async with Monitor(supervisor) as monitor:
        with live or nullcontext():
            while not stopping.is_set():
                draw(await monitor.look())
                if supervisor.pids != told:
                    told = supervisor.pids
                    tell_pids(told)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), interval)


def table(rows: Sequence[UnitStatus], title: str) -> Group:
    """Show every process in a row, and below it what is amiss with those that keep dying or are not ready."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("stage")
    shown.add_column("state")
    for heading in ("pid", "rate/s", "lag", "errors", "memory", "restarts"):
        shown.add_column(heading, justify="right")
    for row in rows:
        colour = _COLOURS[row.phase]
        shown.add_row(row.name, f"[{colour}]{row.phase}[/{colour}]", *_cells(row))
    return Group(shown, *(f"[red]{row.name}[/red] {escape(row.trouble)}" for row in rows if row.trouble))


def line(rows: Sequence[UnitStatus]) -> str:
    """Tell the same in one line, for a log."""
    return " | ".join(_phrase(row) for row in rows)


def _phrase(row: UnitStatus) -> str:
    told = [f"{row.name} {row.phase}"]
    if row.phase == Phase.UNREADY:
        told.append(f"({row.trouble.partition(chr(10))[0]})")
    if row.rate is not None:
        told.append(f"{_number(row.rate)}/s")
    if row.lag is not None:
        told.append(f"lag {_number(row.lag)}")
    if row.errors:
        told.append(f"errors {_number(row.errors)}")
    if row.memory_bytes is not None:
        told.append(_megabytes(row.memory_bytes))
    if row.restarts:
        told.append(f"restarts {row.restarts}")
    return " ".join(told)


def _cells(row: UnitStatus) -> list[str]:
    return [
        _ABSENT if row.pid is None else str(row.pid),
        _ABSENT if row.rate is None else _number(row.rate),
        _ABSENT if row.lag is None else _number(row.lag),
        _ABSENT if row.errors is None else _number(row.errors),
        _ABSENT if row.memory_bytes is None else _megabytes(row.memory_bytes),
        str(row.restarts),
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _megabytes(value: int) -> str:
    return f"{value / 1_000_000:,.0f} MB"
