"""The reports by name, which is also the name of their files, and their paths in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


class ExportError(Exception):
    """The report cannot be exported; the message names the way out."""


class MisuseError(ExportError):
    """The command asks for a report or an address that does not exist."""


@dataclass(frozen=True, slots=True)
class ReportEndpoint:
    """Where the API has a report."""

    path: str
    """A name in braces is an option of the command."""
    what: str


REPORTS: Mapping[str, ReportEndpoint] = {
    "teams": ReportEndpoint("/api/teams", "the teams that you manage, all of them for an administrator"),
    "team-progress": ReportEndpoint("/api/teams/{team}/progress", "a team's members, and who needs support"),
    "team-content": ReportEndpoint(
        "/api/teams/{team}/content", "a team's items: assigned, started, completed"
    ),
    "team-matrix": ReportEndpoint("/api/teams/{team}/cells", "a team's members by required item"),
    "team-not-started": ReportEndpoint(
        "/api/teams/{team}/not-started", "what is required in a team and was never opened"
    ),
    "people": ReportEndpoint("/api/people", "the people that you may see, each in figures"),
    "assignments": ReportEndpoint(
        "/api/people/{person}/assignments", "what is required of a person, and how far it is"
    ),
    "person-completions": ReportEndpoint(
        "/api/people/{person}/completions", "what a person completed; --param year=2026"
    ),
    "person-completion-years": ReportEndpoint(
        "/api/people/{person}/completions/years", "how much a person completed in each year"
    ),
    "org-teams": ReportEndpoint("/api/org/teams", "every team, by counters"),
    "org-content": ReportEndpoint(
        "/api/org/content", "every item: assigned, started, completed, coverage, time"
    ),
    "org-content-people": ReportEndpoint(
        "/api/org/content/{content}/people", "everybody's progress with one item"
    ),
    "org-content-not-started": ReportEndpoint(
        "/api/org/content/{content}/not-started", "of whom an item is required and who never opened it"
    ),
    "org-completions": ReportEndpoint(
        "/api/org/completions", "what everybody completed; --param year=2026, --param month=11"
    ),
    "org-completion-months": ReportEndpoint(
        "/api/org/completions/months", "how much was completed in each month"
    ),
    "org-completion-years": ReportEndpoint(
        "/api/org/completions/years", "how much was completed in each year"
    ),
    "org-days": ReportEndpoint("/api/org/days", "what was done on each day"),
    "org-audit": ReportEndpoint("/api/org/audit", "who exported, read or changed what, the latest first"),
    "catalogue": ReportEndpoint("/api/content", "the items that learners see"),
    "directory-content": ReportEndpoint("/api/directory/content", "the catalogue as it was imported"),
    "directory-parts": ReportEndpoint("/api/directory/parts", "the parts of courses"),
    "directory-people": ReportEndpoint("/api/directory/people", "the people"),
    "directory-teams": ReportEndpoint("/api/directory/teams", "the teams"),
    "directory-members": ReportEndpoint("/api/directory/members", "who is in which team"),
    "directory-assignments": ReportEndpoint("/api/directory/assignments", "what is required of whom"),
}


def path_of(name: str, options: Mapping[str, UUID | None]) -> str:
    """The path of a report, with the ids that the options name.

    Raises:
        MisuseError: there is no such report, or it needs an option that is missing.
    """
    if name not in REPORTS:
        raise MisuseError(f"there is no report {name!r}; there are {', '.join(REPORTS)}")
    path = REPORTS[name].path
    missing = [each for each in re.findall(r"{(\w+)}", path) if options.get(each) is None]
    if missing:
        wanted = " and ".join(f"--{each}" for each in missing)
        raise MisuseError(f"{name} is of one {' and '.join(missing)}: add {wanted} ID")
    return path.format_map(options)
