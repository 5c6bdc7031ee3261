"""Publishes the progress of one person as records of another, which the processor adds to theirs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from msgspec import Raw
from msgspec.structs import replace

from operations.merge.errors import MergeError
from operations.merge.people import Pair
from operations.stores import publish
from playhead.kafka.records import ProducerRecord
from playhead.progress import NOTHING, ContentId, HeartbeatId, Instant, Progress, Session
from playhead.progress.heartbeat import MergedItem
from playhead.progress.older import whole
from playhead.settings import KafkaSettings
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HEARTBEAT_VERSION, LARGEST_MERGE_BYTES, HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.topics import Topics

AT_ONCE = 50
"""Items published together, each of a few kB."""
_ROWS = """
SELECT p.content_id::text, p.state, o.state, p.source_partition, p.source_offset
FROM progress.user_progress AS p LEFT JOIN progress.older_sessions AS o USING (user_id, content_id, tenant_id)
WHERE p.tenant_id = %(tenant)s AND p.user_id = %(user)s
"""


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """A row of progress."""

    progress: Progress
    version: tuple[int, int]
    """Its source partition and offset."""


def stored_items(connection: psycopg.Connection, pair: Pair, user: str) -> dict[ContentId, PublishedItem]:
    """The rows of one person, by item, with all their sessions."""
    rows = connection.execute(_ROWS, {"tenant": pair.tenant, "user": user})
    return {
        ContentId(content): PublishedItem(_whole(state, older), (partition, offset))
        for content, state, older, partition, offset in rows
    }


def _whole(state: str, older: str | None) -> Progress:
    record = decode_progress(state.encode())
    return whole(record, None if older is None else decode_progress(older.encode()))


def publish_items(settings: KafkaSettings, pair: Pair, items: Mapping[ContentId, PublishedItem]) -> None:
    """Return once Kafka has acknowledged the progress of every item.

    Raises:
        PublishError: some may be missing; publish all of them again.
    """
    records = [
        record
        for content, item in items.items()
        if item.progress != NOTHING  # the row of a course, which is derived from its parts
        for record in _records(settings, pair, content, item.progress)
    ]
    for first in range(0, len(records), AT_ONCE):
        publish(settings, "merge", records[first : first + AT_ONCE])


def require_merged(
    items: Mapping[ContentId, PublishedItem], into: Mapping[ContentId, PublishedItem], pair: Pair
) -> None:
    """Check that the progress of each item is part of the other person's.

    Raises:
        MergeError: that of an item is not.
    """
    missing = [
        content
        for content, item in items.items()
        if item.progress != NOTHING
        and (content not in into or pair.source not in into[content].progress.merged)
    ]
    if missing:
        raise MergeError(
            f"{len(missing)} items were not added, such as {missing[0]}: see `playhead dead-letters list`, "
            "and run the command again, which continues"
        )


def _records(
    settings: KafkaSettings, pair: Pair, content: ContentId, progress: Progress
) -> Iterator[ProducerRecord]:
    topic = Topics.named(settings.kafka_prefix).heartbeats.name
    key = person_key(pair.tenant, pair.into).encode()
    for part in parts(progress):
        yield ProducerRecord(topic, key, encode(_record(pair, content, part)))


def _record(pair: Pair, content: ContentId, progress: Progress) -> HeartbeatRecord:
    now = Instant(time.time_ns() // 1_000_000)
    return HeartbeatRecord(
        v=HEARTBEAT_VERSION,
        heartbeat_id=HeartbeatId(str(uuid4())),
        tenant_id=pair.tenant,
        user_id=pair.into,
        content_id=content,
        occurred_at=now,
        received_at=now,
        event="merge",
        kind=progress.kind,
        merged=MergedItem(pair.source, Raw(encode_progress(progress))),
    )


def parts(progress: Progress, most_bytes: int = LARGEST_MERGE_BYTES) -> Iterator[Progress]:
    """The progress in parts that are small enough for a record: the oldest sessions first.

    The first part has everything else. A later one has sessions only, which are joined.
    """
    ordered = sorted(progress.sessions.items(), key=lambda item: item[1].last_at)
    chunks = list(_chunks(ordered, most_bytes))
    yield replace(progress, sessions=chunks[0])
    for chunk in chunks[1:]:
        yield Progress(sessions=chunk, kind=progress.kind)


def _chunks(sessions: Iterable[tuple[str, Session]], most_bytes: int) -> Iterator[dict[str, Session]]:
    chunk: dict[str, Session] = {}
    size = 0
    for key, session in sessions:
        length = len(encode(session))
        if chunk and size + length > most_bytes:
            yield chunk
            chunk, size = {}, 0
        chunk[key] = session
        size += length
    yield chunk
