"""Background work in turns, between batches, on the connection and the thread of the store."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

import psycopg

from sinks.tables.connection import outages, transaction
from sinks.tables.store import Store

TURN_SECONDS = 0.25
"""A batch may have to wait so long, plus the time of a chunk."""

T = TypeVar("T")


class Turns(ABC, Generic[T]):
    """Works off what waits, a chunk at a time; while there are batches, it rests between turns."""

    def __init__(self, store: Store, *, pause_seconds: float, rest_ratio: float) -> None:
        """Nothing is read yet.

        Args:
            store: Its connection is shared with the batches.
            pause_seconds: How often it looks for work.
            rest_ratio: While there are batches, it rests so many times as long as it worked.
        """
        self._store = store
        self._pause_seconds = pause_seconds
        self._rest_ratio = rest_ratio
        self._waiting: deque[T] = deque()
        self._due = 0.0

    def is_due(self, *, idle: bool) -> bool:
        """Whether a turn is due; `idle`: no batch waits."""
        return (idle and bool(self._waiting)) or time.monotonic() >= self._due

    def work(self) -> None:
        """Take a turn.

        Raises:
            StoreOutageError: try again later.
            psycopg.Error: an error that no handler foresees.
        """
        begun = time.monotonic()
        self._due = begun + self._pause_seconds
        try:
            with outages():
                self._work(self._store.connected(), begun + TURN_SECONDS)
        except BaseException:  # the turn's work may be lost: begin again
            self._end_item()
            self._waiting.clear()
            raise
        if self._waiting:
            now = time.monotonic()
            self._due = now + self._rest_ratio * (now - begun)

    def _work(self, connection: psycopg.Connection, until: float) -> None:
        if not self._waiting:
            with transaction(connection):
                self._waiting.extend(self._find(connection))
        while self._waiting:
            if self._is_over(connection, self._waiting[0]):
                self._end_item()
                self._waiting.popleft()
            if time.monotonic() >= until:  # after a chunk at least, however long it took to find
                break

    @abstractmethod
    def _find(self, connection: psycopg.Connection) -> Iterable[T]:
        """What waits, the first to be worked off first."""

    @abstractmethod
    def _is_over(self, connection: psycopg.Connection, item: T) -> bool:
        """Work off a chunk of it, in a transaction; whether nothing of it is left."""

    def _end_item(self) -> None:
        """Forget what is kept between the chunks of an item."""
