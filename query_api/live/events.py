"""What a stream hears from the hub, and what it then says to the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from playhead.progress import ContentId, Progress
from playhead.progress.identifiers import UserId

EndReason = Literal["slow", "shutdown", "scope", "full", "token"]
"""`scope`: what was listened to is no longer theirs to see; `full`: it has grown beyond the room there is;
`token`: the token that opened the stream has expired, or its key was withdrawn."""


@dataclass(frozen=True, slots=True)
class Attached:
    """From now on no change is missed: what a snapshot does not hold will be heard."""


@dataclass(frozen=True, slots=True)
class Detached:
    """Changes cannot be heard until the next `Attached`."""

    reason: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """An item of somebody else's changed."""

    user: UserId
    content: ContentId
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """An item changed. Read and encoded once, however many streams send it."""

    content: ContentId
    progress: Progress
    encoded: bytes
    of_member: MemberChanged
    """The same, for those who look after the person."""


@dataclass(frozen=True, slots=True)
class Aged:
    """Figures that no change told of may be others by now."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream is over."""

    reason: EndReason


News = Attached | Detached | Changed | MemberChanged | Aged | Ended

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: proxies see traffic, clients see nothing."""


def retry_hint(milliseconds: int) -> bytes:
    """How long the client waits before it connects again."""
    return b"retry: %d\n\n" % milliseconds


def event(name: str, identifier: str, data: bytes) -> bytes:
    """One server-sent event; `data` is JSON on one line."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name.encode(), identifier.encode(), data)


encode = msgspec.json.Encoder().encode
