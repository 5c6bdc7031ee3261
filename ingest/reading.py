"""Reading a request: its few headers that matter."""

from __future__ import annotations

from msgspec import Struct
from starlette.types import Scope

_JSON = b"application/json"
_BEACON = b"text/plain"


class UnsupportedMediaTypeError(Exception):
    """The body is neither JSON nor a beacon's text, or is compressed."""


class Envelope(Struct, frozen=True):
    """The headers of a request that matter here."""

    has_authorization: bool
    content_type: bytes
    encoding: bytes

    @classmethod
    def of(cls, scope: Scope) -> Envelope:
        """Of an ASGI request; header names are lower case there."""
        found: dict[bytes, bytes] = dict(scope["headers"])
        return cls(
            b"authorization" in found,
            found.get(b"content-type", b"").partition(b";")[0].strip().lower(),
            found.get(b"content-encoding", b"identity").strip().lower(),
        )

    @property
    def is_beacon(self) -> bool:
        """Whether this may come from `sendBeacon`, which sends text, or nothing said."""
        return self.content_type in (_BEACON, b"")

    def check_media_type(self) -> None:
        """Refuse what is not JSON by its own word.

        Raises:
            UnsupportedMediaTypeError: says what to send.
        """
        if self.content_type != _JSON and not self.is_beacon:
            raise UnsupportedMediaTypeError("send application/json, or text/plain from a beacon")
        if self.encoding != b"identity":
            raise UnsupportedMediaTypeError("send the body uncompressed")
