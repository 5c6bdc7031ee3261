"""Decodes records of `progress.states` and checks what the sink relies on. Pure."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Raw, Struct
from msgspec.structs import astuple

from playhead.progress.progress import Progress
from playhead.wire.errors import MalformedRecordError, UnknownVersionError, WireError, WrongKeyError
from playhead.wire.keys import state_key
from playhead.wire.progress import decode_progress
from playhead.wire.states import Checkpoint, State, decode_state
from sinks.errors import NewerStateError

MAX_BIGINT = 2**63 - 1
"""A checkpoint beyond it would look like a fault of the sink's own."""
KEY_PARTS = 3


class StateOwner(NamedTuple):
    """The person whose record it is."""

    tenant: str
    user: str


class ConsumedRecord(Struct, frozen=True, gc=False):
    """A record of the states topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    written_ms: int | None = None
    """The log's timestamp, in milliseconds since 1970; None if it has none."""

    @property
    def person(self) -> StateOwner:
        """The owner that the key names. A key that names no person counts as a person of its own."""
        try:
            tenant, user, _ = (self.key or b"").decode().split(":")
        except ValueError:  # not three parts, or not UTF-8
            place = f"{self.partition}:{self.offset}"
            return StateOwner(place, place)
        return StateOwner(tenant, user)


class StateEntry(Struct, frozen=True, gc=False):
    """A state to store."""

    source: ConsumedRecord
    state: State
    progress: Progress
    touched: frozenset[str] | None
    """The sessions to write; None for all, because records before this one may be missing."""
    owner: str
    """Tenant, user and content as three fields of a COPY line."""
    encoded: str
    """The progress as text, unchanged."""

    @property
    def is_older(self) -> bool:
        """Whether it has the older sessions of an item."""
        return self.state.part is not None


class RejectedRecord(Struct, frozen=True, gc=False):
    """A record that cannot be stored."""

    source: ConsumedRecord
    reason: str
    """One of `playhead.wire.dead_letters.REASONS`."""
    detail: str

    def __str__(self) -> str:
        return f"partition {self.source.partition}, offset {self.source.offset}: {self.reason}: {self.detail}"


DecodedState = StateEntry | Checkpoint | RejectedRecord | None


def decode(source: ConsumedRecord, *, has_gap: bool = False) -> DecodedState:
    """The content of a record; None for a tombstone.

    Args:
        source: The record.
        has_gap: Whether compaction may have removed records before it.

    Raises:
        NewerStateError: a newer release wrote it.
    """
    if source.value is None:
        return None
    try:
        record = decode_state(source.value)
        if isinstance(record, Checkpoint):
            return _checked(source, record)
        return _entry(source, record, has_gap=has_gap)
    except WireError as error:
        if isinstance(error, UnknownVersionError) and error.is_newer:
            raise NewerStateError(source.partition, source.offset, str(error)) from error
        return RejectedRecord(source, error.reason, str(error))


def _checked(source: ConsumedRecord, checkpoint: Checkpoint) -> Checkpoint:
    if checkpoint.partition != source.partition:
        raise WrongKeyError(f"the checkpoint is of partition {checkpoint.partition}")
    if not all(0 <= count <= MAX_BIGINT for count in astuple(checkpoint.ledger)):
        raise MalformedRecordError("a checkpoint's offsets and counts lie between 0 and 2^63 - 1")
    return checkpoint


def _entry(source: ConsumedRecord, state: State, *, has_gap: bool) -> StateEntry:
    key = state_key(state.tenant_id, state.user_id, state.content_id)
    if source.key != state.key.encode():
        raise WrongKeyError(f"the state is of {state.key}")
    return StateEntry(
        source=source,
        state=state,
        progress=decode_progress(state.progress),
        touched=None if has_gap else frozenset(state.touched),
        owner=_owner(key),
        encoded=_text(state.progress),
    )


def _owner(key: str) -> str:
    """The parts of a key between tabs. Whether each is a UUID, PostgreSQL decides."""
    has_escapes = "\t" in key or "\n" in key or "\r" in key or "\\" in key
    if key.count(":") != KEY_PARTS - 1 or has_escapes:
        raise MalformedRecordError(f"{key!r} is not three UUIDs")
    return key.replace(":", "\t")


def _text(encoded: Raw) -> str:
    try:
        return bytes(encoded).decode()
    except UnicodeDecodeError as error:  # in a field that this release does not know and skips
        raise MalformedRecordError(str(error)) from error
