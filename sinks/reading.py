"""From a record of `progress.states` to what the sink stores of it. Pure."""

from __future__ import annotations

from msgspec import Struct

from playhead.progress.progress import Progress
from playhead.wire.codec import decode_progress
from playhead.wire.errors import WireError
from playhead.wire.keys import state_key
from playhead.wire.states import Checkpoint, State, decode_state


class Source(Struct, frozen=True, gc=False):
    """A record as it lies in the log."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Entry(Struct, frozen=True, gc=False):
    """A state to be stored."""

    source: Source
    state: State
    progress: Progress
    touched: frozenset[str] | None
    """The sessions to write; None for every one, because records before this one may be missing."""
    owner: str
    """Tenant, user and content as three fields of a COPY line."""


class Rejected(Struct, frozen=True, gc=False):
    """A record that cannot be stored."""

    source: Source
    reason: str
    """One of `playhead.wire.dead_letters.REASONS`."""
    detail: str

    def __str__(self) -> str:
        return f"partition {self.source.partition}, offset {self.source.offset}: {self.reason}: {self.detail}"


def read(source: Source, *, has_gap: bool = False) -> Entry | Checkpoint | Rejected | None:
    """What a record says; None for a tombstone. `has_gap`: compaction has removed records before it."""
    if source.value is None:
        return None
    try:
        record = decode_state(source.value)
        if isinstance(record, Checkpoint):
            return record
        progress = decode_progress(record.progress)
    except WireError as error:
        return Rejected(source, error.reason, str(error))
    key = state_key(record.tenant_id, record.user_id, record.content_id)
    if source.key != key.encode():
        return Rejected(source, "wrong_key", f"the state is of {key}")
    owner = _owner(key)
    if owner is None:
        return Rejected(source, "malformed", f"{key!r} is not three UUIDs")
    return Entry(source, record, progress, None if has_gap else frozenset(record.touched), owner)


def _owner(key: str) -> str | None:
    """The key's parts between tabs. That each is a UUID is PostgreSQL's to say, as long as it reads three."""
    if key.count(":") != 2 or "\t" in key or "\n" in key or "\r" in key or "\\" in key:  # noqa: PLR2004 - three parts
        return None
    return key.replace(":", "\t")
