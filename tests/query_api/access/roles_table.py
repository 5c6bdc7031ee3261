"""Every route of the query API, with its answer to each role about each subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, Literal
from uuid import UUID

from query_api.access import Person
from query_api.pages.serving import PATHS
from tests.query_api.reports.organisation import Organisation

Role = Literal["nobody", "learner", "manager", "admin"]
Statuses = tuple[int, int, int, int]
"""Statuses without a token (`nobody`), and for a learner, a manager and an administrator."""
ROLES: tuple[Role, ...] = ("nobody", "learner", "manager", "admin")

PUBLIC: Statuses = (200, 200, 200, 200)
SIGNED_IN: Statuses = (401, 200, 200, 200)
MANAGERS: Statuses = (401, 403, 200, 200)
ADMINS: Statuses = (401, 403, 403, 200)
UNKNOWN: Statuses = (401, 403, 404, 404)
"""To a learner not even that."""
UNKNOWN_TO_ADMINS: Statuses = (401, 403, 403, 404)
UNKNOWN_TO_ALL: Statuses = (401, 404, 404, 404)
UNIDENTIFIED: Statuses = (401, 401, 401, 401)
"""The code says who it is, whatever token comes with it."""

Subject = Literal["none", "own", "in scope", "beyond", "foreign", "unknown"]
"""Whom or what a request is about. `foreign` is of another tenant, `unknown` of none."""
Path = Callable[[Organisation, Organisation, Person], str]
"""Subjects of our organisation, of another, and the reader."""
NAMED = re.compile(r"\{\w+\}")
NOWHERE = UUID("00000000-0000-4000-8000-00000000dead")


@dataclass(frozen=True)
class Case:
    """One request, as everybody sends it."""

    subject: Subject
    path: Path
    expected: Statuses
    body: Any = None
    """As JSON; a text is a CSV file."""
    streams: bool = False


def reader(role: Role, ours: Organisation) -> Person:
    """A learner and a manager of the team Red, and an administrator of no team."""
    return {"learner": ours.learner, "manager": ours.manager, "admin": ours.admin}.get(role, ours.learner)


def plain(path: str, expected: Statuses, *, body: Any = None, streams: bool = False) -> tuple[Case, ...]:
    """About no person, or the reader."""
    return (Case("none", lambda _ours, _theirs, _me: path, expected, body, streams),)


def about_people(path: str) -> tuple[Case, ...]:
    """`{}` is the person."""
    return (
        Case("own", lambda _ours, _theirs, me: path.format(me.user_id), SIGNED_IN),
        Case("in scope", lambda ours, _theirs, _me: path.format(ours.person("bob").user_id), MANAGERS),
        Case("beyond", lambda ours, _theirs, _me: path.format(ours.person("eve").user_id), ADMINS),
        # Of no team, and in no directory.
        Case("beyond", lambda ours, _theirs, _me: path.format(ours.person("flo").user_id), ADMINS),
        Case("beyond", lambda ours, _theirs, _me: path.format(ours.person("gus").user_id), ADMINS),
        Case("foreign", lambda _ours, theirs, _me: path.format(theirs.person("bob").user_id), UNKNOWN),
        Case("unknown", lambda _ours, _theirs, _me: path.format(NOWHERE), UNKNOWN),
    )


def about_teams(path: str, *, streams: bool = False) -> tuple[Case, ...]:
    """`{}` is the team."""
    return (
        Case("in scope", lambda ours, _theirs, _me: path.format(ours.team("Red")), MANAGERS, streams=streams),
        Case("beyond", lambda ours, _theirs, _me: path.format(ours.team("Blue")), ADMINS, streams=streams),
        Case("foreign", lambda _ours, theirs, _me: path.format(theirs.team("Red")), UNKNOWN),
        Case("unknown", lambda _ours, _theirs, _me: path.format(NOWHERE), UNKNOWN),
    )


def about_items(path: str, expected: Statuses, unknown: Statuses, *, body: Any = None) -> tuple[Case, ...]:
    """`{}` is the item."""
    return (
        Case("own", lambda ours, _theirs, _me: path.format(ours.item("intro")), expected, body),
        Case("foreign", lambda _ours, theirs, _me: path.format(theirs.item("intro")), unknown, body),
        Case("unknown", lambda _ours, _theirs, _me: path.format(NOWHERE), unknown, body),
    )


def of_intro(path: str) -> tuple[Case, ...]:
    """`{}` is the person, and ITEM one that there is."""
    return tuple(replace(case, path=partial(_with_intro, case.path)) for case in about_people(path))


def _with_intro(path: Path, ours: Organisation, theirs: Organisation, me: Person) -> str:
    return path(ours, theirs, me).replace("ITEM", ours.item("intro"))


def directory(name: str, *filters: str) -> dict[tuple[str, str], tuple[Case, ...]]:
    """What administrators write and read; filters by what is another's find nothing."""
    path = f"/api/directory/{name}"
    filtered = (about_items(f"{path}?{each}={{}}", ADMINS, ADMINS) for each in filters)
    return {
        ("PUT", path): plain(f"{path}?dryRun=true", ADMINS, body={"items": []}),
        ("GET", path): (*plain(path, ADMINS), *chain.from_iterable(filtered)),
    }


