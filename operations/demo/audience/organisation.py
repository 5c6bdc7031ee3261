"""The demo organisation, as rows of the directory. Pure.

Its people and items are those of the simulated audience, so that reports show what the audience watches. Due
dates depend on the month and on the first start alone, so that a demo that is started again changes no rows.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from operations.demo.audience.catalogue import DOCUMENT, catalogue
from operations.demo.audience.habits import DEMO_TENANT, Habits

Rows = list[dict[str, Any]]

LEARNER, MANAGER, ADMINISTRATOR = 0, 1, 2
"""Numbers of the three people of the sign-in links."""
LEAVER, NEWCOMER, EXTENDED, FAST_CLOCK = 33, 25, 65, 49
"""Members of one team, whose first date passes soon after the first start: one leaves then, one joins after
it, one has a later date of their own, and the clock of one's telephone is days ahead."""

_TEAMS = (
    "Field service",
    "Warehouse",
    "Customer support",
    "Sales",
    "Finance",
    "Engineering",
    "People and culture",
    "Logistics",
)
_DEMO_MANAGERS_TEAMS = (0, 1)
_OPEN = timedelta(seconds=20)
"""The time from the first start to the dates that pass: only what was required before its date is overdue."""
# fmt: off
_GIVEN = (
    "Amara", "Björn", "Chiara", "Dmitri", "Elif", "Farid", "Grace", "Hiroshi", "Inés", "Jamal",
    "Katarína", "Leilani", "Mateo", "Nadia", "Oisín", "Priya", "Quentin", "Rosa", "Samir", "Thandiwe",
    "Ulrike", "Viktor", "Wanjiru", "Ximena", "Yusuf", "Zofia", "Aiko", "Bashir", "Catalina", "Desta",
    "Emre", "Fatou", "Goran", "Hannah", "Ibrahim", "Jiho", "Kwame", "Linh", "Marisol", "Nikos",
)
_FAMILY = (
    "Okafor", "Lindqvist", "Rossi", "Volkov", "Aydin", "Haddad", "Thompson", "Tanaka", "Navarro",
    "Williams", "Novák", "Kealoha", "Fernández", "Petrova", "Byrne", "Sharma", "Dubois", "Oliveira",
    "Mansour", "Dlamini", "Schneider", "Kowalski", "Mwangi", "Castillo", "Demir", "Zielińska", "Sato",
    "Rahimi", "Moreno", "Tesfaye", "Kaya", "Diallo", "Jovanović", "Weiss", "Bello", "Kim", "Mensah",
)
# fmt: on
_STRIDE = 11
"""Through the family names; 40 given and 37 family names make 1,480 different people."""


def organisation(
    now: datetime, began: datetime | None = None, *, dates_passed: bool = True
) -> dict[str, Rows]:
    """Return the rows by kind, each kind after those that it refers to.

    `began` is the first start of the demo. Before its first dates have passed, one person has not left yet,
    and another has not joined.
    """
    audience = Habits()
    absent = LEAVER if dates_passed else NEWCOMER
    return {
        "content": catalogue(audience),
        "people": [_person(audience, number) for number in range(audience.size) if number != absent],
        "teams": [_team(audience, number, absent) for number in range(len(_TEAMS))],
        "assignments": list(_assignments(audience, now, passes_at(began or now))),
    }


def departures() -> Rows:
    """Return the removal of the person who leaves."""
    return [{"userId": Habits().user(LEAVER), "remove": True}]


def passes_at(began: datetime) -> datetime:
    """Return when the first dates pass of a demo that began at this time."""
    return began + _OPEN


def _person(audience: Habits, number: int) -> dict[str, Any]:
    return {
        "userId": audience.user(number),
        "displayName": person_name(number),
        "email": _email(number),
    }


def _team(audience: Habits, number: int, absent: int) -> dict[str, Any]:
    manager = MANAGER if number in _DEMO_MANAGERS_TEAMS else len(_TEAMS) + number
    members = [
        {"userId": audience.user(person), "role": "member"}
        for person in range(number, audience.size, len(_TEAMS))
        if person not in (manager, absent)
    ]
    managers = [{"userId": audience.user(manager), "role": "manager"}]
    return {"teamId": _team_id(number), "name": _TEAMS[number], "members": managers + members}


def _assignments(audience: Habits, now: datetime, passing: datetime) -> Iterator[dict[str, Any]]:
    past, soon = passing.isoformat(timespec="seconds"), _end_of_next_month(now)

    def required(item: int, target: str, target_id: str | None, due: str | None) -> dict[str, Any]:
        return {"contentId": audience.item(item)[0], "target": target, "targetId": target_id, "dueAt": due}

    # Some people are overdue, and not all.
    yield required(0, "everyone", None, soon)
    yield required(1, "everyone", None, None)
    for number in range(len(_TEAMS)):
        yield required(2 + 2 * number, "team", _team_id(number), past if number % 2 else soon)
        yield required(3 + 2 * number, "team", _team_id(number), soon if number % 2 else None)
    yield required(DOCUMENT, "team", _team_id(LEARNER % len(_TEAMS)), soon)
    yield required(4, "person", audience.user(EXTENDED), soon)
    yield required(20, "person", audience.user(MANAGER), soon)
    yield required(21, "person", audience.user(LEARNER), past)
    yield required(22, "person", audience.user(LEARNER), None)


def _team_id(number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(DEMO_TENANT), f"team:{number}"))


def _end_of_next_month(now: datetime) -> str:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after_next = (first + timedelta(days=62)).replace(day=1)
    return (after_next - timedelta(seconds=1)).isoformat()


def person_name(number: int) -> str:
    """Return the name of a person."""
    return f"{_GIVEN[number % len(_GIVEN)]} {_FAMILY[number * _STRIDE % len(_FAMILY)]}"


def _email(number: int) -> str:
    """Return the address of a person, at a reserved domain."""
    letters = unicodedata.normalize("NFKD", person_name(number)).encode("ascii", "ignore").decode()
    return f"{letters.lower().replace(' ', '.')}@example.org"
