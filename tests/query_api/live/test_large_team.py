"""Teams as large as they may be, and larger."""

from __future__ import annotations

import httpx
import pytest

from playhead.progress import UserId
from query_api.access import Person
from query_api.live.members import MAX_MEMBERS
from tests.query_api.live.directory import enrol_in
from tests.query_api.reports.crowd import crowd, crowd_id
from tests.query_api.serving import Service, listening
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.mark.chaos
async def test_a_team_may_be_so_large_and_no_larger(service: Service, world: World) -> None:
    admin = new_person()
    tenant, sent = admin.tenant_id, headers(service.settings, admin, ("admin",))
    crowd(world, tenant, people=MAX_MEMBERS, items=2, team_size=MAX_MEMBERS)
    path = f"/api/teams/{crowd_id(tenant, 'team', 0)}/live"
    last = Person(tenant, UserId(str(crowd_id(tenant, "person", MAX_MEMBERS - 1))))
    async with listening(service, sent, path) as stream:
        snapshot = await stream.expect("snapshot", within_seconds=30)
        assert len(snapshot["items"]) == MAX_MEMBERS
        world.change(last, content := new_content(), watched(60))
        while (event := await stream.next(30)) is not None and event.name != "change":
            pass
        assert event is not None
        assert (event.data["userId"], event.data["contentId"]) == (last.user_id, content)

        one_more = UserId(str(crowd_id(tenant, "manager", 0)))
        enrol_in(world, tenant, crowd_id(tenant, "team", 0), one_more)
        while await stream.next(30) is not None:
            pass  # until it ends, as the team has become too large
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
        refused = await client.get(path, headers=sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "teamId"
