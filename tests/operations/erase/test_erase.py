"""A person is erased while a processor and a sink work, and nothing of theirs comes back."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource
from msgspec.structs import replace

from operations.archive import retention
from operations.erase import database as erasure
from operations.erase.database import Subject
from playhead.progress.identifiers import DAY_MS
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import progress_hash
from tests.operations import past_sessions as past
from tests.operations.whole_pipeline import ELSEWHERE, SOMEBODY, Whole, theirs
from tests.sinks.author import Log, Record
from tests.stream_processors.heartbeats import crowd

pytestmark = pytest.mark.services

TENANT = theirs().tenant_id
SUBJECT = Subject(TENANT, theirs().user_id)
NOTHING_LEFT = {
    "user_progress": 0,
    "user_summary": 0,
    "person_days": 0,
    "dismissals": 0,
    "assignments": 0,
    "team_members": 0,
    "people": 0,
    "sessions": 0,
}


def everybody() -> list[HeartbeatRecord]:
    """A crowd, and the person's id in another tenant, too."""
    beats = crowd(1_200, people=12)
    return beats + [replace(each, tenant_id=ELSEWHERE) for each in beats if each.user_id == SOMEBODY]


def of_theirs(beats: list[HeartbeatRecord]) -> list[HeartbeatRecord]:
    return [each for each in beats if (each.tenant_id, each.user_id) == (TENANT, SOMEBODY)]


@pytest.fixture
def watched(whole: Whole) -> Whole:
    """Everybody has watched, all of it is stored, and nothing is at work."""
    whole.register()
    # Marks of visits that nobody named are the one thing that the tests' author cannot write.
    whole.store([each for each in everybody() if each.session_id is not None])
    return whole


@pytest.fixture
def lived(whole: Whole) -> Whole:
    """The same, by a processor and a sink that worked."""
    whole.register()
    whole.world.send(everybody())
    with whole.at_work():
        whole.through()
    return whole


def rows_of(whole: Whole) -> dict[str, int]:
    """How many rows each table has of the person."""
    counts = Counter[str]()
    for name, rows in past.dump(whole.database).items():
        for row in map(json.loads, rows):
            if row.get("tenant_id") == TENANT and SOMEBODY in (row.get("user_id"), row.get("target_id")):
                counts[name] += 1
    return dict(counts)


def test_a_person_is_gone_for_good_and_everybody_else_is_as_before(lived: Whole) -> None:
    before, others, hot, latest = rows_of(lived), lived.others(), lived.hot(), lived.latest()
    items = len({each.content_id for each in of_theirs(everybody())})
    with lived.at_work():
        receipt = lived.erase("--yes")
        assert {name: count for name, count in receipt["postgres"].items() if name != "sessions"} == {
            name: before[name] for name in NOTHING_LEFT if name != "sessions"
        }
        assert (receipt["postgres"]["user_progress"], receipt["postgres"]["team_members"]) == (items, 2)
        assert receipt["sessionsByMonth"] == {"2026-09": receipt["postgres"]["sessions"]}
        assert receipt["postgres"]["sessions"] > 0
        assert (receipt["redisItems"], receipt["kafkaTombstones"], receipt["open"]) == (items, items, [])
        assert rows_of(lived) == {"erased_people": 1}
        assert lived.others() == others

        late = [
            replace(
                each,
                content_id=ELSEWHERE,
                occurred_at=each.occurred_at + DAY_MS,
                received_at=each.received_at + DAY_MS,
            )
            for each in of_theirs(everybody())
        ]
        lived.world.send(of_theirs(everybody()) + late)
        lived.through()
    assert rows_of(lived) == {"erased_people": 1}
    assert lived.findings() == []
    assert lived.others() == others
    at_ms = round(datetime.fromisoformat(receipt["erasedAt"]).timestamp() * 1000)
    assert lived.hash_of(TENANT) == {b"!": str(at_ms).encode()}
    with lived.world.redis() as redis:
        assert redis.ttl(progress_hash(f"{TENANT}:{SOMEBODY}")) > 89 * 86_400
    assert {key for key, value in lived.hot().items() if b"!" not in value} == hot.keys() - {
        progress_hash(f"{TENANT}:{SOMEBODY}").encode()
    }
    prefix = f"{TENANT}:{SOMEBODY}:".encode()
    after = lived.latest()
    mine = {key for key in latest if key.startswith(prefix)}
    assert len(mine) == items
    assert {after[key] for key in mine} == {None}
    assert all(value for key, value in after.items() if not key.startswith(prefix))


