"""What a server may do with an API key: which scope each route needs. No I/O."""

from __future__ import annotations

from playhead.identity import ApiCaller, Principal, scopes
from playhead.identity.api_keys import KeyScope
from query_api.errors import ForbiddenError

_DIRECTORY = "/api/directory"
_EDITIONS = "/api/org/content/{contentId}/editions"
_READ = ("/api/progress", "/api/content", "/api/teams", "/api/people", "/api/org/")
_NEVER = ("/api/org/audit", "/api/org/settings")
"""Who did what, and what the organisation decides for itself, are for people who answer for it."""


def server(caller: ApiCaller, method: str, route: str) -> Principal:
    """The principal of a server, which may do with this route what an administrator may.

    Args:
        caller: Identified by its key.
        method: Of the request.
        route: The template of the route.

    Raises:
        ScopeTooSmallError: the key lacks the scope that the route needs.
        ForbiddenError: no key may use the route.
    """
    scope = scope_of(method, route)
    if scope is None:
        raise ForbiddenError("Not for API keys", "this is for people, with a token of their own")
    return scopes.server(caller, scope)


def scope_of(method: str, route: str) -> KeyScope | None:
    """The scope that a key needs for a route; None if no key may use it, as with any route not named here."""
    if route.startswith(_DIRECTORY) or (method, route) == ("POST", _EDITIONS):
        return "directory"
    if method == "GET" and route.startswith(_READ) and not route.startswith(_NEVER):
        return "read"
    return None
