from __future__ import annotations

from pathlib import Path

import pytest

from operations.directory.file import DirectoryFile, DirectoryFileError, read_file

EXAMPLE = Path("docs/examples/directory.csv").read_bytes()
A, B = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11", "c0a8f3de-2a4d-4c64-8f6d-0a5c5a3f7b22"


def sent(file: DirectoryFile) -> list[dict[str, object]]:
    return [row.sent for rows in file.rows.values() for row in rows]


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read_file(text.encode()).faults]


def test_the_example_is_read_whole() -> None:
    file = read_file(EXAMPLE)
    assert file.faults == []
    assert {name: len(rows) for name, rows in file.rows.items()} == {
        "content": 2,
        "people": 2,
        "teams": 1,
        "members": 2,
        "assignments": 2,
    }
    assert sent(file)[:2] == [
        {
            "contentId": A,
            "title": "Fire safety at work",
            "type": "video",
            "durationSeconds": 600.0,
            "completionThreshold": 0.95,
            "evidence": "watched",
        },
        {"contentId": B, "title": "Handbook, second edition", "type": "document"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "kind,contentId,title,type,durationSeconds,archived\ncontent,a,T,video,1.5,true\n",
        "\ufeffKind;Content ID;title;Type;duration_seconds;Archived\r\ncontent;a;T;video;1,5;TRUE\r\n;;;\r\n",
        "kind\ttitle\ttype\tcontentId\tdurationSeconds\tarchived\ncontent\tT\tvideo\ta\t1.5\tyes",
    ],
)
def test_spreadsheets_dialects_say_the_same(text: str) -> None:
    assert sent(read_file(text.encode())) == [
        {"contentId": "a", "title": "T", "type": "video", "durationSeconds": 1.5, "archived": True}
    ]


def test_a_fault_is_told_by_line_and_column_even_behind_cells_of_several_lines() -> None:
    lines = [
        "kind,userId,displayName,archived,remove",
        'person,a,"Ada',
        'Lovelace",,',
        "",
        "person,b,Bob,yes,",
        "person,c,,,perhaps",
        "planet,d,,,",
    ]
    assert faults("\n".join(lines)) == [
        "line 5, column archived: is no column of a row of kind person",
        "line 6, column remove: is true or false",
        "line 7, column kind: is one of content, person, team, member, assignment",
    ]


def test_numbers_and_surplus_cells_are_checked() -> None:
    text = f"kind,contentId,title,type,durationSeconds\ncontent,{A},T,video,nan\ncontent,{B},T,video,1,2\n"
    assert faults(text) == [
        "line 2, column durationSeconds: is not a number",
        "line 3: has 6 cells, where the file has 5 columns",
    ]


def test_of_two_lines_for_one_entity_the_first_counts_however_it_is_spelt() -> None:
    text = (
        f"kind,userId,displayName\nperson,{A},Ada\nperson,{A.upper().replace('-', '')},Ada\nperson,{B},Bob\n"
    )
    file = read_file(text.encode())
    assert [str(fault) for fault in file.faults] == [
        "line 3, column userId: is the person of line 2, which counts"
    ]
    assert file.size == 2


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "line 1: the column kind is missing"),
        (b"contentId,title\n", "line 1: the column kind is missing"),
        (b"kind,titel\n", "line 1: no such column: 'titel'; there are kind, "),
        (b"kind,title,Title\n", "line 1: more than one column title"),
        (
            b"kind,userId\nperson,a\n",
            "line 2: a row of this kind needs the column displayName, which",
        ),
        (b"kind,displayName\nperson,a\n", "needs the column userId, which is missing"),
        (b"kind,userId\nperson,\xe4\n", "line 2: this is not UTF-8"),
        (b'kind,userId,displayName\nperson,a,"b\nc', "line 2: unexpected end of data"),
    ],
)
def test_a_file_of_which_nothing_can_be_made_is_refused_by_name(raw: bytes, reason: str) -> None:
    with pytest.raises(DirectoryFileError) as refused:
        read_file(raw)
    assert reason in str(refused.value)


def test_removals_need_the_columns_of_the_key_alone() -> None:
    file = read_file(f"kind,userId,remove\nperson,{A},1\n".encode())
    assert sent(file) == [{"userId": A, "remove": True}]
