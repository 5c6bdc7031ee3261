"""Show how everything fares until told to stop."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from rich.live import Live

from operations.local.monitor import Monitor
from operations.local.view import line, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from operations.local.monitor import Row
    from operations.local.supervisor import Supervisor

_TABLE_SECONDS = 1.0
_LINE_SECONDS = 5.0


async def show(
    supervisor: Supervisor,
    stopping: asyncio.Event,
    console: Console,
    tell_pids: Callable[[dict[str, int]], None],
) -> None:
    """Show a table in place on a terminal, a line now and then elsewhere; pass on ids that changed."""
    live = Live(console=console, auto_refresh=False) if console.is_terminal else None
    interval = _TABLE_SECONDS if live else _LINE_SECONDS

    def draw(rows: Sequence[Row]) -> None:
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
