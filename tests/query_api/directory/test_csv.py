"""What a CSV file means, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playhead.http.problems import Problem
from query_api.directory import csv_file
from query_api.directory.answers import LineRejection
from query_api.directory.csv_file import CsvFile, read_csv
from query_api.directory.entities import EntityName

EXAMPLE = Path("docs/examples/directory.csv").read_bytes()
A, B = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11", "c0a8f3de-2a4d-4c64-8f6d-0a5c5a3f7b22"
UUIDS = [f"00000000-0000-0000-0000-{n:012}" for n in range(10)]
CONTENT = {
    "thumbnail_url": None,
    "media_url": None,
    "threshold": None,
    "evidence": None,
    "page_count": None,
    "start_ms": None,
    "end_ms": None,
    "archived": False,
    "count_hidden": None,
    "parts": None,
}


def read(text: str, kind: EntityName | None = None) -> CsvFile:
    return read_csv(text.encode(), kind)


def stored(file: CsvFile) -> list[dict[str, Any]]:
    return [record for batch in file.batches.values() for record in batch.stored]


def removed(file: CsvFile) -> list[dict[str, Any]]:
    return [record for batch in file.batches.values() for record in batch.removed]


def rejections(file: CsvFile) -> list[LineRejection]:
    """Every rejection before anything is stored."""
    found = list(file.rejected)
    for batch in file.batches.values():
        found += [
            LineRejection(
                line=each.index,
                kind=batch.kind.name,
                column=each.field,
                code=each.code,
                reason=each.reason,
                earlier_line=batch.earlier.get(each.index),
            )
            for each in batch.rejected
        ]
    return sorted(found, key=lambda each: each.line)


def faults(text: str) -> list[tuple[int, str | None, str, str]]:
    return [(each.line, each.column, each.code, each.reason) for each in rejections(read(text))]


def refusal(raw: bytes, kind: EntityName | None = None) -> Problem:
    with pytest.raises(Problem) as refused:
        read_csv(raw, kind)
    assert refused.value.status == 422
    return refused.value


def test_the_example_is_read_whole() -> None:
    file = read_csv(EXAMPLE)
    assert rejections(file) == []
    assert {name: len(batch.stored) for name, batch in file.batches.items()} == {
        "content": 3,
        "parts": 2,
        "people": 2,
        "teams": 1,
        "members": 2,
        "assignments": 2,
    }
    fire = {"title": "Fire safety at work", "type": "video", "duration_ms": 600_000}
    handbook = {"title": "Handbook, second edition", "type": "document", "duration_ms": None}
    assert stored(file)[:2] == [
        CONTENT | {"index": 2, "content_id": A, "threshold": 0.95, "evidence": "watched"} | fire,
        CONTENT | {"index": 3, "content_id": B} | handbook,
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"kind,contentId,title,type,durationSeconds,archived\ncontent,{A},Übung,video,1.5,true\n",
        (
            "\ufeffKind;Content ID;title;Type;duration_seconds;Archived\r\n"
            f"Content;{A};Übung;video;1,5;TRUE\r\n;;;\r\n"
        ),
        f"kind\ttitle\ttype\tcontentId\tdurationSeconds\tarchived\ncontent\tÜbung\tvideo\t{A}\t1.5\tyes",
    ],
)
def test_spreadsheets_dialects_say_the_same(text: str) -> None:
    file = read(text)
    assert rejections(file) == []
    assert stored(file) == [
        CONTENT
        | {"index": 2, "content_id": A, "title": "Übung", "type": "video", "duration_ms": 1_500}
        | {"archived": True}
    ]


def test_lines_are_counted_over_cells_of_several_lines_empty_lines_and_each_kind_of_line_end() -> None:
    one, two, three, four = UUIDS[1:5]
    text = (
        f'kind,teamId,name\nteam,{one},"two\nlines"\r\n\r\nteam,{two},B\rteam,{three},"say ""hi"""\n'
        f"nobody,{four},C"
    )
    file = read(text)
    # A name with a line break is read, and then refused.
    assert faults(text) == [
        (2, "name", "invalid", "holds a control character or a line break"),
        (7, "kind", "kind", "is one of content, part, person, team, member, assignment"),
    ]
    assert [(each["index"], each["name"]) for each in stored(file)] == [(5, "B"), (6, 'say "hi"')]
    assert rejections(file)[1].kind is None


def test_what_is_wrong_is_named_by_line_and_column() -> None:
    one, two, three, four, five = UUIDS[1:6]
    text = "\n".join(
        [
            "kind,contentId,title,type,durationSeconds,archived,email",
            f"content,{one},A,video,soon,,",
            f"content,{two},B,video,,perhaps,",
            f"content,{three},C,video,,,c@example.org",
            f"content,{four},D,video,,,,,",
            f"content,{five},E,video,,,",
            f"content,{UUIDS[6]},F,video,,,",
            f"content,{five.upper()},G,video,,,",
            f"content,{UUIDS[7]},H,video,never,perhaps,h@example.org",
        ]
    )
    assert [each["index"] for each in stored(read(text))] == [6, 7]
    assert faults(text) == [
        (2, "durationSeconds", "number", "is not a number"),
        (3, "archived", "boolean", "is true or false"),
        (4, "email", "column", "is no column of a row of kind content"),
        (5, None, "cells", "has 9 cells, where the file has 7 columns"),
        (8, "contentId", "duplicate", "is the item of line 6, which counts"),
        (9, "durationSeconds", "number", "is not a number"),
        (9, "archived", "boolean", "is true or false"),
        (9, "email", "column", "is no column of a row of kind content"),
    ]
    assert [each.earlier_line for each in rejections(read(text))] == [None] * 4 + [6] + [None] * 3


