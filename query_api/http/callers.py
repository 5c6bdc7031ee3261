"""The principal of a request, and the time, as parameters of routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from playhead.http.common_headers import request_id_in
from playhead.identity import IdentityError, Principal, authorization_of
from query_api.access import require_admin, require_manager
from query_api.audit_trail.recording import PRINCIPAL
from query_api.context import context


async def principal(request: Request) -> Principal:
    """The principal of the request, which counts against their limits.

    Raises:
        IdentityError: The token is missing or not valid.
        LimitReachedError: They, or their organisation, send too many requests.
    """
    parts = context(request)
    try:
        who = await parts.callers.principal(request.scope)
    except IdentityError as error:
        parts.trail.recorder.unidentified(request.scope, request_id_in(request.scope), error)
        raise
    request.scope[PRINCIPAL] = who
    parts.requests.count(who)
    return who


def identifying(request: Request) -> Callable[[], Awaitable[Principal]]:
    """A function that verifies the request's token again, while its answer is being sent."""
    return partial(context(request).verifier.principal, authorization_of(request.scope["headers"]))


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
