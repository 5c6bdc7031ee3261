"""JSON by msgspec; its errors become `WireError`s here."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from playhead.wire.errors import MalformedRecordError, UnknownVersionError

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")
encode = _encoder.encode
"""Encode a record; equal values give equal bytes."""


class Decoder(Generic[T]):
    """Decodes records of one type.

    Args:
        record: The type.
        version: Its latest schema version. Raise it only if older readers must stop.

    Raises:
        UnknownVersionError: the record's `v` is another version.
        MalformedRecordError: the record is otherwise invalid; the message names the field.
    """

    def __init__(self, record: type[T], version: int = 1) -> None:
        self._decode = msgspec.json.Decoder(record).decode
        self._version = version

    def __call__(self, raw: bytes) -> T:
        """Decode one record."""
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _translate(raw, error, self._version) from error


class _Versioned(msgspec.Struct):
    v: int | None = None


def _translate(raw: bytes, error: Exception, known: int) -> MalformedRecordError | UnknownVersionError:
    try:
        version = msgspec.json.decode(raw, type=_Versioned).v
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        version = None
    if version is not None and not 1 <= version <= known:
        return UnknownVersionError(version, known)
    return MalformedRecordError(str(error))
