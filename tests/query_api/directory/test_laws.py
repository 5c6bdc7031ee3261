"""A call sent twice is as one sent once, and the order of rows does not matter."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from asgi_lifespan import LifespanManager
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from query_api.app import create_app
from query_api.directory import entities
from tests.query_api.directory.desk import Desk, Row, counts
from tests.query_api.world import World

pytestmark = pytest.mark.services

T = TypeVar("T")

IDS = [str(UUID(int=n)) for n in range(1, 6)]
ids = st.sampled_from(IDS)
names = st.text("aÄ½ 👩", min_size=1, max_size=3)
removals = st.sampled_from([False, False, True])


def rows(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({**fields, "remove": removals})


KINDS: dict[str, st.SearchStrategy[Row]] = {
    "content": rows(
        contentId=ids,
        title=names,
        type=st.sampled_from(["video", "document"]),
        durationSeconds=st.none() | st.integers(1, 9),
        completionThreshold=st.none() | st.sampled_from([0.5, 0.875]),
        countHidden=st.none() | st.booleans(),
        endSeconds=st.none(),
        archived=st.booleans(),
    ),
    "people": rows(userId=ids, displayName=names, email=st.none() | st.just("a@example.org")),
    "teams": rows(
        teamId=ids,
        name=names,
        members=st.none()
        | st.lists(
            st.fixed_dictionaries({"userId": ids, "role": st.sampled_from(["member", "manager"])}), max_size=4
        ),
    ),
    "members": rows(teamId=ids, userId=ids, role=st.sampled_from(["member", "manager"])),
    "assignments": rows(
        contentId=ids,
        target=st.sampled_from(["person", "team", "everyone"]),
        targetId=st.none() | ids,
        dueAt=st.none() | st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"]),
    ),
}
calls = st.sampled_from(list(KINDS)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(KINDS[kind], max_size=8))
)
relaxed = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.generate,),  # an example is dozens of calls: shrinking would take longer than reading it
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Bureau:
    """Desks of tenants of their own, for tests that are no coroutines: Hypothesis runs none."""

    client: httpx.AsyncClient
    world: World
    runner: asyncio.Runner

    def desk(self) -> Desk:
        return Desk(self.client, self.world.settings(), self.world)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


@pytest.fixture
def bureau(world: World) -> Iterator[Bureau]:
    app = create_app(world.settings())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://query")

    async def begin() -> LifespanManager:
        return await LifespanManager(app, startup_timeout=60, shutdown_timeout=60).__aenter__()

    with asyncio.Runner() as runner:
        lifespan = runner.run(begin())
        yield Bureau(client, world, runner)
        runner.run(client.aclose())
        runner.run(lifespan.__aexit__())


async def shown(desk: Desk) -> dict[str, list[Row]]:
    """All of a tenant, but for when it changed."""
    found = {kind: await desk.listed(kind) for kind in KINDS}
    return {
        kind: [{name: each[name] for name in each if name != "updatedAt"} for each in listed]
        for kind, listed in found.items()
    }


async def prepare(desk: Desk) -> None:
    """Some of what rows may refer to is there."""
    await desk.put("content", *({"contentId": each, "title": "T", "type": "video"} for each in IDS[:3]))
    await desk.put("people", *({"userId": each, "displayName": "P"} for each in IDS[:3]))
    await desk.put("teams", *({"teamId": each, "name": "N"} for each in IDS[:3]))
    await desk.put("assignments", *({"contentId": each, "target": "everyone"} for each in IDS[:2]))


@relaxed
@given(call=calls)
def test_a_call_sent_twice_is_the_call_sent_once(bureau: Bureau, call: tuple[str, list[Row]]) -> None:
    kind, sent = call

    async def check(desk: Desk) -> None:
        await prepare(desk)
        dry = await desk.put(kind, *sent, dry_run=True)
        first = await desk.put(kind, *sent)
        once, dated = await shown(desk), desk.everything()
        second = await desk.put(kind, *sent)

        assert dry == first | {"dryRun": True}
        assert sum(counts(first)) == sum(counts(second)) == len(sent)
        assert counts(second) == (0, len(sent) - counts(first)[3], 0, counts(first)[3])
        assert second["rejected"] == first["rejected"]
        assert await shown(desk) == once
        assert desk.everything() == dated

    bureau.run(check(bureau.desk()))


@relaxed
@given(call=calls, data=st.data())
def test_the_order_of_rows_that_differ_does_not_matter(
    bureau: Bureau, call: tuple[str, list[Row]], data: st.DataObject
) -> None:
    kind, sent = call
    distinct = list({key_of(kind, row): row for row in sent}.values())
    shuffled = data.draw(st.permutations(distinct))

    async def stored(desk: Desk, rows: list[Row]) -> tuple[tuple[int, ...], dict[str, list[Row]]]:
        await prepare(desk)
        answer = await desk.put(kind, *rows)
        return counts(answer), await shown(desk)

    one, other = bureau.run(stored(bureau.desk(), distinct)), bureau.run(stored(bureau.desk(), shuffled))
    assert one == other


def key_of(kind: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in entities.ENTITY_KINDS[kind].key)  # type: ignore[index]
