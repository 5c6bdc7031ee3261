"""Problems: every error of the HTTP services as RFC 9457 `application/problem+json`.

A problem describes the error in a sentence and, for invalid input, names the fields:
`errors: [{field, reason}]`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, cast

import msgspec
from fastapi.exceptions import RequestValidationError
from msgspec import Meta
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from playhead.identity import (
    IdentityError,
    KeysUnavailableError,
    MissingTokenError,
    ScopeTooSmallError,
    TooManyFailuresError,
)
from playhead.tracing.context import current_request

if TYPE_CHECKING:
    from starlette.types import ExceptionHandler

MEDIA_TYPE = "application/problem+json"
KEYS_RETRY_SECONDS = 2
"""About the shortest time between two fetches of the keys of an unavailable issuer."""


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with one field, named as a path into the request: `metadata.watchedSegments[3]`."""

    field: str
    reason: str


class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """An error answer. Raise it; `install` converts it into a response."""

    def __init__(  # noqa: PLR0913 - the members of RFC 9457, all but the first three by name
        self,
        status: int,
        title: str,
        detail: str,
        *,
        slug: str | None = None,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a problem.

        Args:
            status: The HTTP status.
            title: Identical for all problems of the kind.
            detail: This occurrence, and what to do about it.
            slug: The kind in the `type` member; derived from the title by default.
            field: The only field at fault; `detail` is its reason.
            errors: All fields at fault, if there may be several.
            headers: Further response headers, such as `Retry-After`.
        """
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.slug = slug or title.lower().replace(" ", "-")
        self.field = field
        self.errors = (FieldError(field, detail), *errors) if field is not None else tuple(errors)
        self.headers = dict(headers or {})


class ProblemDetails(msgspec.Struct, omit_defaults=True, rename="camel"):
    """An error, by RFC 9457."""

    type: Annotated[str, Meta(examples=["urn:playhead:problem:invalid-request"])]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    errors: Annotated[
        tuple[FieldError, ...], Meta(description="What is wrong with which field, for bad input.")
    ] = ()
    request_id: Annotated[
        str,
        Meta(description="The answer's `X-Request-Id`, by which the service's log has more."),
    ] = ""


def problem_body(problem: Problem) -> bytes:
    """The problem as JSON."""
    request = current_request()
    details = ProblemDetails(
        f"urn:playhead:problem:{problem.slug}",
        problem.title,
        problem.status,
        problem.detail,
        problem.errors,
        "" if request is None else request.request_id,
    )
    return msgspec.json.encode(details)


def problem_response(problem: Problem) -> Response:
    """The response for the problem."""
    return Response(
        problem_body(problem),
        problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def of_identity(error: IdentityError) -> Problem:
    """The problem for an unidentified request, with the challenge of RFC 6750."""
    if isinstance(error, KeysUnavailableError):
        retry = {"Retry-After": str(KEYS_RETRY_SECONDS)}
        return Problem(503, "Keys unavailable", str(error), headers=retry)
    if isinstance(error, TooManyFailuresError):
        retry = {"Retry-After": str(math.ceil(error.wait_seconds))}
        return Problem(429, "Too many requests", str(error), headers=retry)
    challenge = 'Bearer realm="playhead"'
    if not isinstance(error, MissingTokenError):
        challenge += f', error="invalid_token", error_description="{error}"'
    return Problem(401, "Not identified", str(error), headers={"WWW-Authenticate": challenge})


def of_scope(error: ScopeTooSmallError) -> Problem:
    """The problem for an API key that lacks a scope, with the challenge of RFC 6750."""
    challenge = f'Bearer realm="playhead", error="insufficient_scope", scope="{error.needed}"'
    return Problem(403, "Scope too small", str(error), headers={"WWW-Authenticate": challenge})


def of_status(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for a plain HTTP error, such as the 404 and 405 of the router."""
    return Problem(status, HTTPStatus(status).phrase.capitalize(), detail, headers=headers)


def unknown_problem() -> Problem:
    """The problem for an error that is a fault of the service; only its log says more."""
    return of_status(500, "something went wrong here; the log of the service says what")


def of_validation(error: RequestValidationError) -> Problem:
    """The problem for a request that the validation of FastAPI refused."""
    errors = [FieldError(_path(each["loc"]), each["msg"]) for each in error.errors()]
    detail = "; ".join(f"{each.field}: {each.reason}" for each in errors)
    return Problem(422, "Invalid request", detail, errors=errors)


def install(app: Starlette) -> None:
    """Make the application answer every error with a problem."""

    def handle(kind: type[Exception], handler: object) -> None:
        # Starlette types handlers by the widest exception, which excludes handlers of a narrower one.
        app.add_exception_handler(kind, cast("ExceptionHandler", handler))

    handle(Problem, _on_problem)
    handle(IdentityError, _on_identity)
    handle(ScopeTooSmallError, _on_scope)
    handle(HTTPException, _on_http)
    handle(RequestValidationError, _on_validation)
    handle(ClientDisconnect, _on_disconnect)
    handle(Exception, _on_unknown)


async def _on_problem(_: Request, problem: Problem) -> Response:
    return problem_response(problem)


async def _on_identity(_: Request, error: IdentityError) -> Response:
    return problem_response(of_identity(error))


async def _on_scope(_: Request, error: ScopeTooSmallError) -> Response:
    return problem_response(of_scope(error))


async def _on_http(_: Request, error: HTTPException) -> Response:
    return problem_response(of_status(error.status_code, error.detail, error.headers))


async def _on_validation(_: Request, error: RequestValidationError) -> Response:
    return problem_response(of_validation(error))


async def _on_disconnect(_: Request, __: ClientDisconnect) -> Response:
    return problem_response(of_status(400, "the connection ended before the request was whole"))


async def _on_unknown(_: Request, __: Exception) -> Response:
    # Starlette raises the exception again after answering, and the server logs it.
    return problem_response(unknown_problem())


def _path(location: Sequence[str | int]) -> str:
    """`("body", "metadata", "spans", 3)` as `metadata.spans[3]`, without the part of the request."""
    inner = location[1:] if len(location) > 1 else location
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner).lstrip(".")
