"""JSON by msgspec; its errors become `WireError`s here."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from playhead.progress.progress import Progress
from playhead.wire.errors import MalformedRecordError, UnknownVersionError

VERSION = 1
"""The schema version of every record. Raise it only if older readers must stop."""

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")
encode = _encoder.encode
"""Encode a record; equal values give equal bytes."""


class Decoder(Generic[T]):
    """Decodes records of one type.

    Raises:
        UnknownVersionError: the record's `v` is not `VERSION`.
        MalformedRecordError: the record is otherwise invalid; the message names the field.
    """

    def __init__(self, record: type[T]) -> None:
        self._decode = msgspec.json.Decoder(record).decode

    def __call__(self, raw: bytes) -> T:
        """Decode one record."""
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _translate(raw, error) from error


class _Versioned(msgspec.Struct):
    v: int = VERSION


def _translate(raw: bytes, error: Exception) -> MalformedRecordError | UnknownVersionError:
    try:
        version = msgspec.json.decode(raw, type=_Versioned).v
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        version = VERSION
    if version != VERSION:
        return UnknownVersionError(version, VERSION)
    return MalformedRecordError(str(error))


decode_progress = Decoder(Progress)
"""Decode the `Progress` of a Redis field, a state, or the `state` column of a row."""
