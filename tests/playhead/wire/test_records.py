"""Every record survives its way over the wire, and other bytes are refused."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.progress import NOTHING, Heartbeat, Policy, apply, summarize
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.errors import MalformedRecordError, UnknownVersionError, WireError
from playhead.wire.heartbeats import HeartbeatRecord, decode_heartbeat
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.states import Checkpoint, State, decode_state
from tests.playhead.progress.strategies import heartbeats, policies


def record(heartbeat: Heartbeat) -> HeartbeatRecord:
    return HeartbeatRecord(v=1, **msgspec.structs.asdict(heartbeat))


@given(heartbeats())
def test_a_heartbeat_survives(heartbeat: Heartbeat) -> None:
    assert decode_heartbeat(encode(record(heartbeat))) == record(heartbeat)


@given(st.lists(heartbeats(), max_size=5), policies)
def test_progress_and_its_state_survive(beats: list[Heartbeat], policy: Policy) -> None:
    progress = NOTHING
    for heartbeat in beats:
        progress = apply(progress, heartbeat, policy)
    raw = encode_progress(progress)
    assert decode_progress(raw) == progress
    state = State(
        v=1,
        tenant_id=some_id("t"),
        user_id=some_id("u"),
        content_id=some_id("c"),
        source_partition=1,
        source_offset=2,
        touched=tuple(progress.sessions),
        summary=summarize(progress, policy),
        progress=msgspec.Raw(raw),
    )
    again = decode_state(encode(state))
    assert isinstance(again, State)
    assert (again.summary, decode_progress(again.progress)) == (state.summary, progress)


def some_id(name: str) -> str:
    return name * 36


@given(st.lists(heartbeats(), max_size=5), st.randoms(use_true_random=False))
def test_equal_progress_is_equal_bytes(beats: list[Heartbeat], random: Random) -> None:
    beats = [each for each in beats if each.event not in ("reopen", "attempt")]  # see `since_attempt`
    shuffled = random.sample(beats, len(beats))
    one, other = NOTHING, NOTHING
    for here, there in zip(beats, shuffled, strict=True):
        one, other = apply(one, here, Policy()), apply(other, there, Policy())
    same = msgspec.structs.replace(other, completions=one.completions)
    assert encode(one) == encode(same)


def test_a_checkpoint_survives() -> None:
    checkpoint = Checkpoint(
        v=1, partition=3, first_offset=0, next_offset=10, applied=7, duplicates=2, dead_lettered=1
    )
    assert decode_state(encode(checkpoint)) == checkpoint


def test_unknown_fields_are_ignored() -> None:
    raw = b'{"record":"checkpoint","v":1,"partition":0,"firstOffset":0,"nextOffset":0,"applied":0,'
    raw += b'"duplicates":0,"deadLettered":0,"colour":"blue"}'
    assert isinstance(decode_state(raw), Checkpoint)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_else(raw: bytes) -> None:
    with pytest.raises(WireError):
        decode_heartbeat(raw)


def test_a_newer_version_is_told_apart() -> None:
    with pytest.raises(UnknownVersionError, match="version 3; this release reads 2"):
        decode_heartbeat(b'{"v":3,"whatever":true}')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"positionMs": -1}, "positionMs"),
        ({"positionMs": 2**31}, "positionMs"),
        ({"watched": {"bounds": [5, 1]}}, "bound"),
        ({"watched": {"bounds": [0, 2**40]}}, "bound"),
        ({"occurredAt": 0}, "occurredAt"),
        ({"startedAt": 0}, "startedAt"),
        ({"startedAt": 1_700_000_000_001}, "startedAt"),
        ({"userId": "me"}, "userId"),
        ({"playbackRate": 1e9}, "playbackRate"),
        ({"event": "explode"}, "event"),
    ],
)
def test_poison_is_malformed_and_the_field_is_named(change: dict[str, object], said: str) -> None:
    good = {
        "v": 1,
        "heartbeatId": "h" * 36,
        "tenantId": "t" * 36,
        "userId": "u" * 36,
        "contentId": "c" * 36,
        "occurredAt": 1_700_000_000_000,
        "receivedAt": 1_700_000_000_000,
    }
    assert decode_heartbeat(msgspec.json.encode(good)).sequence == 0
    with pytest.raises(MalformedRecordError, match=said):
        decode_heartbeat(msgspec.json.encode(good | change))


def test_a_dead_letter_survives() -> None:
    letter = DeadLetter("progress.heartbeats", 1, 42, "malformed", "no JSON")
    assert DeadLetter.of(letter.headers()) == letter
