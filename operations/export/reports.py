"""The reports by name, which is also that of their files, and where the API has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from operations.export.errors import MisuseError


@dataclass(frozen=True, slots=True)
class Report:
    """One report."""

    path: str
    """Of the API; what is in braces must be named."""
    what: str


REPORTS: Mapping[str, Report] = {
    "teams": Report("/api/teams", "the teams that you manage, all of them for an administrator"),
    "team-progress": Report("/api/teams/{team}/progress", "a team's members, and who needs support"),
    "people": Report("/api/people", "the people that you may see, each in figures"),
    "assignments": Report(
        "/api/people/{person}/assignments", "what is required of a person, and how far it is"
    ),
    "org-teams": Report("/api/org/teams", "every team, by counters"),
    "org-content": Report("/api/org/content", "every item: started, completed, coverage, time to complete"),
    "org-content-people": Report("/api/org/content/{content}/people", "everybody's progress with one item"),
    "org-days": Report("/api/org/days", "what was done on each day"),
    "org-audit": Report("/api/org/audit", "who exported, read or changed what, the latest first"),
    "catalogue": Report("/api/content", "the items that learners see"),
    "directory-content": Report("/api/directory/content", "the catalogue as it was imported"),
    "directory-people": Report("/api/directory/people", "the people"),
    "directory-teams": Report("/api/directory/teams", "the teams"),
    "directory-members": Report("/api/directory/members", "who is in which team"),
    "directory-assignments": Report("/api/directory/assignments", "what is required of whom"),
}


def path_of(name: str, named: Mapping[str, UUID | None]) -> str:
    """Where the API has a report, within what was named for it.

    Raises:
        MisuseError: there is no such report, or it needs something that was not named.
    """
    if name not in REPORTS:
        raise MisuseError(f"there is no report {name!r}; there are {', '.join(REPORTS)}")
    path = REPORTS[name].path
    missing = [each for each in re.findall(r"{(\w+)}", path) if named.get(each) is None]
    if missing:
        wanted = " and ".join(f"--{each}" for each in missing)
        raise MisuseError(f"{name} is of one {' and '.join(missing)}: add {wanted} ID")
    return path.format_map(named)
