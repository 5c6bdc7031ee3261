"""Calls that write the directory over HTTP; repeated while the API is away, as nothing counts twice."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

import httpx
import msgspec

from playhead.retry import Backoff
from query_api.directory.answers import DirectoryUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from query_api.directory.kinds import Name

TRIES = 6
RETRY = Backoff(first_seconds=0.25, longest_seconds=4.0)
TIMEOUT_S = 60.0
TRANSIENT = frozenset({429, 502, 503, 504})


class DirectoryCallError(Exception):
    """The API took nothing; the message is its own, or says that there is none."""


class DirectoryCalls:
    """The directory of one API, as an administrator's token opens it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._client = httpx.Client(headers=headers, timeout=TIMEOUT_S)

    def put(self, kind: Name, rows: Sequence[dict[str, Any]], *, dry_run: bool = False) -> DirectoryUpdate:
        """Send rows of a kind.

        Raises:
            DirectoryCallError: they were refused as a whole, or nobody answers.
        """
        body = msgspec.json.encode({"items": rows})
        for pause in islice(RETRY.pauses(), TRIES - 1):
            answer = self._try(kind, body, dry_run=dry_run)
            if answer is not None and answer.status_code not in TRANSIENT:
                return _read(answer)
            time.sleep(pause)
        answer = self._try(kind, body, dry_run=dry_run)
        if answer is None:
            raise DirectoryCallError(f"nobody answers at {self._url}: is it running?")
        return _read(answer)

    def _try(self, kind: Name, body: bytes, *, dry_run: bool) -> httpx.Response | None:
        try:
            return self._client.put(
                f"{self._url}/api/directory/{kind}",
                params={"dryRun": "true"} if dry_run else {},
                content=body,
            )
        except httpx.TransportError:
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


def _read(answer: httpx.Response) -> DirectoryUpdate:
    if answer.status_code != httpx.codes.OK:
        raise DirectoryCallError(f"the API answers {answer.status_code}: {answer.text[:500]}")
    return msgspec.json.decode(answer.content, type=DirectoryUpdate)
