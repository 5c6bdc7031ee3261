"""Keeps child processes running until it stops, and then stops them in order.

One task per process. SIGCHLD reports deaths; `operations.local.restart` decides what follows. Run it in the
main thread: children die with the thread that launches them, and only the main thread receives signals.
"""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from operations.local.errors import LocalStackError, ProcessFailedError
from operations.local.process import tail
from operations.local.restart import Life, Phase, RestartPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.local.unit import Unit

_ASK_AGAIN_SECONDS = 0.1


class Supervisor:
    """Runs groups of units, which it starts one after another and stops in the opposite order.

    `async with Supervisor() as supervisor:` stops them all at the end.
    """

    def __init__(self, policy: RestartPolicy | None = None) -> None:
        self._policy = policy or RestartPolicy()
        self._groups: list[tuple[Unit, ...]] = []
        self._lives: dict[str, Life] = {}
        self._deaths: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    @property
    def lives(self) -> Mapping[str, Life]:
        """The state of each unit, by name."""
        return self._lives

    @property
    def units(self) -> list[Unit]:
        """Every unit, in the order of the starts."""
        return [unit for group in self._groups for unit in group]

    @property
    def pids(self) -> dict[str, int]:
        """The ids of the running processes, by name."""
        children = {unit.name: unit.child for unit in self.units if unit.child is not None}
        return {name: child.pid for name, child in children.items() if child.pid is not None}

    def start(self, *group: Unit) -> None:
        """Start several units at once and keep them running; returns immediately."""
        self._groups.append(group)
        for unit in group:
            self._lives[unit.name] = Life()
            self._tasks.append(asyncio.create_task(self._keep(unit), name=unit.name))

    async def wait_ready(self, seconds: float) -> None:
        """Wait until every unit answers.

        Raises:
            ProcessFailedError: one keeps dying, or does not answer in time; carries the end of its log.
        """
        try:
            async with asyncio.timeout(seconds):
                while late := [unit for unit in self.units if self._lives[unit.name].phase != Phase.READY]:
                    for unit in late:
                        life = self._lives[unit.name]
                        if life.phase == Phase.FAILING:
                            raise ProcessFailedError(unit.name, life.last_words, unit.log, tail(unit.log))
                    await self.changed()
        except TimeoutError:
            unit = next(unit for unit in self.units if self._lives[unit.name].phase != Phase.READY)
            what = f"did not get ready within {seconds:.0f} s"
            raise ProcessFailedError(unit.name, what, unit.log, tail(unit.log)) from None

    async def changed(self) -> None:
        """Wait until the state of a unit changes."""
        await self._changed.wait()

    async def stop(self) -> None:
        """Stop group by group, the last one first: each drains into those that still run."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for group in reversed(self._groups):
            for unit in group:
                if unit.child is not None:
                    unit.child.ask_to_stop()
            await asyncio.gather(*(self._end(unit) for unit in group))

    def kill(self) -> None:
        """Kill every process; a `stop` under way then finishes immediately."""
        for unit in self.units:
            if unit.child is not None:
                unit.child.kill()

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._notice_deaths)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)

    async def _keep(self, unit: Unit) -> None:
        while True:
            died = self._deaths[unit.name] = asyncio.Event()
            try:
                unit.launch()
            except (OSError, LocalStackError) as error:
                last_words = str(error)
            else:
                self._set(unit, self._lives[unit.name].started())
                self._notice_deaths()  # it may have died before its event was there to be set
                await self._await_ready(unit, died)
                await died.wait()
                last_words = _ending(unit)
            life = self._lives[unit.name].died(time.monotonic(), self._policy, last_words)
            self._set(unit, life)
            await asyncio.sleep((life.retry_at or 0.0) - time.monotonic())

    async def _await_ready(self, unit: Unit, died: asyncio.Event) -> None:
        while not died.is_set():
            if await asyncio.to_thread(unit.answers):
                self._set(unit, self._lives[unit.name].became_ready(time.monotonic()))
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(died.wait(), _ASK_AGAIN_SECONDS)

    async def _end(self, unit: Unit) -> None:
        child = unit.child
        if child is not None:
            if child.pid is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._deaths[unit.name].wait(), child.command.grace_seconds)
                child.kill()
            child.stop()  # clears the record of it away
        self._set(unit, self._lives[unit.name].stopped())

    def _notice_deaths(self) -> None:
        for unit in self.units:
            died = self._deaths.get(unit.name)
            if died is not None and unit.child is not None and unit.child.exit_code is not None:
                died.set()

    def _set(self, unit: Unit, life: Life) -> None:
        self._lives[unit.name] = life
        self._changed.set()
        self._changed = asyncio.Event()


def _ending(unit: Unit) -> str:
    code = None if unit.child is None else unit.child.exit_code
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
