"""What PostgreSQL knows that makes a dead letter pointless: a later state, or the erasure of its person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from operations.dead_letters.errors import LettersUnavailableError
from operations.dead_letters.letters import KeptLetter, Place, state_of
from playhead.causes import cause_of
from playhead.postgres import connect
from playhead.wire.topics import Topic

_ERASED = """
SELECT e.tenant_id::text, e.user_id::text
FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[]) AS w (tenant_id, user_id)
JOIN progress.erased_people AS e USING (tenant_id, user_id)
"""
_STORED = """
SELECT p.tenant_id::text, p.user_id::text, p.content_id::text, p.source_partition, p.source_offset
FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[], %(contents)s::uuid[])
    AS w (tenant_id, user_id, content_id)
JOIN progress.user_progress AS p USING (user_id, content_id, tenant_id)
"""
_POSITIONS = "SELECT partition, next_offset FROM progress.positions WHERE topic = %s"


class Stored:
    """A connection for the questions that a redrive has."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def positions(self, topic: Topic) -> dict[int, int]:
        """How far each partition of the states topic is stored."""
        return dict(self._connection.execute(_POSITIONS, (topic.name,)).fetchall())

    def obstacles(self, letters: Sequence[KeptLetter], states: Topic) -> dict[Place, str]:
        """Of each letter that is pointless by now, why."""
        people = {each.person for each in letters if each.person is not None}
        erased = self._erased(people)
        found = {each.place: "the person was erased" for each in letters if each.person in erased}
        return self._overtaken([each for each in letters if each.letter.topic == states.name]) | found

    def _erased(self, people: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        wanted = {"tenants": [tenant for tenant, _ in people], "people": [person for _, person in people]}
        return set(self._connection.execute(_ERASED, wanted).fetchall())

    def _overtaken(self, letters: Sequence[KeptLetter]) -> dict[Place, str]:
        states = {each.place: state for each in letters if (state := state_of(each)) is not None}
        rows = self._connection.execute(
            _STORED,
            {
                "tenants": [each.tenant_id for each in states.values()],
                "people": [each.user_id for each in states.values()],
                "contents": [each.content_id for each in states.values()],
            },
        ).fetchall()
        stored = {tuple(ids): (partition, offset) for *ids, partition, offset in rows}
        found: dict[Place, str] = {}
        for place, state in states.items():
            partition, offset = stored.get((state.tenant_id, state.user_id, state.content_id), (None, -1))
            if partition is not None and partition != state.source_partition:
                found[place] = f"PostgreSQL has a state of it by way of partition {partition}"
            elif offset >= state.source_offset:
                found[place] = "PostgreSQL has this state of it, or a later one"
        return found


@contextmanager
def connected(dsn: str) -> Iterator[Stored]:
    """Ask PostgreSQL.

    Raises:
        LettersUnavailableError: it does not answer, or is not migrated.
    """
    try:
        with connect(dsn, "playhead-dead-letters") as connection:
            yield Stored(connection)
    except psycopg.Error as error:
        raise LettersUnavailableError(
            f"PostgreSQL does not answer (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error
