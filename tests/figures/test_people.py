"""Required, optional and archived items, dates, courses and names, as staff see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.pipeline import Pipeline
from tests.figures.company import DAY, at_rest
from tests.figures.life import Body, now, playing, rfc3339
from tests.web.house import House, Person, an_id

pytestmark = pytest.mark.services


@pytest.fixture
def house(pipeline: Pipeline) -> Iterator[House]:
    made = House(pipeline)
    yield made
    made.close()


def film(house: House, title: str = "Fire safety") -> str:
    """An item of ten minutes."""
    return house.item(title, media="", mediaUrl=None, durationSeconds=600)


def play(house: House, who: Person, item: str, last: int, began: float) -> None:
    """Play an item from its beginning."""
    body = {"heartbeats": playing(item, 0, last, began), "clockOffsetSeconds": 0}
    house.request(who, "POST", "/api/progress/batch", json=body)


def team_of(house: House, *members: Person) -> str:
    """A team of these people, who are added to the directory."""
    house.enrol(*members)
    team = an_id()
    rows = [{"userId": each.user_id, "role": "member"} for each in members]
    house.put("teams", {"teamId": team, "name": "Night shift", "members": rows})
    return team


def members(house: House, team: str) -> dict[str, Body]:
    """The rows of the team's page, by the members' names, once nothing is under way."""
    at_rest(house.pipeline)
    rows = house.read(house.admin, f"/api/teams/{team}/progress")["items"]
    return {row["name"]: row for row in rows}


def test_optional_films_lower_nothing_and_archived_ones_are_not_gone_on_with(house: House) -> None:
    ada = house.person("Ada")
    others = [house.person(f"Person {number}") for number in range(4)]
    required = film(house)
    team = team_of(house, ada, *others)
    house.put("assignments", {"contentId": required, "target": "team", "targetId": team})
    for who in (ada, *others):
        play(house, who, required, 600, now() - 700)
    films = [film(house, f"Film {number}") for number in range(8)]
    for number, each in enumerate(films):
        play(house, ada, each, 10, now() - 90 + 11 * number)
    row = members(house, team)["Ada"]
    assert (row["progress"], row["items"], row["optionalItems"], row["reasons"]) == (100, 1, 8, [])
    assert len(house.read(ada, "/api/progress/continue-watching")["items"]) == 8

    archived = [
        {"contentId": each, "title": "A film", "type": "video", "durationSeconds": 600, "archived": True}
        for each in films
    ]
    house.put("content", *archived)
    row = members(house, team)["Ada"]
    assert (row["progress"], row["optionalItems"], row["reasons"]) == (100, 0, [])
    assert house.read(ada, "/api/progress/continue-watching")["items"] == []
    assert house.read(ada, "/api/progress")["summary"]["avgProgress"] == 100


def test_a_date_of_ones_own_extends_the_teams(house: House) -> None:
    ada, bob = house.person("Ada"), house.person("Bob")
    item, team = film(house), team_of(house, ada, bob)
    required = {"contentId": item, "target": "team", "targetId": team}
    house.put("assignments", required | {"dueAt": rfc3339(now() + 2)})
    own = {"contentId": item, "target": "person", "targetId": bob.user_id}
    house.put("assignments", own | {"dueAt": rfc3339(now() + 60 * DAY)})
    house.until(lambda: members(house, team)["Ada"]["overdue"] == 1, "the team's date to pass")
    rows = members(house, team)
    assert (rows["Ada"]["reasons"], rows["Bob"]["overdue"], rows["Bob"]["reasons"]) == (["overdue"], 0, [])


def test_who_finished_everything_twenty_days_ago_needs_no_support(house: House) -> None:
    ada, bob = house.person("Ada"), house.person("Bob")
    item, team = film(house), team_of(house, ada, bob)
    house.put("assignments", {"contentId": item, "target": "team", "targetId": team})
    play(house, ada, item, 600, now() - 20 * DAY)
    row = members(house, team)["Ada"]
    assert (row["progress"], row["needsSupport"], row["reasons"]) == (100, False, [])
    assert row["lastActive"][:10] == rfc3339(now() - 20 * DAY + 600)[:10]


def test_required_of_six_and_done_by_one(house: House) -> None:
    people = [house.person(f"Person {number}") for number in range(6)]
    item, team = film(house), team_of(house, *people)
    house.put("assignments", {"contentId": item, "target": "team", "targetId": team})
    play(house, people[0], item, 600, now() - 700)
    at_rest(house.pipeline)
    (of_team,) = house.read(house.admin, f"/api/teams/{team}/content")["items"]
    for row in (house.read(house.admin, f"/api/org/content/{item}"), of_team):
        assert (row["assigned"], row["started"], row["notStarted"]) == (6, 1, 5)
        assert (row["completionRateOfAssigned"], row["completionRateOfStarted"]) == (16.67, 100)


def test_a_course_is_at_what_was_claimed_last(house: House) -> None:
    ada = house.person("Ada")
    course = house.item("Course", type="course", media="", mediaUrl=None)
    for claim in (60, 45):
        body = {"contentId": course, "progressType": "course", "progressPercentage": claim}
        house.request(ada, "POST", "/api/progress", json=body)
        house.becomes(ada, course, lambda each, of=claim: each["progressPercentage"] == of, f"{claim} %")


def test_a_course_of_four_completed_parts_is_completed(house: House) -> None:
    ada = house.person("Ada")
    parts = [film(house, f"Part {number}") for number in range(4)]
    course = house.item(
        "Course", type="course", media="", mediaUrl=None, parts=[{"contentId": each} for each in parts]
    )
    for number, part in enumerate(parts):
        play(house, ada, part, 600, now() - 4_000 + 700 * number)
    done = house.becomes(ada, course, lambda each: each["status"] == "completed", "all of its parts")
    assert done["progressPercentage"] == 100
    last = house.progress(ada, parts[-1])
    assert done["completedAt"] == last["completedAt"] == done["completions"][0]["completedAt"]
    at_rest(house.pipeline)
    row = house.read(house.admin, f"/api/org/content/{course}")
    assert (row["started"], row["completedOfStarted"]) == (1, 1)


def test_names_are_sorted_and_found_without_case_and_accents(house: House) -> None:
    house.enrol(*(house.person(name) for name in ("Zoe", "adam", "E\u0301mile", "Álvaro")))

    def names(**query: str) -> list[str]:
        return [row["name"] for row in house.read(house.admin, "/api/people", **query)["items"]]

    assert names() == ["adam", "Álvaro", "E\u0301mile", "Zoe"]
    assert names(sort="-name") == ["Zoe", "E\u0301mile", "Álvaro", "adam"]
    assert names(q="emile") == names(q="Émile") == ["E\u0301mile"]
