"""Organisations as the stores hold them: people, teams, what is required of them, and how far they have got.

`organisation` makes a small one, every part of which a test may name; two of them are alike in everything but
their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg

from playhead.progress import ContentId, Progress, TenantId, UserId
from query_api.access import Person
from query_api.views import moment
from tests.query_api.reports.counters import recount
from tests.query_api.world import World, now_ms, watched

DAY = 24 * 60 * 60_000
TEAMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # name: members, managers
    "Red": (("ada", "bob", "cleo", "dan"), ("mona",)),
    "Blue": (("dan", "eve", "mona"), ("nils",)),
    "Green": ((), ()),
}
PEOPLE: Mapping[str, tuple[str, str | None]] = {
    "ada": ("Ada Lovelace", "ada@example.org"),
    "bob": ("Bob 100%", "bob_b@example.org"),
    "cleo": ("Cleo", None),
    "dan": ("Dan", "dan@example.org"),
    "eve": ("Eve", "eve@example.org"),
    "flo": ("Flo", "flo@example.org"),  # of no team
    "mona": ("Mona", "mona@example.org"),
    "nils": ("Nils", "nils@example.org"),
    "abel": ("Abel", "abel@example.org"),
}
"""`gus` has progress, and is not in the directory."""
ITEMS: Mapping[str, tuple[str, str, int | None, bool]] = {
    # name: title, type, seconds, archived
    "intro": ("Introduction", "video", 600, False),
    "safety": ("Safety first", "video", 300, False),
    "handbook": ("Handbook", "document", None, False),
    "extra": ("Extra lesson", "video", 600, False),  # required of no person, opened by none
    "old": ("Old lesson", "video", 600, True),
}
"""`loose` has progress, and is not in the catalogue."""
ASSIGNMENTS: tuple[tuple[str, str, str | None, int | None], ...] = (
    # item, target, target's name, due in days from now
    ("intro", "everyone", None, -10),
    ("safety", "team", "Red", -3),
    ("safety", "person", "ada", -5),
    ("safety", "team", "Blue", 7),
    ("handbook", "person", "bob", None),
    ("old", "everyone", None, -30),
)
PROGRESS: tuple[tuple[str, str, int, int, float], ...] = (
    # who, item, seconds watched, of so many, begun so many days ago
    ("ada", "intro", 600, 600, 20),
    ("ada", "safety", 300, 300, 6),
    ("ada", "loose", 60, 600, 1),
    ("bob", "intro", 300, 600, 30),
    ("dan", "intro", 600, 600, 12),
    ("dan", "safety", 60, 300, 2),
    ("eve", "intro", 570, 600, 3),
    ("eve", "old", 300, 600, 40),
    ("flo", "intro", 120, 600, 4),
    ("mona", "intro", 600, 600, 9),
    ("gus", "intro", 450, 600, 5),
)


@dataclass(frozen=True)
class Organisation:
    """One tenant's ids by the names used above, and the instant that days are counted from."""

    seed: str
    now: int

    @property
    def tenant(self) -> TenantId:
        return TenantId(self._id("tenant", ""))

    def person(self, name: str) -> Person:
        return Person(self.tenant, UserId(self._id("person", name)))

    def team(self, name: str) -> UUID:
        return UUID(self._id("team", name))

    def item(self, name: str) -> ContentId:
        return ContentId(self._id("item", name))

    @property
    def admin(self) -> Person:
        return self.person("abel")

    @property
    def manager(self) -> Person:
        """Of Red; a member of Blue."""
        return self.person("mona")

    @property
    def learner(self) -> Person:
        """A member of Red."""
        return self.person("ada")

    def days_ago(self, days: float) -> int:
        return self.now - round(days * DAY)

    def _id(self, kind: str, name: str) -> str:
        return str(uuid5(NAMESPACE_OID, f"{self.seed} {kind} {name}"))


def organisation(world: World, seed: str = "ours") -> Organisation:
    """A small organisation in Postgres, with its counters; nothing of it is in Redis."""
    made = Organisation(seed, now_ms())
    with psycopg.connect(world.database.admin_dsn) as connection:
        _direct(connection, made)
    for person, items in progress_of(made).items():
        world.store(person, items)
    recount(world)
    return made


def progress_of(made: Organisation) -> dict[Person, dict[ContentId, Progress]]:
    """Store what each person has watched."""
    found: dict[Person, dict[ContentId, Progress]] = {}
    for who, item, seconds, of, days in PROGRESS:
        session = str(uuid5(NAMESPACE_OID, f"{made.seed} {who} {item}"))
        progress = watched(seconds, of=of, at=made.days_ago(days), session=session)
        found.setdefault(made.person(who), {})[made.item(item)] = progress
    return found


def _direct(connection: psycopg.Connection, made: Organisation) -> None:
    tenant = made.tenant
    for name, (title, kind, seconds, archived) in ITEMS.items():
        duration = None if seconds is None else seconds * 1000
        _insert(connection, "content_items", tenant, made.item(name), title, kind, duration, None)
        _archive(connection, made, name, archived=archived)
    course, part = made.item("extra"), made.item("intro")
    _insert(connection, "course_parts", tenant, course, part, 1, 1, "f")
    for name, (display_name, email) in PEOPLE.items():
        _insert(connection, "people", tenant, made.person(name).user_id, display_name, email)
    for name, (members, managers) in TEAMS.items():
        _insert(connection, "teams", tenant, made.team(name), name)
        for role, people in (("member", members), ("manager", managers)):
            for who in people:
                _insert(connection, "team_members", tenant, made.team(name), made.person(who).user_id, role)
    for item, target, name, due in ASSIGNMENTS:
        at = None if due is None else moment(made.days_ago(-due))
        _insert(connection, "assignments", tenant, made.item(item), target, _target(made, target, name), at)
    # The requirements are as old as the assignments, and the memberships are from before any of them.
    connection.execute("UPDATE progress.assignments SET updated_at = now() - interval '60 days'")
    connection.execute("UPDATE progress.team_members SET joined_at = NULL")
    _audit(connection, made)


def _audit(connection: psycopg.Connection, made: Organisation) -> None:
    for days, who, name in ((1, made.admin, "bob"), (2, made.manager, "ada")):
        at, event = moment(made.days_ago(days)), uuid5(NAMESPACE_OID, f"{made.seed} event {name}")
        act = (who.user_id, "read", made.person(name).user_id, "GET /api/people/{userId}")
        rest = ("done", "", 1, None, "a-request", "127.0.0.1")
        _insert(connection, "audit_events", made.tenant, at, event, *act, *rest)


def _archive(connection: psycopg.Connection, made: Organisation, name: str, *, archived: bool) -> None:
    connection.execute(
        "UPDATE progress.content_items SET archived = %s WHERE tenant_id = %s AND content_id = %s",
        [archived, made.tenant, made.item(name)],
    )


def _target(made: Organisation, target: str, name: str | None) -> str:
    if name is None:
        return made.tenant
    return str(made.team(name)) if target == "team" else made.person(name).user_id


def _insert(connection: psycopg.Connection, table: str, *values: Any) -> None:
    """Into the table's first columns."""
    places = ", ".join(["%s"] * len(values))
    connection.execute(f"INSERT INTO progress.{table} VALUES ({places})".encode(), values)


def names_of(made: Organisation, ids: Iterable[str]) -> list[str]:
    """Ids of people as the names used above."""
    names = {made.person(name).user_id: name for name in (*PEOPLE, "gus")}
    return [names[UserId(each)] for each in ids]
