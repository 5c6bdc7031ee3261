"""Maps the errors below the routes to HTTP problems, for all routes at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from playhead.http import problems
from playhead.http.problems import Problem, problem_response
from playhead.identity import UsedCodeError
from query_api.errors import (
    BusyError,
    ForbiddenError,
    InvalidRequestError,
    LimitReachedError,
    NotFoundError,
    RequestError,
    UnavailableError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from starlette.types import ExceptionHandler

RETRY_SECONDS = 2
"""When to ask again while no store answers."""

_STATUS: Mapping[type[RequestError], int] = {
    ForbiddenError: 403,
    NotFoundError: 404,
    InvalidRequestError: 422,
    LimitReachedError: 429,
    UnsupportedError: 501,
    BusyError: 503,
}


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem."""
    problems.install(app)
    for error in (RequestError, UnavailableError, UsedCodeError):
        app.add_exception_handler(error, cast("ExceptionHandler", _on_error))


def problem_of(error: RequestError | UnavailableError | UsedCodeError) -> Problem:
    """The problem that answers a request after this error."""
    match error:
        case UsedCodeError():
            return Problem(410, "Sign-in link used", str(error))
        case UnavailableError():
            detail = f"this is temporarily unavailable, and no statement about the progress; {error}"
            return Problem(503, "Stores unavailable", detail, headers=_retry(RETRY_SECONDS))
        case RequestError():
            return Problem(
                _STATUS[type(error)],
                error.title,
                error.detail,
                field=error.field,
                headers=_retry(error.retry_seconds),
            )


def _retry(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


async def _on_error(_: Request, error: RequestError | UnavailableError | UsedCodeError) -> Response:
    return problem_response(problem_of(error))
