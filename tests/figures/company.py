"""A small organisation with one of each: the lives that make figures differ from one another."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

import psycopg

from tests.faults.pipeline import Pipeline, until
from tests.figures.life import Body, now, playing, rfc3339
from tests.web.house import House, Person, an_id

HOUR = 3_600
DAY = 24 * HOUR
RESTED_S = 60
PASSES_S = 6
"""From the assignment to its date: nothing else is required late enough to be not overdue."""


class Company:
    """One team of five and its manager, one person who left, one who is in no directory; seven items.

    Everything was sent and computed once it is made.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.house = House(pipeline)
        self.manager = self.house.person("Mona", "manager")
        names = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus")
        self.ada, self.ben, self.cleo, self.dan, self.eve, self.finn, self.gus = map(self.house.person, names)
        self.members = (self.ada, self.cleo, self.dan, self.eve, self.finn)
        self.team = an_id()
        film = {"media": "", "mediaUrl": None, "durationSeconds": 600}
        self.fire, self.dated, self.optional, self.archived, self.first, self.second = (
            self.house.item(title, **film)
            for title in ("Fire safety", "Lifting", "A talk", "An old film", "Part one", "Part two")
        )
        self.notice = self.house.item("Notice", type="document", media="", mediaUrl=None)
        self.course = self.house.item("Course", type="course", media="", mediaUrl=None)
        self._direct()
        self._live()
        self._move_on()
        at_rest(pipeline)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone with figures."""
        return (*self.members, self.manager, self.ben, self.gus)

    @cached_property
    def items(self) -> tuple[str, ...]:
        return (
            *(self.fire, self.dated, self.optional, self.archived),
            *(self.first, self.second, self.notice, self.course),
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """What to call each id."""
        called = ("fire", "dated", "optional", "archived", "part one", "part two", "notice", "course")
        return dict(zip(self.items, called, strict=True)) | {each.user_id: each.name for each in self.people}

    def _direct(self) -> None:
        house = self.house
        house.enrol(self.manager, self.ada, self.ben, self.dan, self.eve, self.finn)
        self._team(self.ada, self.ben, self.dan, self.eve, self.finn)
        parts = [{"contentId": self.first}, {"contentId": self.second}]
        house.put("content", {"contentId": self.course, "title": "Course", "type": "course", "parts": parts})
        self.passes_at = now() + PASSES_S
        date = rfc3339(self.passes_at)
        team = {"target": "team", "targetId": self.team}
        house.put(
            "assignments",
            {"contentId": self.fire, "target": "everyone"},
            {"contentId": self.archived, "target": "everyone"},
            {"contentId": self.dated, "dueAt": date} | team,
            {"contentId": self.notice} | team,
            {"contentId": self.course, "dueAfterDays": 30} | team,
            {
                "contentId": self.dated,
                "target": "person",
                "targetId": self.dan.user_id,
                "dueAt": rfc3339(now() + 60 * DAY),
            },
        )

    def _live(self) -> None:
        began = now() - 2 * HOUR
        for _ in range(2):  # two tabs at once
            self._play(self.ada, self.fire, 0, 600, began)
        self.act(self.ada, "POST", self.fire, "attempts")
        self._play(self.ada, self.dated, 0, 300, began + HOUR)
        self._play(self.ada, self.first, 0, 600, began - HOUR)
        self._play(self.ada, self.optional, 0, 70, began + 2 * HOUR - 100)
        self._play(self.ada, self.archived, 0, 100, began - 3 * HOUR)
        self._play(self.ben, self.fire, 0, 600, began)
        self._play(self.ben, self.optional, 0, 300, began + HOUR)
        self.act(self.dan, "POST", self.fire, "completion")
        self.act(self.dan, "DELETE", self.fire, "completion")  # a mark taken back, where nothing else is
        self._play(self.dan, self.dated, 0, 70, began)
        self.act(self.eve, "POST", self.second, "completion")
        self._play(self.eve, self.fire, 0, 590, now() - 590 + 3 * DAY)  # a clock that is days ahead
        self._play(self.eve, self.dated, 0, 600, began)
        self._play(self.gus, self.optional, 0, 600, began)
        self._play(self.gus, self.fire, 100, 133, began)  # at the same time as something else
        self.act(
            self.ada, "POST", json={"contentId": self.fire, "progressPercentage": 10}
        )  # of the second attempt

    def _move_on(self) -> None:
        """One leaves, one joins after the date, an item is archived."""
        time.sleep(max(0.0, self.passes_at - now()))
        self.house.put("people", {"userId": self.ben.user_id, "remove": True})
        self.house.enrol(self.cleo)
        self._team(*self.members)
        self._play(self.cleo, self.first, 0, 300, now() - 300)
        row = {"contentId": self.archived, "title": "An old film", "type": "video", "archived": True}
        self.house.put("content", row | {"durationSeconds": 600})

    def _team(self, *members: Person) -> None:
        rows = [{"userId": each.user_id, "role": "member"} for each in members]
        manager = {"userId": self.manager.user_id, "role": "manager"}
        self.house.put("teams", {"teamId": self.team, "name": "Night shift", "members": [manager, *rows]})

    def _play(self, who: Person, item: str, first: int, last: int, began: float) -> None:
        heartbeats = playing(item, first, last, began)
        self.act(who, "POST", "batch", json={"heartbeats": heartbeats})

    def act(self, who: Person, method: str, *path: str, **body: Any) -> Body:
        """A request to ingest on behalf of oneself."""
        return self.house.request(who, method, "/".join(("/api/progress", *path)), **body)


def at_rest(pipeline: Pipeline) -> None:
    """Wait until everything is stored, and what is required of everyone is computed."""
    pipeline.healed()

    def computed() -> bool | None:
        with psycopg.connect(pipeline.settings.postgres_admin_dsn) as connection:
            waits = "SELECT 1 FROM progress.requirement_changes LIMIT 1"
            return True if connection.execute(waits).fetchone() is None else None

    until(computed, RESTED_S, "requirements")
