"""What the processor's peers do with one heartbeat, by the kernel alone."""

from __future__ import annotations

from msgspec import Raw

from playhead.progress import NOTHING, Heartbeat, Policy, apply, summarize
from playhead.wire.keys import person_key, state_key
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.redis_keys import RedisKeys
from playhead.wire.states import State

POLICY = Policy()
KEYS = RedisKeys()
LINGER_MS = 5
"""As our publisher: larger requests, less work for everyone."""


def hash_of(heartbeat: Heartbeat) -> str:
    """The Redis hash of the person."""
    return KEYS.progress_hash(0, person_key(heartbeat.tenant_id, heartbeat.user_id))


def advance(heartbeat: Heartbeat, stored: bytes | None, partition: int, offset: int) -> State | None:
    """The state after the heartbeat; None where it changes nothing."""
    before = NOTHING if stored is None else decode_progress(stored)
    after = apply(before, heartbeat, POLICY)
    if after is before:
        return None
    return State(
        v=2,
        tenant_id=heartbeat.tenant_id,
        user_id=heartbeat.user_id,
        content_id=heartbeat.content_id,
        source_partition=partition,
        source_offset=offset + 1,
        touched=() if heartbeat.session_id is None else (heartbeat.session_id,),
        summary=summarize(after, POLICY),
        progress=Raw(encode_progress(after)),
    )


def key_of(state: State) -> bytes:
    """The state's key."""
    return state_key(state.tenant_id, state.user_id, state.content_id).encode()
