"""From a record of `progress.states` to what the sink stores of it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Raw, Struct

from playhead.progress.progress import Progress
from playhead.wire.codec import decode_progress
from playhead.wire.errors import MalformedRecordError, UnknownVersionError, WireError, WrongKeyError
from playhead.wire.keys import state_key
from playhead.wire.states import Checkpoint, State, decode_state
from sinks.errors import NewerStateError

LARGEST = 2**63 - 1
"""What a bigint holds. A checkpoint beyond it could not be told apart from a fault of the sink's own."""


class PersonKey(NamedTuple):
    """Whose a record is."""

    tenant: str
    user: str


class Source(Struct, frozen=True, gc=False):
    """A record as it lies in the log."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    written_ms: int | None = None
    """When, by the log; None where it does not tell."""

    @property
    def person(self) -> PersonKey:
        """Whose it is by its key. A key that names no person is no player's doing: each counts as one."""
        try:
            tenant, user, _ = (self.key or b"").decode().split(":")
        except ValueError:  # not three parts, or no text
            nobody = f"{self.partition}:{self.offset}"
            return PersonKey(nobody, nobody)
        return PersonKey(tenant, user)


class Entry(Struct, frozen=True, gc=False):
    """A state to be stored."""

    source: Source
    state: State
    progress: Progress
    touched: frozenset[str] | None
    """The sessions to write; None for every one, because records before this one may be missing."""
    owner: str
    """Tenant, user and content as three fields of a COPY line."""
    encoded: str
    """The progress as it came."""


class Rejected(Struct, frozen=True, gc=False):
    """A record that cannot be stored."""

    source: Source
    reason: str
    """One of `playhead.wire.dead_letters.REASONS`."""
    detail: str

    def __str__(self) -> str:
        return f"partition {self.source.partition}, offset {self.source.offset}: {self.reason}: {self.detail}"


def read(source: Source, *, has_gap: bool = False) -> Entry | Checkpoint | Rejected | None:
    """What a record says; None for a tombstone. `has_gap`: compaction has removed records before it.

    Raises:
        NewerStateError: this release is too old for it.
    """
    if source.value is None:
        return None
    try:
        record = decode_state(source.value)
        if isinstance(record, Checkpoint):
            return _checkpoint(source, record)
        return _entry(source, record, has_gap=has_gap)
    except WireError as error:
        if isinstance(error, UnknownVersionError) and error.is_newer:
            raise NewerStateError(source.partition, source.offset, str(error)) from error
        return Rejected(source, error.reason, str(error))


def _checkpoint(source: Source, told: Checkpoint) -> Checkpoint:
    if told.partition != source.partition:
        raise WrongKeyError(f"the checkpoint is of partition {told.partition}")
    counts = (told.first_offset, told.next_offset, told.applied, told.duplicates, told.dead_lettered)
    if not all(0 <= count <= LARGEST for count in counts):
        raise MalformedRecordError("a checkpoint's offsets and counts lie between 0 and 2^63 - 1")
    return told


def _entry(source: Source, state: State, *, has_gap: bool) -> Entry:
    key = state_key(state.tenant_id, state.user_id, state.content_id)
    if source.key != key.encode():
        raise WrongKeyError(f"the state is of {key}")
    return Entry(
        source=source,
        state=state,
        progress=decode_progress(state.progress),
        touched=None if has_gap else frozenset(state.touched),
        owner=_owner(key),
        encoded=_text(state.progress),
    )


def _owner(key: str) -> str:
    """The key's parts between tabs. That each is a UUID is PostgreSQL's to say, as long as it reads three."""
    if key.count(":") != 2 or "\t" in key or "\n" in key or "\r" in key or "\\" in key:  # noqa: PLR2004 - three parts
        raise MalformedRecordError(f"{key!r} is not three UUIDs")
    return key.replace(":", "\t")


def _text(encoded: Raw) -> str:
    try:
        return bytes(encoded).decode()
    except UnicodeDecodeError as error:  # in a field that this release does not know and skips
        raise MalformedRecordError(str(error)) from error
