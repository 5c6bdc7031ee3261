"""What the services themselves say is amiss, for `playhead status`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from operations.local.readiness import ServiceReadiness, ask
from operations.local.running_stack import running_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ANSWER_SECONDS = 3.0
_SERVICES = ("ingest", "processor", "sink", "query")


def addresses(data_dir: Path, given: Iterable[str]) -> dict[str, str]:
    """The services to ask, by name: those of the stack that runs on `data_dir`, and those that were given."""
    stack = running_stack(data_dir)
    ports = {} if stack is None else stack.ports
    local = {name: f"http://127.0.0.1:{ports[name]}" for name in _SERVICES if name in ports}
    return local | {url: url.rstrip("/") for url in given}


def amiss(services: Mapping[str, str]) -> list[str]:
    """A line for each service that is not ready, or is degraded, with its own words."""
    return [
        f"{name} is {'degraded' if said.is_ready else 'not ready'}: {said.reason}"
        for name, said in zip(services, asyncio.run(_ask_all(services.values())), strict=True)
        if said.reason or not said.is_ready
    ]


async def _ask_all(urls: Iterable[str]) -> list[ServiceReadiness]:
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
        return await asyncio.gather(*(ask(client, url) for url in urls))
