"""From a message of the live channel to the change that every stream of the person sends."""

from __future__ import annotations

from collections.abc import Callable

from playhead.progress import Policy, summarize
from playhead.wire.codec import decode_progress
from playhead.wire.live import decode_live_change
from query_api.live.events import Changed, encode
from query_api.views import listed_item


def reading(policy: Policy) -> Callable[[bytes], Changed]:
    """A function that reads messages under a policy; it raises WireError for what it cannot read."""

    def read(message: bytes) -> Changed:
        change = decode_live_change(message)
        progress = decode_progress(bytes(change.progress))
        item = listed_item(change.content_id, summarize(progress, policy))
        return Changed(change.content_id, progress, encode(item))

    return read
