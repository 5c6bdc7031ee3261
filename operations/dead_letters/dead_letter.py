"""Records of the dead-letter topic: identity, filter, and whether sending one again can succeed. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Self

from msgspec import Struct

from playhead.wire.dead_letters import DeadLetter
from playhead.wire.errors import WireError
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import item_of, person_key
from playhead.wire.progress import decode_progress
from playhead.wire.states import State, decode_state
from playhead.wire.topics import Topics

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ID = re.compile(r"(\d+):(\d+)")


class DeadLettersError(Exception):
    """No such dead letter, or none was named; the message names the way out."""


class DeadLetterId(Struct, frozen=True, order=True):
    """Partition and offset in the dead-letter topic, written `PARTITION:OFFSET`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `PARTITION:OFFSET`.

        Raises:
            DeadLettersError: the text has another form.
        """
        match = _ID.fullmatch(text)
        if match is None:
            raise DeadLettersError(f"{text!r} is not PARTITION:OFFSET")
        return cls(int(match[1]), int(match[2]))


class DeadLetterRecord(Struct, frozen=True, kw_only=True):
    """A record of the dead-letter topic."""

    id: DeadLetterId
    at: datetime
    """When it became a dead letter, UTC."""
    origin: DeadLetter
    key: bytes
    value: bytes
    is_whole: bool
    """False if the value was too large for the topic and is missing here."""

    @property
    def person(self) -> tuple[str, str] | None:
        """Tenant and person, by the key; None if it names none."""
        parts = self.key.decode(errors="replace").split(":")
        return (parts[0], parts[1]) if len(parts) > 1 else None

    @property
    def state(self) -> State | None:
        """The value as a state; None if this release cannot decode it as one."""
        try:
            record = decode_state(self.value)
        except WireError:
            return None
        return record if isinstance(record, State) else None


class DeadLetterFilter(Struct, frozen=True, kw_only=True):
    """Which dead letters; None for any."""

    reason: str | None = None
    tenant: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, record: DeadLetterRecord) -> bool:
        """Whether the record passes every part of the filter."""
        tenant, person = record.person or ("", "")
        return (
            self.reason in {None, record.origin.reason}
            and self.tenant in {None, tenant}
            and self.person in {None, person}
            and (self.since is None or record.at >= self.since)
            and (self.until is None or record.at < self.until)
        )


def unsendable_reason(record: DeadLetterRecord, topics: Topics) -> str | None:
    """Why the service that reads the source topic would refuse the record again; None if it may accept it."""
    if not record.is_whole:
        return "its value was too large to be kept"
    source = record.origin.topic
    if source not in {topics.heartbeats.name, topics.states.name}:
        return f"it came from {source}, which is no topic of this Playhead"
    key_of = _heartbeat_key if source == topics.heartbeats.name else _state_key
    try:
        key = key_of(record.value)
    except WireError as error:
        return f"this release cannot read it either: {error}"
    if key.encode() != record.key:
        return f"its key is not {key}"
    return None if all(map(_UUID.fullmatch, _ids(key))) else "its key names no person"


def _ids(key: str) -> list[str]:
    return (key.rpartition(":")[0] + ":" + item_of(key)).split(":")


def _heartbeat_key(value: bytes) -> str:
    heartbeat = decode_heartbeat(value)
    return person_key(heartbeat.tenant_id, heartbeat.user_id)


def _state_key(value: bytes) -> str:
    state = decode_state(value)
    if not isinstance(state, State):
        raise WireError("it is a checkpoint, and a later one has followed")
    decode_progress(state.progress)
    return state.key
