"""Bad records leave by the dead-letter topic, one by one; a bad release does not."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from playhead.settings import KafkaSettings
from sinks.errors import TooManyDeadLettersError
from sinks.sink import Sink
from tests.services import Database
from tests.sinks.author import Author, Item, Log, Record
from tests.sinks.running import (
    findings,
    letters,
    positions,
    rows,
    running,
    sink_settings,
    stored_up_to,
    until,
)

pytestmark = pytest.mark.services


def percentages(database: Database) -> dict[str, int]:
    found = rows(database, "SELECT user_id::text, progress_percentage AS done FROM progress.user_progress")
    return {row["user_id"]: row["done"] for row in found}


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        (Record(b"k", b"\xff\x00 not JSON"), "malformed", "malformed"),
        (Record(b"", b"{}"), "malformed", "record"),
        (Record(b"k", b'{"record": "state", "v": 2}'), "unknown_version", "version 2"),
    ],
)
def test_bytes_that_are_no_state_are_kept_as_they_are(
    fresh_topics: KafkaSettings, fresh_database: Database, record: Record, reason: str, detail: str
) -> None:
    author = Author()
    Log(fresh_topics).write(author.watch(Item.of(), 30), record, author.watch(Item.of(), 60))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 3))
    ((key, value, letter),) = letters(fresh_topics, 1)
    assert (key, value) == (record.key, record.value)
    assert (letter.topic, letter.partition, letter.offset) == (
        f"{fresh_topics.kafka_prefix}progress.states",
        0,
        1,
    )
    assert letter.reason == reason
    assert detail in letter.detail
    assert list(percentages(fresh_database).values()) == [10]


def test_a_state_under_anothers_key_is_refused(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    """Compaction would let one replace the other."""
    author = Author()
    honest = author.watch(Item.of(), 30)
    Log(fresh_topics).write(Record(Item.of(user=2).key.encode(), honest.value))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 1))
    ((_, _, letter),) = letters(fresh_topics, 1)
    assert letter.reason == "wrong_key"
    assert percentages(fresh_database) == {}


@pytest.mark.parametrize(
    ("forged", "detail"),
    [
        ({"percentage": 101}, "user_progress_progress_percentage_check"),
        ({"content_ms": -1}, "user_progress_content_ms_check"),
        ({"started_at": 10**18}, "timestamp out of range"),
        ({"total_sessions": 2**31}, "out of range for type integer"),
        ({"wall_ms": 10**30}, "out of range for type bigint"),
    ],
)
def test_a_state_that_postgres_refuses_leaves_alone(
    fresh_topics: KafkaSettings, fresh_database: Database, forged: dict[str, Any], detail: str
) -> None:
    author, bad = Author(), Item.of(user=777)
    records = [author.watch(Item.of(user=number), 60) for number in range(100)]
    author.watch(bad, 30)
    records.insert(61, author.forge(bad, **forged))
    Log(fresh_topics).write(*records, author.checkpoint())
    with running(sink_settings(fresh_topics, fresh_database)):
        until(30, stored_up_to(fresh_database, 0, 102))
    ((key, _, letter),) = letters(fresh_topics, 1)
    assert key == bad.key.encode()
    assert (letter.offset, letter.reason) == (61, "refused_by_store")
    assert detail in letter.detail
    assert set(percentages(fresh_database).values()) == {10}
    assert len(percentages(fresh_database)) == 100
    assert findings(fresh_database) == []


def test_two_that_postgres_refuses_both_leave(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author = Author()
    records = [author.watch(Item.of(user=number), 60) for number in range(50)]
    for place in (7, 33):
        records[place] = author.forge(Item.of(user=place), percentage=-1)
    Log(fresh_topics).write(*records)
    with running(sink_settings(fresh_topics, fresh_database)):
        until(30, stored_up_to(fresh_database, 0, 50))
    assert [letter.offset for _, _, letter in letters(fresh_topics, 2)] == [7, 33]
    assert len(percentages(fresh_database)) == 48


def test_what_a_refused_state_superseded_is_stored_in_its_place(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    """As it would have been, had the two come in different batches."""
    author, item = Author(), Item.of()
    good = [author.watch(item, 30), author.watch(item, 60)]
    Log(fresh_topics).write(*good, author.forge(item, percentage=999), author.forge(item, content_ms=-5))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 4))
    assert [letter.offset for _, _, letter in letters(fresh_topics, 2)] == [2, 3]
    assert list(percentages(fresh_database).values()) == [10]
    assert findings(fresh_database) == []


def test_one_id_in_two_spellings_is_one_row(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    """Not canonical, so nobody but a forger writes it; the store settles it one by one."""
    author, item = Author(), Item.of()
    plain = author.watch(item, 30)
    loud = author.forge_ids(item, item.tenant_id.upper(), item.user_id, item.content_id)
    Log(fresh_topics).write(plain, loud, author.watch(Item.of(user=2), 30))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 3))
    assert len(percentages(fresh_database)) == 2
    assert findings(fresh_database) == []


def test_a_bad_release_stops_the_sink_and_leaves_the_topic(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author = Author()
    Log(fresh_topics).write(author.watch(Item.of(), 30), *(Record(b"k", b"{}") for _ in range(40)))
    settings = sink_settings(
        fresh_topics, fresh_database, sink_dead_letter_window=100, sink_dead_letter_share=0.2
    )
    with pytest.raises(TooManyDeadLettersError, match="rather than emptying the topic"):
        Sink(settings, threading.Event()).run()
    assert positions(fresh_database)[0] == 0
    assert percentages(fresh_database) == {}
    with running(settings.model_copy(update={"sink_dead_letter_share": 0.5})):
        until(20, stored_up_to(fresh_database, 0, 41))
    assert len(letters(fresh_topics, 40)) == 40
