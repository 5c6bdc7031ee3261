"""Stores in one database what Redis alone has of people, with the store of the sink.

So rows, sessions and counters follow as of any batch, erased people stay erased, and what PostgreSQL refuses
becomes a dead letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Self

import psycopg

from operations.rebase.findings import RebaseError
from operations.rebase.hot_store import HotFields
from operations.rebase.rescue import ItemName, KeptItem, joined, states_of
from operations.stores import StoreUnavailableError, postgres_errors
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.progress.policy import POLICY_COLUMNS, Override
from playhead.resources import read_text
from playhead.settings import RebaseSettings
from playhead.wire.codec import encode
from playhead.wire.errors import WireError
from playhead.wire.keys import is_older_name, item_of, older_name
from playhead.wire.states import State
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.errors import SinkError
from sinks.rederive.statements import READ_ITEM
from sinks.states.batch import BatchBuilder
from sinks.states.decode import ConsumedRecord, RejectedRecord, decode
from sinks.tables.connection import read_positions
from sinks.tables.prepare import prepare
from sinks.tables.store import Store

_PARTITION = 0
_ROWS = read_text("operations.rebase", "stored_items.sql").encode()
_ERASED = read_text("operations.rebase", "erased.sql").encode()
_ItemKey = tuple[str, ContentId]


class Rescuer:
    """Stores in one database. To be closed."""

    def __init__(
        self, settings: RebaseSettings, connection: psycopg.Connection, dsn: str, own_topic: str
    ) -> None:
        """Connect to nothing yet.

        Args:
            settings: Of the command.
            connection: To read by.
            dsn: Of the same database, for the sink's store.
            own_topic: The name under which the rebase keeps a position.
        """
        self._settings = settings
        self._connection = connection
        self._dsn, self._own_topic = dsn, own_topic
        self._store = Store(dsn, own_topic)
        self._letters: DeadLetterPublisher | None = None
        self._override = cache(self._read_override)
        self.refused: list[RejectedRecord] = []
        """What PostgreSQL refused, which is in the topic of dead letters."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def missing(self, some: Sequence[HotFields]) -> list[State]:
        """The states that PostgreSQL lacks of these people of its own.

        Raises:
            RebaseError: a part cannot be decoded.
            StoreUnavailableError: PostgreSQL does not answer.
        """
        names = [each.person.split(":") for each in some]
        wanted = {"tenants": [tenant for tenant, _ in names], "users": [user for _, user in names]}
        with postgres_errors():
            erased = {person for (person,) in self._connection.execute(_ERASED, wanted)}
            found = self._connection.execute(_ROWS, wanted)
            rows = {(person, name): state.encode() for person, name, state in found}
        return [
            state
            for person in some
            if person.person not in erased
            for item in sorted({item_of(name) for name in person.fields if not is_older_name(name)})
            for state in self._missing_of((person.person, item), person, rows)
        ]

    def store(self, states: Sequence[State]) -> None:
        """Store these states, or nothing.

        Raises:
            StoreUnavailableError: PostgreSQL or Kafka does not answer; run the command again.
        """
        if not states:
            return
        try:
            at = read_positions(self._dsn, self._own_topic, [_PARTITION])[_PARTITION]
            builder = BatchBuilder()
            for place, state in enumerate(states):
                source = ConsumedRecord(_PARTITION, at + place, state.key.encode(), encode(state))
                builder.add(source, at, decode(source, has_gap=True))
            self._store.write(prepare(builder, self._settings.policy), self._publish, self.refused.append)
        except SinkError as error:
            raise StoreUnavailableError(str(error)) from error

    def _publish(self, rejected: Sequence[RejectedRecord], _: Sequence[ConsumedRecord]) -> None:
        """Publish what is refused as dead letters; the new log has nothing of erased people."""
        if rejected:
            self._letters = self._letters or DeadLetterPublisher(self._settings)
            self._letters.publish(rejected)

    def _missing_of(
        self, key: _ItemKey, person: HotFields, rows: dict[tuple[str, str], bytes]
    ) -> list[State]:
        owner, content = key
        tenant, _, user = owner.partition(":")
        name = ItemName(TenantId(tenant), UserId(user), content)
        hot = KeptItem(person.fields.get(content), person.fields.get(older_name(content)))
        stored = KeptItem(rows.get(key), rows.get((owner, older_name(content))))
        try:
            progress = joined(hot, stored)
            if progress is None:
                return []
            override = self._override(name.tenant, name.content)
            return states_of(name, progress, stored, override, self._settings.policy)
        except WireError as error:
            raise RebaseError(
                f"this release cannot read item {content} of {owner} in Redis or PostgreSQL: {error}. "
                "Nothing was deleted; run the command of the release that processed it last"
            ) from error

    def _read_override(self, tenant: TenantId, content: ContentId) -> Override | None:
        with postgres_errors():
            found = self._connection.execute(READ_ITEM, {"tenant_id": tenant, "content_id": content})
            row = found.fetchone()
        return None if row is None else Override.of(POLICY_COLUMNS, row)
