"""After a change of an organisation's policy, the rows of all its items are derived again."""

from __future__ import annotations

import time
from typing import Any

import psycopg
import pytest

from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import Author, Item
from tests.sinks.rederive.catalogue import rederive, requests, set_item, shown
from tests.sinks.running import Direct, findings

pytestmark = pytest.mark.services


def set_policy(database: Database, **policy: Any) -> None:
    """Change the organisation's policy, and request what the query API requests."""
    values = {"tenant": Item.of().tenant_id, "threshold": None, "evidence": None} | policy
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.organisation_settings (tenant_id, threshold, evidence)"
            " VALUES (%(tenant)s, %(threshold)s, %(evidence)s) ON CONFLICT (tenant_id) DO UPDATE SET"
            " threshold = excluded.threshold, evidence = excluded.evidence, policy_changed_at = now()",
            values,
        )
        connection.execute(
            "INSERT INTO progress.rederivations SELECT DISTINCT tenant_id, content_id, now()"
            " FROM progress.user_progress WHERE tenant_id = %(tenant)s ON CONFLICT DO NOTHING",
            values,
        )


def test_items_in_no_catalogue_follow_and_those_with_a_threshold_keep_it(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    set_item(fresh_database, content=2, threshold=0.9)
    rederive(store)
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 300), author.watch(Item.of(content=2), 310))
    set_policy(fresh_database, threshold=0.5)
    rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["completed", "in_progress"]
    assert findings(fresh_database) == []
    set_policy(fresh_database)
    rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["in_progress", "in_progress"]
    assert (requests(fresh_database), findings(fresh_database)) == ([], [])


def test_a_first_row_written_under_the_policy_of_before_is_requested_as_it_is_stored(
    fresh_database: Database, store: Store
) -> None:
    author = Author()
    set_policy(fresh_database, threshold=0.5)
    assert requests(fresh_database) == []  # nobody has opened anything
    with Direct(fresh_database) as sink:
        sink.write(author.watch(Item.of(), 300), written_ms=round(time.time() * 1000))
    assert [str(each["content_id"]) for each in requests(fresh_database)] == [Item.of().content_id]
    rederive(store)
    assert [status for status, *_ in shown(fresh_database)] == ["completed"]
