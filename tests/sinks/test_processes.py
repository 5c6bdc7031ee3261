"""Sinks as processes: killed, stopped, and sharing partitions that come and go."""

from __future__ import annotations

import signal
import threading

import pytest

from playhead.settings import KafkaSettings
from tests.services import Database
from tests.sinks.author import Author, Item, Log
from tests.sinks.running import (
    dead_letters,
    findings,
    locked,
    positions,
    rows,
    running,
    sink_process,
    sink_settings,
    stored_up_to,
    until,
    waiting_for_a_lock,
)

pytestmark = pytest.mark.services


def test_a_batch_cut_short_by_kill_9_is_as_if_it_never_began(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    author = Author()
    Log(fresh_topics).write(*(author.watch(Item.of(user=number), 30) for number in range(500)))
    settings = sink_settings(fresh_topics, fresh_database)
    with sink_process(settings) as sink, locked(fresh_database, "progress.user_summary"):
        until(30, lambda: waiting_for_a_lock(fresh_database) == 1, sink.output)
        sink.end(signal.SIGKILL)
    assert positions(fresh_database)[0] == 0
    assert rows(fresh_database, "SELECT FROM progress.user_progress") == []
    with sink_process(settings) as sink:
        until(30, stored_up_to(fresh_database, 0, 500), sink.output)
    assert rows(fresh_database, "SELECT sum(total_items) AS items FROM progress.user_summary") == [
        {"items": 500}
    ]
    assert findings(fresh_database) == []


def test_sigterm_lets_the_batch_in_hand_land(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author = Author()
    Log(fresh_topics).write(*(author.watch(Item.of(user=number), 30) for number in range(500)))
    with sink_process(sink_settings(fresh_topics, fresh_database)) as sink:
        with locked(fresh_database, "progress.user_summary"):
            until(30, lambda: waiting_for_a_lock(fresh_database) == 1, sink.output)
            sink.process.send_signal(signal.SIGTERM)
        assert sink.process.wait(60) == 0, sink.output()
    assert positions(fresh_database)[0] > 0
    assert findings(fresh_database) == []


@pytest.mark.chaos
def test_partitions_that_go_in_the_middle_of_a_batch_are_stored_once(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    authors = [Author(partition=partition) for partition in range(4)]
    log = Log(fresh_topics)
    settings = sink_settings(fresh_topics, fresh_database)

    def write(count: int) -> None:
        for author in authors:
            items = (Item.of(user=author.partition, content=number) for number in range(count))
            log.write(*(author.watch(item, 30 + author.offset / 100) for item in items), author.checkpoint())

    write(100)
    with running(settings):
        with locked(fresh_database, "progress.user_summary"):
            until(30, lambda: waiting_for_a_lock(fresh_database) >= 1)
            with sink_process(settings) as other:
                until(40, lambda: waiting_for_a_lock(fresh_database) == 2, other.output)
                other.end(signal.SIGKILL)
        write(50)
        with sink_process(settings) as other:
            until(40, lambda: "assigned, to be read from: {" in other.output(), other.output)
            write(50)
            ends = dict.fromkeys(range(4), 203)
            until(40, lambda: positions(fresh_database) == ends, lambda: positions(fresh_database))
            assert other.end(signal.SIGTERM) == 0, other.output()
    assert rows(fresh_database, "SELECT count(*) FROM progress.user_progress") == [{"count": 400}]
    assert findings(fresh_database) == []
    assert dead_letters(fresh_topics, 0) == []


@pytest.mark.chaos
def test_two_sinks_share_the_partitions_of_a_growing_log(
    fresh_topics: KafkaSettings, fresh_database: Database
) -> None:
    """Joining, leaving and dying, while states keep coming."""
    authors = [Author(partition=partition) for partition in range(4)]
    settings = sink_settings(fresh_topics, fresh_database, sink_batch=200)
    written = [0] * 4
    enough = threading.Event()

    def write() -> None:
        log = Log(fresh_topics)
        while not enough.is_set():
            for author in authors:
                number = author.offset
                item = Item.of(user=10 * author.partition + number % 7, content=number % 13)
                record = author.watch(item, (number * 7) % 590 + 5, at_s=number * 3, session=number % 29)
                log.write(record, author.checkpoint())
                written[author.partition] += 2

    def caught_up(seconds: float) -> None:
        aim = dict(enumerate(written))
        until(
            seconds,
            lambda: all(positions(fresh_database).get(each, 0) >= aim[each] for each in aim),
            lambda: (aim, positions(fresh_database)),
        )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with sink_process(settings) as first:
            caught_up(30)
            with sink_process(settings) as second:
                until(30, lambda: "assigned, to be read from: {" in second.output(), second.output)
                caught_up(30)
                first.end(signal.SIGKILL)
                caught_up(60)
                with sink_process(settings) as third:
                    until(30, lambda: "assigned, to be read from: {" in third.output(), third.output)
                    assert second.end(signal.SIGTERM) == 0, second.output()
                    caught_up(60)
                    enough.set()
                    writer.join()
                    caught_up(60)
    finally:
        enough.set()
        writer.join()
    assert findings(fresh_database) == []
    known = sum(len(author.known) for author in authors)
    assert rows(fresh_database, "SELECT count(*) FROM progress.user_progress") == [{"count": known}]
    states = rows(
        fresh_database,
        "SELECT source_partition, max(source_offset) AS last FROM progress.user_progress GROUP BY 1",
    )
    assert {row["source_partition"]: row["last"] for row in states} == {
        author.partition: author.offset for author in authors
    }
