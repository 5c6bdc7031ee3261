"""Dead letters as they are kept, which of them are wanted, and whether one is worth sending again. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Self

from msgspec import Struct

from playhead.wire.codec import decode_progress
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.errors import WireError
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import person_key, state_key
from playhead.wire.states import State, decode_state
from playhead.wire.topics import Topics

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PLACE = re.compile(r"(\d+):(\d+)")


class Place(Struct, frozen=True, order=True):
    """Where a letter lies in the dead-letter topic."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `PARTITION:OFFSET`.

        Raises:
            ValueError: it is not of this form.
        """
        found = _PLACE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not PARTITION:OFFSET")
        return cls(int(found[1]), int(found[2]))


class KeptLetter(Struct, frozen=True, kw_only=True):
    """A record of the dead-letter topic."""

    place: Place
    at: datetime
    """When it became a dead letter, UTC."""
    letter: DeadLetter
    key: bytes
    value: bytes
    is_whole: bool
    """Whether the value is here."""

    @property
    def person(self) -> tuple[str, str] | None:
        """Tenant and person, by the key; None where it names none."""
        parts = self.key.decode(errors="replace").split(":")
        return (parts[0], parts[1]) if len(parts) > 1 else None


class Wanted(Struct, frozen=True, kw_only=True):
    """Which letters; None for any."""

    reason: str | None = None
    tenant: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def has(self, kept: KeptLetter) -> bool:
        """Whether the letter is one of them."""
        tenant, person = kept.person or ("", "")
        return (
            self.reason in {None, kept.letter.reason}
            and self.tenant in {None, tenant}
            and self.person in {None, person}
            and (self.since is None or kept.at >= self.since)
            and (self.until is None or kept.at < self.until)
        )


def state_of(kept: KeptLetter) -> State | None:
    """The state that the letter is, None where it is none that this release can read."""
    try:
        record = decode_state(kept.value)
    except WireError:
        return None
    return record if isinstance(record, State) else None


def obstacle(kept: KeptLetter, topics: Topics) -> str | None:
    """Why the record would be in vain where it came from; None where it may be taken this time."""
    if not kept.is_whole:
        return "its value was too large to be kept"
    source = kept.letter.topic
    if source not in {topics.heartbeats.name, topics.states.name}:
        return f"it came from {source}, which is no topic of this Playhead"
    try:
        key = _key_of_heartbeat(kept.value) if source == topics.heartbeats.name else _key_of_state(kept.value)
    except WireError as error:
        return f"this release cannot read it either: {error}"
    if key.encode() != kept.key:
        return f"its key is not {key}"
    return None if all(map(_UUID.fullmatch, key.split(":"))) else "its key names no person"


def _key_of_heartbeat(value: bytes) -> str:
    heartbeat = decode_heartbeat(value)
    return person_key(heartbeat.tenant_id, heartbeat.user_id)


def _key_of_state(value: bytes) -> str:
    state = decode_state(value)
    if not isinstance(state, State):
        raise WireError("it is a checkpoint, and a later one has followed")
    decode_progress(state.progress)
    return state_key(state.tenant_id, state.user_id, state.content_id)
