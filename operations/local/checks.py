"""The checks of `playhead doctor`; each says what it found, or what to do about it."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from operations.local import ports
from operations.local.data_dir import NEEDED_MEGABYTES
from operations.local.errors import LocalStackError
from operations.local.gateway import find_caddy
from operations.local.running_stack import running_stack
from operations.local.stores.java import find_java, java_version
from operations.local.stores.kafka_jars import KAFKA_VERSION, jars_dir
from operations.local.stores.postgres_place import program_dir, unprivileged_user
from operations.local.stores.redis import find_redis
from playhead.causes import cause_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from operations.local.running_stack import StackFile

_ASK_SECONDS = 2.0
_SERVICES = ("ingest", "processor", "sink", "query", "gateway")


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    ok: bool
    detail: str


def every_check(data_dir: Path, port: int) -> Iterator[Check]:
    """Check the machine, then the stack if one runs."""
    yield Check("Python", ok=True, detail=platform.python_version())
    yield _found("Java", lambda: f"{find_java()} ({java_version(find_java())})")
    yield _kafka()
    yield _found("PostgreSQL", lambda: str(program_dir(unprivileged_user())))
    yield _found("Redis", lambda: str(find_redis()))
    yield _found("Caddy", lambda: str(find_caddy()))
    yield _disk(data_dir)
    stack = running_stack(data_dir)
    if stack is None:
        yield Check("stack", ok=True, detail=f"none runs on {data_dir}; `playhead up` starts one")
        yield _port(port)
    else:
        yield Check("stack", ok=True, detail=f"runs on {data_dir}")
        yield from (_service(name, stack) for name in _SERVICES)


def _found(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=find())
    except LocalStackError as error:
        return Check(name, ok=False, detail=str(error))


def _kafka() -> Check:
    place = jars_dir()
    state = f"{KAFKA_VERSION} in {place}" if place.is_dir() else f"{KAFKA_VERSION} is downloaded on first use"
    return Check("Kafka", ok=True, detail=state)


def _disk(data_dir: Path) -> Check:
    existing = next(path for path in (data_dir.absolute(), *data_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        detail = f"only {free} MB are free for {data_dir}: free some space, or choose another --data-dir"
        return Check("disk", ok=False, detail=detail)
    return Check("disk", ok=True, detail=f"{free:,} MB free")


def _port(port: int) -> Check:
    if ports.is_free(port):
        return Check("port", ok=True, detail=f"{port} is free")
    return Check(
        "port", ok=False, detail=f"{port} is in use by another process: stop it, or use `playhead up --port`"
    )


def _service(name: str, stack: StackFile) -> Check:
    port = stack.ports.get(name)
    if port is None:
        return Check(name, ok=False, detail="the stack has not published its port: wait until it is ready")
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=_ASK_SECONDS)
    except httpx.TransportError as error:
        return Check(
            name, ok=False, detail=f"does not answer on port {port} ({cause_of(error)}): see logs/{name}.log"
        )
    if answer.status_code != httpx.codes.OK:
        return Check(name, ok=False, detail=f"is not ready: {answer.text.strip()}; see logs/{name}.log")
    return Check(name, ok=True, detail=f"ready on port {port}")
