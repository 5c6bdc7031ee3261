"""A CSV file sent to `PUT /api/directory`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.query_api.directory.desk import Desk, an_id, person

pytestmark = [pytest.mark.services, pytest.mark.anyio]

EXAMPLE = Path("docs/examples/directory.csv").read_bytes()


def counts(answer: Any) -> dict[str, tuple[int, int, int, int]]:
    """Upserted, unchanged, removed, and how many rows were rejected, by kind."""
    return {
        each["kind"]: (each["upserted"], each["unchanged"], each["removed"], each["rejected"])
        for each in answer["kinds"]
    }


def rejections(answer: Any) -> list[tuple[int, str | None, str]]:
    return [(each["line"], each["column"], each["code"]) for each in answer["rejected"]]


async def test_the_example_is_imported_once_and_a_dry_run_changes_nothing(desk: Desk) -> None:
    before = desk.everything()
    dry = await desk.imported(EXAMPLE, dryRun=True)
    assert desk.everything() == before

    first = await desk.imported(EXAMPLE)
    after = desk.everything()
    again = await desk.imported(EXAMPLE)

    sizes = {"content": 3, "parts": 2, "people": 2, "teams": 1, "members": 2, "assignments": 2}
    assert counts(first) == {kind: (size, 0, 0, 0) for kind, size in sizes.items()}
    assert counts(again) == {kind: (0, size, 0, 0) for kind, size in sizes.items()}
    assert first["rejected"] == again["rejected"] == []
    assert dry == first | {"dryRun": True}
    assert desk.everything() == after


async def test_a_dry_run_of_any_file_answers_as_storing_it_does(desk: Desk) -> None:
    gone = person()
    a, b, c, t = an_id(), gone["userId"], an_id(), an_id()
    await desk.put("people", gone)
    file = "\n".join(
        [
            "kind,contentId,userId,teamId,title,type,displayName,name,role,target,targetId,remove",
            f"member,,{a},{t},,,,,member,,,",
            f"team,,,{t},,,,Red,,,,",
            f"person,,{a},,,,Ada,,,,,",
            f"person,,{b},,,,,,,,,true",
            f"assignment,{c},,,,,,,,person,{b},",
            f"assignment,{an_id()},,,,,,,,everyone,,",
            f"content,{c},,,A,video,,,,,,",
            "nothing,,,,,,,,,,,",
            f"person,,{a},,,,Again,,,,,",
            f"person,,{an_id()},,,, ,,,,,",
        ]
    )
    before = desk.everything()
    dry = await desk.imported(file, dryRun=True)
    assert desk.everything() == before
    wet = await desk.imported(file)

    assert dry == wet | {"dryRun": True}
    assert counts(wet) == {
        "content": (1, 0, 0, 0),
        "people": (1, 0, 1, 2),
        "teams": (1, 0, 0, 0),
        "members": (1, 0, 0, 0),
        "assignments": (0, 0, 0, 2),
    }
    assert rejections(wet) == [
        (6, "targetId", "unknown"),
        (7, "contentId", "unknown"),
        (9, "kind", "kind"),
        (10, "userId", "duplicate"),
        (11, "displayName", "invalid"),
    ]
    assert [each["earlierLine"] for each in wet["rejected"]] == [None, None, None, 4, None]
    assert [each["kind"] for each in wet["rejected"]][2:] == [None, "people", "people"]


async def test_every_kind_of_fault_of_a_line_is_answered_with_the_services_own(desk: Desk) -> None:
    ada, bob, crew, unknown = (an_id() for _ in range(4))
    answer = await desk.imported(
        "kind,teamId,userId,role,displayName,name,email\n"
        f"member,{crew},{ada},member,,,\n"
        f"member,{crew},{bob},member,,,\n"
        f"member,{crew},{unknown},member,,,\n"
        f"person,,{ada},,Ada,,\n"
        f"person,,{bob},,Bob,,bob\n"
        f"person,,{an_id()},,,,\n"
        f"team,{crew},,,,Crew,\n"
    )
    assert counts(answer) == {"people": (1, 0, 0, 2), "teams": (1, 0, 0, 0), "members": (1, 0, 0, 2)}
    assert [(each["line"], each["column"], each["reason"]) for each in answer["rejected"]] == [
        (3, "userId", "there is no such person in the directory"),
        (4, "userId", "there is no such person in the directory"),
        (6, "email", "is not an e-mail address"),
        (7, "displayName", "is required"),
    ]


async def test_a_file_of_one_kind_says_which_by_the_query(desk: Desk) -> None:
    file = f"userId;Display name\r\n{an_id()};Ada\r\n"
    refused = await desk.upload(file)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:playhead:problem:csv-kind-missing")
    assert refused.json()["errors"][0]["field"] == "kind"
    assert await desk.listed("people") == []

    assert counts(await desk.imported(file, kind="people")) == {"people": (1, 0, 0, 0)}
    assert [each["displayName"] for each in await desk.listed("people")] == ["Ada"]
    assert (await desk.upload(file, kind="person")).status_code == 422


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
async def test_another_media_type_is_refused(desk: Desk, media_type: str) -> None:
    sent = desk.headers | {"Content-Type": media_type}
    answer = await desk.client.put("/api/directory", content=EXAMPLE, headers=sent)
    assert answer.status_code == 415
    assert "text/csv" in answer.json()["detail"]


async def test_the_media_type_may_have_parameters(desk: Desk) -> None:
    sent = desk.headers | {"Content-Type": "Text/CSV; charset=utf-8; header=present"}
    assert (await desk.client.put("/api/directory", content=EXAMPLE, headers=sent)).status_code == 200


async def test_a_file_that_is_too_large_is_refused_by_the_limit(desk: Desk) -> None:
    answer = await desk.upload(b" " * (16 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "16,777,216 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("roles", [(), ("learner",), ("manager",)])
async def test_only_administrators_import(desk: Desk, roles: tuple[str, ...]) -> None:
    other = desk.other(*roles)
    before = desk.everything()
    answers = [await other.upload(EXAMPLE), await other.upload(b"\xff", dryRun=True)]
    assert [each.status_code for each in answers] == [403, 403]
    assert desk.everything() == before


async def test_other_tenants_rows_are_neither_touched_nor_referred_to(desk: Desk) -> None:
    theirs = desk.elsewhere()
    await theirs.imported(EXAMPLE)
    before = {kind: await theirs.listed(kind) for kind in ("content", "people", "teams", "members")}
    members = "\n".join(line for line in EXAMPLE.decode().splitlines() if line.startswith(("kind", "member")))
    answer = await desk.imported(members)
    assert counts(answer) == {"members": (0, 0, 0, 2)}
    assert {each["code"] for each in answer["rejected"]} == {"unknown"}
    assert {kind: await theirs.listed(kind) for kind in before} == before


@pytest.mark.watches_the_clock
async def test_fifty_thousand_people_are_one_file(desk: Desk) -> None:
    lines = [f"person,{an_id()},Person {n},{n}@example.org" for n in range(50_000)]
    file = "\n".join(["kind,userId,displayName,email", *lines])
    begun = time.monotonic()
    assert counts(await desk.imported(file, dryRun=True)) == {"people": (50_000, 0, 0, 0)}
    assert counts(await desk.imported(file)) == {"people": (50_000, 0, 0, 0)}
    taken = time.monotonic() - begun
    # On a machine that is busy with other tests.
    assert taken < 40
