"""The messages of a person's live channel in Redis."""

from __future__ import annotations

from msgspec import Raw, Struct

from playhead.progress.identifiers import ContentId
from playhead.wire.codec import Decoder


class LiveChange(Struct, frozen=True, gc=False, rename="camel"):
    """The new progress with one item of the person."""

    content_id: ContentId
    progress: Raw
    """An encoded `Progress`."""


decode_live_change = Decoder(LiveChange)
