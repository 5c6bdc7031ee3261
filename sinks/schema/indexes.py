"""Builds indexes on large tables after the migration's transaction, while their rows are written.

A revision puts them into a file `…_concurrently.sql` beside its module: statements that begin with CREATE
INDEX CONCURRENTLY, each with a name of its own and not on a partitioned table, which PostgreSQL refuses. No
service may need such an index before the next release. A revision that drops one deletes its file.

An attempt that was killed leaves an index that is not valid: the next one drops it, and builds it again.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal, NamedTuple

import psycopg
from psycopg import sql

from playhead.causes import cause_of
from playhead.retry import Backoff
from sinks.schema.errors import IndexNotBuiltError

_log = logging.getLogger(__name__)

VERSIONS = files("sinks.schema").joinpath("versions")
SUFFIX = "_concurrently.sql"
_STATEMENT = re.compile(r"CREATE(?: UNIQUE)? INDEX CONCURRENTLY (\w+) ON (progress\.\w+)")
_VALID = "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(%s)"
_TRY = "SELECT pg_try_advisory_lock(hashtext('playhead indexes'))"
"""Tried again rather than waited for: an index is built once statements that run have ended, also a wait."""
_FREE = "SELECT pg_advisory_unlock(hashtext('playhead indexes'))"


class ConcurrentIndex(NamedTuple):
    """An index that is built outside of a transaction."""

    revision: str
    name: str
    table: str
    statement: str

    def state(self, connection: psycopg.Connection) -> Literal["missing", "not valid", "built"]:
        """Whether it is there, and whole."""
        row = connection.execute(_VALID, (f"progress.{self.name}",)).fetchone()
        if row is None:
            return "missing"
        return "built" if row[0] else "not valid"


def concurrent_indexes() -> Iterator[ConcurrentIndex]:
    """Those of all revisions, oldest first."""
    for each in sorted(VERSIONS.iterdir(), key=lambda file: file.name):
        if each.name.endswith(SUFFIX):
            bare = re.sub(r"--.*", "", each.read_text(encoding="utf-8"))
            for statement in filter(None, map(str.strip, bare.split(";"))):
                found = _STATEMENT.match(statement)
                if found is None:
                    raise ValueError(f"{each.name} holds another statement than CREATE INDEX CONCURRENTLY")
                yield ConcurrentIndex(each.name[:4], found.group(1), found.group(2), statement)


def build(connection: psycopg.Connection) -> list[str]:
    """Build what is missing or not valid, one after the other; return the names.

    Neither reads nor writes of the table wait. It waits itself for transactions that began before to end.

    Args:
        connection: In autocommit mode.

    Raises:
        IndexNotBuiltError: PostgreSQL went away, or refused one.
    """
    wanted = [each for each in concurrent_indexes() if each.state(connection) != "built"]
    if not wanted:
        return []
    _lock(connection)
    built = [each.name for each in wanted if _built(connection, each)]
    connection.execute(_FREE)  # where one was not built, the connection is closed
    return built


def _built(connection: psycopg.Connection, index: ConcurrentIndex) -> bool:
    """Build an index, unless another migration has done so meanwhile."""
    state = index.state(connection)
    if state == "built":
        return False
    if state == "not valid":
        name = sql.Identifier("progress", index.name)
        connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(name))
    _log.info("building the index %s of %s, beside reads and writes", index.name, index.table)
    try:
        connection.execute(index.statement.encode())
    except psycopg.Error as error:
        raise IndexNotBuiltError(index.name, cause_of(error)) from error
    return True


def _lock(connection: psycopg.Connection) -> None:
    pauses = Backoff(first_seconds=0.5).pauses()
    while connection.execute(_TRY).fetchone() != (True,):
        time.sleep(next(pauses))
