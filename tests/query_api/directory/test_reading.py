"""Reading the directory: lists, filters, search, files, and who may read."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.query_api.directory.desk import Desk, an_id, content, person, team

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def pages(desk: Desk, path: str, **query: Any) -> list[dict[str, Any]]:
    """All rows, by pages of two."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while cursor is not None or not found:
        answer = await desk.get(path, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    return found


async def filled(desk: Desk) -> dict[str, Any]:
    """A little of everything."""
    items = [content(title=title) for title in ("Fire", "Water", "Earth", "Air")]
    items[3]["archived"] = True
    people = [person(displayName=name, email=f"{name}@example.org") for name in ("Ada", "Bob", "Cleo")]
    crew, empty = team(name="Crew"), team(name="Another")
    crew["members"] = [
        {"userId": people[0]["userId"], "role": "manager"},
        {"userId": people[1]["userId"], "role": "member"},
        {"userId": people[2]["userId"], "role": "member"},
    ]
    required = [
        {"contentId": items[0]["contentId"], "target": "everyone", "dueAt": "2026-12-31T00:00:00+02:00"},
        {"contentId": items[1]["contentId"], "target": "team", "targetId": crew["teamId"]},
        {"contentId": items[1]["contentId"], "target": "person", "targetId": people[0]["userId"]},
    ]
    rows = {"content": items, "people": people, "teams": [crew, empty], "assignments": required}
    for kind, sent in rows.items():
        assert (await desk.put(kind, *sent))["rejected"] == []
    return rows


async def test_pages_of_two_are_the_whole_in_order(desk: Desk) -> None:
    await filled(desk)
    for kind, by in {
        "content": "title",
        "people": "displayName",
        "teams": "name",
        "members": "displayName",
        "assignments": "target",
    }.items():
        path = f"/api/directory/{kind}"
        upward = await pages(desk, path, sort=by)
        assert upward == await desk.listed(kind, sort=by)
        assert [each[by] for each in upward] == sorted((each[by] for each in upward), key=str.casefold)
        assert await pages(desk, path, sort=f"-{by}") == upward[::-1]


async def test_filters_and_searches(desk: Desk) -> None:
    rows = await filled(desk)
    crew, (ada, bob, _) = rows["teams"][0], rows["people"]

    async def shown(kind: str, name: str, **query: Any) -> list[Any]:
        return [each[name] for each in await desk.listed(kind, **query)]

    assert await shown("content", "title", q="A") == ["Air", "Earth", "Water"]
    assert await shown("content", "title", archived=True) == ["Air"]
    assert await shown("content", "title", q="%") == []
    assert await shown("content", "title", type="course") == []
    assert await shown("people", "displayName", q="BOB@") == ["Bob"]
    assert await shown("people", "displayName", teamId=crew["teamId"]) == ["Ada", "Bob", "Cleo"]
    assert await shown("people", "teams", q="ada") == [["Crew"]]
    assert await shown("teams", "members") == [0, 2]
    assert await shown("teams", "managers", q="crew") == [1]
    assert await shown("members", "role", userId=ada["userId"]) == ["manager"]
    assert await shown("members", "displayName", role="member", q="crew", userId=bob["userId"]) == ["Bob"]
    assert await shown("assignments", "dueAt", target="everyone") == ["2026-12-30T22:00:00.000Z"]
    assert await shown("assignments", "targetId", target="everyone") == [None]
    assert await shown("assignments", "targetName", targetId=crew["teamId"]) == ["Crew"]
    assert sorted(await shown("assignments", "targetName", contentId=rows["content"][1]["contentId"])) == [
        "Ada",
        "Crew",
    ]
    assert await shown("assignments", "title", q="cre") == ["Water"]


async def test_an_export_is_the_screen(desk: Desk) -> None:
    await filled(desk)
    exported = await desk.get("/api/directory/people", format="csv")
    table = list(csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"))))
    listed = await desk.listed("people")
    assert [each["displayName"] for each in table] == [each["displayName"] for each in listed]


async def test_everybody_sees_the_catalogue_without_what_is_archived(desk: Desk) -> None:
    items = (await filled(desk))["content"]
    learner = desk.other()

    async def titles(**query: Any) -> list[str]:
        return [each["title"] for each in await pages(learner, "/api/content", **query)]

    assert await titles() == ["Earth", "Fire", "Water"]
    assert await titles(q="R", sort="-title") == ["Water", "Fire", "Earth"]
    named = [items[0]["contentId"], items[3]["contentId"], an_id()]
    assert await titles(ids=",".join(named)) == await titles(ids=named) == ["Air", "Fire"]
    assert (await desk.elsewhere().get("/api/content", ids=",".join(named))).json()["items"] == []
    assert (await learner.get("/api/content", ids="x")).status_code == 422
    assert (await learner.get("/api/content", q="\0")).status_code == 422


async def test_one_item_is_shown_to_its_own_tenant(desk: Desk) -> None:
    item = content(durationSeconds=1.5, archived=True)
    await desk.put("content", item)

    own = await desk.other().get(f"/api/content/{item['contentId']}")
    elsewhere = await desk.elsewhere().get(f"/api/content/{item['contentId']}")
    nowhere = await desk.other().get(f"/api/content/{an_id()}")

    assert own.json() == item | {"thumbnailUrl": None, "mediaUrl": None, "parts": []}
    assert (elsewhere.status_code, nowhere.status_code) == (404, 404)
    assert elsewhere.json() == nowhere.json()


async def test_me_is_what_the_token_and_the_directory_say(desk: Desk) -> None:
    stranger = await desk.other("manager", "admin").get("/api/me")
    assert stranger.json()["displayName"] is None
    assert stranger.json()["roles"] == ["admin", "manager"]
    assert stranger.json()["teams"] == []

    who = desk.other()
    await desk.put("people", person(userId=who.who.user_id))
    crews = [
        team(name=name, members=[{"userId": who.who.user_id, "role": role}])
        for name, role in (("B", "member"), ("A", "manager"))
    ]
    await desk.put("teams", *crews)

    assert (await who.get("/api/me")).json() == {
        "userId": who.who.user_id,
        "tenantId": who.who.tenant_id,
        "displayName": "Ada Lovelace",
        "roles": [],
        "teams": [
            {"teamId": crews[1]["teamId"], "name": "A", "role": "manager"},
            {"teamId": crews[0]["teamId"], "name": "B", "role": "member"},
        ],
    }


@pytest.mark.parametrize("path", ["/api/me", "/api/content", "/api/content/{item}", "/api/directory/people"])
async def test_no_token_is_a_401(desk: Desk, path: str) -> None:
    assert (await desk.client.get(path.format(item=an_id()))).status_code == 401
