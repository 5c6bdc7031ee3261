"""A person is erased while a processor and a sink work, and nothing of theirs comes back."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from msgspec.structs import replace

from operations.archive import retention
from operations.erase import database as erasure
from playhead.progress.identifiers import DAY_MS
from tests.hot import hash_of
from tests.operations import past_sessions as past
from tests.operations.erase.people import (
    NOTHING_LEFT,
    STORES_AWAY,
    SUBJECT,
    TENANT,
    crowd_of_two_tenants,
    of_theirs,
    rows_of,
)
from tests.operations.whole_pipeline import ELSEWHERE, PERSON, Whole
from tests.sinks.author import Log, Record

pytestmark = pytest.mark.services


def test_a_person_is_gone_for_good_and_all_others_are_as_before(lived: Whole) -> None:
    before, others, hot, latest = rows_of(lived), lived.others(), lived.hot(), lived.latest()
    items = len({each.content_id for each in of_theirs(crowd_of_two_tenants())})
    with lived.at_work():
        receipt = lived.erase("--yes")
        # To remove a membership or an assignment notes a change of requirements, which goes as well.
        others_of = NOTHING_LEFT.keys() - {"sessions", "requirement_changes"}
        assert {name: receipt["postgres"][name] for name in others_of} == {
            name: before.get(name, 0) for name in others_of
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
            for each in of_theirs(crowd_of_two_tenants())
        ]
        lived.world.send(of_theirs(crowd_of_two_tenants()) + late)
        lived.through()
    assert rows_of(lived) == {"erased_people": 1}
    assert lived.findings() == []
    assert lived.others() == others
    at_ms = round(datetime.fromisoformat(receipt["erasedAt"]).timestamp() * 1000)
    assert lived.hash_of(TENANT) == {b"!": str(at_ms).encode()}
    with lived.world.redis() as redis:
        assert redis.ttl(hash_of(f"{TENANT}:{PERSON}")) > 89 * 86_400
    assert {key for key, value in lived.hot().items() if b"!" not in value} == hot.keys() - {
        hash_of(f"{TENANT}:{PERSON}").encode()
    }
    prefix = f"{TENANT}:{PERSON}:".encode()
    after = lived.latest()
    mine = {key for key in latest if key.startswith(prefix)}
    assert len(mine) == items
    assert {after[key] for key in mine} == {None}
    assert all(value for key, value in after.items() if not key.startswith(prefix))


def test_a_dry_run_reports_the_same_and_changes_nothing(watched: Whole) -> None:
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
    who = ("--tenant", TENANT, "--user", PERSON)
    watched.erase("--dry-run")
    assert past.rows(watched.database, "SELECT * FROM progress.audit_events") == []
    reported = watched.command("erase", *who, "--yes")
    watched.command("erase", *who, "--readmit", "--force")

    events = past.rows(watched.database, "SELECT * FROM progress.audit_events ORDER BY at")
    assert [(each["act"], str(each["subject_id"]), each["actor_id"]) for each in events] == [
        ("erase", PERSON, None),
        ("readmit", PERSON, None),
    ]
    assert {str(each["tenant_id"]) for each in events} == {TENANT}
    assert all(each["origin"].startswith("command:") for each in events)
    (line,) = [json.loads(line) for line in reported.stderr.splitlines()]
    assert (line["logger"], line["act"], line["subject_id"]) == ("playhead.audit", "erase", PERSON)


def test_states_that_only_kafka_or_redis_knows_are_gone_too(watched: Whole) -> None:
    """Of an item whose row never came, and of one in the partition that was theirs before there were more."""
    person, items = f"{TENANT}:{PERSON}", len(watched.hash_of(TENANT)) - 1
    only_in_kafka, only_in_redis = (f"00000000-0000-4000-8000-0000000000f{number}" for number in (1, 2))
    log = Log(watched.topics)
    for partition in (0, 3):
        log.write(Record(f"{person}:{only_in_kafka}".encode(), b"a state", partition))
    log.write(Record(f"{ELSEWHERE}:{PERSON}:{only_in_kafka}".encode(), b"somebody else's", 3))
    with watched.world.redis() as redis:
        redis.hset(hash_of(person), only_in_redis, b"progress")

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
    assert latest[3, f"{ELSEWHERE}:{PERSON}:{only_in_kafka}".encode()] == b"somebody else's"


def test_states_that_were_on_their_way_are_not_stored(whole: Whole) -> None:
    """The processor has published states of the person, which a sink stores after the erasure."""
    whole.world.send(crowd_of_two_tenants())
    with whole.world.worker():
        whole.world.settled()
    receipt = whole.erase("--yes")
    assert receipt["postgres"] == NOTHING_LEFT
    assert receipt["redisItems"] > 0
    with whole.at_work():
        whole.through()
    assert rows_of(whole) == {"erased_people": 1}
    assert whole.findings() == []
    prefix = f"{TENANT}:{PERSON}:".encode()
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


@pytest.mark.usefixtures("impatient")
@STORES_AWAY
def test_a_store_that_is_away_is_left_open_and_done_by_the_next_run(
    watched: Whole, variable: str, value: str, what: str
) -> None:
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
