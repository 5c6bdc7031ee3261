"""How routes answer, and how the OpenAPI document tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from playhead.http.openapi import REF
from playhead.http.problems import MEDIA_TYPE

_encode = msgspec.json.Encoder().encode
# What is one person's is kept by no cache, shared or the browser's own.
_HEADERS = {"Cache-Control": "no-store"}

_PROBLEMS: dict[int, str] = {
    401: "No token, or one that is not to be trusted; see WWW-Authenticate.",
    403: "Somebody else's, and you have no role that lets you read it.",
    404: "Nothing by that name.",
    408: "The body did not come in time.",
    410: "It was good once, and is used.",
    413: "The body is larger than it can have reason to be.",
    422: "Something in the request is wrong; `errors` names the fields.",
    429: "A limit of this person or organisation, or of this address without a token, named in the detail.",
    501: "This installation cannot make such a file; the detail says what it lacks.",
    503: "The stores, or the keys that tokens are checked with, cannot be reached; see Retry-After.",
}


def answer(body: msgspec.Struct, status: int = 200) -> Response:
    """A JSON response."""
    return _answer(body, status)


def answer_plain(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON response whose shape is declared elsewhere, as that of a report is."""
    return _answer(body, status)


def _answer(body: msgspec.Struct | Mapping[str, Any], status: int) -> Response:
    return Response(_encode(body), status, _HEADERS, "application/json")


def documented(
    body: type[msgspec.Struct], description: str, *problems: int
) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses`: the answer, and the problems there may be. `openapi` adds schema and example."""
    responses: dict[int | str, dict[str, Any]] = {200: described(body, description)}
    return responses | {status: problem(status) for status in problems}


def described(body: type[msgspec.Struct], description: str) -> dict[str, Any]:
    """One JSON answer, as the document tells of it."""
    return {
        "description": description,
        "content": {"application/json": {"schema": _reference(body.__name__)}},
    }


def problem(status: int) -> dict[str, Any]:
    """A problem, as the document tells of it."""
    described: dict[str, Any] = {
        "description": _PROBLEMS[status],
        "content": {MEDIA_TYPE: {"schema": _reference("ProblemDetails")}},
    }
    headers = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    if status in headers:
        described["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return described


def _reference(name: str) -> dict[str, str]:
    return {"$ref": REF.format(name=name)}