def test_a_fault_is_named_by_its_line_behind_cells_of_several_lines() -> None:
    lines = [
        "kind,userId,displayName,archived,remove",
        f'person,{A},"Ada',
        'Lovelace",,',
        "",
        f"person,{B},Bob,yes,",
        f"person,{UUIDS[1]},,,perhaps",
        f"planet,{UUIDS[2]},,,",
    ]
    assert [each[:2] for each in faults("\n".join(lines))] == [
        (2, "displayName"),
        (5, "archived"),
        (6, "remove"),
        (7, "kind"),
    ]


@pytest.mark.parametrize("cell", ["nan", "0x10", "1e999", "NaN", "Infinity", "1_000", "--1", ".", "\u0661"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    text = f"kind,contentId,title,type,durationSeconds\ncontent,{A},T,video,{cell}\n"
    assert faults(text) == [(2, "durationSeconds", "number", "is not a number")]


@pytest.mark.parametrize("cell", ["5", "+5", "5.", "5.0", "0.5e1", "50E-1"])
def test_numbers_are_spelt_in_several_ways(cell: str) -> None:
    text = f"kind,contentId,title,type,durationSeconds\ncontent,{A},T,video,{cell}\n"
    assert [each["duration_ms"] for each in stored(read(text))] == [5_000]


def test_of_two_lines_for_one_entity_the_first_counts_however_it_is_spelt() -> None:
    text = (
        f"kind,userId,displayName\nperson,{A},Ada\nperson,{A.upper().replace('-', '')},Ada\nperson,{B},Bob\n"
    )
    assert faults(text) == [(3, "userId", "duplicate", "is the person of line 2, which counts")]
    assert len(stored(read(text))) == 2


def test_a_due_date_has_an_offset_or_no_time() -> None:
    head = "kind,contentId,target,dueAt\n"
    file = read(
        f"{head}assignment,{A},everyone,2026-12-31T23:59:59+01:00\nassignment,{B},everyone,2026-12-31\n"
        f"assignment,{UUIDS[0]},everyone,2026-12-31T23:59:59\n"
    )
    assert [each["due_at"] for each in stored(file)] == ["2026-12-31T22:59:59+00:00", None]
    assert [each["due_on"] for each in stored(file)] == [None, "2026-12-31"]
    assert [(each.line, each.column, each.code) for each in rejections(file)] == [(4, "dueAt", "invalid")]


def test_a_file_of_one_kind_needs_no_column_for_it() -> None:
    text = f"userId,displayName\n{A},Ada\n"
    assert refusal(text.encode()).slug == "csv-kind-missing"
    assert [each["display_name"] for each in stored(read(text, "people"))] == ["Ada"]
    # A column `kind` decides all the same.
    assert len(stored(read(f"kind,userId,displayName\nperson,{A},Ada\n", "teams"))) == 1


@pytest.mark.parametrize(
    ("raw", "slug", "reason", "fields"),
    [
        (b"", "empty", "line 1: the column kind is missing", ["line 1"]),
        (b"\n\n", "empty", "line 1: the column kind is missing", ["line 1"]),
        (b"contentId,title\n", "kind-missing", "line 1: the column kind is missing", ["kind"]),
        (
            b"kind,titel,colour\n",
            "unknown-column",
            "line 1: no such column: 'titel', 'colour'; there are kind, ",
            ["titel", "colour"],
        ),
        (b"kind,title,Title\n", "repeated-column", "line 1: more than one column title", ["title"]),
        (b"kind,userId,User ID\n", "repeated-column", "line 1: more than one column userId", ["userId"]),
        (
            b"kind,userId\nperson,a\n",
            "missing-column",
            "line 2: a row of this kind needs the column displayName, which",
            ["line 2", "displayName"],
        ),
        (
            b"kind,displayName\nperson,a\n",
            "missing-column",
            "needs the column userId, which is missing",
            ["line 2", "userId"],
        ),
        (b"kind,userId\nperson,\xe4\n", "encoding", "line 2: this is not UTF-8", ["line 2"]),
        ("kind,name\nteam,A\nteam,Ü\n".encode("latin-1"), "encoding", "line 3: this is not", ["line 3"]),
        (b'kind,userId,displayName\nperson,a,"b\nc', "quotes", "line 2: unexpected end of data", ["line 2"]),
        (b'kind,teamId,name\nteam,1,"A\nteam,2,B\n', "quotes", "line 2: ", ["line 2"]),
        (f'kind,teamId,name\nteam,{A},A\nteam,2,"B"C\n'.encode(), "quotes", "line 3: ", ["line 3"]),
    ],
)
def test_a_file_of_which_nothing_can_be_made_is_refused_by_name(
    raw: bytes, slug: str, reason: str, fields: list[str]
) -> None:
    problem = refusal(raw)
    assert problem.slug == f"csv-{slug}"
    assert reason in problem.detail
    assert [each.field for each in problem.errors] == fields


def test_removals_need_the_columns_of_the_key_alone() -> None:
    file = read(f"kind,userId,remove\nperson,{A},1\n")
    assert removed(file) == [{"index": 2, "user_id": A}]
    assert len(removed(read(f"kind,teamId,remove\nteam,{A},yes"))) == 1
    problem = refusal(f"kind,teamId,remove\nteam,{A},no".encode())
    assert "line 2: a row of this kind needs the column name, which is missing" in problem.detail


def test_too_many_rows_are_refused_by_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_ROWS", 2)
    lines = ["kind,userId,displayName", *(f"person,{each},P" for each in UUIDS[:3])]
    assert len(stored(read("\n".join(lines[:3])))) == 2
    assert refusal("\n".join(lines).encode()).detail == "line 4: a file holds 2 rows at most; split it"
