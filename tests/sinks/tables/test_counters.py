"""Counters by item, by person and by day are those of the rows, whatever came and in whatever batches."""

from __future__ import annotations

import random
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playhead.settings import KafkaSettings
from tests.services import Database
from tests.sinks.author import Author, Item, Log, Record
from tests.sinks.running import (
    COUNTED,
    Direct,
    everything,
    findings,
    locked,
    rows,
    sink_process,
    sink_settings,
    stored_up_to,
    until,
    waiting_for_a_lock,
)

pytestmark = pytest.mark.services

DAY = 86_400
UNIQUE = count(1)


def summary(database: Database) -> dict[str, int]:
    """The counters of the one item that there is."""
    (found,) = rows(database, COUNTED[0])
    return {name: int(found[name]) for name in found if name not in {"tenant_id", "content_id"}}


def days(database: Database) -> dict[date, tuple[int, ...]]:
    """People, sessions, seconds, started and completed of each day that has any."""
    found = rows(database, COUNTED[3])
    return {
        row["day"]: (row["people"], row["sessions"], row["wall_ms"] // 1000, row["started"], row["completed"])
        for row in found
    }


def test_an_item_counts_its_people(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 540), author.watch(Item.of(user=2), 150))
        sink.write(author.watch(Item.of(user=2), 300), author.watch(Item.of(user=3), 2, event="play"))
    assert summary(fresh_database) == {
        "people": 3,
        "started": 3,
        "completed": 1,
        "percentages": 100 + 50,
        "coverage": 900 + 500 + 3,
        "wall_ms": 842_000,
    }
    assert findings(fresh_database) == []


def test_an_item_counts_who_saw_each_twentieth(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 60), author.watch(Item.of(user=2), 95, since_s=30))
        sink.write(author.watch(Item.of(user=1), 600, since_s=570, at_s=120))
    found = rows(fresh_database, COUNTED[1])
    assert {row["slice"]: row["viewers"] for row in found} == {0: 1, 1: 2, 2: 1, 3: 1, 19: 1}
    assert findings(fresh_database) == []


def test_an_item_counts_how_long_it_took_to_complete(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 540), author.watch(Item.of(user=2), 540, at_s=1080))
        sink.write(author.watch(Item.of(user=2), 1, event="reopen", at_s=1200))
    begun = rows(
        fresh_database, "SELECT attempt_at - started_at AS after FROM progress.user_progress ORDER BY 1"
    )
    assert [row["after"] for row in begun] == [timedelta(seconds=1200), None]
    found = rows(
        fresh_database, "SELECT bucket, sum(completions) AS n FROM progress.content_times GROUP BY 1"
    )
    bounds = rows(fresh_database, "SELECT progress.took_bounds() AS ms")[0]["ms"]
    counted = {bounds[row["bucket"] - 1] <= 540_000 < bounds[row["bucket"]]: row["n"] for row in found}
    assert counted == {True: 1, False: 0}
    assert findings(fresh_database) == []


def test_a_day_counts_who_began_and_who_completed(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(user=1), 60), author.watch(Item.of(user=1, content=2), 60))
        sink.write(author.watch(Item.of(user=2), 60, session=3))
        sink.write(author.watch(Item.of(user=1), 540, at_s=DAY + 540, began_s=DAY, session=2))
    assert days(fresh_database) == {
        date(2026, 9, 21): (2, 3, 180, 3, 0),
        date(2026, 9, 22): (1, 1, 540, 0, 1),
    }
    assert findings(fresh_database) == []


def test_what_turns_out_to_have_begun_earlier_moves_to_another_day(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 60, at_s=2 * DAY, began_s=None))
        assert days(fresh_database) == {date(2026, 9, 23): (1, 1, 20, 1, 0)}
        sink.write(author.watch(Item.of(), 60, at_s=DAY, began_s=None))
        assert days(fresh_database) == {
            date(2026, 9, 22): (1, 1, 20, 1, 0),
            date(2026, 9, 23): (1, 0, 40, 0, 0),
        }
    assert findings(fresh_database) == []


def test_reopening_takes_a_completion_back(fresh_database: Database) -> None:
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 600))
        assert summary(fresh_database).items() >= {"started": 1, "completed": 1}.items()
        sink.write(author.watch(Item.of(), 1, event="reopen", at_s=700))
        assert summary(fresh_database).items() >= {"started": 1, "completed": 0}.items()
        assert days(fresh_database) == {date(2026, 9, 21): (1, 1, 600, 1, 0)}
        sink.write(author.watch(Item.of(), 1, event="complete", at_s=DAY))
    assert summary(fresh_database).items() >= {"started": 1, "completed": 1}.items()
    assert days(fresh_database)[date(2026, 9, 22)] == (0, 0, 0, 0, 1)
    assert findings(fresh_database) == []


