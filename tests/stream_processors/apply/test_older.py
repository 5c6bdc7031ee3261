"""Items with many sessions: the older ones are stored apart, and read only when a batch needs them."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import Instant, Policy, Progress, SessionId, apply, summarize
from playhead.progress.compaction import KEPT_SESSIONS, MAX_SESSIONS
from playhead.progress.older import split
from playhead.progress.session import begin
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import is_older_name, older_name, person_key
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.states import LARGEST_STATE_BYTES
from tests.stream_processors.heartbeats import DURATION_MS, heartbeat
from tests.stream_processors.machine import Machine, batch_of

POLICY = Policy()
RECORD_BYTES = 4_000
"""The most that a heartbeat reads of an ordinary item."""


def beat(number: int, at_s: int, session: int | None) -> HeartbeatRecord:
    """Ten seconds of the item, at its own time."""
    first = heartbeat()
    at = Instant(first.occurred_at + at_s * 1000)
    return replace(
        first,
        session_id=None if session is None else SessionId(f"{session:08x}-0000-4000-8000-000000000000"),
        occurred_at=at,
        received_at=at,
        started_at=Instant(at - 10_000),
        sequence=number,
        watched=None,
        watch_ms=10_000,
    )


def taken(machine: Machine, *beats: HeartbeatRecord) -> None:
    machine.take(batch_of(*beats, start=machine.ledger.next_offset))


def test_65_sessions_of_one_beat_and_the_first_again() -> None:
    beats = [beat(n, n * 10, n) for n in range(65)]
    machine = Machine()
    taken(machine, *beats)
    before = machine.people
    taken(machine, beats[0])
    assert machine.people == before
    assert (machine.ledger.applied, machine.ledger.duplicates) == (65, 1)
    (state,), (older,) = machine.states.values(), machine.older_states.values()
    assert (state.summary.total_sessions, state.summary.wall_ms) == (65, 650_000)
    assert len(older.touched) + len(state.touched) == 65
    assert len(state.progress) < RECORD_BYTES


def test_a_session_that_goes_on_reads_no_older_ones() -> None:
    machine = Machine()
    taken(machine, *(beat(n, n * 3600, n) for n in range(20)))
    for second in range(10, 60, 10):
        taken(machine, beat(20, 19 * 3600 + second, 19))
    assert machine.read_older == 0
    taken(machine, beat(21, 30, 0))
    assert machine.read_older == 1


def test_a_new_session_is_added_to_the_older_ones_as_they_are_stored() -> None:
    """Also where they are stored by a release that knew more of each session: they are passed on."""
    machine = Machine()
    taken(machine, *(beat(n, n * 3600, n) for n in range(20)))
    ((person, fields),) = machine.people.items()
    (name,) = [name for name in fields if is_older_name(name)]
    fields[name] = fields[name].replace(b'"startedAt":', b'"later":1,"startedAt":')
    taken(machine, beat(20, 20 * 3600, 20))
    stored = machine.people[person][name]
    assert stored.count(b'"later":1') == 12
    assert len(decode_progress(stored).sessions) == 13
    (state,) = machine.states.values()
    assert state.summary.total_sessions == 21


def test_a_batch_that_is_applied_again_publishes_the_older_sessions_again() -> None:
    batch = batch_of(*(beat(n, n * 10, n) for n in range(20)))
    machine = Machine()
    first = machine.take(batch)
    again = machine.take(batch)
    assert [key for key, _ in again.states] == [key for key, _ in first.states]
    assert again.states == first.states
    assert not again.writes


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32).map(Random))
def test_batches_in_any_order_are_what_the_kernel_makes_of_all(random: Random) -> None:
    beats = [
        beat(n, random.randrange(300) * 600, None if random.random() < 0.2 else random.randrange(40))
        for n in range(120)
    ]
    machine, left = Machine(), random.sample(beats, len(beats)) + random.sample(beats, 30)
    while left:
        size = random.choice([1, 2, 30])
        taken(machine, *left[:size])
        left = left[size:]
    model = Progress()
    for each in beats:
        model = apply(model, each, POLICY)
    (progress,), (published,), (state,) = (
        machine.progress.values(),
        machine.published.values(),
        machine.states.values(),
    )
    assert replace(progress, completions=()) == replace(published, completions=()) == model
    assert state.summary == summarize(model, POLICY)


def test_one_session_more_than_there_may_be_is_a_dead_letter() -> None:
    beats = [beat(n, n * 600, n) for n in range(MAX_SESSIONS + 1)]
    sessions = {str(each.session_id): begin(each) for each in beats[:MAX_SESSIONS]}
    record, older = split(Progress(sessions=sessions, duration_ms=DURATION_MS), POLICY)
    assert older is not None
    first, machine = beats[0], Machine()
    person, item = person_key(first.tenant_id, first.user_id), first.content_id
    machine.people[person] = {item: encode_progress(record), older_name(item): encode_progress(older)}  # type: ignore[dict-item]
    decision = machine.take(batch_of(beats[-1], beats[0]))
    (refused,) = decision.refused
    assert refused.refusal.reason == "quota"
    assert "2,000 sessions" in refused.refusal.detail
    assert (decision.ledger.duplicates, decision.writes) == (1, [])
    decision = machine.take(batch_of(replace(beats[5], watch_ms=5_000_000), start=2))
    assert all(len(value) < LARGEST_STATE_BYTES for _, value in decision.states)
    assert len(encode_progress(record)) < RECORD_BYTES


def test_lost_older_sessions_keep_their_sums() -> None:
    machine = Machine()
    taken(machine, *(beat(n, n * 3600, n) for n in range(20)))
    (items,) = machine.people.values()
    (name,) = (name for name in items if name.endswith("+"))
    del items[name]
    taken(machine, beat(20, 20 * 3600, 20))
    (state,) = machine.states.values()
    assert state.summary.total_sessions == 21
    assert len(decode_progress(bytes(state.progress)).sessions) == KEPT_SESSIONS
