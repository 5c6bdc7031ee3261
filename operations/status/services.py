"""Ask the services whether they are ready."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx

from operations.local.readiness import ServiceReadiness, ask
from operations.local.running_stack import running_stack

ANSWER_SECONDS = 3.0
_SERVICES = ("ingest", "processor", "sink", "query")


def service_addresses(data_dir: Path, given: Iterable[str]) -> dict[str, str]:
    """The services to ask, by name: those of the stack that runs on `data_dir`, and the given addresses."""
    stack = running_stack(data_dir)
    ports = {} if stack is None else stack.ports
    local = {name: f"http://127.0.0.1:{ports[name]}" for name in _SERVICES if name in ports}
    return local | {url: url.rstrip("/") for url in given}


def service_faults(services: Mapping[str, str]) -> list[str]:
    """A line for each service that is not ready or degraded, with the reason that it gives."""
    return [
        f"{name} is {'degraded' if found.is_ready else 'not ready'}: {found.reason}"
        for name, found in zip(services, asyncio.run(_ask_all(services.values())), strict=True)
        if found.reason or not found.is_ready
    ]


async def _ask_all(urls: Iterable[str]) -> list[ServiceReadiness]:
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
        return await asyncio.gather(*(ask(client, url) for url in urls))
