"""Writes what a processor writes: states and checkpoints, from heartbeats through the real kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from confluent_kafka import Producer
from msgspec import Raw
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    ContentId,
    Heartbeat,
    HeartbeatEvent,
    HeartbeatId,
    Instant,
    Intervals,
    Override,
    Policy,
    Progress,
    SessionId,
    TenantId,
    UserId,
    apply,
    summarize,
)
from playhead.progress.progress import is_visit
from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from playhead.wire.keys import checkpoint_key, state_key
from playhead.wire.progress import encode_progress
from playhead.wire.states import Checkpoint, State, decode_state
from playhead.wire.topics import Topics

POLICY = Policy()
START = Instant(1_790_000_000_000)
"""2026-09-21T14:13:20Z."""


def identifier(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))


@dataclass(frozen=True)
class Item:
    """One person's one item."""

    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId

    @classmethod
    def of(cls, *, tenant: int = 1, user: int = 1, content: int = 1) -> Item:
        return cls(
            TenantId(identifier("tenant", tenant)),
            UserId(identifier("user", user)),
            ContentId(identifier("content", content)),
        )

    @property
    def key(self) -> str:
        return state_key(self.tenant_id, self.user_id, self.content_id)


@dataclass(frozen=True)
class Record:
    """A key and a value for the states topic."""

    key: bytes
    value: bytes | None
    partition: int = 0


@dataclass
class Author:
    """A processor of one partition, reduced to its arithmetic."""

    partition: int = 0
    offset: int = 0
    known: dict[Item, Progress] = field(default_factory=dict)
    catalogue: dict[ContentId, Override] = field(default_factory=dict)
    """What this processor has read of it."""

    def watch(  # noqa: PLR0913 - what a player says
        self,
        item: Item,
        until_s: float,
        *,
        since_s: float = 0,
        at_s: float | None = None,
        began_s: float | None = 0,
        session: int | None = 1,
        duration_s: float = 600,
        event: HeartbeatEvent = "heartbeat",
    ) -> Record:
        """A heartbeat at `at_s` seconds after START that shows [since, until) watched; the state after it.

        The session began `began_s` after START, if the client says so; `session` None is an unnamed visit.
        """
        occurred = Instant(START + int((until_s if at_s is None else at_s) * 1000))
        return self.take(
            Heartbeat(
                heartbeat_id=HeartbeatId(str(uuid.uuid4())),
                tenant_id=item.tenant_id,
                user_id=item.user_id,
                content_id=item.content_id,
                occurred_at=occurred,
                received_at=occurred,
                event=event,
                started_at=None if began_s is None else Instant(START + int(began_s * 1000)),
                session_id=None if session is None else SessionId(identifier("session", session)),
                position_ms=int(until_s * 1000),
                duration_ms=int(duration_s * 1000),
                watched=Intervals.of([(int(since_s * 1000), int(until_s * 1000))]),
                watch_ms=int((until_s - since_s) * 1000),
                playback_rate=1.0,
            )
        )

    def read(self, item: Item, pages: list[int], *, scroll: float, page_count: int) -> Record:
        """A heartbeat that shows these pages of a document read; the state after it."""
        return self.take(
            Heartbeat(
                heartbeat_id=HeartbeatId(str(uuid.uuid4())),
                tenant_id=item.tenant_id,
                user_id=item.user_id,
                content_id=item.content_id,
                occurred_at=START,
                received_at=START,
                session_id=SessionId(identifier("session", 1)),
                kind="document",
                pages_viewed=Intervals.of((page, page + 1) for page in pages),
                page_count=page_count,
                scroll_position=scroll,
            )
        )

    def claim(self, item: Item, watched_s: float) -> Record:
        """A heartbeat that claims a watched time without showing it; the state after it."""
        return self.take(
            Heartbeat(
                heartbeat_id=HeartbeatId(str(uuid.uuid4())),
                tenant_id=item.tenant_id,
                user_id=item.user_id,
                content_id=item.content_id,
                occurred_at=START,
                received_at=START,
                session_id=SessionId(identifier("session", 1)),
                watch_ms=int(watched_s * 1000),
            )
        )

    def take(self, *heartbeats: Heartbeat) -> Record:
        """The state after heartbeats of one item."""
        first = heartbeats[0]
        item = Item(first.tenant_id, first.user_id, first.content_id)
        touched: set[str] = set()
        for heartbeat in heartbeats:
            before = self.known.get(item, NOTHING)
            self.known[item] = apply(before, heartbeat, POLICY.under(self.catalogue.get(item.content_id)))
            self.offset += 1
            if heartbeat.session_id is not None:
                touched.add(heartbeat.session_id)
            elif not heartbeat.is_act:
                touched.add(
                    next(
                        key
                        for key, session in self.known[item].sessions.items()
                        if is_visit(key) and session.started_at <= heartbeat.occurred_at <= session.last_at
                    )
                )
        return self.state(item, touched)

    def state(self, item: Item, touched: Iterable[str], *, offset: int | None = None) -> Record:
        progress, override = self.known[item], self.catalogue.get(item.content_id)
        state = State(
            v=2,
            tenant_id=item.tenant_id,
            user_id=item.user_id,
            content_id=item.content_id,
            source_partition=self.partition,
            source_offset=self.offset if offset is None else offset,
            touched=tuple(touched),
            override=override,
            summary=summarize(progress, POLICY.under(override)),
            progress=Raw(encode_progress(progress)),
        )
        return Record(item.key.encode(), encode(state), self.partition)

    def outdated(self, item: Item, until_s: int, *, percentage: int) -> Record:
        """What a processor of a release before version 2 writes of the item, watched from its beginning."""
        record = self.watch(item, until_s)
        state = decode_state(record.value or b"")
        assert isinstance(state, State)
        sessions = msgspec.to_builtins(self.known[item].sessions)
        progress = Raw(msgspec.json.encode({"sessions": sessions, "durationMs": 600_000}))
        summary = replace(state.summary, percentage=percentage)
        older = replace(state, v=1, progress=progress, summary=summary)
        return Record(record.key, encode(older), self.partition)

    def forge(self, item: Item, **summary: Any) -> Record:
        """A valid state that no processor would write."""
        state = decode_state(self.state(item, self.known[item].sessions).value or b"")
        assert isinstance(state, State)
        forged = replace(state, summary=replace(state.summary, **summary))
        return Record(item.key.encode(), encode(forged), self.partition)

    def forge_ids(self, item: Item, tenant: str, user: str, content: str) -> Record:
        """The item's state under ids of another person and item."""
        other = Item(TenantId(tenant), UserId(user), ContentId(content))
        self.known[other] = self.known[item]
        return self.state(other, ())

    def checkpoint(self, *, duplicates: int = 0, dead_lettered: int = 0) -> Record:
        checkpoint = Checkpoint(
            v=1,
            partition=self.partition,
            first_offset=0,
            next_offset=self.offset,
            applied=self.offset - duplicates - dead_lettered,
            duplicates=duplicates,
            dead_lettered=dead_lettered,
        )
        return Record(checkpoint_key(self.partition).encode(), encode(checkpoint), self.partition)


class Log:
    """The states topic, to write to."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.topic = Topics.named(settings.kafka_prefix).states.name
        self._producer = Producer({"bootstrap.servers": settings.kafka_servers, "acks": "all"})

    def write(self, *records: Record) -> None:
        for record in records:
            self._producer.produce(
                self.topic, record.value, record.key, partition=record.partition, on_delivery=_require
            )
            self._producer.poll(0)
        assert self._producer.flush(30) == 0


def _require(error: object, _: object) -> None:
    assert error is None, error
