"""Requests that players send over HTTP, as bytes; none is the same as an earlier one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain

import msgspec

from benchmarks.players import ROUNDS_PER_VIEWING, TENANT, Audience, Beat, body
from playhead.identity import mint_development_token
from playhead.progress import UserId
from playhead.settings import TokenSettings

BATCH = 10
BEGAN_BEFORE_MS = 6 * 3_600_000
"""Ingest takes what occurred within the last 30 days."""


class Players:
    """People who go on watching, and some who are `probed` for when their heartbeats arrive."""

    def __init__(self, people: int, probed: int, *, kind: str = "user") -> None:
        began = int(time.time() * 1000) - BEGAN_BEFORE_MS
        self._people = Audience(people, began, kind=kind)
        self.probed = Audience(probed, began, kind="probed user")
        self._next_round = 0
        everyone = chain(self._people.users, self.probed.users)
        settings = TokenSettings()
        self.tokens: dict[UserId, str] = {
            user: mint_development_token(settings, TENANT, user) for user in everyone
        }

    def singles(self, at_least: int) -> list[bytes]:
        """Requests with one heartbeat, everybody's in turn."""
        return self.requests(self._people.rounds(*self._rounds(at_least)))

    def batches(self, at_least: int) -> list[bytes]:
        """Requests with ten heartbeats of one person."""
        requests: list[bytes] = []
        while len(requests) < at_least:
            requests += self._batches(*self._rounds(BATCH * len(self._people.users)))
        return requests

    def beginnings(self, viewing: int) -> list[bytes]:
        """A request of everybody, with the first ten heartbeats of their item of this number, from 0."""
        return list(self._batches(viewing * ROUNDS_PER_VIEWING, BATCH))

    def requests(self, beats: Iterator[Beat]) -> list[bytes]:
        """Each in a request of its own."""
        return [_post("/api/progress", self.tokens[beat.user], body(beat)) for beat in beats]

    def _batches(self, first: int, count: int) -> Iterator[bytes]:
        for beats in self._people.batches(first, count):
            said = {"heartbeats": [body(beat) for beat in beats]}
            yield _post("/api/progress/batch", self.tokens[beats[0].user], said)

    def _rounds(self, heartbeats: int) -> tuple[int, int]:
        first, count = self._next_round, -(-heartbeats // len(self._people.users))
        self._next_round += count
        return first, count


def _post(path: str, token: str, said: object) -> bytes:
    """An HTTP request that posts JSON."""
    content = msgspec.json.encode(said)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