def test_what_was_stored_before_counts_for_nothing(fresh_database: Database) -> None:
    author = Author()
    records = [author.watch(Item.of(user=n % 3), 50 * n + 5, session=n % 2) for n in range(1, 11)]
    with Direct(fresh_database) as sink:
        sink.write(*records)
        before = everything(fresh_database)[:-2]
        versions = "SELECT xmin::text, ctid::text FROM progress.{}"
        counters = [
            rows(fresh_database, versions.format(table)) for table in ("content_summary", "person_days")
        ]
        sink.write(*records)
        sink.write(*records[:4])
    assert everything(fresh_database)[:-2] == before
    assert counters == [
        rows(fresh_database, versions.format(table)) for table in ("content_summary", "person_days")
    ]


def heartbeats() -> st.SearchStrategy[tuple[int, int, int, int, str, int | None, int | None]]:
    """Person, item, how far, when, what, in which session, begun when."""
    return st.tuples(
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(1, 600),
        st.integers(0, 3 * DAY),
        st.sampled_from(["heartbeat"] * 6 + ["ended", "complete", "reopen", "document"]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 0, DAY]),
    )


def record(
    author: Author, tenant: int, heartbeat: tuple[int, int, int, int, str, int | None, int | None]
) -> Record:
    person, content, until_s, at_s, event, session, began_s = heartbeat
    # A person's heartbeats all come by one partition.
    item = Item.of(tenant=tenant, user=person * 4 + author.partition, content=content)
    if event == "document":
        return author.read(item, [until_s % 7 + 1, until_s % 5 + 1], scroll=0.5, page_count=7)
    began = None if began_s is None or began_s > at_s else began_s
    return author.watch(item, until_s, at_s=at_s, began_s=began, session=session, event=event)  # type: ignore[arg-type]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    written=st.lists(st.tuples(st.integers(0, 1), heartbeats()), min_size=1, max_size=40),
    seed=st.integers(0, 2**32),
)
def test_counters_are_those_of_the_rows(
    fresh_database: Database,
    written: list[tuple[int, tuple[int, int, int, int, str, int | None, int | None]]],
    seed: int,
) -> None:
    """By two sinks, in random batches, with states read twice and read late."""
    tenant, dice = next(UNIQUE), random.Random(seed)
    authors = [Author(partition=0), Author(partition=1)]
    waiting: list[list[Record]] = [[], []]
    topics = [f"states {tenant}.{partition}" for partition in range(2)]
    with Direct(fresh_database, topics[0]) as one, Direct(fresh_database, topics[1]) as other:
        for partition, each in written:
            waiting[partition].append(record(authors[partition], tenant, each))
            if dice.random() < 0.1:
                waiting[partition].append(dice.choice(waiting[partition]))
            if dice.random() < 0.3:
                (one, other)[partition].write(*waiting[partition])
                waiting[partition] = waiting[partition][-1:]
        for sink, records in zip((one, other), waiting, strict=True):
            if records:
                sink.write(*records)
    assert findings(fresh_database) == []


def test_two_sinks_at_once_wait_for_nobody_and_lose_nothing(fresh_database: Database) -> None:
    """The same items and days, by different people."""

    def work(partition: int) -> None:
        author, dice = Author(partition=partition), random.Random(partition)
        with Direct(fresh_database, f"states {partition}") as sink:
            for batch in range(30):
                items = [
                    Item.of(user=dice.randrange(20) * 4 + partition, content=dice.randrange(9))
                    for _ in range(25)
                ]
                sink.write(
                    *(
                        author.watch(
                            item, dice.randrange(5, 600), at_s=batch * DAY / 4, began_s=None, session=n % 3
                        )
                        for n, item in enumerate(items)
                    )
                )

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert findings(fresh_database) == []


@pytest.mark.chaos
def test_counters_survive_kill_9(fresh_topics: KafkaSettings, fresh_database: Database) -> None:
    author, sink_of = Author(), sink_settings(fresh_topics, fresh_database)
    log = Log(fresh_topics)
    log.write(*(author.watch(Item.of(user=n % 40, content=n % 7), 30 + n, session=n % 3) for n in range(300)))
    for table in ("progress.content_summary", "progress.daily_activity", "progress.person_days"):
        with sink_process(sink_of) as sink, locked(fresh_database, table):
            until(120, lambda: waiting_for_a_lock(fresh_database) == 1, sink.output)
            sink.end(signal.SIGKILL)
        assert rows(fresh_database, "SELECT FROM progress.content_summary") == []
    with sink_process(sink_of) as sink:
        until(120, stored_up_to(fresh_database, 0, 300), sink.output)
    assert findings(fresh_database) == []
