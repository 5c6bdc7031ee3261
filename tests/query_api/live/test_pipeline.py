"""The whole way: from a player, through Kafka, the processor and Redis, to a manager's page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any
from uuid import uuid4

import httpx
import pytest

from playhead.identity import mint_development_token
from playhead.settings import TokenSettings
from query_api.access import Person
from tests.faults.pipeline import Pipeline, running_pipeline
from tests.query_api.serving import Stream
from tests.query_api.world import new_person

pytestmark = [pytest.mark.services, pytest.mark.faults, pytest.mark.anyio]

SAVES = 9


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    monkeypatch.setenv("PLAYHEAD_QUERY_LIVE_REVIEW_SECONDS", "1")
    with running_pipeline() as running:
        yield running


def token(person: Person, *roles: str) -> dict[str, str]:
    minted = mint_development_token(TokenSettings(), person.tenant_id, person.user_id, roles)
    return {"Authorization": f"Bearer {minted}"}


class Office:
    """What administrators do, by HTTP."""

    def __init__(self, client: httpx.AsyncClient, admin: Person) -> None:
        self._client = client
        self._headers = token(admin, "admin")

    async def put(self, kind: str, *rows: dict[str, Any]) -> None:
        answer = await self._client.put(f"/api/directory/{kind}", json={"items": rows}, headers=self._headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejected"] == []

    async def found(self, team: str, manager: Person, *members: Person) -> None:
        people = [{"userId": each.user_id, "displayName": each.user_id} for each in (manager, *members)]
        await self.put("people", *people)
        rows = [{"userId": each.user_id, "role": "member"} for each in members]
        rows.append({"userId": manager.user_id, "role": "manager"})
        await self.put("teams", {"teamId": team, "name": "A team", "members": rows})

    async def dismiss(self, team: str, member: Person) -> None:
        await self.put("members", {"teamId": team, "userId": member.user_id, "remove": True})


async def save(client: httpx.AsyncClient, person: Person, seconds: int) -> str:
    """Watch so much of a new item; its id."""
    content = str(uuid4())
    measured = {"watchTimeSeconds": seconds, "lastPositionSeconds": seconds, "durationSeconds": 600}
    answer = await client.post(
        "/api/progress",
        json={
            "contentId": content,
            "progressPercentage": 100 * seconds // 600,
            "progressType": "video",
            "metadata": measured,
        },
        headers=token(person),
    )
    assert answer.status_code == 202, answer.text
    return content


async def next_change(stream: Stream) -> Any:
    while (event := await stream.next(30)) is not None:
        if event.name == "change":
            return event.data
    raise AssertionError("the stream ended")


@pytest.mark.watches_the_clock
async def test_a_members_save_reaches_the_manager_and_nobody_elses_does(pipeline: Pipeline) -> None:
    manager, stranger = new_person(), new_person()
    ada, bob = new_person(manager.tenant_id), new_person(manager.tenant_id)
    namesake = Person(stranger.tenant_id, ada.user_id)
    team = str(uuid4())
    async with httpx.AsyncClient(base_url=pipeline.url, timeout=30) as client:
        office = Office(client, new_person(manager.tenant_id))
        await office.found(team, manager, ada, bob)
        await Office(client, stranger).found(team, stranger, namesake)  # the same ids, in another tenant
        path = f"/api/teams/{team}/live"
        async with client.stream("GET", path, headers=token(manager, "manager")) as response:
            stream = Stream(response)
            snapshot = await stream.expect("snapshot")
            assert {row["userId"] for row in snapshot["items"]} == {ada.user_id, bob.user_id}

            waits = []
            for seconds in range(60, 60 + SAVES):
                await save(client, namesake, 300)
                await save(client, manager, 300)
                began = time.monotonic()
                content = await save(client, ada, seconds)
                change = await next_change(stream)
                waits.append(time.monotonic() - began)
                assert (change["userId"], change["contentId"]) == (ada.user_id, content)
                assert change["watchTimeSeconds"] == seconds
            assert median(waits) < 1

            await office.dismiss(team, ada)
            while (event := await stream.next(30)) is not None:
                shown = [row["userId"] for row in event.data.get("items", [])]
                if shown == [bob.user_id]:
                    break
            await save(client, ada, 60)
            content = await save(client, bob, 60)
            assert (await next_change(stream))["contentId"] == content
