"""What an export holds in memory does not grow with its rows."""

from __future__ import annotations

import tracemalloc

import pytest
from asgi_lifespan import LifespanManager

from playhead.settings import QuerySettings
from query_api.exports import snapshot
from tests.exports.asgi import Asking
from tests.exports.tables import PATH, add_crowd, app_of
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]

EVERYTHING = 10**9


async def peak(app: object, sent: dict[str, str], kind: str, search: str) -> int:
    tracemalloc.start()
    try:
        asking = Asking(app, f"{PATH}?format={kind}&search={search}", sent, reads=EVERYTHING)
        await asking.answered()
        assert asking.complete
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_eighteen_times_the_rows_take_the_same_memory(
    world: World, settings: QuerySettings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "BATCH", 200)
    person = new_person()
    add_crowd(world, person.tenant_id, 20_000)  # the numbers of 1,112 of whom begin with a 2
    app = app_of(settings)
    sent = headers(settings, person)
    async with LifespanManager(app):
        await peak(app, sent, kind, "Person 77")  # loads what is loaded once

        few, many = await peak(app, sent, kind, "Person 2"), await peak(app, sent, kind, "")

    assert many < few + 200_000
