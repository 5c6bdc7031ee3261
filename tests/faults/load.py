"""An audience in the background, whose acknowledged heartbeats are remembered."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice

import httpx

from operations.demo.audience.habits import Habits
from operations.demo.audience.message import Message, messages
from operations.demo.audience.sender import Sender, SendTally
from operations.demo.audience.viewer import audience
from playhead.identity import mint_development_token
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings
from tests.faults.pipeline import READY_S, Pipeline, until

TENANTS = ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b")
"""Two, with the same people and the same items: what crosses from one to the other shows."""
PEOPLE = 40
RUSH_S = 20_000
"""The past that the audience lives in: 40 people send some 100,000 heartbeats in it."""


class Load:
    """Heartbeats of two tenants, as fast as they are acknowledged or so many messages a second of each.

    Those of the second may go to another ingest.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        seed: int,
        other_url: str | None = None,
        per_second: float | None = None,
    ) -> None:
        self._per_second = per_second
        self.acknowledged: list[str] = []
        self.tally = SendTally()
        habits = Habits(size=PEOPLE, items=8, seed=seed, duplicates=0.1, reordering=0.1, offline=0.2)
        start_s = time.time() - RUSH_S
        self._senders = [self._sender(url) for url in (pipeline.url, other_url or pipeline.url)]
        self._sources = [
            messages(islice(audience(habits), 60_000), tenant, start_s, batch)
            for tenant, batch in zip(TENANTS, (1, 5), strict=True)
        ]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is sent; what was not acknowledged by now is not counted on."""
        for sender in self._senders:
            self._loop.call_soon_threadsafe(sender.stop)
        self._thread.join()
        for sender in self._senders:
            assert sender.tally.refusals == []

    def await_more(self, more: int, seconds: float = READY_S) -> None:
        """Wait until so many more heartbeats were acknowledged."""
        goal = len(self.acknowledged) + more
        until(lambda: True if len(self.acknowledged) >= goal else None, seconds, f"{more} more heartbeats")

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            for sender, source in zip(self._senders, self._sources, strict=True):
                group.create_task(sender.send(source, self._pace()))

    def _pace(self) -> Callable[[Message], float] | None:
        """When each message is due, in seconds after the start."""
        if self._per_second is None:
            return None
        due = count(0.0, 1 / self._per_second)
        return lambda _: next(due)

    def _sender(self, url: str) -> Sender:
        return Sender(url, token_for, workers=8, on_acknowledged=self._note)

    def _note(self, message: Message) -> None:
        self.acknowledged += (each["heartbeatId"] for each in message.heartbeats)


def token_for(tenant: str, user: str) -> str:
    return mint_development_token(TokenSettings(), TenantId(tenant), UserId(user))


def save(pipeline: Pipeline, user: str | None = None) -> httpx.Response:
    """One save by a person outside the audience."""
    user = user or str(uuid.uuid4())
    return httpx.post(
        f"{pipeline.url}/api/progress",
        json={"contentId": user, "progressPercentage": 5},
        headers={"Authorization": f"Bearer {token_for(TENANTS[0], user)}"},
        timeout=30,
    )


@contextmanager
def under_load(pipeline: Pipeline, seed: int, other_url: str | None = None) -> Iterator[Load]:
    """An audience that watches meanwhile, and is known to have saved before and after."""
    load = Load(pipeline, seed, other_url)
    load.start()
    try:
        load.await_more(300)
        yield load
        load.await_more(300)
    finally:
        load.stop()
