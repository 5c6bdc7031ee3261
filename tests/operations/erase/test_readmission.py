"""An erasure is lifted once the log holds no heartbeats from before it."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from operations.archive import retention
from operations.erase import database as erasure
from playhead.progress.identifiers import DAY_MS
from tests.operations.erase.people import SUBJECT, TENANT, rows_of
from tests.operations.whole_pipeline import PERSON, Whole, theirs

pytestmark = pytest.mark.services


def test_the_receipt_says_when_the_log_expires(watched: Whole) -> None:
    topics = watched.world.topics
    _alter(watched, {"retention.ms": str(2 * DAY_MS), "segment.ms": str(DAY_MS)})
    receipt = watched.erase("--yes")
    at = datetime.fromisoformat(receipt["erasedAt"])
    assert {each["topic"]: datetime.fromisoformat(each["until"]) - at for each in receipt["expires"]} == {
        topics.heartbeats.name: timedelta(days=3),
        topics.states.name: timedelta(days=7),
        topics.dead_letters.name: timedelta(days=37),
    }


def test_a_log_that_keeps_everything_is_reported_and_forbids_readmission(watched: Whole) -> None:
    _alter(watched, {"retention.ms": "-1"})
    expires = {each["topic"]: each["until"] for each in watched.erase("--yes")["expires"]}
    assert expires[watched.world.topics.heartbeats.name] is None
    result = watched.command("erase", "--tenant", TENANT, "--user", PERSON, "--readmit")
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


def test_a_person_is_readmitted_once_the_log_has_expired(lived: Whole) -> None:
    who = ("erase", "--tenant", TENANT, "--user", PERSON, "--readmit")
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
    who = ("erase", "--tenant", TENANT, "--user", PERSON, "--readmit", "--force")
    with retention.exclusive(watched.database.writer_dsn, "erase") as connection:
        erasure.delete(connection, SUBJECT, for_real=True)
    incomplete = watched.command(*who)
    assert incomplete.exit_code == 1
    assert "the erasure was not completed" in incomplete.stderr
    watched.erase("--yes")
    assert "Readmitted." in watched.command(*who).stdout
    assert rows_of(watched) == {}
