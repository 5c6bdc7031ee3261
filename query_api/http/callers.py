"""The principal of a request, and the time, as parameters of routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from playhead.http.common_headers import request_id_in
from playhead.identity import ApiCaller, IdentityError, Principal, authorization_of
from query_api.access import require_admin, require_manager
from query_api.access.servers import server
from query_api.audit_trail.recording import PRINCIPAL
from query_api.context import context


async def principal(request: Request) -> Principal:
    """The principal of the request, which counts against their limits.

    A server with an API key is a principal of its own, with the rights of an administrator as far as the
    scopes of the key reach.

    Raises:
        IdentityError: The token is missing or not valid.
        ScopeTooSmallError: The API key lacks the scope that the route needs.
        ForbiddenError: No API key may use the route.
        LimitReachedError: They, or their organisation, send too many requests.
    """
    parts = context(request)
    try:
        caller = await parts.callers.caller(request.scope)
    except IdentityError as error:
        parts.trail.recorder.unidentified(request.scope, request_id_in(request.scope), error)
        raise
    who = _principal(caller, request)
    request.scope[PRINCIPAL] = who
    parts.requests.count(who)
    return who


def identifying(request: Request) -> Callable[[], Awaitable[Principal]]:
    """A function that verifies the request's token or key again, while its answer is being sent."""

    async def identify() -> Principal:
        caller = await context(request).callers.identify(
            authorization_of(request.scope["headers"]), request.scope
        )
        return _principal(caller, request)

    return identify


def _principal(caller: Principal | ApiCaller, request: Request) -> Principal:
    if isinstance(caller, Principal):
        return caller
    return server(caller, request.method, request.scope["route"].path)


Who = Annotated[Principal, Depends(principal)]
"""Resolved before a route's own parameters: a request without a valid token learns nothing about those."""


async def admin(who: Who) -> Principal:
    """The principal, who is an administrator.

    Raises:
        ForbiddenError: The principal is none.
    """
    require_admin(who)
    return who


async def manager(who: Who) -> Principal:
    """The principal, who is a manager or an administrator.

    Raises:
        ForbiddenError: The principal is neither.
    """
    require_manager(who)
    return who


Admin = Annotated[Principal, Depends(admin)]
Manager = Annotated[Principal, Depends(manager)]


async def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]
