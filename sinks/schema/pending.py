"""The revisions that the databases lack: as sentences, with the locks that they take, and as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import psycopg

from playhead.settings import Addresses, MigrateSettings
from sinks.schema.errors import LaterSchemaError
from sinks.schema.indexes import ConcurrentIndex, concurrent_indexes
from sinks.schema.run import applied_revision, connect, known_revisions, of_each_database
from sinks.schema.scripts import for_server

_ROWS = """
    SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
    FROM pg_partition_tree(to_regclass(%(table)s)) AS p JOIN pg_class AS c ON c.oid = p.relid
"""
_INDEXED = """
    SELECT i.indrelid::regclass::text FROM pg_index AS i WHERE i.indexrelid = to_regclass(%(index)s)
"""
_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
_LOCKS = (
    (r"ALTER TABLE(?: ONLY)? (progress\.\w+)", "ACCESS EXCLUSIVE", "reads and writes wait"),
    (r"DROP TABLE (progress\.\w+)", "ACCESS EXCLUSIVE", "reads and writes wait"),
    (r"DROP INDEX (progress\.\w+)", "ACCESS EXCLUSIVE", "reads and writes wait"),
    (r"CREATE TRIGGER .*? ON (progress\.\w+)", "SHARE ROW EXCLUSIVE", "writes wait"),
    (r"CREATE(?: UNIQUE)? INDEX .*? ON (progress\.\w+)", "SHARE", "writes wait while it is built"),
    (r"(?:UPDATE|INSERT INTO|DELETE FROM) (progress\.\w+)", "ROW EXCLUSIVE", "other rows' writes go on"),
)
_CONCURRENT, _GOES_ON = "SHARE UPDATE EXCLUSIVE", "reads and writes go on"
_VERSION = """\
CREATE SCHEMA IF NOT EXISTS progress;
CREATE TABLE IF NOT EXISTS progress.alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
"""


class _Revision(NamedTuple):
    number: str
    title: str

    @property
    def script(self) -> str:
        """Its SQL."""
        (found,) = (
            each
            for each in files("sinks.schema").joinpath("versions").iterdir()
            if each.name.startswith(f"{self.number}_") and each.name.endswith(".sql")
        )
        return found.read_text(encoding="utf-8")


def pending(settings: MigrateSettings) -> list[str]:
    """One sentence for each missing revision, oldest first; empty if the schema is up to date.

    Raises:
        MigrationError: PostgreSQL is away, or too old.
    """
    return of_each_database(settings, _pending)


def plan(settings: MigrateSettings) -> list[str]:
    """The missing revisions, with the locks on existing tables that each takes, and how many rows these have.

    Raises:
        MigrationError: see `errors`.
    """
    return of_each_database(settings, _plan)


def script(database: Addresses) -> str:
    """The SQL of the missing revisions, for an administrator to run; without the roles.

    Raises:
        MigrationError: see `errors`.
    """
    with connect(database) as connection:
        missing, version = _missing(connection), connection.info.server_version
        later = "".join(_index_script(each, state) for each, state in _indexes(connection))
    if not missing:
        return later
    parts = [
        f"-- revision {each.number}: {each.title}\n{for_server(each.script, version).rstrip()}\n"
        f"DELETE FROM progress.alembic_version;\n"
        f"INSERT INTO progress.alembic_version VALUES ('{each.number}');\n"
        for each in missing
    ]
    return "\n".join(["BEGIN;\nSET LOCAL lock_timeout = '2s';", _VERSION, *parts, "COMMIT;\n"]) + later


def _pending(database: Addresses) -> list[str]:
    with connect(database) as connection:
        try:
            revisions = [f"revision {each.number} is missing: {each.title}" for each in _missing(connection)]
            indexes = [
                f"index {each.name} of revision {each.revision} is {state}: `playhead migrate` builds it"
                for each, state in _indexes(connection)
            ]
        except LaterSchemaError as error:
            return [str(error)]
        return revisions + indexes


def _plan(database: Addresses) -> list[str]:
    with connect(database) as connection:
        revisions = [
            line
            for each in _missing(connection)
            for line in (f"revision {each.number}: {each.title}", *_locks(connection, each.script))
        ]
        indexes = [
            line
            for each, state in _indexes(connection)
            for line in (
                f"index {each.name} of revision {each.revision}, {state}, after the transaction",
                f"  {_CONCURRENT} on {each.table}, about {_rows(connection, each.table)} rows: {_GOES_ON}",
            )
        ]
        return revisions + indexes


def _missing(connection: psycopg.Connection) -> list[_Revision]:
    applied, known = applied_revision(connection), known_revisions()
    numbers = [number for number, _ in known]
    if applied is None:
        return [_Revision(*each) for each in known]
    if applied not in numbers:
        raise LaterSchemaError(applied, numbers[-1])
    return [_Revision(*each) for each in known[numbers.index(applied) + 1 :]]


def _indexes(connection: psycopg.Connection) -> list[tuple[ConcurrentIndex, str]]:
    """Those that are to be built, and why."""
    states = ((each, each.state(connection)) for each in concurrent_indexes())
    return [(each, state) for each, state in states if state != "built"]


def _index_script(index: ConcurrentIndex, state: str) -> str:
    drop = f"DROP INDEX CONCURRENTLY progress.{index.name};\n" if state == "not valid" else ""
    return f"-- outside of a transaction\n{drop}{index.statement};\n"


def _rows(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(_ROWS, {"table": table}).fetchone()
    return 0 if row is None else int(row[0])


def _locks(connection: psycopg.Connection, sql: str) -> Iterator[str]:
    """The locks on tables that exist, each once."""
    bare = _BODY.sub("", re.sub(r"--.*", "", sql))
    found: dict[str, str] = {}
    for statement in bare.split(";"):
        for pattern, lock, meaning in _LOCKS:
            match = re.match(rf"\s*{pattern}", statement, re.DOTALL)
            table = (
                None
                if match is None
                else _table(connection, match.group(1), is_index=pattern.startswith("DROP INDEX"))
            )
            if table is not None:
                rows = _rows(connection, table)
                found.setdefault(table, f"  {lock} on {table}, about {rows} rows: {meaning}")
    yield from found.values()


def _table(connection: psycopg.Connection, name: str, *, is_index: bool) -> str | None:
    query = _INDEXED if is_index else "SELECT to_regclass(%(index)s)::text"
    row = connection.execute(query.encode(), {"index": name}).fetchone()
    return None if row is None else row[0]
