"""Several workers of the query API on one port: live streams, metrics and readiness while one is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from tests.query_api.serving import Service, Stream, listening, serving, soon, until
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]

STREAMS = 12
"""Enough that each of two workers has some: all go to one in one of two thousand runs."""


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    settings = world.settings(
        query_workers=2, query_live_person_streams=STREAMS + 1, query_live_max_streams=100
    )
    with serving(settings, tmp_path) as service:
        until(lambda: is_ready(service), 60, "each worker serves")
        yield service


def is_ready(service: Service) -> bool:
    try:
        return httpx.get(f"{service.url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def workers_of(service: Service) -> set[int]:
    return {each.pid for each in psutil.Process(service.process.pid).children()}


def worker_of(stream: Stream) -> int:
    """The process at the other end of the connection of a stream."""
    transport = stream.response.extensions["network_stream"]
    client, server = transport.get_extra_info("client_addr"), transport.get_extra_info("server_addr")
    return next(
        each.pid
        for each in psutil.net_connections("tcp")
        if each.laddr == server[:2] and each.raddr == client[:2] and each.pid is not None
    )


async def test_live_streams_of_a_worker_that_is_killed_are_opened_again_with_others(
    service: Service, world: World
) -> None:
    person = new_person()
    sent = headers(service.settings, person)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(listening(service, sent)) for _ in range(STREAMS)]
        for each in streams:
            await each.expect("snapshot")
        by_worker: dict[int, list[Stream]] = {}
        for each in streams:
            by_worker.setdefault(worker_of(each), []).append(each)
        assert set(by_worker) == workers_of(service)
        await soon(lambda: has_streams(service, STREAMS), 10, "the streams of both are counted")
        killed, kept = by_worker

        psutil.Process(killed).kill()
        for each in by_worker[killed]:
            with pytest.raises(httpx.TransportError):
                await each.next()
        await soon(lambda: "worker " in reason(service), 10, "readiness names the worker")
        content = new_content()
        world.change(person, content, watched(60))
        for each in by_worker[kept]:
            assert (await each.expect("change"))["contentId"] == content
        again = await stack.enter_async_context(listening(service, sent))
        await again.expect("snapshot")
        world.change(person, content, watched(120))
        assert (await again.expect("change"))["progress"] == 20

        await soon(lambda: is_ready(service), 60, "the worker is replaced")
        assert len(workers_of(service)) == 2
        assert kept in workers_of(service)
        assert has_streams(service, len(by_worker[kept]) + 1)
    assert "was ended by SIGKILL; another starts in 0.1 s" in service.log.read_text()
    assert service.terminate(30) == 0


def reason(service: Service) -> str:
    try:
        return str(httpx.get(f"{service.url}/readyz").json()["workers"])
    except httpx.TransportError:
        return ""


def has_streams(service: Service, number: int) -> bool:
    line = f'playhead_query_live_streams{{kind="person"}} {number}.0'
    try:
        return line in httpx.get(f"{service.url}/metrics").text
    except httpx.TransportError:
        return False
