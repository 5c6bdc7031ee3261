"""The parts of an erasure that need no store."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.console import Console

from operations.erase.organisation_keys import tenant_of_token
from operations.erase.receipt import Receipt, table
from operations.erase.subject import Organisation, Subject
from operations.erase.terms import audit_event, open_what_is_left
from operations.erase.tombstones import item_key
from playhead.progress.identifiers import TenantId, UserId
from playhead.wire.keys import older_name
from tests.operations.erase.organisations import token_of

TENANT, USER = (
    TenantId("00000000-0000-4000-8000-0000000000aa"),
    UserId("00000000-0000-4000-8000-0000000000bb"),
)
AT = datetime(2026, 11, 27, 8, tzinfo=UTC)


def receipt(user: str | None, **fields: object) -> Receipt:
    return Receipt(
        tenant_id=TENANT,
        user_id=user,
        dry_run=False,
        erased_at=AT,
        made_at=AT,
        postgres={"people": 2, "aliases": 0},
        sessions_by_month={},
        **fields,  # type: ignore[arg-type]
    )


def shown(of: Receipt) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(table(of))
    return captured.get()


def test_the_table_of_an_organisation_leaves_out_tables_without_rows() -> None:
    text = " ".join(shown(receipt(None, redis_items=7)).split())
    assert f"organisation {TENANT}" in text
    assert "Postgres people" in text
    assert "Postgres aliases" not in text
    assert "Redis keys" in text
    assert "Postgres aliases" in shown(receipt(USER))


@pytest.mark.parametrize("key", ["a:b:c", older_name("a:b:c")])
def test_an_items_state_and_that_of_its_older_sessions_are_one_item(key: str) -> None:
    assert item_key(key) == "a:b:c"


def test_a_prefix_is_of_whole_ids() -> None:
    assert f"{TENANT}:{USER}:".startswith(Organisation(TENANT).prefix)
    assert Subject(TENANT, USER).prefix == f"{TENANT}:{USER}:"
    assert not f"{USER}:{TENANT}:".startswith(Organisation(TENANT).prefix)


def test_a_sign_in_link_is_of_the_tenant_that_its_token_names() -> None:
    assert tenant_of_token(token_of(TENANT).encode()) == TENANT
    assert tenant_of_token(b"") is None
    assert tenant_of_token(b"used") is None


def test_the_event_of_an_organisation_names_no_person() -> None:
    whole, one = audit_event(Organisation(TENANT), "erase"), audit_event(Subject(TENANT, USER), "erase")
    assert (whole.tenant, whole.subject, whole.target) == (TENANT, None, "playhead erase organisation")
    assert (one.tenant, one.subject, one.target) == (TENANT, USER, "playhead erase")


def test_what_was_still_there_is_open() -> None:
    done = receipt(None, verified={"Redis": 0, "Kafka": 3})
    open_what_is_left(done)
    assert [(each.what, each.why) for each in done.open] == [
        ("what Kafka holds", "3 still there when it was read back")
    ]
