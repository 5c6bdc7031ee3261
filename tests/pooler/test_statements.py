"""No statement of the product leaves anything in a session, or expects it there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("playhead", "ingest", "stream_processors", "sinks", "query_api", "operations")
FORBIDDEN = {
    "a setting of the session": r"set_config\([^()]*(\([^()]*\)[^()]*)*,\s*false\s*\)",
    "SET without LOCAL": r"(\A|;)\s*SET\s+(?!LOCAL\b|TimeZone TO 'UTC'|PLAYHEAD_|where\b)[\w.]+\s*(=|TO\b)",
    "a lock of the session": r"\bpg_(try_)?advisory_(lock|unlock)",
    "notifications": r"^\s*(LISTEN|NOTIFY|UNLISTEN)\s+\w+|\bpg_notify\(",
    "a prepared statement": r"^\s*(PREPARE\s+\w+\s*(\(.*\))?\s*AS|DEALLOCATE)\b",
    "a temporary table of the session": r"\bCREATE\s+(TEMP|TEMPORARY)\s+TABLE\s+(?!IF NOT EXISTS pg_temp\.)",
    "a cursor of the session": r"\bWITH HOLD\b",
    "options at start-up": r"(?<![\w-])-c [a-z_]+=",
}
EXCEPT = {
    # Administrators' connections go to the server itself: see docs/operations/postgres.md.
    "sinks/schema",
    # Which starts servers, and never connects to one of a deployment.
    "operations/local/stores",
}


@cache
def texts() -> tuple[tuple[str, str], ...]:
    return tuple(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            if any(place.startswith(f"{each}/") for each in EXCEPT):
                continue
            if path.suffix == ".sql":
                yield place, re.sub(r"--.*", "", path.read_text())
            elif path.suffix == ".py":
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                        value = node.value
                        yield place, value.decode(errors="replace") if isinstance(value, bytes) else value


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_statement_is_of_a_session(name: str) -> None:
    pattern = re.compile(FORBIDDEN[name], re.MULTILINE | re.IGNORECASE)
    assert [f"{place}: {found.group()}" for place, text in texts() if (found := pattern.search(text))] == []


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("a setting of the session", "SELECT set_config('statement_timeout', %s, false)"),
        ("SET without LOCAL", "SET statement_timeout = '10s'"),
        ("a lock of the session", "SELECT pg_try_advisory_lock(1)"),
        ("notifications", "LISTEN changes"),
        ("a prepared statement", "PREPARE one AS SELECT 1"),
        ("a temporary table of the session", "CREATE TEMPORARY TABLE incoming (id int)"),
        ("a cursor of the session", "DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
        ("options at start-up", "-c TimeZone=UTC"),
    ],
)
def test_it_would_find_one(name: str, statement: str) -> None:
    assert re.search(FORBIDDEN[name], statement, re.MULTILINE | re.IGNORECASE)
