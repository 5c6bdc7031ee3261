from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest

from operations.demo.audience.catalogue import ARCHIVED, COURSE, DOCUMENT, OPTIONAL
from operations.demo.audience.habits import DEMO_TENANT, Habits
from operations.demo.audience.organisation import (
    EXTENDED,
    LEARNER,
    LEAVER,
    NEWCOMER,
    Rows,
    organisation,
    passes_at,
)
from operations.demo.load_directory import introduction, load_directory
from playhead.progress import TenantId
from query_api.directory.batch import read_batch
from query_api.directory.entities import ENTITY_KINDS
from tests.query_api.serving import Service, serving
from tests.query_api.world import World
from tests.services import Database

DATES = [
    datetime(year, month, day, 23, 59, tzinfo=UTC)
    for year, month, day in ((2026, 1, 1), (2026, 1, 31), (2026, 2, 28), (2028, 2, 29), (2026, 12, 31))
]


@pytest.fixture
def service(redis_url: str, fresh_database: Database, tmp_path: Path) -> Iterator[Service]:
    world = World(redis_url, fresh_database)
    with serving(world.settings(), tmp_path) as service:
        yield service
    world.close()


@pytest.mark.parametrize("now", DATES)
def test_some_dates_have_passed_and_some_have_not_all_month_long(now: datetime) -> None:
    began = now - timedelta(hours=1)
    made = organisation(now, began)
    dues = [datetime.fromisoformat(each["dueAt"]) for each in made["assignments"] if each["dueAt"]]
    assert began < min(dues) == passes_at(began).replace(microsecond=0) < now < max(dues)
    assert (max(dues) - now).days >= 28
    assert organisation(now.replace(day=15), began) == made


def test_somebody_leaves_somebody_joins_and_somebody_has_a_later_date() -> None:
    began = datetime(2026, 11, 22, 15, tzinfo=UTC)
    before, after = (organisation(began, began, dates_passed=passed) for passed in (False, True))
    user = Habits().user

    def people(made: dict[str, Rows]) -> set[str]:
        members = {each["userId"] for team in made["teams"] for each in team["members"]}
        assert members <= {each["userId"] for each in made["people"]}
        return members

    assert people(before) - people(after) == {user(LEAVER)}
    assert people(after) - people(before) == {user(NEWCOMER)}
    own = [each for each in after["assignments"] if each["targetId"] == user(EXTENDED)]
    of_team = [
        each
        for each in after["assignments"]
        if each["target"] == "team" and each["contentId"] == own[0]["contentId"]
    ]
    assert of_team[0]["dueAt"] == passes_at(began).isoformat() < own[0]["dueAt"]


def test_some_items_are_optional_and_one_is_archived() -> None:
    made, item = organisation(datetime.now(UTC)), Habits().item
    required = {each["contentId"] for each in made["assignments"]}
    assert not required & {item(number)[0] for number in (*OPTIONAL, ARCHIVED)}
    assert [each["contentId"] for each in made["content"] if each.get("archived")] == [item(ARCHIVED)[0]]


def test_the_directory_has_the_audience_and_every_row_is_accepted() -> None:
    made, habits = organisation(datetime.now(UTC)), Habits()
    present = {habits.user(n) for n in range(habits.size) if n != LEAVER}
    assert {each["userId"] for each in made["people"]} == present
    numbers = [*range(habits.items), ARCHIVED]
    watched = {habits.item(n) for n in numbers} | {
        (habits.item(number)[0], None) for number in (DOCUMENT, COURSE)
    }
    assert {(each["contentId"], each.get("durationSeconds")) for each in made["content"]} == watched
    assert len({each["displayName"] for each in made["people"]}) == len(present)
    assert len({each["email"] for each in made["people"]}) == len(present)
    for kind, rows in made.items():
        batch = read_batch(ENTITY_KINDS[kind], msgspec.json.encode({"items": rows}))  # type: ignore[index]
        assert batch.rejected == []


@pytest.mark.services
@pytest.mark.watches_the_clock
def test_loading_is_quick_repeatable_and_survives_an_erasure(
    service: Service, fresh_database: Database
) -> None:
    begun = time.monotonic()
    began = datetime.now(UTC)
    first = load_directory(service.url, service.settings, began, dates_passed=False)
    taken = time.monotonic() - begun
    later = load_directory(service.url, service.settings, began)
    again = load_directory(service.url, service.settings, began)

    assert first == "demo organisation: 157 rows stored, 0 there already"
    assert later == "demo organisation: 2 rows stored, 155 there already"  # who joined, and their team
    assert again == "demo organisation: 0 rows stored, 157 there already"
    assert taken < 10  # 0.2 s on a machine of its own
    with psycopg.connect(fresh_database.admin_dsn) as connection:
        values = [TenantId(DEMO_TENANT), Habits().user(50)]
        connection.execute("DELETE FROM progress.people WHERE tenant_id = %s AND user_id = %s", values)
        connection.execute("INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%s, %s)", values)
    assert "155 there already; refused: userId this person was erased" in load_directory(
        service.url, service.settings, began
    )


@pytest.mark.services
def test_the_three_people_see_what_their_roles_allow(service: Service) -> None:
    load_directory(service.url, service.settings)
    calls_text = introduction(8080, service.settings).plain
    tokens = dict(re.findall(r"^([A-Z]+)=(\S+)$", calls_text, re.MULTILINE))
    call = r'^curl http://127.0.0.1:8080(\S+) -H "Authorization: Bearer \$([A-Z]+)"$'
    calls = re.findall(call, calls_text, re.MULTILINE)

    def get(path: str, who: str) -> httpx.Response:
        return httpx.get(f"{service.url}{path}", headers={"Authorization": f"Bearer {tokens[who]}"})

    assert calls == [("/api/progress", "LEARNER"), ("/api/teams", "MANAGER"), ("/api/org/progress", "ADMIN")]
    for path, who in calls:
        answer = get(path, who)
        assert answer.status_code == 200, answer.text
    own = [(team["name"], team["role"]) for team in get("/api/me", "MANAGER").json()["teams"]]
    assert own == [("Field service", "manager"), ("Warehouse", "manager")]
    teams = get("/api/teams", "MANAGER").json()["items"]
    assert sorted(each["name"] for each in teams) == ["Field service", "Warehouse"]
    learner = get("/api/me", "LEARNER").json()
    assert (learner["userId"], learner["displayName"]) == (Habits().user(LEARNER), "Amara Okafor")