def test_a_dry_run_tells_the_same_and_changes_nothing(watched: Whole) -> None:
    before, hot, log = past.dump(watched.database), watched.hot(), watched.latest()
    dry = watched.erase("--dry-run")
    assert (past.dump(watched.database), watched.hot(), watched.latest()) == (before, hot, log)
    real = watched.erase("--yes")
    same = ("postgres", "sessionsByMonth", "redisItems", "kafkaTombstones", "archives", "kept", "open")
    assert {name: dry[name] for name in same} == {name: real[name] for name in same}
    assert (dry["dryRun"], real["dryRun"], dry["erasedAt"]) == (True, False, None)


def test_a_second_time_there_is_nothing_to_do(watched: Whole) -> None:
    first = watched.erase("--yes")
    before = without_trail(watched)
    second = watched.erase("--yes")
    assert second["postgres"] == NOTHING_LEFT
    assert (second["redisItems"], second["kafkaTombstones"], second["sessionsByMonth"]) == (0, 0, {})
    assert second["erasedAt"] == first["erasedAt"]
    assert without_trail(watched) == before


def without_trail(whole: Whole) -> dict[str, list[str]]:
    return {name: rows for name, rows in past.dump(whole.database).items() if name != "audit_events"}


def test_an_erasure_and_its_lifting_are_in_the_audit_trail_by_the_persons_id(watched: Whole) -> None:
    who = ("--tenant", TENANT, "--user", SOMEBODY)
    watched.erase("--dry-run")
    assert past.rows(watched.database, "SELECT * FROM progress.audit_events") == []
    told = watched.command("erase", *who, "--yes")
    watched.command("erase", *who, "--readmit", "--force")

    events = past.rows(watched.database, "SELECT * FROM progress.audit_events ORDER BY at")
    assert [(each["act"], str(each["subject_id"]), each["actor_id"]) for each in events] == [
        ("erase", SOMEBODY, None),
        ("readmit", SOMEBODY, None),
    ]
    assert {str(each["tenant_id"]) for each in events} == {TENANT}
    assert all(each["origin"].startswith("command:") for each in events)
    (line,) = [json.loads(line) for line in told.stderr.splitlines()]
    assert (line["logger"], line["act"], line["subject_id"]) == ("playhead.audit", "erase", SOMEBODY)


def test_states_that_only_kafka_or_redis_knows_are_gone_too(watched: Whole) -> None:
    """Of an item whose row never came, and of one in the partition that was theirs before there were more."""
    person, items = f"{TENANT}:{SOMEBODY}", len(watched.hash_of(TENANT)) - 1
    only_in_kafka, only_in_redis = (f"00000000-0000-4000-8000-0000000000f{number}" for number in (1, 2))
    log = Log(watched.topics)
    for partition in (0, 3):
        log.write(Record(f"{person}:{only_in_kafka}".encode(), b"a state", partition))
    log.write(Record(f"{ELSEWHERE}:{SOMEBODY}:{only_in_kafka}".encode(), b"somebody else's", 3))
    with watched.world.redis() as redis:
        redis.hset(progress_hash(person), only_in_redis, b"progress")

    dry = watched.erase("--dry-run")
    receipt = watched.erase("--yes")

    assert dry["kafkaTombstones"] == receipt["kafkaTombstones"] == items + 3
    assert receipt["redisItems"] == items + 1
    assert receipt["verified"] == {"Redis": 0, "Kafka": 0, "PostgreSQL": 0}
    assert (dry["verified"], receipt["open"]) == ({}, [])
    latest = {(each.partition(), each.key()): each.value() for each in watched.world.records(log.topic)}
    mine = {place: value for place, value in latest.items() if place[1].startswith(person.encode())}
    assert set(mine.values()) == {None}
    assert {(0, only_in_kafka), (3, only_in_kafka), (0, only_in_redis)} <= {
        (partition, key.decode().rpartition(":")[2]) for partition, key in mine
    }
    assert latest[3, f"{ELSEWHERE}:{SOMEBODY}:{only_in_kafka}".encode()] == b"somebody else's"


