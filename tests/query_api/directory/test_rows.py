"""What rows may hold, without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from query_api.directory.answers import Rejection
from query_api.directory.batch import read_batch
from query_api.directory.entities import ENTITY_KINDS, EntityName
from tests.query_api.directory.desk import an_id, content, person, team


def judged(kind: EntityName, *rows: Any) -> list[Rejection]:
    return read_batch(ENTITY_KINDS[kind], msgspec.json.encode({"items": rows})).rejected


def fields_at_fault(kind: EntityName, row: Any) -> list[str | None]:
    return [each.field for each in judged(kind, row)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"contentId": "x"}, "contentId"),
        ({"contentId": None}, "contentId"),
        ({"title": ""}, "title"),
        ({"title": " \t "}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "a\x9bb"}, "title"),
        ({"title": "a\u2028b"}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": 5}, "title"),
        ({"type": "film"}, "type"),
        ({"durationSeconds": 0}, "durationSeconds"),
        ({"durationSeconds": -1}, "durationSeconds"),
        ({"durationSeconds": 2_147_484}, "durationSeconds"),
        ({"durationSeconds": "600"}, "durationSeconds"),
        ({"completionThreshold": 0}, "completionThreshold"),
        ({"completionThreshold": 1.001}, "completionThreshold"),
        ({"completionThreshold": 0.8755}, "completionThreshold"),
        ({"completionThreshold": 0.0001}, "completionThreshold"),
        ({"completionThreshold": 5e-324}, "completionThreshold"),
        ({"evidence": "reported"}, "evidence"),
        ({"archived": "yes"}, "archived"),
        ({"titel": "Fire safety"}, "titel"),
        ({"remove": "yes"}, "remove"),
    ],
)
def test_a_field_that_is_wrong_is_named(given: dict[str, Any], field: str) -> None:
    assert fields_at_fault("content", content(**given)) == [field]


@pytest.mark.parametrize(
    "given",
    [
        {"title": "Ω, “quotes” and 👩‍🏫"},
        {"title": "x" * 500},
        {"durationSeconds": 0.001},
        {"durationSeconds": 2_147_483.647},
        {"completionThreshold": 1},
        {"completionThreshold": 0.001},
        {"completionThreshold": 0.333},
        {"thumbnailUrl": None, "mediaUrl": None, "evidence": None, "archived": None, "durationSeconds": None},
    ],
)
def test_what_is_odd_but_right_is_taken(given: dict[str, Any]) -> None:
    assert fields_at_fault("content", content(**given)) == []


ADDRESSES = ("thumbnailUrl", "mediaUrl")


@pytest.mark.parametrize("field", ADDRESSES)
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "//example.org/1.jpg",
        "/\\example.org/1.jpg",
        "/\t/example.org/1.jpg",
        "/a b",
        "media/1.jpg",
        "https://",
        "https://[",
        "https://example.org/a b",
        "https://example.org/" + "x" * 2_048,
    ],
)
def test_an_address_that_pages_may_not_show_is_named(field: str, url: str) -> None:
    assert set(fields_at_fault("content", content(**{field: url}))) == {field}


@pytest.mark.parametrize("field", ADDRESSES)
@pytest.mark.parametrize("url", ["HTTP://example.org", "https://example.org/1?a=b#t=1", "/", "/media/1.webm"])
def test_an_address_is_of_the_web_or_of_this_host(field: str, url: str) -> None:
    assert fields_at_fault("content", content(**{field: url})) == []


@pytest.mark.parametrize("email", ["ada", "ada@", "@example.org", "a b@example.org", "a@b@c", "", "a@b\n"])
def test_an_address_is_checked_lightly(email: str) -> None:
    expected = [] if email == "a@b\n" else ["email"]  # spaces around a text are cut off
    assert list(dict.fromkeys(fields_at_fault("people", person(email=email)))) == expected


def test_a_row_that_is_no_object_is_named_as_a_whole() -> None:
    assert [(each.index, each.field) for each in judged("people", 5, None, [], "x")] == [
        (index, None) for index in range(4)
    ]


def test_a_team_lists_each_person_once() -> None:
    ada = an_id()
    twice = team(members=[{"userId": ada, "role": "member"}, {"userId": ada.upper(), "role": "manager"}])
    assert fields_at_fault("teams", twice) == ["members[1].userId"]
    assert fields_at_fault("teams", team(members=[{"userId": ada, "role": "boss"}])) == ["members[0].role"]
    assert fields_at_fault("teams", team(members=[{"userId": ada}])) == ["members[0].role"]
    assert fields_at_fault("teams", team(members=[{"userId": ada, "role": "member", "x": 1}])) == [
        "members[0].x"
    ]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"target": "everyone"}, []),
        ({"target": "everyone", "targetId": None}, []),
        ({"target": "everyone", "targetId": str(UUID(int=1))}, ["targetId"]),
        ({"target": "person"}, ["targetId"]),
        ({"target": "team", "targetId": str(UUID(int=1))}, []),
        ({"target": "all"}, ["target"]),
        ({}, ["target"]),
        ({"target": "everyone", "dueAt": "2026-12-31"}, []),
        ({"target": "everyone", "dueAt": "2026-02-30"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "1969-12-31"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "tomorrow"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "2026-12-31T00:00:00"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "0001-01-01T00:00:00+23:00"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "9999-12-31T23:59:59-23:00"}, ["dueAt"]),
        ({"target": "everyone", "dueAt": "9998-12-31T23:59:59-23:00"}, []),
        ({"target": "everyone", "remove": True}, []),
        ({"target": "person", "remove": True}, ["targetId"]),
    ],
)
def test_an_assignment_names_its_target_as_its_kind_asks(given: dict[str, Any], fields: list[str]) -> None:
    assert fields_at_fault("assignments", {"contentId": an_id()} | given) == fields


def test_everything_wrong_with_a_row_is_told() -> None:
    wrong = content(title=" ", thumbnailUrl="ftp://example.org", completionThreshold=0.12345)
    assert fields_at_fault("content", wrong) == ["title", "thumbnailUrl", "completionThreshold"]
