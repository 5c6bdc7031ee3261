"""What an export holds in memory does not grow with its rows."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from asgi_lifespan import LifespanManager

from playhead.settings import QuerySettings
from query_api.exports import snapshot
from tests.query_api.exports.asgi import Asking
from tests.query_api.exports.tables import PATH, add_crowd, app_of
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]

EVERYTHING = 10**9
# Far above what garbage not yet collected and a warming cache come to, far below what 18,888 rows held at
# once would: 5 MB as a list of CSV lines alone, over 20 MB as the rows they are made of.
SLACK = 2_000_000


async def peak(app: object, sent: dict[str, str], kind: str, search: str) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        asking = Asking(app, f"{PATH}?format={kind}&search={search}", sent, reads=EVERYTHING)
        await asking.answered()
        assert asking.complete
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.chaos
async def test_eighteen_times_the_rows_take_the_same_memory(
    world: World, settings: QuerySettings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "BATCH", 200)
    person = new_person()
    add_crowd(world, person.tenant_id, 20_000)  # the numbers of 1,112 of whom begin with a 2
    app = app_of(settings)
    sent = headers(settings, person)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        await peak(app, sent, kind, "Person 77")  # loads what is loaded once

        few, many = await peak(app, sent, kind, "Person 2"), await peak(app, sent, kind, "")

    assert many < few + SLACK
