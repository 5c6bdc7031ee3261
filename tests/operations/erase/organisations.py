"""Two organisations that have something in every table, in Redis, in the log and in an archived month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace as replaced
from datetime import date
from pathlib import Path
from typing import Any

import jwt
import psycopg
import pyarrow.parquet as pq
from msgspec.structs import replace

from operations.archive.catalogue import name_of
from playhead.wire.heartbeats import HeartbeatRecord
from tests.operations import past_sessions as past
from tests.operations.archive.months import archive
from tests.operations.erase.people import TENANT
from tests.operations.whole_pipeline import ELSEWHERE, PERSON, Whole, theirs
from tests.stream_processors.heartbeats import crowd

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)
KEPT = {"audit_events", "erased_tenants"}
"""Tables that keep rows of an erased organisation."""
WHAT = ("erase", "organisation", "--tenant", TENANT)
UNKNOWN = "00000000-0000-4000-8000-00000000ffff"
_COURSE = "00000000-0000-4000-8000-0000000000c1"


def of_two_organisations() -> list[HeartbeatRecord]:
    """The same crowd in both; one person has more sessions of an item than its record holds."""
    beats = [each for each in crowd(600, people=12) if each.tenant_id == TENANT]
    beats += [theirs(session=1_000 + n, content=3, until_ms=10_000 * (n + 1)) for n in range(70)]
    return beats + [replace(each, tenant_id=ELSEWHERE) for each in beats]


def plant(whole: Whole) -> None:
    """Give both organisations a directory and rows in the tables that no service fills here."""
    whole.register()
    with psycopg.connect(whole.database.admin_dsn) as admin:
        for tenant in (TENANT, ELSEWHERE):
            for query in _PLANTED:
                values = {"tenant": tenant, "user": PERSON, "course": _COURSE, "unknown": UNKNOWN}
                admin.execute(query.encode(), values)


def archive_june(whole: Whole) -> Path:
    """Store sessions of both in July, and in June, which is then in a file only; the file's directory."""
    tenants = dict(zip(past.TENANTS, (TENANT, ELSEWHERE), strict=True))
    for month in (JUNE, JULY):
        these = past.month_of_sessions(month, 120)
        past.store(whole.database, [replaced(each, tenant=tenants[each.tenant]) for each in these])
    directory = whole.world.directory / "files"
    directory.mkdir()
    archive(whole.database, directory, JULY)
    return directory


def archived(directory: Path, tenant: str) -> list[dict[str, Any]]:
    rows = pq.read_table(directory / name_of(JUNE)).to_pylist()
    return [row for row in rows if row["tenant_id"] == tenant]


def rows_by_tenant(whole: Whole, tenant: str | None) -> dict[str, list[str]]:
    """All rows of a tenant, or those of no tenant, by table; of every table that the catalogue has."""
    found = {
        name: [row for row in rows if json.loads(row).get("tenant_id") == tenant]
        for name, rows in past.dump(whole.database).items()
    }
    return {name: rows for name, rows in found.items() if rows}


def at_rest(whole: Whole, tenant: str) -> dict[str, list[str]]:
    """The rows of a tenant, without the columns that change when a worker publishes its last batch again."""
    changing = {"updated_at", "source_offset", "id"}
    return {
        name: sorted(
            json.dumps({key: value for key, value in json.loads(row).items() if key not in changing})
            for row in rows
        )
        for name, rows in rows_by_tenant(whole, tenant).items()
    }


def keys_of(whole: Whole, tenant: str) -> Iterator[bytes]:
    """Everything in Redis that names the tenant: keys, members and values, but the erased flag."""
    with whole.world.redis() as redis:
        for key in redis.scan_iter("*"):
            if key.startswith(b"erased:"):
                continue
            if tenant.encode() in key or tenant.encode() in (redis.dump(key) or b""):
                yield key


def live_states(whole: Whole, tenant: str) -> dict[bytes, bytes]:
    """The tenant's states in the topic, as compaction leaves it."""
    prefix = f"{tenant}:".encode()
    return {key: value for key, value in whole.latest().items() if value and key.startswith(prefix)}


def erase(whole: Whole, *options: str, code: int = 0) -> dict[str, Any]:
    result = whole.command(*WHAT, "--json", *options)
    assert result.exit_code == code, (result.output, result.exception)
    receipt: dict[str, Any] = json.loads(result.stdout)
    return receipt


def others(whole: Whole) -> Any:
    """Everything of the other organisation, bit for bit."""
    rows = rows_by_tenant(whole, ELSEWHERE)
    hot = {key: fields for key, fields in whole.hot().items() if ELSEWHERE.encode() in key}
    return rows, rows_by_tenant(whole, None).keys(), hot, live_states(whole, ELSEWHERE)


def is_gone(whole: Whole) -> bool:
    return (
        set(rows_by_tenant(whole, TENANT)) <= KEPT
        and list(keys_of(whole, TENANT)) == []
        and live_states(whole, TENANT) == {}
    )


def token_of(tenant: str) -> str:
    return jwt.encode({"tenant": tenant}, "a secret that is long enough for HS256", algorithm="HS256")


_PLANTED = (
    "INSERT INTO progress.content_items VALUES (%(tenant)s, %(course)s, 'A course', 'course')",
    "INSERT INTO progress.course_parts VALUES (%(tenant)s, %(course)s, %(user)s, 1, 1, false)",
    "INSERT INTO progress.courses VALUES (%(tenant)s, %(course)s, '{}')",
    "INSERT INTO progress.organisation_settings (tenant_id, inactive_days) VALUES (%(tenant)s, 7)",
    "INSERT INTO progress.day_zones (tenant_id, zone) VALUES (%(tenant)s, 'UTC')",
    "INSERT INTO progress.former_people VALUES (%(tenant)s, %(unknown)s)",
    "INSERT INTO progress.erased_people VALUES (%(tenant)s, %(course)s)",
    "INSERT INTO progress.owed_tombstones VALUES (%(tenant)s, %(course)s, %(user)s, 0)",
    "INSERT INTO progress.editions (tenant_id, content_id, new_attempt) VALUES (%(tenant)s, %(user)s, false)",
    """INSERT INTO progress.aliases (tenant_id, from_user, into_user, by, completed_at)
        VALUES (%(tenant)s, %(unknown)s, %(user)s, 'a test', now())""",
    """INSERT INTO progress.requirements (tenant_id, user_id, content_id, required_since)
        VALUES (%(tenant)s, %(user)s, %(user)s, now())""",
    """INSERT INTO progress.acts (tenant_id, user_id, content_id, acted_at, act_key, kind)
        VALUES (%(tenant)s, %(user)s, %(user)s, now(), 'a', 'mark')""",
    "INSERT INTO progress.older_sessions VALUES (%(tenant)s, %(user)s, %(user)s, '{}', 0, 0)",
    """INSERT INTO progress.api_keys (tenant_id, key_id, name, scopes, secret_sha256)
        VALUES (%(tenant)s, 'pk_' || repeat('A', 32), 'a test', '{read}', sha256('a'))""",
    """INSERT INTO progress.audit_events (
            tenant_id, at, event_id, act, target, outcome, reason, count, origin, request_id
        ) VALUES (%(tenant)s, now(), gen_random_uuid(), 'read', 'a test', 'done', '', 1, 'a test', 'a')""",
)
