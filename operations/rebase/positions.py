"""What PostgreSQL has of the former log: positions, ledgers, and the source of each row.

While a rebase is under way, the positions lie beyond any log. Sinks and processors then refuse to start,
however far the new log has grown, and a position of the rebase's own says so to the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import psycopg
from psycopg import sql

from operations.rebase.findings import StoredPlaces
from operations.stores import postgres_errors
from playhead.resources import read_text
from playhead.wire.topics import Topics

BEYOND = 2**62
"""An offset that no log reaches."""
ROWS_AT_ONCE = 5_000
"""Of a table, in one transaction: some 100 ms."""
SOURCED = ("user_progress", "older_sessions")
"""The tables whose rows say by which heartbeat of which partition they were last changed."""
_FIRST_ID = "00000000-0000-0000-0000-000000000000"


def _sql(name: str) -> bytes:
    return read_text("operations.rebase", f"{name}.sql").encode()


_READ_PLACES = _sql("read_places")
_MARK = (_sql("mark_positions"), _sql("mark_ledger"))
_IS_BEGUN = "SELECT FROM progress.positions WHERE topic = %s"
_BEGIN = """
    INSERT INTO progress.positions (topic, partition, next_offset) VALUES (%s, 0, 0) ON CONFLICT DO NOTHING
"""
_LAST_OF_SOME = sql.SQL("""
    SELECT user_id::text FROM (
        SELECT user_id FROM progress.{table} WHERE user_id > %(after)s ORDER BY user_id LIMIT %(limit)s
    ) AS chunk ORDER BY user_id DESC LIMIT 1
""")
_RESET = sql.SQL("""
    UPDATE progress.{table} SET source_partition = 0, source_offset = least(source_offset, 0)
    WHERE user_id > %(after)s AND user_id <= %(last)s AND (source_partition <> 0 OR source_offset > 0)
""")
"""A course that is derived from its parts keeps the offset -1, by which it is known as such."""
_FORGET_LEDGER = "DELETE FROM progress.ledger WHERE topic = %(topic)s"
_FORGET_POSITIONS = "DELETE FROM progress.positions WHERE topic IN (%(topic)s, %(own)s)"
_SET_POSITIONS = """
    INSERT INTO progress.positions (topic, partition, next_offset)
    SELECT %(topic)s, partition, next_offset
    FROM unnest(%(partitions)s::int[], %(offsets)s::bigint[]) AS p (partition, next_offset)
"""


class RebasedPositions:
    """The positions of one database."""

    def __init__(self, connection: psycopg.Connection, name: str, kafka_prefix: str) -> None:
        self._connection = connection
        self._name = name
        self._topic = Topics.named(kafka_prefix).states.name
        self.own_topic = f"{kafka_prefix}progress.rebase"
        """The name under which the rebase keeps a position; there is no such topic."""

    def read(self) -> StoredPlaces:
        """How far the log was read, by this database."""
        with postgres_errors():
            rows = self._connection.execute(_READ_PLACES, {"topic": self._topic}).fetchall()
            is_begun = self._connection.execute(_IS_BEGUN, (self.own_topic,)).fetchone() is not None
        places: dict[str, dict[int, int]] = {"heartbeats": {}, "states": {}}
        for topic, partition, offset in rows:
            places[topic][partition] = offset
        return StoredPlaces(self._name, **places, is_begun=is_begun)

    def begin(self, partitions: Iterable[int]) -> None:
        """Have every sink and processor refuse to start, until `end`."""
        known = self.read()
        every = sorted({*partitions, *known.heartbeats, *known.states})
        values = {"topic": self._topic, "partitions": every, "beyond": BEYOND}
        with postgres_errors(), self._connection.transaction():
            self._connection.execute(_BEGIN, (self.own_topic,))
            for statement in _MARK:
                self._connection.execute(statement, values)

    def reset_sources(self, progress: Callable[[int], object] = lambda _: None) -> int:
        """Let every row be older than any state of the new log; how many were not.

        In transactions of some thousand rows, by people in the order of their ids; `progress` is called
        after each with the rows so far.
        """
        changed = 0
        for table in SOURCED:
            names = {"table": sql.Identifier(table)}
            find, reset = _LAST_OF_SOME.format(**names), _RESET.format(**names)
            after: str | None = _FIRST_ID
            while after is not None:
                with postgres_errors():
                    row = self._connection.execute(find, {"after": after, "limit": ROWS_AT_ONCE}).fetchone()
                    last: str | None = None if row is None else row[0]
                    if last is not None:
                        done = self._connection.execute(reset, {"after": after, "last": last})
                        changed += done.rowcount
                        progress(changed)
                after = last
        return changed

    def end(self, states: Mapping[int, int]) -> None:
        """Let processors begin at the start of the new log, and sinks at these offsets of its states.

        What the states topic has before them is of a former processor. Each of its states may know less than
        the row that it would replace; the heartbeats behind it are applied again.
        """
        values = {"topic": self._topic, "own": self.own_topic}
        ends = {"partitions": list(states), "offsets": list(states.values())}
        with postgres_errors(), self._connection.transaction():
            self._connection.execute(_FORGET_LEDGER, values)
            self._connection.execute(_FORGET_POSITIONS, values)
            self._connection.execute(_SET_POSITIONS, values | ends)
