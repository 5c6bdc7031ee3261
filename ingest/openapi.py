"""The OpenAPI document of the endpoints, generated from their types, since FastAPI does not serve them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Struct

from ingest.bodies import BatchSaved, ClockOffset, HeartbeatBody, SaveBody, Saved, SentAt
from ingest.marks import ATTEMPTS, COMPLETION
from playhead.http.openapi import REF, SECURITY, SECURITY_SCHEMES, schemas
from playhead.http.problems import MEDIA_TYPE, ProblemDetails
from playhead.settings import IngestSettings

_CONTENT = "0b8f8c1e-6f0a-4a57-9d43-6f1d2c3b4a59"
_PLAIN = {
    "contentId": _CONTENT,
    "progressPercentage": 75,
    "metadata": {"watchTimeSeconds": 450, "lastPositionSeconds": 450},
}
_FULL = {
    "contentId": _CONTENT,
    "progressType": "video",
    "event": "heartbeat",
    "sessionId": "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a001",
    "sequence": 12,
    "heartbeatId": "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a00c",
    "startedAt": "2026-11-22T09:52:30.000Z",
    "occurredAt": "2026-11-22T10:00:00.000Z",
    "metadata": {
        "watchTimeSeconds": 450,
        "lastPositionSeconds": 450,
        "durationSeconds": 600,
        "watchedSegments": [[0, 450]],
        "playbackRate": 1.0,
    },
}
_SLOW_CLOCK = {
    "clockOffsetSeconds": -600,
    "sentAt": "2026-11-22T10:00:00.500Z",
    "heartbeats": [_FULL],
}
_DOCUMENT = {
    "contentId": _CONTENT,
    "progressType": "document",
    "metadata": {"pagesViewed": [1, 2], "pageCount": 10, "scrollPosition": 0.4},
}

_REFUSALS = {
    "400": "The body is not JSON.",
    "401": "The token, or API key, is missing or invalid.",
    "403": "The API key lacks the scope `write`, or the token is another person's.",
    "408": "The body arrived too slowly.",
    "413": "The body is too large.",
    "415": "The body is neither JSON nor the text of a beacon.",
    "422": "A field or parameter is invalid; `errors` names it.",
    "429": "The person or organisation has reached the limit in `detail`. Keep the heartbeat and retry after "
    "`Retry-After` seconds.",
    "503": "Not saved, since the log does not acknowledge at the moment. Keep the heartbeat and retry after "
    "`Retry-After` seconds.",
}
_WITHOUT_BODY = {code: text for code, text in _REFUSALS.items() if code in ("401", "422", "429", "503")}

_OF_MARKS = _WITHOUT_BODY | {
    "403": "You may not act for this person.",
    "404": "There is no such person in your organisation.",
    "408": _REFUSALS["408"],
    "413": _REFUSALS["413"],
    "503": "Not saved, since the log does not acknowledge at the moment or, for another person, the "
    "directory does not answer. Retry after `Retry-After` seconds.",
}
_MARK_PARAMETERS = [
    {
        "name": "contentId",
        "in": "path",
        "required": True,
        "description": "The item.",
        "schema": {"type": "string", "format": "uuid"},
        "example": _CONTENT,
    },
    {
        "name": "userId",
        "in": "query",
        "description": "The person, if it is another: administrators may act for all people of their "
        "organisation, managers for the members of their teams. Absent: your own item. An API key "
        "with the scope `write` must name the person, and may name any.",
        "schema": {"type": "string", "format": "uuid"},
    },
]
_PERSON = {
    "name": "userId",
    "in": "query",
    "description": "With an API key, which needs the scope `write`: the person for whom it saves. A token "
    "identifies its person, and saves for no other.",
    "schema": {"type": "string", "format": "uuid"},
}
_ON_BEHALF = (
    "With `userId` it is done on behalf of another person; who did it stands in the evidence and in the "
    "audit trail."
)
_ALONE = (
    "While the directory does not answer, it applies to your own item alone, not to the parts of a course; "
    "repeat it afterwards to reach them."
)


class HeartbeatBatch(Struct, frozen=True, rename="camel"):
    """Many heartbeats, each checked individually: invalid ones are rejected, the others accepted."""

    heartbeats: list[HeartbeatBody]
    clock_offset_seconds: ClockOffset | None = None
    sent_at: SentAt | None = None


def document_endpoints(app: FastAPI, settings: IngestSettings) -> None:
    """Add the endpoints to the application's OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            for item in schema["paths"].values():
                item["get"]["responses"]["422"] = _problem("A parameter is unknown; `errors` names it.")
            schema["paths"] |= _paths()
            components = schema.setdefault("components", {})
            components.setdefault("schemas", {}).update(_schemas(settings))
            components["securitySchemes"] = SECURITY_SCHEMES
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def _schemas(settings: IngestSettings) -> dict[str, Any]:
    types = (SaveBody, HeartbeatBody, HeartbeatBatch, Saved, BatchSaved, ProblemDetails)
    found = schemas(types)
    found["HeartbeatBatch"]["properties"]["heartbeats"]["maxItems"] = settings.ingest_max_batch
    return found


