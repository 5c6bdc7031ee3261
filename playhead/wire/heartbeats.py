"""The records of `progress.heartbeats`."""

from __future__ import annotations

from typing import Literal

from playhead.progress.heartbeat import Heartbeat
from playhead.wire.codec import Decoder


class HeartbeatRecord(Heartbeat, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """A heartbeat in the log: the value of `playhead.progress` with the schema version."""

    v: Literal[1]


decode_heartbeat = Decoder(HeartbeatRecord)
