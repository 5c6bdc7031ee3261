"""The statements of the sink that have two forms, by the server's version.

PostgreSQL 18 returns the old values of rows that a MERGE changed, and 17 takes a MERGE within another
statement. For servers before 18, a batch is stored by more statements, which read the old values first. Both
forms are of the same parts, so that figures, counters and fences are written once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import psycopg

from playhead.postgres.server import RETURNS_OLD_VALUES
from playhead.resources import read_text
from sinks.tables import statements
from sinks.tables.statements import named

_PART = re.compile(r"^-- \[(\w+)\]\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StoreForms:
    """The statements of one form; those of a sequence are executed in order, with the same parameters."""

    begin: bytes
    """Begins a transaction, and creates the temporary tables."""
    empty_incoming: bytes
    store_progress: tuple[bytes, ...]
    """The last of them returns what `store_progress.sql` says."""
    store_sessions: tuple[bytes, ...]
    add_to_days: bytes
    """Ends a statement that begins with the common table expression `changed`."""

    @property
    def every(self) -> tuple[bytes, ...]:
        """The whole statements, for tests of their plans."""
        return (*self.store_progress, *self.store_sessions)


def parts_of(name: str) -> dict[str, str]:
    """The parts of a file, by name."""
    _, *parts = _PART.split(read_text("sinks.tables", f"{name}.sql"))
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


def _filled(name: str, parts: dict[str, str]) -> tuple[bytes, ...]:
    """The statements of a file, with each part in place of its name in braces."""
    text = read_text("sinks.tables", f"{name}.sql")
    filled = re.sub(r"\{(\w+)\}", lambda found: parts[found.group(1)], text)
    return tuple(named(each) for each in filled.split("\n;\n"))


def _forms(suffix: str, begin: bytes, empty_incoming: bytes) -> StoreForms:
    days = read_text("sinks.tables", f"add_to_days{suffix}.sql") + read_text("sinks.tables", "count_days.sql")
    return StoreForms(
        begin=begin,
        empty_incoming=empty_incoming,
        store_progress=_filled(f"store_progress{suffix}", parts_of("parts_of_progress")),
        store_sessions=_filled(f"store_sessions{suffix}", parts_of("parts_of_sessions") | {"days": days}),
        add_to_days=days.encode(),
    )


SINCE_18 = _forms("", statements.BEGIN, statements.EMPTY_INCOMING)
BEFORE_18 = _forms(
    "_before_18",
    statements.BEGIN + b";\n" + named(read_text("sinks.tables", "incoming_before_18.sql")),
    statements.EMPTY_INCOMING + named(", pg_temp.incoming_before"),
)


def forms_of(connection: psycopg.Connection) -> StoreForms:
    """The form that the server takes; it has said its version when it was connected."""
    return SINCE_18 if connection.info.server_version >= RETURNS_OLD_VALUES else BEFORE_18
