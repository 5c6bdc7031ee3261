"""Attempts that begin by themselves, and completions by a rule: what the sink publishes, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from playhead.progress.identifiers import DAY_MS, Instant
from sinks.rederive.rederive import Rederiver
from sinks.renewals.acts import DueAct, records
from sinks.renewals.editions import CHUNK, Editions
from sinks.renewals.expiry import Expiry
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, START, Author, Item
from tests.sinks.rederive.catalogue import set_item
from tests.sinks.running import Direct, finish, rows

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("author")]

ADA, BEN, CARLA = (Item.of(user=user) for user in (1, 2, 3))
DONE_AT = Instant(START + 540_000)


@pytest.fixture
def store(fresh_database: Database) -> Iterator[Store]:
    store = Store(fresh_database.writer_dsn, "states")
    yield store
    store.close()


@pytest.fixture
def author(fresh_database: Database) -> Author:
    """Of whom Ada completed the item, and Ben watched half of it."""
    author = Author()
    with Direct(fresh_database) as sink:
        sink.write(author.watch(ADA, 540), author.watch(BEN, 300))
    set_item(fresh_database)
    return author


def execute(database: Database, statement: str, **values: object) -> None:
    named = {"tenant": ADA.tenant_id, "content": ADA.content_id} | values
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(statement.encode(), named)


def require(database: Database, valid_for_days: int | None) -> None:
    for item in (ADA, BEN):
        execute(
            database,
            "INSERT INTO progress.requirements"
            " (tenant_id, user_id, content_id, required_since, valid_for_days)"
            " VALUES (%(tenant)s, %(user)s, %(content)s, '2020-01-01', %(days)s)",
            user=item.user_id,
            days=valid_for_days,
        )


def test_a_completion_that_is_valid_no_longer_begins_an_attempt_once(
    fresh_database: Database, store: Store
) -> None:
    require(fresh_database, 1)
    published: list[DueAct] = []
    expiry = Expiry(store, published.extend)
    expiry.work()
    again = Expiry(store, published.extend)
    again.work()
    first, second = published
    assert first == second, "by two sinks, it is one act"
    assert (first.user_id, first.event, first.at) == (ADA.user_id, "expire", DONE_AT + DAY_MS)
    expiry._look_at = 0.0
    expiry.work()
    assert len(published) == 2, "by one sink it is published once"


@pytest.mark.parametrize("days", [None, 36_500])
def test_a_completion_that_is_valid_begins_nothing(
    fresh_database: Database, store: Store, days: int | None
) -> None:
    require(fresh_database, days)
    published: list[DueAct] = []
    Expiry(store, published.extend).work()
    assert published == []


def test_a_new_edition_begins_an_attempt_for_everyone_who_opened_the_item(
    fresh_database: Database, store: Store, author: Author
) -> None:
    with Direct(fresh_database) as sink:
        sink.write(author.watch(CARLA, 60), author.watch(CARLA, 1, event="reopen", at_s=10**8, began_s=None))
    execute(
        fresh_database,
        "INSERT INTO progress.editions (tenant_id, content_id, begun_at, begun_by, new_attempt, next_pass_at)"
        " VALUES (%(tenant)s, %(content)s, now(), %(user)s, true, now())",
        user=CARLA.user_id,
    )
    published: list[DueAct] = []
    Editions(store, published.extend).work()
    assert {act.user_id for act in published} == {ADA.user_id, BEN.user_id}, "Carla began again later"
    assert {(act.event, act.by) for act in published} == {("attempt", CARLA.user_id)}
    (edition,) = rows(
        fresh_database, "SELECT people, after, next_pass_at - as_of AS pause FROM progress.editions"
    )
    assert (edition["people"], edition["after"]) == (2, None)
    assert timedelta(seconds=119) < edition["pause"] <= timedelta(seconds=121)
    assert len(published) < CHUNK


def test_an_edition_that_keeps_progress_begins_nothing(fresh_database: Database, store: Store) -> None:
    execute(
        fresh_database,
        "INSERT INTO progress.editions (tenant_id, content_id, new_attempt)"
        " VALUES (%(tenant)s, %(content)s, false)",
    )
    published: list[DueAct] = []
    Editions(store, published.extend).work()
    assert published == []


def test_a_lowered_threshold_is_published_for_those_whom_it_completes(
    fresh_database: Database, store: Store
) -> None:
    set_item(fresh_database, threshold=0.5)
    (request,) = rows(fresh_database, "SELECT requested_at FROM progress.rederivations")
    published: list[DueAct] = []
    finish(Rederiver(store, POLICY, 0, published.extend))
    assert {(act.user_id, act.event) for act in published} == {(BEN.user_id, "rule")}
    assert published[0].at == int(request["requested_at"].timestamp() * 1000)


def test_an_act_of_long_ago_is_the_same_act_all_day() -> None:
    act = DueAct(
        tenant_id=ADA.tenant_id, user_id=ADA.user_id, content_id=ADA.content_id, event="expire", at=DONE_AT
    )
    noon = Instant((DONE_AT // DAY_MS + 400) * DAY_MS + DAY_MS // 2)
    (one,), (other,) = records(act, noon), records(act, Instant(noon + 3_600_000))
    assert one.heartbeat_id == other.heartbeat_id
    assert one.occurred_at == other.occurred_at < noon - 28 * DAY_MS
