"""The protocol around statements: versions, headers, parameters and problems. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from playhead.http.problems import Problem

PREFIXES = ("/xAPI", "/xapi")
"""Clients write either; both are the same."""
VERSION_HEADER = "X-Experience-API-Version"
VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")
_LATEST = {"1.0": "1.0.3", "2.0": "2.0.0"}
_JSON = ("application/json", "")


class ProtocolError(Problem):
    """400: a header or parameter is missing or has no meaning."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(400, "Invalid request", reason, field=field)


def version_of(scope: Scope) -> str:
    """The version to answer with: the latest of the version that a request asks for.

    Raises:
        ProtocolError: it asks for none, or for one that is not spoken here.
    """
    asked = header(scope, VERSION_HEADER)
    if asked is None:
        raise ProtocolError(VERSION_HEADER, f"send the version that you speak: {', '.join(VERSIONS)}")
    if asked not in VERSIONS and asked not in _LATEST:
        raise ProtocolError(VERSION_HEADER, f"{asked[:20]} is not spoken here: {', '.join(VERSIONS)}")
    return _LATEST[asked[:3]]


def header(scope: Scope, name: str) -> str | None:
    """The value of a header; None if the request has none."""
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), None)


def require_json(scope: Scope) -> None:
    """Refuse what is not JSON as it is.

    Raises:
        Problem: 415, of attachments, forms and compressed bodies.
    """
    media_type = (header(scope, "Content-Type") or "").partition(";")[0].strip().lower()
    if media_type not in _JSON:
        raise Problem(
            415, "Unsupported media type", "send statements as application/json, without attachments"
        )
    if (header(scope, "Content-Encoding") or "identity").strip().lower() != "identity":
        raise Problem(415, "Unsupported media type", "send the body uncompressed")


def parameters(scope: Scope, known: Collection[str]) -> Mapping[str, str]:
    """The query parameters.

    Raises:
        ProtocolError: one is unknown, or is given twice.
    """
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    for name, times in Counter(name for name, _ in given).items():
        if name not in known:
            raise ProtocolError(
                name, f"is not a parameter here; there are: {', '.join(sorted(known)) or 'none'}"
            )
        if times > 1:
            raise ProtocolError(name, f"is given {times} times, and has one value")
    return dict(given)


def statement_id(text: str, field: str) -> UUID:
    """The id of a statement.

    Raises:
        ProtocolError: it is not a UUID.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise ProtocolError(field, "is not a UUID") from error


def answer(status: int, body: Any, version: str, **headers: str) -> Response:
    """An answer in JSON; without a body if that is None."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    all_headers = {VERSION_HEADER: version, "Cache-Control": "no-store", **named}
    if body is None:
        return Response(status_code=status, headers=all_headers)
    return Response(msgspec.json.encode(body), status, all_headers, "application/json")
