"""The bytes of files, without a database: whatever a cell holds comes back as the screen would show it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query_api.exports import csv_file, xlsx_file
from query_api.exports.formats import FORMATS
from query_api.reports.cells import shown_row
from query_api.reports.table import Column, ColumnType, Table
from tests.query_api.exports.reading import READERS, as_told_by

KINDS: tuple[ColumnType, ...] = (
    *("id", "text", "integer", "percentage", "number"),
    *("seconds", "time", "date", "boolean", "list"),
)
TABLE = Table(
    name="any",
    columns=tuple(Column(f"a{kind.title()}", kind, kind, f"A {kind}.", nullable=True) for kind in KINDS),
    source="anywhere",
    key=("aId",),
    order="aId",
)
NASTY = (
    *("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "'=1", "''", "'", "O'Hara", "'t Hooft", '"', '""', '","'),
    *(
        "a,b",
        "a;b",
        "a\r\nb",
        " padded ",
        "",
        "\U0001f642",
        "\u05d0\u05d1",
        "\u202egnp.exe",
        "_x0041_",
        "<b>&",
    ),
    *(
        "a;=1",
        "a; =1",
        'a"=1',
        "a\t+1",
        "a;'@1",
        ";;-1",
        'a;"=1"',
        "a\r\n=1",
        "a; b",
        "\uff1b=1",
        ";\u200b\uff1d1",
    ),
    *("http://example.org", "007", "1e5", "TRUE", "null", "\x01\x1f\x7f", "\u2028", "e\u0301"),
)
MOMENTS = st.datetimes(
    datetime(2, 1, 1),
    datetime(9999, 12, 30),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9.5))]),
)
TEXTS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ROWS = st.lists(
    st.tuples(
        st.uuids(),
        st.none() | TEXTS,
        st.none() | st.integers(-(10**15), 10**15),
        st.none() | st.integers(0, 100),
        st.none() | st.decimals(-(10**9), 10**9, places=6) | st.floats(-(10**9), 10**9),
        st.none() | st.integers(0, 10**12),
        st.none() | MOMENTS,
        st.none() | st.dates(date(2, 1, 1)),
        st.none() | st.booleans(),
        # No empty text in a list: nothing that is listed is nameless.
        st.none() | st.lists(st.text("abc=+ -", min_size=1, max_size=5).filter(lambda text: text != " ")),
    )
)


def written(kind: str, *batches: list[tuple[Any, ...]], table: Table = TABLE) -> bytes:
    return b"".join(FORMATS[kind].chunks(table, iter(batches)))  # type: ignore[index]  # a kind by its name


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=ROWS.filter(bool), second=ROWS.filter(bool))
def test_every_cell_comes_back(
    kind: str, first: list[tuple[Any, ...]], second: list[tuple[Any, ...]]
) -> None:
    shown = [shown_row(TABLE, row) for row in first + second]
    assert READERS[kind](TABLE, written(kind, first, second)) == as_told_by(kind, shown)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("kind", FORMATS)
def test_nasty_names_come_back(kind: str, text: str) -> None:
    table = Table("any", (Column("name", "text", "n", "A name."),), "anywhere", ("name",), "name")
    assert READERS[kind](table, written(kind, [(text,)], table=table)) == as_told_by(kind, [{"name": text}])


@pytest.mark.parametrize(
    "text",
    [each for each in NASTY if re.match(r"['\s\u200b\ufeff]*[=+@\-\uff0b\uff0d\uff1d\uff20]", each)],
)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    assert csv_file.guarded(text).startswith("'")


@settings(max_examples=300, deadline=None)
@given(text=TEXTS | st.text("a;=+-@\t\r\n\"', \u200b\uff1d"))
def test_no_cell_of_csv_is_a_formula_where_semicolons_or_tabs_separate(text: str) -> None:
    """Excel takes the list separator of the machine; a quote within a line then quotes nothing."""
    table = Table("any", (Column("name", "text", "n", "A name."),), "anywhere", ("name",), "name")
    file = written("csv", [(text,)], table=table).decode("utf-8-sig").split("\r\n", 1)[1]

    for cell in re.split(r'[;\t\r\n"]', file):
        assert not re.match(r"[\s\x00-\x1f\x7f-\x9f\u200b\ufeff]*[=+\-@\uff0b\uff0d\uff1d\uff20]", cell), file
    assert READERS["csv"](table, written("csv", [(text,)], table=table)) == as_told_by(
        "csv", [{"name": text}]
    )


def test_a_text_of_what_is_skipped_is_guarded_in_time() -> None:
    assert csv_file.guarded(";\t " * 200_000) == ";\t " * 200_000


@pytest.mark.parametrize("text", ["Ada", "O'Hara", "'t Hooft", "a=b", "1-2", "ada@example.org", "", "\u05d0"])
def test_plain_texts_are_left_alone(text: str) -> None:
    assert csv_file.guarded(text) == text


def test_negative_numbers_are_no_formulas() -> None:
    columns = tuple(Column(kind, kind, "n", "A number.") for kind in ("integer", "number", "seconds"))  # type: ignore[arg-type]
    table = Table("any", columns, "anywhere", ("integer",), "integer")
    assert written("csv", [(-5, -5.25, -1500)], table=table).endswith(b"\r\n-5,-5.25,-1.5\r\n")
    assert written("csv", [(5, -0.001, 8000)], table=table).endswith(b"\r\n5,0,8\r\n")


def test_csv_is_rfc_4180() -> None:
    content = written("csv", [(UUID(int=0), 'x,"y"\r\nz', 1, None, None, None, None, None, True, ["a", "b"])])
    assert content == (
        b"\xef\xbb\xbfaId,aText,aInteger,aPercentage,aNumber,aSeconds,aTime,aDate,aBoolean,aList\r\n"
        b'00000000-0000-0000-0000-000000000000,"x,""y""\r\nz",1,,,,,,true,a; b\r\n'
    )
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))) == 2


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "SHEET_ROWS", 3)
    table = Table("any", (Column("n", "integer", "n", "A number."),), "anywhere", ("n",), "n")

    content = written("xlsx", [(n,) for n in range(5)], [(n,) for n in range(5, 7)], table=table)

    assert READERS["xlsx"](table, content) == [{"n": n} for n in range(7)]
    with ZipFile(io.BytesIO(content)) as archive:
        workbook = archive.read("xl/workbook.xml").decode()
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
    assert re.findall(r'<sheet name="([^"]+)"', workbook) == ["any", "any 2", "any 3"]
    assert '<pane ySplit="1"' in sheet


def test_a_text_too_long_for_a_cell_ends_in_an_ellipsis() -> None:
    table = Table("any", (Column("name", "text", "n", "A name."),), "anywhere", ("name",), "name")
    for text in ("a" * 32_767, "\U0001f642" * 16_383):
        assert READERS["xlsx"](table, written("xlsx", [(text,)], table=table)) == [{"name": text}]
    for text, kept in (("a" * 32_768, 32_766), ("\U0001f642" * 16_384, 16_383)):
        cut = f"{text[:kept]}\u2026"
        assert READERS["xlsx"](table, written("xlsx", [(text,)], table=table)) == [{"name": cut}]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_report_has_its_columns(kind: str) -> None:
    assert READERS[kind](TABLE, written(kind)) == []
