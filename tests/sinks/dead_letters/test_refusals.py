"""Bad records leave by the dead-letter topic, one by one; a bad release does not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from msgspec.structs import replace

from playhead.settings import KafkaSettings
from tests.services import Database
from tests.sinks.author import Author, Item, Log, Record
from tests.sinks.running import (
    dead_letters,
    findings,
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
        (Record(b"k", b'{"record": "state", "v": 0}'), "unknown_version", "version 0"),
    ],
)
def test_bytes_that_are_no_state_are_kept_as_they_are(
    fresh_topics: KafkaSettings, fresh_database: Database, record: Record, reason: str, detail: str
) -> None:
    author = Author()
    Log(fresh_topics).write(author.watch(Item.of(), 30), record, author.watch(Item.of(), 60))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 3))
    ((key, value, found),) = dead_letters(fresh_topics, 1)
    assert (key, value) == (record.key, record.value)
    assert (found.topic, found.partition, found.offset) == (
        f"{fresh_topics.kafka_prefix}progress.states",
        0,
        1,
    )
    assert found.reason == reason
    assert detail in found.detail
    assert list(percentages(fresh_database).values()) == [10]


def test_a_state_of_a_newer_release_waits_for_the_upgrade(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, other = Author(), Author(partition=1)
    newer = Record(Item.of(user=2).key.encode(), b'{"record": "state", "v": 3}')
    log = Log(fresh_topics)
    log.write(author.watch(Item.of(), 30), newer, author.watch(Item.of(), 60))
    with running(sink_settings(fresh_topics, fresh_database)) as sink:
        until(30, lambda: "upgrade the sink" in (sink.why_not_ready() or ""), sink.why_not_ready)
        log.write(other.watch(Item.of(user=3), 60), author.watch(Item.of(), 90))
        until(30, stored_up_to(fresh_database, 1, 1), lambda: positions(fresh_database))
        until(30, stored_up_to(fresh_database, 0, 1), lambda: positions(fresh_database))
        assert "offset 1 of partition 0" in (sink.why_not_ready() or "")
    assert positions(fresh_database)[0] == 1
    assert dead_letters(fresh_topics, 0) == []


def test_a_state_under_anothers_key_is_refused(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    """Compaction would let one replace the other."""
    author = Author()
    honest = author.watch(Item.of(), 30)
    Log(fresh_topics).write(Record(Item.of(user=2).key.encode(), honest.value))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 1))
    ((_, _, found),) = dead_letters(fresh_topics, 1)
    assert found.reason == "wrong_key"
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
    ((key, _, found),) = dead_letters(fresh_topics, 1)
    assert key == bad.key.encode()
    assert (found.offset, found.reason) == (61, "refused_by_store")
    assert detail in found.detail
    assert set(percentages(fresh_database).values()) == {10}
    assert len(percentages(fresh_database)) == 100
    assert findings(fresh_database) == []


def test_what_an_index_has_no_room_for_is_refused(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, bad = Author(), Item.of(user=777)
    author.watch(bad, 30)
    long = random.Random(1).randbytes(9_000).hex()
    author.known[bad] = replace(
        author.known[bad], sessions={long: next(iter(author.known[bad].sessions.values()))}
    )
    Log(fresh_topics).write(author.state(bad, [long]), author.watch(Item.of(), 60))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(30, stored_up_to(fresh_database, 0, 2))
    ((_, _, found),) = dead_letters(fresh_topics, 1)
    assert "index row requires" in found.detail
    assert list(percentages(fresh_database).values()) == [10]


def test_two_that_postgres_refuses_both_leave(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author = Author()
    records = [author.watch(Item.of(user=number), 60) for number in range(50)]
    for place in (7, 33):
        records[place] = author.forge(Item.of(user=place), percentage=-1)
    Log(fresh_topics).write(*records)
    with running(sink_settings(fresh_topics, fresh_database)):
        until(30, stored_up_to(fresh_database, 0, 50))
    assert [each.offset for _, _, each in dead_letters(fresh_topics, 2)] == [7, 33]
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
    assert [each.offset for _, _, each in dead_letters(fresh_topics, 2)] == [2, 3]
    assert list(percentages(fresh_database).values()) == [10]
    assert findings(fresh_database) == []


def test_one_id_in_two_spellings_is_one_row(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    """Not canonical, so only a forger writes it; the store stores the entries one by one."""
    author, item = Author(), Item.of()
    plain = author.watch(item, 30)
    loud = author.forge_ids(item, item.tenant_id.upper(), item.user_id, item.content_id)
    Log(fresh_topics).write(plain, loud, author.watch(Item.of(user=2), 30))
    with running(sink_settings(fresh_topics, fresh_database)):
        until(20, stored_up_to(fresh_database, 0, 3))
    assert len(percentages(fresh_database)) == 2
    assert findings(fresh_database) == []


def test_a_bad_release_holds_the_sink_and_leaves_the_topic(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author = Author()
    Log(fresh_topics).write(author.watch(Item.of(), 30), *(Record(b"k", b"{}") for _ in range(40)))
    settings = sink_settings(fresh_topics, fresh_database)
    with running(settings) as sink:
        until(30, lambda: "a bad release" in (sink.why_not_ready() or ""), sink.why_not_ready)
    assert positions(fresh_database)[0] == 0
    assert percentages(fresh_database) == {}
    assert dead_letters(fresh_topics, 0) == []
    with running(settings.model_copy(update={"sink_dead_letter_people": 100})):
        until(20, stored_up_to(fresh_database, 0, 41))
    assert len(dead_letters(fresh_topics, 40)) == 40


def test_a_sink_that_is_held_goes_on_once_it_turns_out_to_be_a_few(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, log = Author(), Log(fresh_topics)
    bad = [Item.of(user=number, tenant=number % 2) for number in range(5)]
    for item in bad:
        author.watch(item, 30)
    log.write(*(author.forge(item, percentage=101) for item in bad))
    with running(sink_settings(fresh_topics, fresh_database, sink_dead_letter_people=5)) as sink:
        until(30, lambda: "of 5 of the last 5 people" in (sink.why_not_ready() or ""), sink.why_not_ready)
        log.write(*(author.watch(Item.of(user=100 + number), 60) for number in range(60)))
        until(60, stored_up_to(fresh_database, 0, 65), sink.why_not_ready)
        until(10, lambda: sink.why_not_ready() is None, sink.why_not_ready)
    assert len(dead_letters(fresh_topics, 5)) == 5
    assert len(percentages(fresh_database)) == 60


def test_one_person_stops_nobody_however_many_records_of_theirs_are_refused(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author, log = Author(), Log(fresh_topics)
    theirs = [Item.of(user=666, content=number) for number in range(120)]
    for item in theirs:
        author.watch(item, 30)
    offset = 0
    with running(sink_settings(fresh_topics, fresh_database)) as sink:
        for turn in range(4):
            log.write(*(author.forge(item, percentage=101) for item in theirs))
            log.write(author.watch(Item.of(tenant=2, user=turn), 60))
            offset += 121
            until(30, stored_up_to(fresh_database, 0, offset), sink.why_not_ready)
        assert sink.why_not_ready() is None
        log.write(author.watch(theirs[0], 90))
        until(30, stored_up_to(fresh_database, 0, offset + 1), sink.why_not_ready)
    assert set(percentages(fresh_database).values()) == {10, 15}  # theirs as well, once it can be stored
    found = dead_letters(fresh_topics, 480)
    assert len(found) == 480
    assert {each.reason for _, _, each in found} == {"refused_by_store", "quarantined"}
    assert findings(fresh_database) == []