def _paths() -> dict[str, Any]:
    return {
        "/api/progress": {
            "post": _operation(
                "saveProgress",
                "Save one heartbeat",
                "Answers once the heartbeat is in the log. Only `contentId` is required. A page that is "
                "being closed may send the same body as `text/plain` by `sendBeacon`, with the token in the "
                "field `token`, since a beacon has no Authorization header.",
                answer=Saved,
                refusals=_REFUSALS,
                parameters=[_PERSON],
                body=_body(SaveBody, {"plain": _PLAIN, "full": _FULL, "document": _DOCUMENT}),
            )
        },
        "/api/progress/batch": {
            "post": _operation(
                "saveBatch",
                "Save many heartbeats",
                "Each heartbeat is checked individually: valid ones are saved, the others are rejected by "
                "their index.",
                answer=BatchSaved,
                refusals=_REFUSALS,
                parameters=[_PERSON],
                body=_body(
                    HeartbeatBatch, {"two": {"heartbeats": [_PLAIN, _FULL]}, "slowClock": _SLOW_CLOCK}
                ),
            )
        },
        COMPLETION: {
            "parameters": _MARK_PARAMETERS,
            "post": _operation(
                "markComplete",
                "Mark an item complete by hand",
                "The item is complete as of now, by the server's clock, whatever was watched. Marking it "
                f"twice is marking it once. {_ON_BEHALF}",
                answer=Saved,
                refusals=_OF_MARKS,
            ),
            "delete": _operation(
                "reopen",
                "Take back a mark",
                "Takes back the mark by hand if one stands, and nothing else: what was watched stays, and "
                "may still complete the item. Where no mark stands, a new attempt begins; of a course with "
                f"parts only where they completed it. {_ON_BEHALF} {_ALONE}",
                answer=Saved,
                refusals=_OF_MARKS,
            ),
        },
        ATTEMPTS: {
            "parameters": _MARK_PARAMETERS,
            "post": _operation(
                "beginAttempt",
                "Begin a new attempt",
                "Progress begins at nothing again; earlier completions stay in `completions` and in the "
                "history. A new attempt of a course is one of each of its parts, too. Two between which "
                f"nothing happened are one. {_ON_BEHALF} {_ALONE}",
                answer=Saved,
                refusals=_OF_MARKS,
            ),
        },
    }


def _operation(  # noqa: PLR0913 - the members of an OpenAPI operation
    name: str,
    summary: str,
    description: str,
    *,
    answer: type[Struct],
    refusals: dict[str, str],
    body: dict[str, Any] | None = None,
    parameters: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": ["saving"],
        "summary": summary,
        "description": description,
        "security": SECURITY,
        "responses": {
            "202": {
                "description": "Saved in the log.",
                "content": {"application/json": {"schema": _ref(answer)}},
            },
            **{code: _problem(description) for code, description in refusals.items()},
        },
    }
    if parameters:
        operation["parameters"] = [*parameters]
    return operation if body is None else operation | {"requestBody": body}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}}}


def _body(kind: type[Struct], examples: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": _ref(kind), "examples": {name: {"value": value} for name, value in examples.items()}}
    return {"required": True, "content": {"application/json": content}}


def _ref(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": REF.format(name=kind.__name__)}
