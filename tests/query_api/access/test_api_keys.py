"""`/api/keys`, and what a server may do with a key: by its scopes, and of its tenant."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from playhead.settings import QuerySettings
from query_api.access.servers import scope_of
from query_api.app import create_app
from tests.query_api.reports.organisation import Organisation
from tests.query_api.world import World, headers

pytestmark = [pytest.mark.services, pytest.mark.anyio]


class Office:
    """An administrator who hands out keys."""

    def __init__(self, client: httpx.AsyncClient, settings: QuerySettings, of: Organisation) -> None:
        self.client = client
        self.headers = headers(settings, of.admin, ("admin",))

    async def create(self, *scopes: str, name: str = "An LMS") -> Any:
        body = {"name": name, "scopes": scopes}
        answer = await self.client.post("/api/keys", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def revoke(self, key_id: str) -> httpx.Response:
        return await self.client.delete(f"/api/keys/{key_id}", headers=self.headers)

    async def listed(self) -> list[Any]:
        items: list[Any] = (await self.client.get("/api/keys", headers=self.headers)).json()["items"]
        return items

    async def get(self, path: str, key: Any) -> httpx.Response:
        return await self.client.get(path, headers={"Authorization": f"Bearer {key['key']}"})


@pytest.fixture
def office(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Office:
    return Office(client, settings, ours)


async def test_a_key_is_created_listed_and_revoked(office: Office, ours: Organisation) -> None:
    first = await office.create("write", "read", name="Moodle")
    second = await office.create("directory")
    assert first["key"] == f"{first['keyId']}.{first['secret']}"
    listed = await office.listed()
    assert [each["keyId"] for each in listed] == [first["keyId"], second["keyId"]]
    assert {name: listed[0][name] for name in ("name", "scopes", "createdBy", "lastUsedAt", "revokedAt")} == {
        "name": "Moodle",
        "scopes": ["read", "write"],
        "createdBy": ours.admin.user_id,
        "lastUsedAt": None,
        "revokedAt": None,
    }
    assert not any(first["secret"] in str(each) or "secret" in each for each in listed)

    revoked = await office.revoke(first["keyId"])
    again = await office.revoke(first["keyId"])
    assert revoked.json() == again.json()
    assert revoked.json()["revokedAt"] is not None
    assert [each["keyId"] for each in await office.listed()] == [second["keyId"], first["keyId"]]
    answer = await office.get("/api/org/progress", first)
    assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)


async def test_creating_and_revoking_are_in_the_audit_trail(
    office: Office, ours: Organisation, world: World
) -> None:
    key = await office.create("read")
    await office.revoke(key["keyId"])
    with psycopg.connect(world.database.admin_dsn) as connection:
        found = connection.execute(
            "SELECT actor_id::text, target, outcome, reason FROM progress.audit_events"
            " WHERE act = 'key' ORDER BY at"
        ).fetchall()
    assert found == [
        (ours.admin.user_id, "POST /api/keys", "done", key["keyId"]),
        (ours.admin.user_id, "DELETE /api/keys/{keyId}", "done", key["keyId"]),
    ]


async def test_bad_requests_name_the_field(office: Office) -> None:
    for body, field in (
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["admin"]}, "scopes[0]"),
        ({"name": "x", "scopes": ["read"], "tenant": "y"}, "tenant"),
    ):
        answer = await office.client.post("/api/keys", json=body, headers=office.headers)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await office.revoke("pk_short")).status_code == 422


async def test_a_reading_key_reads_what_an_administrator_reads(
    office: Office, ours: Organisation, theirs: Organisation
) -> None:
    key = await office.create("read")
    for path in (
        "/api/org/progress",
        "/api/org/content?format=csv",
        f"/api/progress?userId={ours.learner.user_id}",
        f"/api/people/{ours.learner.user_id}",
        "/api/content",
        "/api/teams",
    ):
        answer = await office.get(path, key)
        assert answer.status_code == 200, (path, answer.text)
    foreign = await office.get(f"/api/people/{theirs.learner.user_id}", key)
    assert foreign.status_code == 404
    unnamed = await office.get("/api/progress", key)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["field"]) == (422, "userId")
    listed = await office.listed()
    assert listed[0]["keyId"] == key["keyId"]


async def test_a_scope_that_is_too_small_is_named(office: Office) -> None:
    reading, desk = await office.create("read"), await office.create("directory")
    people = {"items": []}
    for method, path, key, needed in (
        ("GET", "/api/directory/people", reading, "directory"),
        ("PUT", "/api/directory/people", reading, "directory"),
        ("GET", "/api/org/progress", desk, "read"),
    ):
        sent = {"Authorization": f"Bearer {key['key']}"}
        body = people if method == "PUT" else None
        answer = await office.client.request(method, path, headers=sent, json=body)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:playhead:problem:scope-too-small")
        assert f"`{needed}`" in answer.json()["detail"]
    sent = {"Authorization": f"Bearer {desk['key']}"}
    assert (await office.client.put("/api/directory/people", headers=sent, json=people)).status_code == 200


async def test_no_key_reaches_what_is_for_people(office: Office) -> None:
    key = await office.create("read", "write", "directory")
    for path in ("/api/keys", "/api/org/audit", "/api/org/settings", "/api/me"):
        answer = await office.get(path, key)
        assert (answer.status_code, answer.json()["title"]) == (403, "Not for API keys"), path
    sent = {"Authorization": f"Bearer {key['key']}"}
    made = await office.client.post("/api/keys", headers=sent, json={"name": "more", "scopes": ["read"]})
    assert made.status_code == 403


async def test_every_route_is_decided(settings: QuerySettings) -> None:
    """A new route is for people until it is given a scope; what changes something is never `read`."""
    decided = {
        (method.upper(), path): scope_of(method.upper(), path)
        for path, operations in create_app(settings).openapi()["paths"].items()
        for method in operations.keys() - {"parameters"}
        if operations[method]["tags"] != ["saving"]
    }
    assert {method for (method, _), scope in decided.items() if scope == "read"} == {"GET"}
    assert {path for (_, path), scope in decided.items() if scope is None and path.startswith("/api/")} == {
        "/api/keys",
        "/api/keys/{keyId}",
        "/api/me",
        "/api/org/audit",
        "/api/org/settings",
        "/api/progress/{contentId}/dismissal",
        "/api/sign-in",
    }


async def test_an_erased_organisation_gets_no_key(office: Office, ours: Organisation, world: World) -> None:
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute("INSERT INTO progress.erased_tenants (tenant_id) VALUES (%s)", [ours.tenant])
    body = {"name": "late", "scopes": ["read"]}
    answer = await office.client.post("/api/keys", json=body, headers=office.headers)
    assert (answer.status_code, answer.json()["title"]) == (403, "Organisation erased")
