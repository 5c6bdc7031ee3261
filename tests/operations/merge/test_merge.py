"""Two accounts of one person become one while a processor and a sink work; nothing counts twice."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from playhead.progress.identifiers import DAY_MS
from tests.hot import hash_of
from tests.operations import past_sessions as past
from tests.operations.whole_pipeline import Whole, theirs
from tests.stream_processors.heartbeats import crowd, heartbeat

pytestmark = pytest.mark.services

TENANT, FROM = theirs().tenant_id, theirs().user_id
INTO = heartbeat(user=5).user_id
PLACES = (
    "operations.merge.merger.wait_for_services",
    "operations.merge.merger.publish_items",
    "operations.merge.merger.require_merged",
    "operations.merge.merger.move",
    "operations.merge.merger.delete_hot_items",
    "operations.merge.merger.publish_tombstones",
    "operations.merge.merger.people.complete",
)


@pytest.fixture
def quick(whole: Whole) -> Whole:
    """Empty stores; a merge does not wait for services to read the alias."""
    return whole.with_settings({"PLAYHEAD_ALIAS_REFRESH_SECONDS": "0.01"})


def merge(whole: Whole, *options: str, code: int = 0, pair: tuple[str, str] = (FROM, INTO)) -> dict[str, Any]:
    """Merge FROM into INTO; the receipt."""
    result = whole.command("merge", "people", *pair, "--tenant", TENANT, "--json", *options)
    assert result.exit_code == code, (result.output, result.exception)
    receipt: dict[str, Any] = json.loads(result.stdout) if code == 0 else {}
    return receipt


def refusal(whole: Whole, pair: tuple[str, str]) -> str:
    result = whole.command("merge", "people", *pair, "--tenant", TENANT, "--yes")
    assert result.exit_code == 1, result.output
    return str(result.output)


def items(whole: Whole, user: str) -> dict[str, dict[str, Any]]:
    found = past.rows(
        whole.database,
        "SELECT * FROM progress.user_progress WHERE tenant_id = %s AND user_id = %s",
        TENANT,
        user,
    )
    return {str(row["content_id"]): row for row in found}


def sessions(whole: Whole, user: str) -> int:
    return len(
        past.rows(
            whole.database,
            "SELECT FROM progress.sessions WHERE tenant_id = %s AND user_id = %s",
            TENANT,
            user,
        )
    )


def totals(whole: Whole) -> dict[str, Any]:
    """What the organisation's counters of days and items say that a merge leaves alone."""
    (days,) = past.rows(
        whole.database,
        "SELECT sum(sessions) AS sessions FROM progress.daily_activity WHERE tenant_id = %s",
        TENANT,
    )
    (people,) = past.rows(
        whole.database,
        "SELECT sum(sessions) AS sessions FROM progress.person_days WHERE tenant_id = %s",
        TENANT,
    )
    return {"days": days["sessions"], "people": people["sessions"]}


def lasting(whole: Whole) -> dict[str, list[str]]:
    """Every row but those that say when a command ran, or which offset a state has."""
    left_out = {"audit_events", "aliases", "positions", "ledger"}
    return {
        name: sorted(_lasting(row) for row in rows)
        for name, rows in past.dump(whole.database).items()
        if name not in left_out
    }


def _lasting(row: str) -> str:
    volatile = {"updated_at", "source_offset"}
    return json.dumps({name: value for name, value in json.loads(row).items() if name not in volatile})


def test_all_of_one_person_becomes_the_others_and_counts_once(quick: Whole) -> None:
    quick.register()
    quick.world.send([each for each in crowd(600, people=12) if each.session_id is not None])
    with quick.at_work():
        quick.through()
        mine, before = items(quick, FROM), items(quick, INTO)
        counted, rows = totals(quick), sessions(quick, FROM) + sessions(quick, INTO)
        dry = merge(quick, "--dry-run")
        assert (dry["dryRun"], dry["items"]) == (True, len(mine))
        assert items(quick, FROM) == mine
        receipt = merge(quick, "--yes")
        assert (receipt["items"], receipt["itemsOfBoth"]) == (dry["items"], dry["itemsOfBoth"])
        assert quick.findings() == []
        assert items(quick, FROM) == {}
        after = items(quick, INTO)
        assert after.keys() == mine.keys() | before.keys()
        for content, row in after.items():
            both = [each[content] for each in (mine, before) if content in each]
            assert row["total_sessions"] == sum(each["total_sessions"] for each in both)
            assert row["content_ms"] == sum(each["content_ms"] for each in both)
        assert (sessions(quick, FROM), sessions(quick, INTO)) == (0, rows)
        assert totals(quick) == counted
        check_directory(quick)
        once = lasting(quick)
        merge(quick, "--yes")
        quick.through()
        assert lasting(quick) == once
        straggle(quick)
    with quick.world.redis() as redis:
        assert not redis.exists(hash_of(f"{TENANT}:{FROM}"))
    prefix = f"{TENANT}:{FROM}:".encode()
    assert {value for key, value in quick.latest().items() if key.startswith(prefix)} == {None}


