"""Samples every process: its phase, its work, and its memory."""

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
    from operations.local.supervisor import Supervisor
    from operations.local.unit import Unit

_TIMEOUT_SECONDS = 2.0
_FEW_LINES = 6


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """The status of one process. None: it does not apply, or is not known."""

    name: str
    phase: Phase
    pid: int | None
    rate: float | None
    lag: float | None
    errors: float | None
    memory_bytes: int | None
    restarts: int
    reason: str
    """Why it keeps dying, with the end of its log, or why its `/readyz` is not well; else empty."""


class Monitor:
    """Keeps the last sample of each service, from which the next one gives a rate."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS)
        self._last: dict[str, StageSample] = {}

    async def look(self) -> list[UnitStatus]:
        """Sample every unit, all at once."""
        return list(await asyncio.gather(*(self._row(unit) for unit in self._supervisor.units)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def _row(self, unit: Unit) -> UnitStatus:
        before = self._last.get(unit.name)
        now, readiness = await asyncio.gather(self._read(unit), self._readiness(unit))
        self._last[unit.name] = now
        life = self._supervisor.lives[unit.name]
        pid = None if unit.child is None else unit.child.pid
        phase, reason = life.phase, ""
        if phase == Phase.FAILING:
            reason = f"{life.last_words}\n{tail(unit.log, _FEW_LINES)}"
        elif phase == Phase.READY and readiness is not None:
            phase, reason = phase if readiness.is_ready else Phase.UNREADY, readiness.reason
        return UnitStatus(
            name=unit.name,
            phase=phase,
            pid=pid,
            rate=None if before is None else rate(before, now),
            lag=now.lag,
            errors=now.errors,
            memory_bytes=None if pid is None else _memory(pid),
            restarts=life.restarts,
            reason=reason,
        )

    async def _readiness(self, unit: Unit) -> ServiceReadiness | None:
        """Return what the service reports; None for a unit without a port."""
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
    """Return 0 for a process that has ended since."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss)
