"""Reading a request: its few headers that matter, and its body within limits of size and time."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from playhead.identity import authorization_of

BODY_SECONDS = 10.0
"""For the whole body. A player on a bad line sends 1 KB; whoever dribbles for longer is holding us up."""

_JSON = b"application/json"
_BEACON = b"text/plain"
_DIGITS = 18
"""Of a length; more is too large all the same, and Python refuses to read thousands of them."""


class BodyTooLargeError(Exception):
    """The body is larger than allowed."""


class BodyTooSlowError(Exception):
    """The body did not come in time."""


class UnsupportedMediaTypeError(Exception):
    """The body is neither JSON nor a beacon's text, or is compressed."""


class Envelope(Struct, frozen=True):
    """The headers of a request that matter here."""

    authorization: str | None
    content_type: bytes
    content_length: int | None
    encoding: bytes

    @classmethod
    def of(cls, scope: Scope) -> Envelope:
        """Of an ASGI request; header names are lower case there.

        Raises:
            InvalidTokenError: there are several Authorization headers.
        """
        found: dict[bytes, bytes] = dict(scope["headers"])
        length = found.get(b"content-length", b"")
        return cls(
            authorization_of(scope["headers"]),
            found.get(b"content-type", b"").partition(b";")[0].strip().lower(),
            int(length[:_DIGITS]) if length.isdigit() else None,
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


async def read_body(receive: Receive, envelope: Envelope, limit: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLargeError: it is, or says it is, longer than `limit` bytes; the rest was not read.
        BodyTooSlowError: it took longer than `BODY_SECONDS`.
        ClientDisconnect: nobody is there any more.
    """
    if envelope.content_length is not None and envelope.content_length > limit:
        raise BodyTooLargeError(f"the body may have {limit} bytes")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise BodyTooSlowError(f"the body did not come within {BODY_SECONDS:.0f} s") from error


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    left = limit
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        left -= len(chunk)
        if left < 0:
            raise BodyTooLargeError(f"the body may have {limit} bytes")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