def check_directory(whole: Whole) -> None:
    """Teams, assignments and dismissals are INTO's, and the audit trail names both people."""
    dump = {name: [json.loads(row) for row in rows] for name, rows in past.dump(whole.database).items()}
    mine = [row for row in dump["team_members"] if row["tenant_id"] == TENANT]
    assert {(row["user_id"], row["role"]) for row in mine if row["user_id"] != TENANT} == {
        (INTO, "manager"),
        (INTO, "member"),
    }
    own = [row for row in dump["assignments"] if (row["tenant_id"], row["target"]) == (TENANT, "person")]
    assert {row["target_id"] for row in own} == {INTO}
    assert {row["user_id"] for row in dump["dismissals"] if row["tenant_id"] == TENANT} == {INTO}
    assert FROM not in {row["user_id"] for row in dump["former_people"] if row["tenant_id"] == TENANT}
    (event,) = dump["audit_events"]
    assert (event["act"], event["subject_id"], event["reason"]) == ("merge", INTO, f"from {FROM}")


def straggle(whole: Whole) -> None:
    """What still arrives of the merged person is moved by the next run."""
    late = replace(
        heartbeat(user=3, session=77, until_ms=60_000),
        occurred_at=heartbeat().occurred_at + DAY_MS,
        received_at=heartbeat().received_at + DAY_MS,
        started_at=heartbeat().occurred_at + DAY_MS - 60_000,
    )
    before = items(whole, INTO).get(late.content_id, {"total_sessions": 0})["total_sessions"]
    whole.world.send([late])
    whole.through()
    assert list(items(whole, FROM)) == [late.content_id]
    merge(whole, "--yes")
    assert items(whole, INTO)[late.content_id]["total_sessions"] == before + 1
    assert items(whole, FROM) == {}
    assert whole.findings() == []


def test_killed_at_every_step_the_next_run_continues(quick: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    quick.register()
    quick.world.send(crowd(600, people=12))
    with quick.at_work():
        quick.through()
        watched = {content for user in (FROM, INTO) for content in items(quick, user)}
        for place in PLACES:
            with monkeypatch.context() as killed:
                killed.setattr(place, _dies)
                result = quick.command("merge", "people", FROM, INTO, "--tenant", TENANT, "--yes")
                assert isinstance(result.exception, ProcessKilledError), (place, result.output)
        merge(quick, "--yes")
        quick.through()
    assert quick.findings() == []
    assert items(quick, FROM) == {}
    assert items(quick, INTO).keys() == watched
    assert sessions(quick, FROM) == 0
    # Visits without an id that both made at the same time are one.
    assert sessions(quick, INTO) == sum(each["total_sessions"] for each in items(quick, INTO).values())


class ProcessKilledError(Exception):
    pass


def _dies(*_: object, **__: object) -> None:
    raise ProcessKilledError


def test_what_cannot_be_merged_is_refused_with_the_reason(quick: Whole) -> None:
    quick.register()
    third, unknown = heartbeat(user=7).user_id, heartbeat(user=4_711).user_id
    with psycopg.connect(quick.database.admin_dsn) as admin:
        for user in (INTO, third):
            admin.execute("INSERT INTO progress.people VALUES (%s, %s, 'A person')", (TENANT, user))
    assert "are the same person" in refusal(quick, (FROM, FROM))
    assert "nothing is known of FROM" in refusal(quick, (unknown, INTO))
    assert "nothing is known of INTO" in refusal(quick, (FROM, unknown))
    assert "FROM 'x' is no UUID" in refusal(quick, ("x", INTO))
    with psycopg.connect(quick.database.admin_dsn) as admin:
        admin.execute(
            "INSERT INTO progress.aliases (tenant_id, from_user, into_user, by) VALUES (%s, %s, %s, 'test')",
            (TENANT, INTO, third),
        )
    assert f"INTO was itself merged: name {third}" in refusal(quick, (FROM, INTO))
    assert f"FROM was merged into {third} already" in refusal(quick, (INTO, FROM))
    assert "another merge of INTO is not complete" in refusal(quick, (FROM, third))
