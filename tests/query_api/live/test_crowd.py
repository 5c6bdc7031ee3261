"""Many streams on one process: what they take, and what becomes of clients that do not read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path

import httpx
import psutil
import pytest
from msgspec import Raw

from benchmarks.live_streams import Asked, Stream, open_streams
from playhead.identity import mint_development_token
from playhead.wire.codec import encode
from playhead.wire.live import LiveChange
from query_api.access import Person
from query_api.live.listener import UNREAD_MEMBERS_ITEMS
from tests.hot import channel_of
from tests.query_api.reports.organisation import PEOPLE, Organisation
from tests.query_api.serving import Service, serving, soon
from tests.query_api.world import World, new_content, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]

STREAMS = 100
STREAM_BYTES = 100_000
"""A stream's share of what a process may take for 1,000 of them, besides what it takes for itself."""
SILENT = 10
AT_ONCE = 200
"""Changes published before the readers must have received them: fewer than the bound of unread ones."""


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    with serving(world.settings(query_live_person_streams=1_000), tmp_path) as service:
        yield service


def asked(service: Service, ours: Organisation, number: int) -> Asked:
    """Alternately the streams of teams and of one person after another."""
    if number % 2:
        person = ours.person(list(PEOPLE)[number % len(PEOPLE)])
        path, roles = "/api/progress/live", []
    else:
        team = ours.team("Red" if number % 10 == 0 else "Blue")
        person, path, roles = ours.admin, f"/api/teams/{team}/live", ["admin"]
    token = mint_development_token(service.settings, person.tenant_id, person.user_id, roles)
    return Asked(path, token)


def streams(
    service: Service, ours: Organisation, numbers: range
) -> AbstractAsyncContextManager[list[Stream]]:
    """Streams that read."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    wanted = [asked(service, ours, number) for number in numbers]
    return open_streams((host, int(port)), wanted, lambda _, __: None)


def resident(service: Service) -> int:
    return int(psutil.Process(service.process.pid).memory_info().rss)


def connections(service: Service) -> int:
    """Those that people have with the service."""
    port = int(service.url.rpartition(":")[2])
    found = psutil.Process(service.process.pid).net_connections("tcp")
    return sum(each.laddr.port == port and each.status == psutil.CONN_ESTABLISHED for each in found)


def metric(service: Service, name: str) -> int:
    [line] = [each for each in httpx.get(f"{service.url}/metrics").text.splitlines() if each.startswith(name)]
    return round(float(line.rpartition(" ")[2]))


def open_now(service: Service, kind: str) -> int:
    return metric(service, f'playhead_query_live_streams{{kind="{kind}"')


def publish(world: World, person: Person, changes: int) -> None:
    """Changes of as many items."""
    progress = Raw(encode(watched(60)))
    with world.redis.pipeline(transaction=False) as together:
        for _ in range(changes):
            together.publish(channel_of(person.key), encode(LiveChange(new_content(), progress)))
        together.execute()


async def test_a_stream_takes_little_memory(service: Service, ours: Organisation) -> None:
    async with streams(service, ours, range(10)):
        pass  # what the first ones load stays loaded
    before = resident(service)
    async with streams(service, ours, range(STREAMS)):
        assert [open_now(service, kind) for kind in ("person", "team")] == [STREAMS // 2] * 2
        assert resident(service) - before < STREAMS * STREAM_BYTES
    await soon(lambda: open_now(service, "team") == open_now(service, "person") == 0, 10, "all are closed")


@pytest.mark.watches_the_clock
@pytest.mark.chaos
async def test_clients_that_do_not_read_are_dropped_and_hold_nobody_up(
    service: Service, world: World, ours: Organisation
) -> None:
    ada = ours.person("ada")
    async with (
        streams(service, ours, range(STREAMS)) as others,
        streams(service, ours, range(0, 10 * SILENT, 10)) as silent,
    ):
        managers = others[::10]
        for stream in silent:
            stream.stop_reading()
        worst, held = 0.0, STREAMS // 2 + SILENT
        for published in count(AT_ONCE, AT_ONCE):
            publish(world, ada, AT_ONCE)
            began = time.monotonic()
            await soon(
                lambda n=published: all(each.changes >= n for each in managers),
                30,
                "all changes are received",
            )
            worst = max(worst, time.monotonic() - began)
            if open_now(service, "team") < held:
                break
        # All are behind by the same, so that they go together.
        await soon(lambda: open_now(service, "team") == STREAMS // 2, 10, "the silent ones are dropped")
        await soon(lambda: connections(service) == STREAMS, 10, "their connections are gone, too")

        assert metric(service, 'playhead_query_live_streams_ended_total{kind="team",reason="slow"}') == SILENT
        assert published > UNREAD_MEMBERS_ITEMS
        assert worst < 5
        assert not any(stream.ended for stream in others)
        assert open_now(service, "person") == STREAMS // 2
    assert "Traceback" not in service.log.read_text()
    assert "without completing response" not in service.log.read_text()
