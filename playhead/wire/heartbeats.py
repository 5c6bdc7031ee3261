"""Records of `progress.heartbeats`."""

from __future__ import annotations

from typing import Literal

from playhead.progress.heartbeat import Heartbeat
from playhead.wire.codec import Decoder


class HeartbeatRecord(Heartbeat, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """A heartbeat as the log carries it: the kernel's value with the schema version."""

    v: Literal[1]


decode_heartbeat = Decoder(HeartbeatRecord)
