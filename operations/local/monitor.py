"""Look at every process once in a while: how it fares, what it does, how much memory it takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import httpx
import psutil

from operations.local.metrics import STAGES, StageSample, rate, read
from operations.local.process import tail
from operations.local.readiness import ServiceReadiness, ask
from operations.local.restart import Phase
from operations.local.unit import ServiceProcess

if TYPE_CHECKING:
    from types import TracebackType

    from operations.local.supervisor import Supervisor
    from operations.local.unit import Unit

_TIMEOUT_SECONDS = 2.0
_FEW_LINES = 6


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One process as it is shown. None: it does not apply, or is not known."""

    name: str
    phase: Phase
    pid: int | None
    rate: float | None
    lag: float | None
    errors: float | None
    memory_bytes: int | None
    restarts: int
    trouble: str
    """Why it is down, and its log's last lines, if it keeps dying; else what its `/readyz` says is amiss."""


class Monitor:
    """Remembers the last look, so that two of them make a rate."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS)
        self._last: dict[str, StageSample] = {}

    async def look(self) -> list[UnitStatus]:
        """Ask every service for its numbers, all at once."""
        return list(await asyncio.gather(*(self._row(unit) for unit in self._supervisor.units)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def _row(self, unit: Unit) -> UnitStatus:
        before = self._last.get(unit.name)
        now, readiness = await asyncio.gather(self._read(unit), self._readiness(unit))
        self._last[unit.name] = now
        life = self._supervisor.lives[unit.name]
        pid = None if unit.child is None else unit.child.pid
        phase, trouble = life.phase, ""
        if phase == Phase.FAILING:
            trouble = f"{life.last_words}\n{tail(unit.log, _FEW_LINES)}"
        elif phase == Phase.READY and readiness is not None:
            phase, trouble = phase if readiness.is_ready else Phase.UNREADY, readiness.reason
        return UnitStatus(
            name=unit.name,
            phase=phase,
            pid=pid,
            rate=None if before is None else rate(before, now),
            lag=now.lag,
            errors=now.errors,
            memory_bytes=None if pid is None else _memory(pid),
            restarts=life.restarts,
            trouble=trouble,
        )

    async def _readiness(self, unit: Unit) -> ServiceReadiness | None:
        """What the service says of itself; None for one that is not asked."""
        if not isinstance(unit, ServiceProcess) or unit.url is None:
            return None
        return await ask(self._client, unit.url)

    async def _read(self, unit: Unit) -> StageSample:
        stage = STAGES.get(unit.name)
        if stage is None or not isinstance(unit, ServiceProcess) or unit.url is None:
            return StageSample(time.monotonic())
        try:
            page = await self._client.get(f"{unit.url}/metrics")
        except httpx.TransportError:
            return StageSample(time.monotonic())  # it is down, and its phase says so
        return read(page.text, stage, time.monotonic())


def _memory(pid: int) -> int | None:
    """The resident memory of a process and its children."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return None
    return sum(_resident(member) for member in family)


def _resident(process: psutil.Process) -> int:
    """None of it, where the process has ended since."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss)