TABLE: Mapping[tuple[str, str], tuple[Case, ...]] = {
    ("GET", "/healthz"): plain("/healthz", PUBLIC),
    ("GET", "/readyz"): plain("/readyz", PUBLIC),
    ("GET", "/metrics"): plain("/metrics", PUBLIC),
    ("GET", "/asyncapi.json"): plain("/asyncapi.json", PUBLIC),
    ("GET", "/openapi.json"): plain("/openapi.json", PUBLIC),
    ("GET", "/docs"): plain("/docs", PUBLIC),
    # Each has an unknown id, which no page notices before its calls are answered.
    **{("GET", path): plain(NAMED.sub(str(NOWHERE), path), PUBLIC) for path in PATHS},
    ("GET", "/playhead.js"): plain("/playhead.js", PUBLIC),
    ("GET", "/assets/{path:path}"): plain("/assets/a.js", PUBLIC),
    ("GET", "/media/{path:path}"): plain("/media/a.webm", PUBLIC),
    ("POST", "/api/sign-in"): plain("/api/sign-in", UNIDENTIFIED, body={"code": "A" * 43}),
    ("GET", "/api/me"): plain("/api/me", SIGNED_IN),
    ("GET", "/api/content"): (
        *plain("/api/content", SIGNED_IN),
        *about_items("/api/content?ids={}", SIGNED_IN, SIGNED_IN),
    ),
    ("GET", "/api/content/{contentId}"): about_items("/api/content/{}", SIGNED_IN, UNKNOWN_TO_ALL),
    ("GET", "/api/progress"): (
        *plain("/api/progress", SIGNED_IN),
        *about_people("/api/progress?userId={}"),
    ),
    ("GET", "/api/progress/{contentId}"): (
        *about_items("/api/progress/{}", SIGNED_IN, SIGNED_IN),
        *of_intro("/api/progress/ITEM?userId={}"),
    ),
    ("GET", "/api/progress/history"): (
        *plain("/api/progress/history", SIGNED_IN),
        *about_items("/api/progress/history?contentId={}", SIGNED_IN, SIGNED_IN),
        *about_people("/api/progress/history?userId={}"),
    ),
    ("GET", "/api/progress/days"): (
        *plain("/api/progress/days", SIGNED_IN),
        *about_people("/api/progress/days?userId={}"),
    ),
    ("GET", "/api/progress/continue-watching"): plain("/api/progress/continue-watching", SIGNED_IN),
    ("PUT", "/api/progress/{contentId}/dismissal"): about_items(
        # Whoever has opened it: the administrator has not.
        "/api/progress/{}/dismissal",
        (401, 200, 200, 404),
        UNKNOWN_TO_ALL,
        body={"dismissed": True},
    ),
    ("GET", "/api/progress/live"): plain("/api/progress/live", SIGNED_IN, streams=True),
    ("GET", "/api/people"): plain("/api/people", MANAGERS),
    ("GET", "/api/people/{userId}"): about_people("/api/people/{}"),
    ("GET", "/api/people/{userId}/completions"): about_people("/api/people/{}/completions"),
    ("GET", "/api/people/{userId}/completions/years"): about_people("/api/people/{}/completions/years"),
    ("GET", "/api/people/{userId}/assignments"): about_people("/api/people/{}/assignments"),
    ("GET", "/api/people/{userId}/progress/{contentId}/evidence"): of_intro(
        "/api/people/{}/progress/ITEM/evidence"
    ),
    ("GET", "/api/teams"): plain("/api/teams", MANAGERS),
    ("GET", "/api/teams/{teamId}"): about_teams("/api/teams/{}"),
    ("GET", "/api/teams/{teamId}/progress"): about_teams("/api/teams/{}/progress"),
    ("GET", "/api/teams/{teamId}/content"): about_teams("/api/teams/{}/content"),
    ("GET", "/api/teams/{teamId}/cells"): about_teams("/api/teams/{}/cells"),
    ("GET", "/api/teams/{teamId}/matrix"): about_teams("/api/teams/{}/matrix"),
    ("GET", "/api/teams/{teamId}/not-started"): about_teams("/api/teams/{}/not-started"),
    ("GET", "/api/teams/{teamId}/live"): about_teams("/api/teams/{}/live", streams=True),
    ("GET", "/api/org/progress"): plain("/api/org/progress", ADMINS),
    ("GET", "/api/org/audit"): plain("/api/org/audit", ADMINS),
    ("GET", "/api/org/completions"): plain("/api/org/completions", ADMINS),
    ("GET", "/api/org/completions/months"): plain("/api/org/completions/months", ADMINS),
    ("GET", "/api/org/completions/years"): plain("/api/org/completions/years", ADMINS),
    ("GET", "/api/org/days"): plain("/api/org/days", ADMINS),
    ("GET", "/api/org/settings"): plain("/api/org/settings", ADMINS),
    ("GET", "/api/org/content/{contentId}/editions"): about_items(
        "/api/org/content/{}/editions", ADMINS, UNKNOWN_TO_ADMINS
    ),
    ("POST", "/api/org/content/{contentId}/editions"): about_items(
        "/api/org/content/{}/editions", ADMINS, UNKNOWN_TO_ADMINS, body={"newAttempt": False}
    ),
    ("GET", "/api/keys"): plain("/api/keys", ADMINS),
    ("POST", "/api/keys"): plain("/api/keys", ADMINS, body={"name": "A server", "scopes": ["read"]}),
    ("DELETE", "/api/keys/{keyId}"): plain(f"/api/keys/pk_{'A' * 32}", UNKNOWN_TO_ADMINS),
    ("PUT", "/api/org/settings"): plain("/api/org/settings", ADMINS, body={"inactiveDays": 30}),
    ("GET", "/api/org/teams"): plain("/api/org/teams", ADMINS),
    ("GET", "/api/org/content"): plain("/api/org/content", ADMINS),
    ("GET", "/api/org/content/{contentId}"): about_items("/api/org/content/{}", ADMINS, UNKNOWN_TO_ADMINS),
    ("GET", "/api/org/content/{contentId}/people"): about_items(
        "/api/org/content/{}/people", MANAGERS, UNKNOWN
    ),
    ("GET", "/api/org/content/{contentId}/not-started"): about_items(
        "/api/org/content/{}/not-started", MANAGERS, UNKNOWN
    ),
    ("GET", "/api/org/content/{contentId}/what-if"): about_items(
        "/api/org/content/{}/what-if?threshold=0.5", ADMINS, UNKNOWN_TO_ADMINS
    ),
    ("PUT", "/api/directory"): plain("/api/directory?dryRun=true", ADMINS, body="kind,teamId,name\n"),
    **directory("content"),
    **directory("parts", "courseId"),
    **directory("people", "teamId"),
    **directory("teams"),
    **directory("members", "teamId", "userId"),
    **directory("assignments", "contentId", "targetId"),
}


def cases() -> Iterator[tuple[str, str, Case]]:
    """Each with its method and its route."""
    for (method, route), of_route in TABLE.items():
        for case in of_route:
            yield method, route, case
