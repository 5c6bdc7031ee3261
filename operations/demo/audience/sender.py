"""Sends an audience's messages over HTTP, as a player does: it keeps them until they are acknowledged.

One worker sends all messages of a person, in their order; workers run side by side. A message that is
answered with 429, 502, 503 or 504, or not at all, is sent again after the pause that the server asks for.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import msgspec

from operations.demo.audience.message import Message
from playhead.retry import Backoff

QUEUE_DEPTH = 100
"""Messages that wait for a worker; the source pauses while a queue is full."""
RETRY = Backoff(first_seconds=0.1, longest_seconds=5.0)
REFUSALS_KEPT = 10
TRANSIENT = frozenset({429, 502, 503, 504})


@dataclass(slots=True)
class SendTally:
    """Heartbeats acknowledged and refused so far."""

    acknowledged: int = 0
    refused: int = 0
    retries: int = 0
    """Requests sent again."""
    refusals: list[str] = field(default_factory=list)
    """The first few refusals, in the server's words."""

    def refuse(self, count: int, said: str) -> None:
        """Count heartbeats that the server will never accept."""
        self.refused += count
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(said)


class Sender:
    """Sends messages until the source ends or `stop` is called."""

    def __init__(
        self,
        url: str,
        token_for: Callable[[str, str], str],
        *,
        workers: int = 16,
        on_acknowledged: Callable[[Message], object] | None = None,
    ) -> None:
        """Send to the API at `url`; `token_for(tenant, user)` gives the bearer token."""
        self.tally = SendTally()
        self._url = url.rstrip("/")
        self._token_for = token_for
        self._workers = workers
        self._on_acknowledged = on_acknowledged or (lambda _: None)
        self._tokens: dict[tuple[str, str], str] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Send nothing more: finish the requests under way, drop what waits."""
        self._stopping.set()

    async def send(
        self, source: Iterable[Message], pace: Callable[[Message], float] | None = None
    ) -> SendTally:
        """Send everything from `source`, each message no earlier than `pace` seconds after the start."""
        queues: list[asyncio.Queue[Message | None]] = [
            asyncio.Queue(QUEUE_DEPTH) for _ in range(self._workers)
        ]
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_connections=self._workers))
            )
            async with asyncio.TaskGroup() as group:
                for queue in queues:
                    group.create_task(self._work(client, queue))
                await self._feed(source, queues, pace)
        return self.tally

    async def _feed(
        self,
        source: Iterable[Message],
        queues: list[asyncio.Queue[Message | None]],
        pace: Callable[[Message], float] | None,
    ) -> None:
        started = monotonic()
        for message in source:
            if pace is not None:
                await self._pause(started + pace(message) - monotonic())
            if self._stopping.is_set():
                break
            await queues[zlib.crc32(message.user.encode()) % len(queues)].put(message)
        for queue in queues:
            await queue.put(None)

    async def _work(self, client: httpx.AsyncClient, queue: asyncio.Queue[Message | None]) -> None:
        while (message := await queue.get()) is not None:
            if not self._stopping.is_set():
                await self._deliver(client, message)

    async def _deliver(self, client: httpx.AsyncClient, message: Message) -> None:
        pauses = RETRY.pauses()
        while not self._stopping.is_set():
            answer = await self._post(client, message)
            if answer is not None and answer.status_code not in TRANSIENT:
                return self._settle(message, answer)
            self.tally.retries += 1
            asked = float(answer.headers.get("Retry-After", 0)) if answer is not None else 0.0
            await self._pause(max(next(pauses), min(asked, RETRY.longest_seconds)))
        return None

    async def _post(self, client: httpx.AsyncClient, message: Message) -> httpx.Response | None:
        """Return the answer; None if the server does not answer."""
        single = len(message.heartbeats) == 1
        body: Any = message.heartbeats[0] if single else {"heartbeats": message.heartbeats}
        if message.clock_offset_seconds:
            body = body | {"clockOffsetSeconds": message.clock_offset_seconds}
        try:
            return await client.post(
                f"{self._url}/api/progress{'' if single else '/batch'}",
                content=msgspec.json.encode(body),
                headers={
                    "Authorization": f"Bearer {self._token(message)}",
                    "Content-Type": "application/json",
                },
            )
        except httpx.TransportError:
            return None

    def _settle(self, message: Message, answer: httpx.Response) -> None:
        count = len(message.heartbeats)
        if answer.status_code != httpx.codes.ACCEPTED:
            self.tally.refuse(count, f"{answer.status_code} {answer.text[:300]}")
            return
        rejected = {each["index"]: each for each in answer.json().get("rejected", ())}
        for each in rejected.values():
            self.tally.refuse(1, str(each))
        kept = tuple(each for index, each in enumerate(message.heartbeats) if index not in rejected)
        self.tally.acknowledged += len(kept)
        self._on_acknowledged(msgspec.structs.replace(message, heartbeats=kept))

    def _token(self, message: Message) -> str:
        who = (message.tenant, message.user)
        if who not in self._tokens:
            self._tokens[who] = self._token_for(*who)
        return self._tokens[who]

    async def _pause(self, seconds: float) -> None:
        """Wait, or return once stopped."""
        if seconds <= 0 or self._stopping.is_set():
            return
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
