"""A sink whose consumer alone gets nothing exits, and the next one goes on; one of an outage waits."""

from __future__ import annotations

import re

import pytest

from playhead.settings import KafkaSettings, SinkSettings
from sinks.errors import ConsumerFailedError
from sinks.states import watch as consumer_watch
from sinks.states.watch import FRESH_SECONDS, STUCK_SECONDS, ConsumerReport, StuckConsumer
from tests.playhead.kafka.proxy import FETCH, Proxy, proxied
from tests.services import Database
from tests.sinks.author import Author, Item, Log
from tests.sinks.running import positions, running, sink_settings, started, stored_up_to, until

ONE = frozenset({1})


def seen(at: float, offset: int = 5, *, has_joined: bool = True) -> ConsumerReport:
    return ConsumerReport(at, has_joined, {1: offset})


def test_a_partition_that_only_others_can_read_on_is_stuck() -> None:
    judge = StuckConsumer()
    assert judge.check(seen(0), ONE, 0) is None
    assert judge.check(seen(STUCK_SECONDS), ONE, STUCK_SECONDS) is None
    now = STUCK_SECONDS + 1
    assert str(judge.check(seen(now), ONE, now)).startswith("partition 1 stands at 5 for 31 s")


@pytest.mark.parametrize(
    ("sight", "unread"),
    [
        (seen(20, 6), ONE),  # it moved
        (seen(20), frozenset[int]()),  # nothing is there to be read
        (seen(20), None),  # the brokers answer no connection
        (seen(20 - FRESH_SECONDS - 1), ONE),  # the loop waits for something else
        (ConsumerReport(20, has_joined=True, positions={}), ONE),  # nothing is wanted of it just now
    ],
)
def test_the_time_begins_again_with(sight: ConsumerReport, unread: frozenset[int] | None) -> None:
    judge = StuckConsumer()
    judge.check(seen(0), ONE, 0)
    judge.check(sight, unread, 20)
    assert judge.check(seen(STUCK_SECONDS + 1, sight.positions.get(1, 5)), ONE, STUCK_SECONDS + 1) is None


def test_a_consumer_that_does_not_find_back_into_its_group_is_stuck() -> None:
    judge = StuckConsumer()
    now = 0.0
    while now <= STUCK_SECONDS:
        assert judge.check(ConsumerReport(now, has_joined=False, positions={}), frozenset(), now) is None
        now += 3
    found = judge.check(ConsumerReport(now, has_joined=False, positions={}), frozenset(), now)
    assert str(found).startswith("no partitions are assigned for 33 s")


@pytest.mark.services
def test_a_sink_that_alone_gets_no_records_exits_and_the_next_one_goes_on(
    fresh_topics: KafkaSettings, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_watch, "STUCK_SECONDS", 4.0)
    monkeypatch.setattr(consumer_watch, "ASK_SECONDS", 0.5)
    author, log = Author(), Log(fresh_topics)
    log.write(*(author.watch(Item.of(), end_s) for end_s in (10, 20, 30)))
    with proxied(fresh_topics) as (proxy, settings), pytest.raises(ConsumerFailedError) as failed:
        deprive(sink_settings(settings, fresh_database), fresh_database, proxy, author, log)
    assert re.search(
        r"stuck: partition 0 stands at \d+ for \d+ s, while the brokers answer", str(failed.value)
    )
    assert positions(fresh_database)[0] < 3 + 40
    with running(sink_settings(fresh_topics, fresh_database)) as sink:
        until(120, lambda: positions(fresh_database)[0] == 3 + 40, sink.why_not_ready)


def deprive(settings: SinkSettings, database: Database, proxy: Proxy, author: Author, log: Log) -> None:
    """Let a sink get no more records, but for the first one that it had asked for already, until it ends."""
    answered_at_once = settings.model_copy(update={"sink_fetch_min_bytes": 1})
    with started(answered_at_once) as (sink, end):
        until(120, stored_up_to(database, 0, 3), sink.why_not_ready)
        proxy.ignore(FETCH)
        for end_s in range(40, 80):
            log.write(author.watch(Item.of(), end_s))
        until(120, end.done, sink.why_not_ready)
