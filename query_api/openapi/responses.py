"""FastAPI's `responses` of a route: its answer, and the problems that it may give."""

from __future__ import annotations

from typing import Any

import msgspec

from playhead.http.openapi import REF
from playhead.http.problems import MEDIA_TYPE
from query_api.live.events import event, retry_hint
from query_api.live.stream import RECONNECT_MILLISECONDS

_PROBLEMS: dict[int, str] = {
    401: "No token, or one that is not to be trusted; see WWW-Authenticate.",
    403: "Another person's, and you have no role that lets you read it.",
    404: "Nothing by that name.",
    408: "The body did not come in time.",
    410: "It was good once, and is used.",
    413: "The body is larger than it can have reason to be.",
    415: "The body is of another media type than this call takes.",
    422: "Something in the request is wrong; `errors` names the fields.",
    429: "A limit of this person or organisation, or of this address without a token, named in the detail.",
    501: "This installation cannot make such a file; the detail says what it lacks.",
    503: "The stores, or the keys that tokens are checked with, cannot be reached; see Retry-After.",
}


def documented(
    body: type[msgspec.Struct], description: str, *problems: int
) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses`: the answer and the possible problems. `document` adds schema and example."""
    responses: dict[int | str, dict[str, Any]] = {200: described(body, description)}
    return responses | {status: problem(status) for status in problems}


def described(body: type[msgspec.Struct], description: str) -> dict[str, Any]:
    """A JSON answer."""
    return {
        "description": description,
        "content": {"application/json": {"schema": _reference(body.__name__)}},
    }


def problem(status: int) -> dict[str, Any]:
    """The problem of a status."""
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


def event_stream(description: str, **examples: bytes) -> dict[str, Any]:
    """An answer of server-sent events; `examples` are the data of some, by event name."""
    events = (event(name, str(number), data) for number, (name, data) in enumerate(examples.items(), start=1))
    example = b"".join([retry_hint(RECONNECT_MILLISECONDS), *events])
    return {
        "description": description,
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": example.decode()}},
    }
