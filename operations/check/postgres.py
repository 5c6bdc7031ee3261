"""Tries PostgreSQL: the login, the version, the schema, and the rights of the role on each table."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import msgspec
import psycopg
from psycopg.rows import TupleRow

from operations.check.clocks import clock_check
from operations.local.checks import Check
from playhead.causes import cause_of
from playhead.postgres import connect
from playhead.postgres.server import OLDEST_SERVER, SchemaOutdatedError, require_schema
from playhead.resources import read_text
from playhead.settings import DEFAULT, PostgresSettings

_ABSENT = "the schema is not there: run `playhead migrate`"
_SCHEMA = """SELECT to_regnamespace('progress') IS NOT NULL
    AND has_schema_privilege(to_regnamespace('progress')::oid, 'USAGE')"""


def postgres_checks(
    settings: PostgresSettings, role: str, *, only: str | None = None, replicas: bool = False
) -> Iterator[Check]:
    """Check each database as `writer` or `reader`; `only` of this name, `replicas` for reports as well."""
    variable = "PLAYHEAD_POSTGRES_DSN" if role == "writer" else "PLAYHEAD_POSTGRES_READER_DSN"
    for name, each in settings.databases.named.items():
        if only is not None and name != only:
            continue
        of = "" if name == DEFAULT else f" {name}"
        setting = variable if name == DEFAULT else "PLAYHEAD_POSTGRES_DATABASES_FILE"
        dsn = each.dsn if role == "writer" else each.reader_dsn
        yield from _database(f"PostgreSQL{of}", dsn, role, setting)
        if replicas and each.reports_dsn is not None:
            setting = "PLAYHEAD_POSTGRES_REPORTS_DSN" if name == DEFAULT else setting
            yield from _database(f"PostgreSQL{of} for reports", each.reports_dsn, role, setting)


def _database(subject: str, dsn: str, role: str, setting: str) -> Iterator[Check]:
    try:
        with connect(dsn, "playhead-check") as connection:
            yield from _connected(subject, connection, role, setting)
    except psycopg.Error as error:
        detail = f"does not answer ({setting}, and its password): {_reason(error)}"
        yield Check(subject, ok=False, detail=detail)


def _reason(error: psycopg.Error) -> str:
    """The server's own words of a refused login, which contain the name of the role and no secret."""
    text = str(error).strip().rpartition("FATAL:")[2].strip()
    return text.splitlines()[0] if "FATAL:" in str(error) else cause_of(error)


def _connected(
    subject: str, connection: psycopg.Connection[TupleRow], role: str, setting: str
) -> Iterator[Check]:
    info = connection.info
    version = info.parameter_status("server_version") or "unknown"
    is_old = info.server_version < OLDEST_SERVER
    oldest = f", and {OLDEST_SERVER // 10_000} is the oldest that is supported" if is_old else ""
    yield Check(subject, ok=not is_old, detail=f"version {version}, as {info.user} ({setting}){oldest}")
    if connection.execute(_SCHEMA).fetchone() != (True,):
        yield Check(f"{subject}: schema", ok=False, detail=f"{_ABSENT} (or {info.user} may not use it)")
        return
    try:
        require_schema(connection)
    except SchemaOutdatedError as error:
        yield Check(f"{subject}: schema", ok=False, detail=str(error))
    yield from _rights(subject, connection, role, setting)
    began = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    yield clock_check(f"{subject}: clock", row[0] if row else began, began, time.time())


def needed_rights() -> Mapping[str, Mapping[str, list[str]]]:
    """The rights by role and table, as the migrations grant them; a test compares them."""
    described = read_text("operations.check", "rights.json").encode()
    return msgspec.json.decode(described, type=dict[str, dict[str, list[str]]])


def found_rights(connection: psycopg.Connection[TupleRow]) -> dict[str, list[str]]:
    """The rights of the connection's role by table; tables without any have an empty list."""
    rows = connection.execute(read_text("operations.check", "rights.sql").encode()).fetchall()
    return {str(name): list(granted) for name, granted in rows}


def _rights(
    subject: str, connection: psycopg.Connection[TupleRow], role: str, setting: str
) -> Iterator[Check]:
    needed, found = needed_rights()[role], found_rights(connection)
    if absent := sorted(needed.keys() - found.keys()):
        detail = f"lacks {', '.join(absent)}, which this release uses: run `playhead migrate`"
        yield Check(f"{subject}: schema", ok=False, detail=detail)
    lacking = [
        f"{', '.join(missing)} on {table}"
        for table, wanted in needed.items()
        if table in found and (missing := [each for each in wanted if each not in found[table]])
    ]
    for each in lacking:
        detail = f"{connection.info.user} ({setting}) lacks {each}: run `playhead migrate`"
        yield Check(f"{subject}: rights", ok=False, detail=detail)
    if not lacking and not absent:
        yield Check(f"{subject}: rights", ok=True, detail=f"on all {len(needed)} tables")
