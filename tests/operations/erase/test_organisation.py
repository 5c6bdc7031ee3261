"""A whole organisation is erased: nothing of it is left or comes back, and the other is as it was."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from operations.tenants.tables import tenant_tables
from playhead.progress.identifiers import DAY_MS, UserId
from tests.operations import past_sessions as past
from tests.operations.erase.organisations import (
    KEPT,
    UNKNOWN,
    WHAT,
    archive_june,
    archived,
    at_rest,
    erase,
    is_gone,
    of_two_organisations,
    others,
    rows_by_tenant,
)
from tests.operations.erase.people import TENANT
from tests.operations.whole_pipeline import ELSEWHERE, Whole

pytestmark = pytest.mark.services


def test_nothing_is_left_of_it_anywhere_and_the_other_is_as_it_was(two: Whole) -> None:
    files = archive_june(two)
    with psycopg.connect(two.database.admin_dsn) as connection:
        tables = set(tenant_tables(connection))
    before, there, mine = rows_by_tenant(two, TENANT), others(two), len(archived(files, TENANT))
    in_file = archived(files, ELSEWHERE)
    assert tables - {"sessions"} <= before.keys() | KEPT | {"content_times"}  # something to erase in each
    assert mine > 0

    receipt = erase(two, "--yes")

    assert is_gone(two)
    assert others(two) == there
    assert (archived(files, TENANT), archived(files, ELSEWHERE)) == ([], in_file)
    assert (receipt["tenantId"], receipt["userId"], receipt["dryRun"], receipt["open"]) == (
        TENANT,
        None,
        False,
        [],
    )
    assert receipt["verified"] == {"Redis": 0, "Kafka": 0, "PostgreSQL": 0, "archives": 0}
    assert [file["sessions"] for file in receipt["archives"]] == [mine]
    counted = {name: rows for name, rows in receipt["postgres"].items() if rows}
    planted = {name: len(rows) for name, rows in before.items() if name in tables - KEPT}
    # A member or a requirement that goes is noted, and counted, before that goes too.
    noted = {"requirement_changes", "content_summary", "former_people"}
    assert {name: counted[name] for name in planted.keys() - noted} == {
        name: planted[name] for name in planted.keys() - noted
    }
    assert {event["act"] for event in past.rows(two.database, "SELECT act FROM progress.audit_events")} == {
        "read",
        "erase",
    }


def test_a_dry_run_says_the_same_and_changes_nothing(two: Whole) -> None:
    archive_june(two)
    before, hot, log = past.dump(two.database), two.hot(), two.latest()
    dry = erase(two, "--dry-run")
    assert (past.dump(two.database), two.hot(), two.latest()) == (before, hot, log)
    real = erase(two, "--yes")
    assert {name: dry[name] for name in ("redisItems", "kafkaTombstones", "archives", "kept", "open")} == {
        name: real[name] for name in ("redisItems", "kafkaTombstones", "archives", "kept", "open")
    }
    noted = {"requirement_changes", "content_summary", "former_people"}
    assert {name: rows for name, rows in dry["postgres"].items() if name not in noted} == {
        name: rows for name, rows in real["postgres"].items() if name not in noted
    }
    assert (dry["dryRun"], dry["erasedAt"], dry["verified"]) == (True, None, {})


def test_a_second_time_there_is_nothing_to_do(two: Whole) -> None:
    first = erase(two, "--yes")
    there = others(two)
    second = erase(two, "--yes")
    assert set(second["postgres"].values()) == {0}
    assert (second["redisItems"], second["kafkaTombstones"], second["archives"]) == (0, 0, [])
    assert second["erasedAt"] == first["erasedAt"]
    assert others(two) == there


def test_while_services_work_late_heartbeats_bring_nothing_back(whole: Whole) -> None:
    whole.register()
    beats = of_two_organisations()
    whole.world.send(beats)
    with whole.at_work():
        whole.through()
        assert "older_sessions" in rows_by_tenant(whole, TENANT)
        there = at_rest(whole, ELSEWHERE)
        receipt = erase(whole, "--yes")
        assert receipt["open"] == []
        assert receipt["postgres"]["older_sessions"] == 1
        assert is_gone(whole)
        mine = [each for each in beats if each.tenant_id == TENANT]
        late = [
            replace(each, occurred_at=each.occurred_at + DAY_MS, received_at=each.received_at + DAY_MS)
            for each in mine
        ]
        of_unknown = [replace(each, user_id=UserId(UNKNOWN)) for each in mine[:20]]
        whole.world.send(mine + late + of_unknown)
        whole.through()
        assert is_gone(whole)
    assert at_rest(whole, ELSEWHERE) == there
    assert whole.findings() == []


def test_the_log_is_read_again_by_an_empty_redis_and_brings_nothing_back(whole: Whole) -> None:
    whole.register()
    whole.world.send(of_two_organisations())
    with whole.at_work():
        whole.through()
    there = at_rest(whole, ELSEWHERE)
    erase(whole, "--yes")
    with whole.world.redis() as redis:
        redis.flushdb()
    with whole.at_work():
        whole.world.send([replace(each, user_id=UserId(UNKNOWN)) for each in of_two_organisations()[:5]])
        whole.through()
    assert is_gone(whole)
    assert at_rest(whole, ELSEWHERE) == there


def test_states_that_were_on_their_way_are_not_stored(whole: Whole) -> None:
    whole.world.send(of_two_organisations())
    with whole.world.worker():
        whole.world.settled()
    receipt = erase(whole, "--yes")
    assert receipt["redisItems"] > 0
    with whole.at_work():
        whole.through()
    assert is_gone(whole)
    assert rows_by_tenant(whole, ELSEWHERE)["user_progress"]


def test_it_comes_back_once_the_log_has_expired(whole: Whole) -> None:
    assert "This organisation was not erased." in whole.command(*WHAT, "--readmit").stdout
    whole.world.send(of_two_organisations())
    with whole.at_work():
        whole.through()
    erase(whole, "--yes")
    early = whole.command(*WHAT, "--readmit")
    assert (early.exit_code, "may be in the log until" in early.stderr) == (1, True)
    with psycopg.connect(whole.database.admin_dsn) as admin:
        admin.execute("UPDATE progress.erased_tenants SET erased_at = now() - interval '14 days 1 hour'")
    whole.world.delete_heartbeats()
    assert "Readmitted." in whole.command(*WHAT, "--readmit").stdout
    with whole.at_work():
        whole.world.send([each for each in of_two_organisations() if each.tenant_id == TENANT][:5])
        whole.through()
    assert "user_progress" in rows_by_tenant(whole, TENANT)
    assert whole.findings() == []


def test_the_table_names_what_is_erased_and_the_receipt_is_written(two: Whole, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    done = two.command(*WHAT, "--yes", "--receipt", str(file))
    assert done.exit_code == 0, done.output
    assert f"organisation {TENANT}" in " ".join(done.stdout.split())
    written = json.loads(file.read_text())
    assert written["postgres"]["people"] == 2
    assert {each["topic"] for each in written["expires"]} == {each.name for each in two.world.topics.all}
    assert datetime.fromisoformat(written["erasedAt"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("erase", "organisation", "--tenant", TENANT, "--user", UNKNOWN), "with all of its people"),
        (("erase", "--tenant", TENANT), "name the person"),
        (("erase", "everything", "--tenant", TENANT), "everything"),
    ],
)
def test_misuse_is_explained_and_erases_nothing(two: Whole, arguments: tuple[str, ...], said: str) -> None:
    before = past.dump(two.database)
    result = two.command(*arguments, "--yes")
    assert (result.exit_code, said in result.output) == (2, True)
    assert past.dump(two.database) == before


def test_without_a_terminal_it_needs_a_yes(two: Whole) -> None:
    result = two.command(*WHAT)
    assert (result.exit_code, "pass --yes" in result.stderr) == (1, True)
    assert "what would be erased" in result.stdout
    assert "user_progress" in rows_by_tenant(two, TENANT)


def test_the_audit_finds_rows_of_an_erased_organisation(two: Whole) -> None:
    erase(two, "--yes")
    with psycopg.connect(two.database.admin_dsn) as admin:
        admin.execute("INSERT INTO progress.teams VALUES (%s, %s, 'A team')", [TENANT, UNKNOWN])
    assert [each for each in two.findings() if TENANT in each and "was erased, and has rows in teams" in each]
