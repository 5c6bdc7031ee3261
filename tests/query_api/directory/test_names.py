"""Names and titles are sorted and found without case and accents, whatever Unicode form was stored."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from tests.query_api.directory.desk import Desk, Row, content, person, team
from tests.query_api.directory.test_reading import pages

pytestmark = [pytest.mark.services, pytest.mark.anyio]

IN_ORDER = ["adam", "Álvaro", "Émile", "Zoe"]


async def directory(desk: Desk, names: list[str]) -> Row:
    """People, teams and items of these names, and everybody in the first team."""
    people = [person(displayName=name) for name in names]
    teams = [team(name=name) for name in names]
    teams[0]["members"] = [{"userId": each["userId"], "role": "member"} for each in people]
    items = [content(title=name) for name in names]
    await desk.put("people", *people)
    await desk.put("teams", *teams)
    await desk.put("content", *items)
    required = [{"contentId": each["contentId"], "target": "everyone"} for each in items]
    await desk.put("assignments", *required)
    return {"team": teams[0]["teamId"], "person": people[0]["userId"]}


async def lists(desk: Desk, names: list[str]) -> list[tuple[str, str]]:
    """Every list of people, teams or items, with the name of its column."""
    ids = await directory(desk, names)
    return [
        ("/api/directory/people", "displayName"),
        ("/api/directory/teams", "name"),
        ("/api/directory/content", "title"),
        ("/api/directory/members", "displayName"),
        ("/api/directory/assignments", "title"),
        ("/api/content", "title"),
        ("/api/people", "name"),
        (f"/api/people/{ids['person']}/assignments", "title"),
        ("/api/teams", "name"),
        (f"/api/teams/{ids['team']}/progress", "name"),
        ("/api/org/teams", "name"),
        ("/api/org/content", "title"),
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_pages_and_files_sort_without_case_and_accents(desk: Desk, form: str) -> None:
    stored = [unicodedata.normalize(form, name) for name in IN_ORDER]
    for path, name in await lists(desk, [stored[3], stored[0], stored[2], stored[1]]):
        assert [row[name] for row in await pages(desk, path, sort=name)] == stored, path
        assert [row[name] for row in await pages(desk, path, sort=f"-{name}")] == stored[::-1], path
        if path == "/api/content":
            continue
        file = await desk.get(path, sort=name, format="csv")
        rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
        assert [row[name] for row in rows] == stored, path


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["emile", "E\u0301MI", "émile", "ile"])
async def test_a_search_finds_names_without_case_and_accents(desk: Desk, form: str, asked: str) -> None:
    stored = [unicodedata.normalize(form, name) for name in IN_ORDER]
    for path, name in await lists(desk, stored):
        assert [row[name] for row in await pages(desk, path, q=asked)] == [stored[2]], path


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Łukasz Bøe", "lukasz boe"),
        ("Weiß", "WEISS"),
        ("WEISS", "weiß"),
        ("Ærø", "aero"),
        ("I\u015f\u0131k", "isik"),
        ("Τάσος", "ΤΑΣΟΣ"),
        ("Фёдор", "ФЕДОР"),
        ("أحمد", "احمد"),
        ("\uff46ull", "full"),
        ("कुल", "कुल"),
    ],
)
async def test_letters_of_many_scripts(desk: Desk, name: str, asked: str) -> None:
    await desk.put("people", person(displayName=name), person(displayName="Zoe"))

    assert [row["displayName"] for row in await desk.listed("people", q=asked)] == [name]


async def test_different_words_stay_different(desk: Desk) -> None:
    await desk.put("people", person(displayName="कुल"), person(displayName="か"))

    assert await desk.listed("people", q="कल") == []
    assert await desk.listed("people", q="が") == []


async def test_a_changed_name_is_found_by_the_new_one(desk: Desk) -> None:
    ada = person(displayName="Ada")
    await desk.put("people", ada)
    await desk.put("people", ada | {"displayName": "Émile"})

    assert [row["displayName"] for row in await desk.listed("people", q="emile")] == ["Émile"]
    assert await desk.listed("people", q="ada") == []
