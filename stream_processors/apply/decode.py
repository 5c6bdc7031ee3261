"""Decodes a batch: heartbeats by person and item, and other records, each with its error. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playhead.kafka.batches import RecordBatch, SourceRecord
from playhead.progress import ContentId, Heartbeat
from playhead.progress.identifiers import TenantId
from playhead.wire.errors import MalformedRecordError, UnknownVersionError, WireError, WrongKeyError
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import person_key
from playhead.wire.progress import decode_progress
from stream_processors.errors import NewerRecordError

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_is_uuid = re.compile(_UUID).fullmatch
_is_person = re.compile(f"{_UUID}:{_UUID}").fullmatch

OffsetHeartbeat = tuple[int, Heartbeat]
"""A heartbeat and its offset."""
ItemHeartbeats = dict[ContentId, list[OffsetHeartbeat]]
"""A person's heartbeats by item, each list in the order of the log."""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A record that is no heartbeat."""

    record: SourceRecord
    error: WireError


@dataclass(frozen=True, slots=True)
class Decoded:
    """A batch and its heartbeats by person (`tenant:user`)."""

    batch: RecordBatch
    people: dict[str, ItemHeartbeats]
    undecodable: list[Undecodable]

    @property
    def items(self) -> set[tuple[TenantId, ContentId]]:
        """Every item of which it has heartbeats."""
        return {
            (TenantId(person.partition(":")[0]), content)
            for person, items in self.people.items()
            for content in items
        }


def decode(batch: RecordBatch) -> Decoded:
    """Decode every record of the batch.

    Raises:
        NewerRecordError: a record under a valid key has a newer schema version than this release reads.
    """
    people: dict[str, ItemHeartbeats] = {}
    undecodable: list[Undecodable] = []
    for record in batch.records:
        try:
            heartbeat = decode_heartbeat(record.value or b"")
            person = person_key(heartbeat.tenant_id, heartbeat.user_id)
            if record.key != person.encode():
                raise WrongKeyError(f"the key is {record.key!r}, the heartbeat is of {person!r}")
            items = people.get(person)
            if items is None:
                items = people[person] = _new_person(person)
            heartbeats = items.get(heartbeat.content_id)
            if heartbeats is None:
                heartbeats = items[heartbeat.content_id] = _new_item(heartbeat)
            if heartbeat.session_id is not None and not _is_uuid(heartbeat.session_id):
                raise MalformedRecordError("sessionId is no canonical UUID")
            if heartbeat.merged is not None or heartbeat.event == "merge":
                _check_merge(heartbeat)
            heartbeats.append((record.offset, heartbeat))
        except WireError as error:
            if isinstance(error, UnknownVersionError) and error.is_newer and _has_valid_key(record):
                raise NewerRecordError(batch.partition, record.offset, error) from error
            undecodable.append(Undecodable(record, error))
    return Decoded(batch, people, undecodable)


def _check_merge(heartbeat: Heartbeat) -> None:
    """Check that a merge brings progress.

    Raises:
        MalformedRecordError: it does not.
    """
    if heartbeat.merged is None or heartbeat.event != "merge":
        raise MalformedRecordError("a merge, and nothing else, has merged progress")
    decode_progress(heartbeat.merged.progress)


def _has_valid_key(record: SourceRecord) -> bool:
    """Whether a release of this product may have written the record."""
    return _is_person((record.key or b"").decode("latin-1")) is not None


def _new_person(person: str) -> ItemHeartbeats:
    if not _is_person(person):
        raise MalformedRecordError("tenantId and userId are canonical UUIDs")
    return {}


def _new_item(heartbeat: Heartbeat) -> list[OffsetHeartbeat]:
    if not _is_uuid(heartbeat.content_id):
        raise MalformedRecordError("contentId is no canonical UUID")
    return []
