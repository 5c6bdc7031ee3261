"""Older sessions of an item have a row of their own, and rows of the history as all sessions have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import Raw
from msgspec.structs import replace

from playhead.progress import Summary, summarize
from playhead.progress.older import split
from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from playhead.wire.progress import encode_progress
from playhead.wire.states import State, decode_state
from tests.services import Database
from tests.sinks.author import POLICY, Author, Item, Log, Record
from tests.sinks.running import SESSIONS, findings, positions, rows, running, sink_settings, until

pytestmark = pytest.mark.services

COUNT = 20
OLDER = "SELECT state FROM progress.older_sessions"


def with_older(database: Database, instead_of: str, text: str) -> None:
    """Store another text in the older sessions of every item."""
    found = f"replace(state, '{instead_of}', '{text}')"
    rows(database, f"UPDATE progress.older_sessions SET state = {found} RETURNING 1")


def parts(author: Author, item: Item) -> Iterator[Record]:
    """The two states that the processor publishes of the item."""
    record, older = split(author.known[item], POLICY)
    assert older is not None
    base = decode_state(author.state(item, ()).value or b"")
    assert isinstance(base, State)
    for progress, part in ((older, "older"), (record, None)):
        state = replace(
            base,
            part=part,
            touched=tuple(progress.sessions),
            summary=Summary() if part else summarize(progress, POLICY),
            progress=Raw(encode_progress(progress)),
        )
        yield Record(state.key.encode(), encode(state))


def test_older_sessions_are_stored_and_audited(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author, item, log = Author(), Item.of(), Log(fresh_topics)
    for number in range(COUNT):
        at_s = number * 3600
        author.watch(item, 60, at_s=at_s + 60, began_s=at_s, session=number)
    written = [*parts(author, item)]
    with running(sink_settings(fresh_topics, fresh_database)):
        log.write(*written)
        until(60, lambda: positions(fresh_database).get(0) == 2, lambda: positions(fresh_database))
        log.write(*written)  # published again
        until(60, lambda: positions(fresh_database).get(0) == 4, lambda: positions(fresh_database))
    (row,) = rows(fresh_database, "SELECT * FROM progress.user_progress")
    assert row["total_sessions"] == len(rows(fresh_database, SESSIONS)) == COUNT
    assert len(rows(fresh_database, OLDER)) == 1
    assert findings(fresh_database) == []
    with_older(fresh_database, '"sums":', '"none":')  # as an earlier release stored them
    assert findings(fresh_database) == []
    with_older(fresh_database, '"none":', '"sums":')
    with_older(fresh_database, '"wallMs":', '"wallMs":1')
    assert any("sums" in finding for finding in findings(fresh_database))
    with_older(fresh_database, '"wallMs":1', '"wallMs":')
    assert findings(fresh_database) == []
    rows(
        fresh_database,
        "UPDATE progress.user_progress SET state = replace(state, '\"wallMs\":', '\"wallMs\":1') RETURNING 1",
    )
    assert any("sums" in finding for finding in findings(fresh_database))
    rows(fresh_database, "DELETE FROM progress.older_sessions RETURNING 1")
    assert any("older sessions are missing" in finding for finding in findings(fresh_database))
