"""Loads the demo's organisation over HTTP, and shows it by sign-in links and calls of three people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from operations.demo import sign_in_links
from operations.demo.audience.habits import DEMO_TENANT, Habits
from operations.demo.audience.organisation import (
    ADMINISTRATOR,
    LEARNER,
    MANAGER,
    departures,
    organisation,
    person_name,
)
from operations.directory import DirectoryCalls
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from query_api.directory.entities import ENTITY_KINDS

if TYPE_CHECKING:
    from playhead.settings import SignInSettings, TokenSettings

_DAY_SECONDS = 86_400
"""The lifetime of tokens and links, which wait in a terminal and lead to this machine alone."""
_SHOWN = (
    # number, the token's variable, its roles, what they may do, and a call
    (LEARNER, "LEARNER", (), "sees their own progress", "/api/progress"),
    (MANAGER, "MANAGER", ("manager",), "sees the teams they manage", "/api/teams"),
    (ADMINISTRATOR, "ADMIN", ("admin",), "sees the organisation", "/api/org/progress"),
)


def load_directory(
    url: str, settings: TokenSettings, began: datetime | None = None, *, dates_passed: bool = True
) -> str:
    """Store the organisation and describe the result. People who were erased stay erased.

    `began` is the first start of the demo, by default now. A person leaves once the first dates have passed.

    Raises:
        DirectoryCallError: the API refuses the call.
    """
    rows = organisation(datetime.now(UTC), began, dates_passed=dates_passed)
    with DirectoryCalls(url, _token(settings, ADMINISTRATOR, ("admin",))) as calls:
        updates = [calls.put(name, rows[name]) for name in ENTITY_KINDS if name in rows]
        if dates_passed:
            calls.put("people", departures())
    stored, unchanged = sum(each.upserted for each in updates), sum(each.unchanged for each in updates)
    rejected = [each for update in updates for each in update.rejected]
    refused = "".join(f"; refused: {each.field} {each.reason}" for each in rejected[:1])
    return f"demo organisation: {stored} rows stored, {unchanged} there already{refused}"


def sign_in(port: int, settings: SignInSettings) -> Text:
    """Return the sign-in links of three people."""
    text = Text("Open the pages as one of three people (each link signs in once, within a day):\n")
    for number, _, _, may, _ in _SHOWN:
        link = sign_in_link(port, settings, number)
        text.append(f"\n{person_name(number)} {may}\n")
        text.append(f"{link}\n", style=f"link {link}")
    return text


def sign_in_link(port: int, settings: SignInSettings, number: int = LEARNER) -> str:
    """Return the sign-in link of a person."""
    (roles,) = (roles for shown, _, roles, _, _ in _SHOWN if shown == number)
    origin = f"http://127.0.0.1:{port}"
    return sign_in_links.sign_in_link(settings, origin, _token(settings, number, roles), _DAY_SECONDS)


def introduction(port: int, settings: TokenSettings) -> Text:
    """Return a call with `curl` for each of the three; as `Text`, whose brackets are no markup."""
    lines = ["The three people of the links with curl:", ""]
    for number, variable, roles, may, path in _SHOWN:
        lines += [
            f"# {person_name(number)} {may}",
            f"{variable}={_token(settings, number, roles)}",
            f'curl http://127.0.0.1:{port}{path} -H "Authorization: Bearer ${variable}"',
            "",
        ]
    return Text("\n".join(lines))


def _token(settings: TokenSettings, number: int, roles: tuple[str, ...]) -> str:
    user = UserId(Habits().user(number))
    return mint_development_token(settings, TenantId(DEMO_TENANT), user, roles, _DAY_SECONDS)
