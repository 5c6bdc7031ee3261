"""`PUT /api/directory/…`: what is stored, what is kept, and what is answered."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.query_api.directory.desk import Desk, an_id, content, counts, person, team
from tests.query_api.serving import soon

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_rows_are_stored_and_shown(desk: Desk) -> None:
    item = content(
        durationSeconds=600.5,
        thumbnailUrl="https://example.org/1.jpg",
        mediaUrl=" /media/1.mp4 ",
        completionThreshold=0.875,
        evidence="watched",
        countHidden=False,
        title=" Fire safety ",
    )
    assert counts(await desk.put("content", item)) == (1, 0, 0, 0)

    (shown,) = await desk.listed("content")
    assert shown.pop("updatedAt")
    assert shown == {
        "contentId": item["contentId"],
        "title": "Fire safety",
        "type": "video",
        "durationSeconds": 600.5,
        "thumbnailUrl": "https://example.org/1.jpg",
        "mediaUrl": "/media/1.mp4",
        "completionThresholdPercent": 87.5,
        "evidence": "watched",
        "countHidden": False,
        "pageCount": None,
        "startSeconds": None,
        "endSeconds": None,
        "archived": False,
        "parts": [],
    }


async def test_sent_again_nothing_changes_not_even_the_date(desk: Desk) -> None:
    item, ada = content(durationSeconds=600), person(email="ada@example.org")
    crew = team(members=[{"userId": ada["userId"], "role": "manager"}])
    due = {"contentId": item["contentId"], "target": "everyone", "dueAt": "2026-12-31T00:00:00+01:00"}
    sent = {"content": item, "people": ada, "teams": crew, "assignments": due}
    for kind, row in sent.items():
        assert counts(await desk.put(kind, row)) == (1, 0, 0, 0)
    before = desk.everything()
    desk.execute("TRUNCATE progress.rederivations")

    for kind, row in sent.items():
        assert counts(await desk.put(kind, row)) == (0, 1, 0, 0)

    assert desk.everything() == [*before[:-1], []]


async def test_what_a_row_leaves_out_is_cleared(desk: Desk) -> None:
    item, ada = content(durationSeconds=600, archived=True), person(email="ada@example.org")
    await desk.put("content", item)
    await desk.put("people", ada)

    bare = {name: item[name] for name in ("contentId", "title", "type")}
    assert counts(await desk.put("content", bare)) == (1, 0, 0, 0)
    assert counts(await desk.put("people", ada | {"email": None})) == (1, 0, 0, 0)

    (shown,) = await desk.listed("content")
    assert (shown["durationSeconds"], shown["archived"]) == (None, False)
    assert [each["email"] for each in await desk.listed("people")] == [None]


async def test_good_rows_are_stored_though_others_are_bad(desk: Desk) -> None:
    answer = await desk.put("people", person(displayName=""), person(), person(email="nobody"))

    assert counts(answer) == (1, 0, 0, 2)
    assert [(each["index"], each["field"], each["code"]) for each in answer["rejected"]] == [
        (0, "displayName", "invalid"),
        (2, "email", "invalid"),
    ]
    assert len(await desk.listed("people")) == 1


async def test_of_two_rows_with_one_key_the_first_counts(desk: Desk) -> None:
    ada = person()
    twice = ada | {"userId": ada["userId"].upper(), "displayName": "Another"}

    answer = await desk.put("people", ada, person(), twice)

    assert counts(answer) == (2, 0, 0, 1)
    (rejected,) = answer["rejected"]
    assert (rejected["index"], rejected["code"], rejected["field"]) == (2, "duplicate", "userId")
    assert "row 0" in rejected["reason"]


async def test_references_are_checked_row_by_row(desk: Desk) -> None:
    item, ada, crew = content(), person(), team()
    await desk.put("content", item)
    await desk.put("people", ada)
    await desk.put("teams", crew)
    of, who, unknown = item["contentId"], ada["userId"], an_id()

    members = await desk.put(
        "members",
        {"teamId": crew["teamId"], "userId": who, "role": "member"},
        {"teamId": an_id(), "userId": unknown, "role": "member"},
    )
    teams = await desk.put(
        "teams", team(members=[{"userId": who, "role": "member"}, {"userId": unknown, "role": "member"}])
    )
    assignments = await desk.put(
        "assignments",
        {"contentId": of, "target": "person", "targetId": who},
        {"contentId": an_id(), "target": "person", "targetId": unknown},
        {"contentId": of, "target": "team", "targetId": who},
        {"contentId": of, "target": "team", "targetId": crew["teamId"]},
        {"contentId": of, "target": "everyone"},
    )

    def rejections(answer: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
        return sorted((each["index"], each["field"], each["code"]) for each in answer["rejected"])

    assert rejections(members) == [(1, "teamId", "unknown"), (1, "userId", "unknown")]
    assert rejections(teams) == [(0, "members[1].userId", "unknown")]
    assert rejections(assignments) == [
        (1, "contentId", "unknown"),
        (1, "targetId", "unknown"),
        (2, "targetId", "unknown"),
    ]
    assert (members["upserted"], teams["upserted"], assignments["upserted"]) == (1, 0, 3)


async def test_members_of_a_team_s_row_are_all_there_are(desk: Desk) -> None:
    people = [person(displayName=name) for name in "abc"]
    a, b, c = (each["userId"] for each in people)
    await desk.put("people", *people)
    crew = team(members=[{"userId": a, "role": "member"}, {"userId": b, "role": "member"}])
    other = team(members=[{"userId": a, "role": "member"}])
    await desk.put("teams", crew, other)

    async def roles() -> dict[str, str]:
        shown = await desk.listed("members", teamId=crew["teamId"])
        return {each["displayName"]: each["role"] for each in shown}

    changed = crew | {"members": [{"userId": b, "role": "manager"}, {"userId": c, "role": "member"}]}
    assert counts(await desk.put("teams", changed, other)) == (1, 1, 0, 0)
    assert await roles() == {"b": "manager", "c": "member"}

    silent = {name: crew[name] for name in ("teamId", "name")}
    assert counts(await desk.put("teams", silent)) == (0, 1, 0, 0)
    assert await roles() == {"b": "manager", "c": "member"}

    assert counts(await desk.put("teams", silent | {"members": []})) == (1, 0, 0, 0)
    assert await roles() == {}
    assert len(await desk.listed("members")) == 1


async def test_what_is_removed_takes_along_what_referred_to_it(desk: Desk) -> None:
    item, ada, crew = content(), person(), team()
    crew["members"] = [{"userId": ada["userId"], "role": "member"}]
    targets = [("person", ada["userId"]), ("team", crew["teamId"]), ("everyone", None)]
    required = [{"contentId": item["contentId"], "target": target, "targetId": of} for target, of in targets]
    for kind, rows in {"content": [item], "people": [ada], "teams": [crew], "assignments": required}.items():
        await desk.put(kind, *rows)

    assert counts(await desk.put("people", {"userId": ada["userId"], "remove": True})) == (0, 0, 1, 0)
    assert await desk.listed("members") == await desk.listed("people") == []
    assert counts(await desk.put("teams", {"teamId": crew["teamId"], "remove": True})) == (0, 0, 1, 0)
    assert [each["target"] for each in await desk.listed("assignments")] == ["everyone"]
    assert counts(await desk.put("content", item | {"remove": True})) == (0, 0, 1, 0)
    assert await desk.listed("assignments") == []
    assert [each["archived"] for each in await desk.listed("content")] == [True]


async def test_an_archived_item_is_not_newly_required(desk: Desk) -> None:
    item, ada = content(), person()
    await desk.put("content", item)
    await desk.put("people", ada)
    everyone = {"contentId": item["contentId"], "target": "everyone"}
    hers = {"contentId": item["contentId"], "target": "person", "targetId": ada["userId"]}
    await desk.put("assignments", everyone)
    await desk.put("content", item | {"archived": True})

    answer = await desk.put("assignments", everyone, hers)

    assert counts(answer) == (0, 1, 0, 1)  # what was there already may be sent again
    (refused,) = answer["rejected"]
    assert (refused["index"], refused["field"], refused["code"]) == (1, "contentId", "archived")
    assert "archived" in refused["reason"]
    await desk.put("content", item)
    assert counts(await desk.put("assignments", everyone, hers)) == (1, 1, 0, 0)


async def test_any_offset_is_the_same_instant(desk: Desk) -> None:
    item = content()
    await desk.put("content", item)
    due = {"contentId": item["contentId"], "target": "everyone"}

    assert counts(await desk.put("assignments", due | {"dueAt": "2026-06-07T14:54:39+23:59"})) == (1, 0, 0, 0)
    assert counts(await desk.put("assignments", due | {"dueAt": "2026-06-06T14:55:39Z"})) == (0, 1, 0, 0)


async def test_another_method_is_answered_with_both_that_exist(desk: Desk) -> None:
    answer = await desk.client.post("/api/directory/people", headers=desk.headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")


async def test_removing_an_unknown_entity_changes_nothing(desk: Desk) -> None:
    somewhere = {"contentId": an_id(), "teamId": an_id(), "userId": an_id(), "target": "everyone"}
    keys = {
        "content": ("contentId",),
        "people": ("userId",),
        "teams": ("teamId",),
        "members": ("teamId", "userId"),
        "assignments": ("contentId", "target"),
    }
    for kind, names in keys.items():
        row = {name: somewhere[name] for name in names} | {"remove": True}
        assert counts(await desk.put(kind, row)) == (0, 1, 0, 0), kind


async def test_a_removal_with_an_unknown_field_is_rejected(desk: Desk) -> None:
    (rejected,) = (await desk.put("people", {"userId": an_id(), "remove": True, "nme": "x"}))["rejected"]
    assert rejected["field"] == "nme"


async def test_an_erased_person_cannot_come_back(desk: Desk) -> None:
    gone = person()
    desk.execute(
        "INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%s, %s)",
        desk.who.tenant_id,
        gone["userId"],
    )

    answer = await desk.put("people", gone, person())

    assert counts(answer) == (1, 0, 0, 1)
    assert answer["rejected"][0]["code"] == "erased"
    assert counts(await desk.elsewhere().put("people", gone)) == (1, 0, 0, 0)


async def test_no_call_writes_during_an_erasure(desk: Desk) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with (
        psycopg.connect(desk.world.database.admin_dsn) as erasure,
        psycopg.connect(desk.world.database.admin_dsn, autocommit=True) as onlooker,
    ):
        erasure.execute("SELECT pg_advisory_xact_lock(hashtext('playhead erase'))")
        call = asyncio.create_task(desk.put("people", person()))
        await soon(lambda: onlooker.execute(waiting).fetchone() == (1,), 20, "the call waits for the erasure")
        assert not call.done()
    assert counts(await call) == (1, 0, 0, 0)


async def test_concurrent_calls_end_as_if_one_after_another(desk: Desk) -> None:
    people = [person(displayName=str(n)) for n in range(200)]
    answers = await asyncio.gather(
        *(desk.put("people", *(people if n % 2 else reversed(people))) for n in range(6))
    )
    assert sum(each["upserted"] for each in answers) == 200
    assert sum(each["unchanged"] for each in answers) == 1_000


async def test_a_dry_run_answers_the_same_and_changes_nothing(desk: Desk) -> None:
    kept, gone = person(), person()
    await desk.put("people", kept, gone)
    rows = [kept, person(), gone | {"remove": True}, person(displayName=" "), kept]
    before = desk.everything()

    dry = await desk.put("people", *rows, dry_run=True)
    assert desk.everything() == before
    wet = await desk.put("people", *rows)

    assert counts(wet) == (1, 1, 1, 2)
    assert dry == wet | {"dryRun": True}


async def test_an_erased_organisation_writes_no_directory_and_no_settings(desk: Desk) -> None:
    desk.execute("INSERT INTO progress.erased_tenants (tenant_id) VALUES (%s)", desk.who.tenant_id)

    refused = [
        await desk.send("people", person()),
        await desk.upload("kind,userId,displayName\nperson," + an_id() + ",Ada\n"),
        await desk.client.put("/api/org/settings", json={"inactiveDays": 3}, headers=desk.headers),
    ]

    for answer in refused:
        assert answer.status_code == 403, answer.text
        assert "`playhead erase organisation --readmit` lets it come back" in answer.json()["detail"]
    for table in ("people", "organisation_settings"):
        assert not any(desk.who.tenant_id in row for (row,) in desk.stored(table))
    assert counts(await desk.elsewhere().put("people", person())) == (1, 0, 0, 0)
