"""The events of a stream: what the hub reports to its listeners, and how an event is sent to the client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import asdict

from playhead.policies import TenantPolicies
from playhead.progress import ContentId, Progress, summarize
from playhead.progress.identifiers import TenantId, UserId
from playhead.wire.live import decode_live_change
from playhead.wire.progress import decode_progress
from query_api.models import MemberChange
from query_api.views import listed_item

EndReason = Literal["slow", "shutdown", "scope", "full", "token"]
"""`scope`: the reader may no longer see the team; `full`: the team has outgrown the limits; `token`: the
token that opened the stream expired, or its key was withdrawn."""


@dataclass(frozen=True, slots=True)
class Attached:
    """From here on every change is received, so a snapshot read now misses none."""


@dataclass(frozen=True, slots=True)
class Detached:
    """Changes are not received until the next `Attached`."""

    reason: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """An item of a team's member changed."""

    user: UserId
    content: ContentId
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """An item changed. Decoded and encoded once for all streams that send it."""

    content: ContentId
    progress: Progress
    encoded: bytes
    of_member: MemberChanged
    """The change as a team's stream sends it."""


@dataclass(frozen=True, slots=True)
class Aged:
    """Figures may have changed without an event, as with time or the directory."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream is over."""

    reason: EndReason


StreamEvent = Attached | Detached | Changed | MemberChanged | Aged | Ended
DecodeChange = Callable[[str, bytes], Changed]
"""Decodes a message about a person (`tenant:user`); raises WireError."""

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: proxies see traffic, and clients ignore it."""


def change_decoder(policies: Callable[[TenantId], TenantPolicies]) -> DecodeChange:
    """Return a function that decodes messages under the policy of each item in its tenant."""

    def decode(person: str, message: bytes) -> Changed:
        tenant, user = person.split(":")
        change = decode_live_change(message)
        progress = decode_progress(bytes(change.progress))
        policy = policies(TenantId(tenant)).of(change.content_id).policy
        item = listed_item(change.content_id, summarize(progress, policy))
        member = MemberChange(user_id=UserId(user), **asdict(item))
        of_member = MemberChanged(UserId(user), change.content_id, encode(member))
        return Changed(change.content_id, progress, encode(item), of_member)

    return decode


def retry_hint(milliseconds: int) -> bytes:
    """Encode how long the client waits before it reconnects."""
    return b"retry: %d\n\n" % milliseconds


def event(name: str, identifier: str, data: bytes) -> bytes:
    """Encode one server-sent event; `data` is JSON on one line."""
    return b"event: %b\nid: %b\ndata: %b\n\n" % (name.encode(), identifier.encode(), data)


encode = msgspec.json.Encoder().encode
