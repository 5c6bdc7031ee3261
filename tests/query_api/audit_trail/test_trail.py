"""What privileged acts leave behind: rows that only their tenant reads, and lines of the log."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from playhead.audit_trail.events import LOGGER
from playhead.http.logs import JsonFormatter
from playhead.settings import QuerySettings
from query_api.app import create_app
from tests.query_api.conftest import _client
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World, headers
from tests.services import Database

pytestmark = [pytest.mark.services, pytest.mark.anyio]

WITHIN_SECONDS = 30


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, LOGGER):
        yield caplog


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines of the trail, as production logs them."""
    return [json.loads(JsonFormatter().format(each)) for each in caplog.records if each.name == LOGGER]


class Asking:
    """Calls as one person of an organisation."""

    def __init__(self, client: httpx.AsyncClient, settings: QuerySettings, made: Organisation) -> None:
        self.client = client
        self.made = made
        self.admin = headers(settings, made.admin, ("admin",))
        self.manager = headers(settings, made.manager, ("manager",))
        self.learner = headers(settings, made.learner)

    async def get(self, path: str, sent: dict[str, str]) -> httpx.Response:
        return await self.client.get(path, headers=sent)

    async def trail(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self.get(f"/api/org/audit?{query}", self.admin)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def event(self, query: str) -> dict[str, Any]:
        """The one event that there is, within a generous time."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while not (found := await self.trail(query)):
            assert time.monotonic() < deadline, f"no event for {query}: {await self.trail()}"
            await asyncio.sleep(0.05)  # the service writes in the background
        (one,) = found
        return one


@pytest.fixture
async def asking(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Asking:
    return Asking(client, settings, ours)


async def test_a_read_of_another_persons_evidence_is_in_the_trail(
    asking: Asking, ours: Organisation, lines: pytest.LogCaptureFixture
) -> None:
    bob = ours.person("bob").user_id
    path = f"/api/people/{bob}/progress/{ours.item('intro')}/evidence"
    answer = await asking.client.get(path, headers=asking.manager | {"X-Request-Id": "from-a-proxy"})
    assert answer.status_code == 200

    found = await asking.event(f"subjectId={bob}&actorId={ours.manager.user_id}")

    assert answer.headers["X-Request-Id"] == found["requestId"] == "from-a-proxy"
    assert (found["act"], found["outcome"], found["count"]) == ("read", "done", 1)
    assert found["target"] == "GET /api/people/{userId}/progress/{contentId}/evidence"
    assert found["actorName"] is not None
    (line,) = logged(lines)
    assert (line["logger"], line["level"]) == ("playhead.audit", "info")
    assert line["tenant_id"] == ours.tenant
    assert line["actor_id"] == ours.manager.user_id
    assert (line["subject_id"], line["request_id"]) == (bob, "from-a-proxy")


async def test_what_is_ones_own_is_not(asking: Asking, ours: Organisation) -> None:
    me = ours.learner.user_id
    for path in (f"/api/people/{me}", f"/api/progress?userId={me}", "/api/progress", "/api/me"):
        assert (await asking.get(path, asking.learner)).status_code == 200
    eve = ours.person("eve").user_id
    assert (await asking.get(f"/api/people/{eve}", asking.admin)).status_code == 200

    await asking.event(f"subjectId={eve}")  # written in order: what came before is there as well
    assert await asking.trail(f"actorId={me}") == []


async def test_a_refused_read_and_an_export_are_in_the_trail(asking: Asking, ours: Organisation) -> None:
    bob = ours.person("bob").user_id
    assert (await asking.get(f"/api/people/{bob}", asking.learner)).status_code == 403
    file = await asking.get("/api/people?format=csv", asking.admin)
    assert file.status_code == 200

    refused = await asking.event("outcome=refused")
    assert (refused["act"], refused["subjectId"], refused["reason"]) == ("read", bob, "403")
    exported = await asking.event("act=export")
    assert exported["target"] == "GET /api/people"
    assert exported["rows"] == int(file.headers["Playhead-Rows"])


async def test_an_edition_is_in_the_trail_published_or_refused(asking: Asking, ours: Organisation) -> None:
    path = f"/api/org/content/{ours.item('intro')}/editions"
    target = "POST /api/org/content/{contentId}/editions"
    for sent, status in ((asking.manager, 403), (asking.admin, 200)):
        answer = await asking.client.post(path, json={"newAttempt": False}, headers=sent)
        assert answer.status_code == status

    refused = await asking.event("act=directory&outcome=refused")
    assert (refused["target"], refused["reason"]) == (target, "403")
    published = await asking.trail(f"act=directory&outcome=done&actorId={ours.admin.user_id}")
    assert [event["target"] for event in published].count(target) == 1


@pytest.mark.parametrize("path", ["/api/directory/teams", "/api/directory"])
async def test_a_write_of_the_directory_and_its_event_are_one_transaction(
    asking: Asking, world: World, path: str
) -> None:
    async def write(name: str, *, dry_run: bool = False) -> int:
        team = {"teamId": str(uuid4()), "name": name}
        headers, body = asking.admin, json.dumps({"items": [team]})
        if path == "/api/directory":
            headers = headers | {"Content-Type": "text/csv"}
            body = f"kind,teamId,name\nteam,{team['teamId']},{name}\n"
        query = "?dryRun=true" if dry_run else ""
        answer = await asking.client.put(f"{path}{query}", content=body, headers=headers)
        return answer.status_code

    assert await write("Blue", dry_run=True) == 200
    before = await asking.trail("act=directory")
    assert not any(event["target"] == f"PUT {path}" for event in before)
    assert await write("Green") == 200
    event, *others = await asking.trail("act=directory")  # at once: it is no work of the background
    assert others == before
    assert (event["rows"], event["target"]) == (1, f"PUT {path}")
    with psycopg.connect(world.database.admin_dsn, autocommit=True) as admin:
        admin.execute("REVOKE INSERT ON progress.audit_events FROM playhead_reader")
        try:
            assert await write("Yellow") == 500
        finally:
            admin.execute("GRANT INSERT ON progress.audit_events TO playhead_reader")
    teams = (await asking.get("/api/directory/teams", asking.admin)).json()["items"]
    names = {each["name"] for each in teams}
    assert "Green" in names
    assert "Yellow" not in names


async def test_while_the_trail_cannot_be_written_reads_go_on_and_nothing_is_lost(
    asking: Asking, ours: Organisation, world: World
) -> None:
    bob = ours.person("bob").user_id
    with psycopg.connect(world.database.admin_dsn, autocommit=True) as admin:
        admin.execute("REVOKE INSERT ON progress.audit_events FROM playhead_reader")
        try:
            for _ in range(20):
                assert (await asking.get(f"/api/people/{bob}", asking.manager)).status_code == 200
        finally:
            admin.execute("GRANT INSERT ON progress.audit_events TO playhead_reader")

    found = await asking.event(f"subjectId={bob}&actorId={ours.manager.user_id}")
    assert found["count"] == 1


async def test_what_waits_is_written_when_the_service_ends(
    settings: QuerySettings, ours: Organisation, world: World
) -> None:
    bob = ours.person("bob").user_id
    app = create_app(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), _client(app) as client:
        asking = Asking(client, settings, ours)
        for _ in range(3):
            assert (await asking.get(f"/api/people/{bob}", asking.manager)).status_code == 200

    with psycopg.connect(world.database.admin_dsn) as admin:
        query = "SELECT count FROM progress.audit_events WHERE request_id <> 'a-request' ORDER BY count"
        assert admin.execute(query).fetchall() == [(1,), (2,)]


async def test_failed_identifications_are_logged_with_their_reason_and_cannot_flood(
    asking: Asking, lines: pytest.LogCaptureFixture
) -> None:
    for _ in range(300):
        answer = await asking.get("/api/me", {"Authorization": "Bearer no.such.token"})
        assert answer.status_code == 401

    (line,) = logged(lines)
    assert (line["act"], line["outcome"], line["target"]) == ("identify", "refused", "GET /api/me")
    assert line["reason"]
    assert "no.such.token" not in json.dumps(line)
    assert "tenant_id" not in line


async def test_only_administrators_read_it_and_only_their_tenants(
    asking: Asking, world: World, settings: QuerySettings
) -> None:
    theirs = Asking(asking.client, settings, organisation(world, "theirs"))
    for sent in (asking.learner, asking.manager):
        assert (await asking.get("/api/org/audit", sent)).status_code == 403
    mine = {each["eventId"] for each in await asking.trail()}
    others = {each["eventId"] for each in await theirs.trail()}
    assert mine
    assert others
    assert not mine & others
    page = (await asking.get("/api/org/audit?limit=1", asking.admin)).json()
    rest = await asking.trail(f"cursor={page['nextCursor']}")
    assert [each["eventId"] for each in page["items"] + rest] == [
        each["eventId"] for each in await asking.trail()
    ]


async def test_no_role_of_a_service_changes_an_event_or_deletes_one_that_is_young(
    fresh_database: Database, ours: Organisation
) -> None:
    for dsn in (fresh_database.reader_dsn, fresh_database.writer_dsn):
        with psycopg.connect(dsn) as connection:
            connection.execute("SELECT set_config('playhead.tenant', %s, true)", [ours.tenant])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("UPDATE progress.audit_events SET outcome = 'refused'")
    with psycopg.connect(fresh_database.reader_dsn) as reader:
        reader.execute("SELECT set_config('playhead.tenant', %s, true)", [ours.tenant])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM progress.audit_events")
    with psycopg.connect(fresh_database.writer_dsn) as writer:
        assert writer.execute("DELETE FROM progress.audit_events").rowcount == 0
