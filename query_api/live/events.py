"""What a stream hears from the hub, and what it then says to the client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from playhead.progress import ContentId, Progress

EndReason = Literal["slow", "shutdown"]


@dataclass(frozen=True, slots=True)
class Attached:
    """From now on no change is missed: what a snapshot does not hold will be heard."""


@dataclass(frozen=True, slots=True)
class Detached:
    """Changes cannot be heard until the next `Attached`."""

    reason: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class Changed:
    """An item changed. Encoded once, however many streams send it."""

    content: ContentId
    progress: Progress
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream is over."""

    reason: EndReason


News = Attached | Detached | Changed | Ended

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: proxies see traffic, clients see nothing."""


def retry_hint(milliseconds: int) -> bytes:
    """How long the client waits before it connects again."""
    return b"retry: %d\n\n" % milliseconds


def event(name: str, identifier: str, data: bytes) -> bytes:
    """One server-sent event; `data` is JSON on one line."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name.encode(), identifier.encode(), data)


encode = msgspec.json.Encoder().encode
