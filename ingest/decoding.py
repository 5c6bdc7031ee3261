"""Decoding bodies, and saying which field is at fault."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from ingest.bodies import BatchBody, BeaconBody, HeartbeatBody
from playhead.http.faults import fault_of

T = TypeVar("T")


class BodyError(ValueError):
    """A body that cannot be read.

    BodyError
    ├── MalformedBodyError   400: it is not JSON
    └── InvalidBodyError     422: a field is missing or of the wrong shape
    """


class MalformedBodyError(BodyError):
    """The bytes are not JSON."""


class InvalidBodyError(BodyError):
    """A field is at fault; None where the whole body is."""

    def __init__(self, field: str | None, reason: str) -> None:
        super().__init__(reason if field is None else f"{field}: {reason}")
        self.field = field
        self.reason = reason


class BodyDecoder(Generic[T]):
    """Bytes to a body of one type.

    Raises:
        MalformedBodyError: this is not JSON, or is nested beyond reason.
        InvalidBodyError: names the field at fault.
    """

    def __init__(self, body: type[T]) -> None:
        self._decode = msgspec.json.Decoder(body).decode

    def __call__(self, raw: bytes | msgspec.Raw) -> T:
        """Decode one body."""
        try:
            return self._decode(raw)
        except msgspec.ValidationError as error:
            raise InvalidBodyError(*fault_of(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedBodyError(str(error)) from error
        except RecursionError as error:
            raise MalformedBodyError("the JSON is nested too deeply") from error


decode_heartbeat_body = BodyDecoder(HeartbeatBody)
decode_batch_body = BodyDecoder(BatchBody)
decode_beacon_body = BodyDecoder(BeaconBody)