def test_states_that_were_on_their_way_are_not_stored(whole: Whole) -> None:
    """The processor has told of the person, the sink was away, and they are erased in between."""
    whole.world.send(everybody())
    with whole.world.worker():
        whole.world.settled()
    receipt = whole.erase("--yes")
    assert receipt["postgres"] == NOTHING_LEFT
    assert receipt["redisItems"] > 0
    with whole.at_work():
        whole.through()
    assert rows_of(whole) == {"erased_people": 1}
    assert whole.findings() == []
    prefix = f"{TENANT}:{SOMEBODY}:".encode()
    mine = [value for key, value in whole.latest().items() if key.startswith(prefix)]
    assert mine
    assert set(mine) == {None}


def test_killed_after_postgres_the_next_run_does_the_rest(watched: Whole) -> None:
    with retention.exclusive(watched.database.writer_dsn, "erase") as connection:
        erasure.delete(connection, SUBJECT, for_real=True)
    items = len(watched.hash_of(TENANT)) - 1
    dry = watched.erase("--dry-run")
    assert (dry["redisItems"], dry["kafkaTombstones"]) == (items, items)
    receipt = watched.erase("--yes")
    assert receipt["postgres"] == NOTHING_LEFT
    assert (receipt["redisItems"], receipt["kafkaTombstones"]) == (items, items)
    assert list(watched.hash_of(TENANT)) == [b"!"]
    assert past.rows(watched.database, "SELECT FROM progress.owed_tombstones") == []


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("PLAYHEAD_REDIS_URL", "redis://127.0.0.1:1/0", "what Redis holds"),
        ("PLAYHEAD_KAFKA_SERVERS", "127.0.0.1:1", "tombstones for the states in Kafka"),
    ],
)
def test_a_store_that_is_away_is_left_open_and_done_by_the_next_run(
    watched: Whole, variable: str, value: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.stores.ACK_SECONDS", 3.0)
    monkeypatch.setattr("playhead.kafka.topics.REQUEST_SECONDS", 3.0)
    monkeypatch.setattr("operations.topic_reader.REQUEST_SECONDS", 3.0)
    whole = watched.with_settings({variable: value})
    receipt = whole.erase("--yes", code=1)
    assert [each["what"] for each in receipt["open"]] == [what]
    at = datetime.fromisoformat(receipt["erasedAt"])
    days = [(datetime.fromisoformat(each["until"]) - at).days for each in receipt["expires"]]
    assert days == [14, 7, 37]  # as the broker says, and as Playhead makes the topics where it does not
    assert rows_of(watched) == {"erased_people": 1} | ({"owed_tombstones": 3} if "KAFKA" in variable else {})
    assert watched.erase("--yes")["open"] == []
    assert list(watched.hash_of(TENANT)) == [b"!"]
    assert rows_of(watched) == {"erased_people": 1}


def test_the_receipt_says_when_the_log_has_forgotten(watched: Whole) -> None:
    topics = watched.world.topics
    _alter(watched, {"retention.ms": str(2 * DAY_MS), "segment.ms": str(DAY_MS)})
    receipt = watched.erase("--yes")
    at = datetime.fromisoformat(receipt["erasedAt"])
    assert {each["topic"]: datetime.fromisoformat(each["until"]) - at for each in receipt["expires"]} == {
        topics.heartbeats.name: timedelta(days=3),
        topics.states.name: timedelta(days=7),
        topics.dead_letters.name: timedelta(days=37),
    }


def test_a_log_that_keeps_everything_is_told_of_and_forbids_readmission(watched: Whole) -> None:
    _alter(watched, {"retention.ms": "-1"})
    expires = {each["topic"]: each["until"] for each in watched.erase("--yes")["expires"]}
    assert expires[watched.world.topics.heartbeats.name] is None
    result = watched.command("erase", "--tenant", TENANT, "--user", SOMEBODY, "--readmit")
    assert result.exit_code == 1
    assert "may be in the log for ever" in result.stderr


def _alter(whole: Whole, settings: dict[str, str]) -> None:
    """Set the topic of heartbeats otherwise than Playhead makes it."""
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        for name, value in settings.items()
    ]
    name = whole.world.topics.heartbeats.name
    resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries)
    admin = AdminClient({"bootstrap.servers": whole.world.servers})
    for done in admin.incremental_alter_configs([resource]).values():
        done.result()


