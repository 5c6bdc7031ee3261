"""Counts the days of an organisation again, in the background, after it has changed its time zone.

After a migration, people are counted again from their sessions: from the zone to the same zone.

A day of `person_days` and `daily_activity` is one of the zone in which the person is counted:
`progress.day_zones` says which one, and up to which person a recount has come. Nothing may be stored
meanwhile, as a batch would count under the zone that it read before; so each chunk of people excludes the
batches of all sinks, for as long as it takes to move them.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from sinks.tables.connection import transaction
from sinks.tables.forms import forms_of
from sinks.tables.store import Store
from sinks.turns import Turns

CHUNK = 50
"""People moved in one transaction: some 50,000 rows where each has a thousand sessions."""
PAUSE_SECONDS = 5.0
"""How often it looks for organisations that have changed their zone."""
REST_RATIO = 3
"""While there are batches, it rests so many times as long as it worked."""
SHARD = -2
"""Of the counters: that of everything derived again. No two transactions use it at once."""


def _sql(name: str) -> bytes:
    return read_text("sinks.days", f"{name}.sql").encode()


_EXCLUDE_BATCHES = "SELECT pg_advisory_xact_lock(hashtext('playhead erase'))"
_WAITING = _sql("waiting")
_BEGIN = _sql("begin")
_PEOPLE = _sql("people")
_COUNT_DAYS = _sql("count_days")
_REBUILD = (_sql("clear_quarters"), _sql("fill_quarters"), _sql("sum_quarters"))
_MOVE_ITEMS = _sql("move_items")
_ADVANCE = "UPDATE progress.day_zones SET next_to = %(last)s WHERE tenant_id = %(tenant)s"
_FINISH = _sql("finish")


def from_sessions(connection: psycopg.Connection) -> tuple[bytes, ...]:
    """The statements that count the time of `people` of a `tenant` again from sessions, in `next_zone`.

    `shard` takes the corrections.
    """
    return (*_REBUILD, _COUNT_DAYS + forms_of(connection).add_to_days)


class DayRecounter(Turns[TenantId]):
    """Moves the people of one organisation after the other."""

    def __init__(self, store: Store, chunk: int = CHUNK) -> None:
        super().__init__(store, pause_seconds=PAUSE_SECONDS, rest_ratio=REST_RATIO)
        self._chunk = chunk

    def _find(self, connection: psycopg.Connection) -> Iterable[TenantId]:
        return [TenantId(tenant) for (tenant,) in connection.execute(_WAITING)]

    def _is_over(self, connection: psycopg.Connection, item: TenantId) -> bool:
        """Move the next people of an organisation; whether all are in its zone, so that none is left."""
        tenant, values = item, {"tenant": item, "limit": self._chunk}
        with transaction(connection):
            connection.execute(_EXCLUDE_BATCHES)
            connection.execute(_BEGIN, values)
            found = connection.execute(_PEOPLE, values).fetchone()
            if found is None:
                return True
            zone, next_zone, people = found
            move = {"tenant": tenant, "zone": zone, "next_zone": next_zone, "people": people, "shard": SHARD}
            counting = from_sessions(connection)
            for statement in (*(counting[-1:] if zone != next_zone else counting), _MOVE_ITEMS):
                connection.execute(statement, move)
            if len(people) < self._chunk:
                connection.execute(_FINISH, values)
            else:
                connection.execute(_ADVANCE, {"tenant": tenant, "last": people[-1]})
            return False
