"""Calls that write the directory over HTTP; retried while the API is away, as repeating one is harmless."""

from __future__ import annotations

import time
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx
import msgspec

from playhead.retry import Backoff
from query_api.directory.answers import DirectoryImport, DirectoryUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from query_api.directory.entities import EntityName

TRIES = 6
RETRY = Backoff(first_seconds=0.25, longest_seconds=4.0)
TIMEOUT_S = 120.0
"""Longer than the API takes for the body of a file and for storing it."""
TRANSIENT = frozenset({429, 502, 503, 504})

T = TypeVar("T")


class DirectoryCallError(Exception):
    """The API stored nothing; the message says why."""


class DirectoryCalls:
    """The directory of one API, as an administrator's token opens it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S)

    def put(self, kind: EntityName, rows: Sequence[dict[str, Any]]) -> DirectoryUpdate:
        """Store rows of a kind.

        Raises:
            DirectoryCallError: the call was refused, or the API does not answer.
        """
        body = msgspec.json.encode({"items": rows})
        return self._put(f"/{kind}", body, "application/json", {}, DirectoryUpdate)

    def upload(self, file: bytes, *, dry_run: bool = False) -> DirectoryImport:
        """Store the rows of a CSV file, or see what would be stored.

        Raises:
            DirectoryCallError: the file was refused, or the API does not answer.
        """
        return self._put("", file, "text/csv", {"dryRun": "true"} if dry_run else {}, DirectoryImport)

    def _put(self, path: str, body: bytes, media_type: str, query: dict[str, str], answer: type[T]) -> T:
        request = self._client.build_request(
            "PUT",
            f"{self._url}/api/directory{path}",
            params=query,
            content=body,
            headers={"Content-Type": media_type},
        )
        response = self._send(request)
        for pause in islice(RETRY.pauses(), TRIES - 1):
            if response is not None and response.status_code not in TRANSIENT:
                break
            time.sleep(pause)
            response = self._send(request)
        if response is None:
            raise DirectoryCallError(f"nothing answers at {self._url}: is it running?")
        if response.status_code != HTTPStatus.OK:
            raise DirectoryCallError(_refusal(response))
        return msgspec.json.decode(response.content, type=answer)

    def _send(self, request: httpx.Request) -> httpx.Response | None:
        try:
            return self._client.send(request)
        except httpx.TransportError:
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


class _Problem(msgspec.Struct):
    type: str
    detail: str


def _refusal(response: httpx.Response) -> str:
    """What is wrong with the file, or else the answer as it came."""
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.MsgspecError:
        problem = None
    if problem is not None and problem.type.startswith("urn:playhead:problem:csv-"):
        return problem.detail
    return f"the API answers {response.status_code}: {response.text[:500]}"
