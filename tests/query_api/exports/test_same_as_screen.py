"""An export is the screen: the same cells, rows, order and scope, whatever kind of file."""

from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.exports.reading import READERS, as_told_by, exported, screen
from tests.query_api.exports.tables import EVERYTHING, PATH, add_crowd, add_people
from tests.query_api.world import World, headers, new_person

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.mark.parametrize("asked", [{}, {"sort": "-average"}, {"sort": "email"}, {"search": "son 1"}])
async def test_every_cell_of_every_kind(
    client: httpx.AsyncClient, world: World, settings: QuerySettings, asked: dict[str, str]
) -> None:
    admin = new_person()
    add_crowd(world, admin.tenant_id, 40)
    add_people(world, admin.tenant_id, ("Somebody, with a comma", None), ('"Quoted"\nand below', ""))
    add_people(world, new_person().tenant_id, ("Person 1 of another tenant", None))
    sent = headers(settings, admin, ("admin",))

    shown = await screen(client, PATH, sent, **asked)

    assert len(shown) == (11 if "search" in asked else 42)
    for kind, read in READERS.items():
        file = await exported(client, PATH, sent, kind, **asked)
        assert file.headers["playhead-rows"] == str(len(shown))
        assert read(EVERYTHING, file.content) == as_told_by(kind, shown)