def test_somebody_is_readmitted_when_the_log_has_forgotten_them(lived: Whole) -> None:
    who = ("erase", "--tenant", TENANT, "--user", SOMEBODY, "--readmit")
    assert "was not erased" in lived.command(*who).stdout
    lived.erase("--yes")
    early = lived.command(*who)
    assert early.exit_code == 1
    assert "may be in the log until" in early.stderr
    assert rows_of(lived) == {"erased_people": 1}
    with psycopg.connect(lived.database.admin_dsn) as admin:
        admin.execute("UPDATE progress.erased_people SET erased_at = now() - interval '14 days 1 hour'")
    lived.world.delete_heartbeats()
    assert "Readmitted." in lived.command(*who).stdout
    assert (rows_of(lived), lived.hash_of(TENANT)) == ({}, {})
    with lived.at_work():
        lived.world.send([theirs(session=77, until_ms=20_000)])
        lived.through()
    assert rows_of(lived)["user_progress"] == 1
    assert lived.findings() == []


def test_readmission_can_be_forced_but_not_before_the_erasure_is_complete(watched: Whole) -> None:
    who = ("erase", "--tenant", TENANT, "--user", SOMEBODY, "--readmit", "--force")
    with retention.exclusive(watched.database.writer_dsn, "erase") as connection:
        erasure.delete(connection, SUBJECT, for_real=True)
    incomplete = watched.command(*who)
    assert incomplete.exit_code == 1
    assert "the erasure was not completed" in incomplete.stderr
    watched.erase("--yes")
    assert "Readmitted." in watched.command(*who).stdout
    assert rows_of(watched) == {}


def test_without_a_terminal_nothing_is_erased_unasked(watched: Whole, tmp_path: Path) -> None:
    before = past.dump(watched.database)
    result = watched.command("erase", "--tenant", TENANT, "--user", SOMEBODY)
    assert result.exit_code == 1
    assert "pass --yes" in result.stderr
    assert "what would be erased" in result.stdout
    assert past.dump(watched.database) == before
    file = tmp_path / "receipt.json"
    done = watched.command("erase", "--tenant", TENANT, "--user", SOMEBODY, "--yes", "--receipt", str(file))
    assert done.exit_code == 0, done.output
    assert "Postgres user_progress" in done.stdout
    written = json.loads(file.read_text())
    assert (written["userId"], written["postgres"]["people"]) == (SOMEBODY, 1)
    assert datetime.fromisoformat(written["madeAt"]) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--tenant", "nobody", "--user", SOMEBODY), "--tenant 'nobody' is no UUID"),
        (("--tenant", TENANT, "--user", "1"), "--user '1' is no UUID"),
        (("--tenant", TENANT, "--user", SOMEBODY, "--archive", "/nowhere"), "/nowhere is no directory"),
    ],
)
def test_wrong_options_are_explained(whole: Whole, options: tuple[str, ...], told: str) -> None:
    result = whole.command("erase", "--yes", *options)
    assert result.exit_code == 1
    assert told in result.stderr
    assert rows_of(whole) == {}


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", True), (b"y\n", False)], ids=["no", "yes"])
def test_on_a_terminal_it_asks(watched: Whole, answer: bytes, left: object) -> None:
    ours, its = pty.openpty()
    command = (sys.executable, "-m", "operations", "erase", "--tenant", TENANT, "--user", SOMEBODY)
    with subprocess.Popen(
        command,
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | watched.environment,
    ) as process:
        os.write(ours, answer)
        output, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(its)
    assert b"what would be erased" in output
    assert b"Erase this person?" in output
    assert ("user_progress" in rows_of(watched)) is left
    assert process.returncode == (1 if left else 0)
