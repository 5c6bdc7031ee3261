"""The records of `progress.heartbeats`."""

from __future__ import annotations

from typing import Final, Literal

from playhead.progress.heartbeat import Heartbeat
from playhead.wire.codec import Decoder

HEARTBEAT_VERSION: Final = 2

LARGEST_MERGE_BYTES = 500_000
"""Of the progress in a `merge`; brokers accept 1 MB per record by default."""


class HeartbeatRecord(Heartbeat, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """A heartbeat in the log: the value of `playhead.progress` with the schema version."""

    v: Literal[1, 2]
    """2 of a `merge` and an `import`, at which a processor of an earlier release stops, rather than leave it
    out."""


decode_heartbeat = Decoder(HeartbeatRecord, HEARTBEAT_VERSION)
