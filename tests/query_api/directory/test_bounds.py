"""The bounds of `PUT /api/directory/…`: tenants, roles, sizes and bodies."""

from __future__ import annotations

import time

import pytest

from tests.query_api.directory.desk import Desk, content, counts, person, team

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_other_tenants_rows_are_neither_touched_nor_referred_to(desk: Desk) -> None:
    theirs = desk.elsewhere()
    item, ada, crew = content(), person(), team()
    due = {"contentId": item["contentId"], "target": "team", "targetId": crew["teamId"]}
    member = {"teamId": crew["teamId"], "userId": ada["userId"], "role": "member"}

    await theirs.put("content", item)
    await theirs.put("people", ada)
    await theirs.put("teams", crew)
    refused = [await desk.put("members", member), await desk.put("assignments", due)]
    assert [counts(each) for each in refused] == [(0, 0, 0, 1)] * 2

    await theirs.put("members", member)
    await theirs.put("assignments", due)
    before = {
        kind: await theirs.listed(kind) for kind in ("content", "people", "teams", "members", "assignments")
    }

    assert counts(await desk.put("content", item | {"title": "Ours"})) == (1, 0, 0, 0)
    assert counts(await desk.put("people", ada | {"displayName": "Ours"})) == (1, 0, 0, 0)
    assert counts(await desk.put("teams", crew | {"name": "Ours", "members": []})) == (1, 0, 0, 0)
    for kind, key in (("people", "userId"), ("teams", "teamId"), ("content", "contentId")):
        of = {"userId": ada["userId"], "teamId": crew["teamId"], "contentId": item["contentId"]}[key]
        assert counts(await desk.put(kind, {key: of, "remove": True})) == (0, 0, 1, 0)

    assert {kind: await theirs.listed(kind) for kind in before} == before


@pytest.mark.parametrize("kind", ["content", "parts", "people", "teams", "members", "assignments"])
@pytest.mark.parametrize("roles", [(), ("learner",), ("manager",)])
async def test_only_administrators_read_and_write(desk: Desk, kind: str, roles: tuple[str, ...]) -> None:
    other = desk.other(*roles)
    before = desk.everything()

    answers = [
        await other.send(kind, person()),
        await other.send(kind, person(), dry_run=True),
        await desk.client.put(f"/api/directory/{kind}?dryRun=perhaps", content=b"{", headers=other.headers),
        await other.get(f"/api/directory/{kind}"),
        await other.get(f"/api/directory/{kind}?limit=0"),
    ]

    assert [each.status_code for each in answers] == [403] * 5
    assert desk.everything() == before


@pytest.mark.watches_the_clock
async def test_five_thousand_rows_are_one_call_of_a_second_or_two(desk: Desk) -> None:
    people = [person(displayName=f"Person {n}", email=f"{n}@example.org") for n in range(5_000)]
    crew = team(members=[{"userId": each["userId"], "role": "member"} for each in people])

    begun = time.monotonic()
    assert counts(await desk.put("people", *people)) == (5_000, 0, 0, 0)
    assert counts(await desk.put("people", *people)) == (0, 5_000, 0, 0)
    assert counts(await desk.put("teams", crew)) == (1, 0, 0, 0)
    assert counts(await desk.put("teams", crew | {"members": crew["members"][1:]})) == (1, 0, 0, 0)
    taken = time.monotonic() - begun

    # Four calls, on a machine that is busy with other tests; alone each takes 0.2 s.
    assert taken < 12


async def test_too_many_rows_and_too_large_bodies_are_refused_whole(desk: Desk) -> None:
    many = await desk.send("people", *[person()] * 5_001)
    large = await desk.client.put(
        "/api/directory/people", content=b" " * (4 * 1024 * 1024 + 1), headers=desk.headers
    )

    assert (many.status_code, many.json()["errors"][0]["field"]) == (422, "items")
    assert large.status_code == 413
    assert await desk.listed("people") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"items": {}}', "items"),
        (b"{}", "items"),
        (b'{"items": [], "rows": []}', "rows"),
        (b"[" * 100_000, "body"),
        (b'{"items": ' + b"[" * 100_000, "body"),
    ],
)
async def test_a_body_without_rows_is_a_422_that_names_the_field(desk: Desk, body: bytes, field: str) -> None:
    answer = await desk.client.put("/api/directory/people", content=body, headers=desk.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
