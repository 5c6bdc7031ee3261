"""The log is lost while Redis is ahead of PostgreSQL; the command is killed at each step and run again."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from confluent_kafka import Consumer

from operations.audit.hot_store import audit_hot
from operations.rebase.findings import RebaseError
from operations.rebase.positions import BEYOND
from playhead.settings import HotAuditSettings
from playhead.wire.topics import Topics, processor_group
from tests.hot import KEYS
from tests.operations.rebase.lost_log import PEOPLE, STEPS, KilledError, LostLog, beats, killed_at
from tests.operations.whole_pipeline import Whole
from tests.services import PARTITIONS
from tests.stream_processors.process import eventually

pytestmark = pytest.mark.services

_KILLED = """
import os, signal
from operations.cli.log import rebase
from operations.cli.main import app
rebase.say = lambda what: what.startswith("storing") and os.kill(os.getpid(), signal.SIGKILL)
app(["rebase", "--yes", "--wait", "60"])
"""


@pytest.fixture
def lost(whole: Whole) -> Iterator[LostLog]:
    with psycopg.connect(whole.database.admin_dsn, autocommit=True) as admin:
        yield LostLog(whole, admin)


def test_what_redis_alone_has_is_stored_and_a_run_that_was_killed_is_repeated(lost: LostLog) -> None:
    whole = lost.whole
    lost.fill()
    with pytest.raises(RebaseError, match="nothing is to be done: no store has read beyond"):
        lost.rebaser().run()
    lost.lose(PARTITIONS)
    whole.world.send(beats(3))
    for step in STEPS:
        with pytest.raises(KilledError):
            lost.rebaser(killed_at(step)).run()
        if step != STEPS[0]:
            assert lost.rebaser().findings().is_begun
    with whole.world.worker() as worker:
        assert worker.ended() != 0
        assert "run `playhead rebase`" in worker.log_text
    assert whole.command("rebase", "--yes", "--wait", "60").exit_code == 0
    assert lost.sessions() == [2] * PEOPLE
    assert whole.hot() == {}
    with lost.going_on():
        whole.world.send(beats(2))  # what players send again, counts once
        whole.world.send(beats(4))
    assert lost.sessions() == [4] * PEOPLE
    assert whole.findings() == []
    assert list(audit_hot(HotAuditSettings(**lost.settings.model_dump()))) == []
    assert whole.command("status").exit_code == 0


def test_redis_is_lost_too_and_the_topics_have_another_number_of_partitions(lost: LostLog) -> None:
    whole = lost.whole
    lost.fill()
    lost.lose(PARTITIONS * 2)
    with whole.world.redis() as redis:
        redis.flushall()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED], env=whole.environment, capture_output=True, timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = whole.command("rebase", "--yes", "--wait", "60")
    assert "0 items of 0 people more" in done.output
    with lost.going_on():
        whole.world.send(beats(2))
    assert lost.sessions() == [2] * PEOPLE
    assert whole.findings() == []
    with whole.world.redis() as redis:
        assert redis.get(KEYS.partitions) == b"%d" % (PARTITIONS * 2)


def test_while_a_processor_runs_nothing_is_changed(lost: LostLog) -> None:
    topics = lost.whole.topics
    name = Topics.named(topics.kafka_prefix)
    member = Consumer(
        {
            "bootstrap.servers": topics.kafka_servers,
            "group.id": processor_group(topics.kafka_prefix),
            "client.id": "a-processor",
        }
    )
    try:
        member.subscribe([name.heartbeats.name])
        eventually(lambda: member.poll(0.1) is None and bool(member.assignment()), "a member")
        refused = lost.whole.command("rebase", "--force", "--yes")
        assert refused.exit_code == 1
        assert "processors or sinks run: a-processor at 127.0.0.1" in refused.output
    finally:
        member.close()
    assert not lost.rebaser(force=True).findings().is_begun


def test_a_dry_run_says_what_there_is_and_changes_nothing(lost: LostLog) -> None:
    lost.connection.execute(
        "INSERT INTO progress.positions (topic, partition, next_offset) VALUES (%s, 1, 812)",
        (Topics.named(lost.whole.topics.kafka_prefix).states.name,),
    )
    shown = lost.whole.command("rebase", "--dry-run").output
    assert "PostgreSQL has states up to offset 812 of partition 1, and the log ends at 0." in shown
    assert "Redis has 0 items of 0 people that PostgreSQL lacks." in shown
    assert "Nothing was changed." in shown
    assert not lost.rebaser().findings().is_begun
    asked = lost.whole.command("rebase")
    assert asked.exit_code == 1
    assert "pass --yes" in asked.output


def test_a_course_keeps_the_offset_by_which_it_is_known_as_derived(lost: LostLog) -> None:
    lost.whole.store(beats(1))
    lost.connection.execute("UPDATE progress.user_progress SET source_partition = 3, source_offset = -1")
    positions = lost.rebaser()._positions["default"]
    positions.begin(range(PARTITIONS))
    places = positions.read()
    assert places.is_begun
    assert set(places.heartbeats.values()) == set(places.states.values()) == {BEYOND}
    assert positions.reset_sources() == PEOPLE
    found = lost.connection.execute("SELECT source_partition, source_offset FROM progress.user_progress")
    assert set(found) == {(0, -1)}
    assert positions.reset_sources() == 0
    positions.end(dict.fromkeys(range(PARTITIONS), 7))
    ended = positions.read()
    assert not ended.is_begun
    assert (ended.heartbeats, ended.states) == ({}, dict.fromkeys(range(PARTITIONS), 7))
