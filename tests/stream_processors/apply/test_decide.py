"""Decisions: however a log is cut into batches, replayed or half lost, the progress is the same."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.kernel_worst import largest
from playhead.kafka.batches import RecordBatch
from playhead.policies import Policies
from playhead.progress import NOTHING, Intervals, Policy, Progress, SessionId, apply
from playhead.progress.advance import FEW_SESSIONS, HEAVY_SPANS, MAX_SPANS, span_count
from playhead.progress.policy import Override
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.states import LARGEST_STATE_BYTES, State, decode_state
from stream_processors.apply.decide import CHECK_EVERY, SPANS_APPLIED, decide, decide_in_steps
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.decode import decode
from stream_processors.apply.groups import WORK_PER_STEP
from stream_processors.apply.quota import Rules
from tests.stream_processors.heartbeats import crowd, heartbeat
from tests.stream_processors.machine import RULES, Machine, batch_of, cut, cutting, log_of, record_of

T = TypeVar("T")
POLICY = Policy()


def applied_in_order(heartbeats: list[HeartbeatRecord]) -> dict[tuple[str, str], Progress]:
    model: dict[tuple[str, str], Progress] = {}
    for each in heartbeats:
        key = (person_key(each.tenant_id, each.user_id), each.content_id)
        model[key] = apply(model.get(key, NOTHING), each, POLICY)
    return model


crowds = st.builds(
    lambda count, seed: crowd(count, people=5, items=2, seed=seed),
    st.integers(1, 120),
    st.integers(0, 10_000),
)


@given(crowds, cutting)
def test_batches_of_any_size_give_the_same_progress(
    heartbeats: list[HeartbeatRecord], cuts: list[int]
) -> None:
    records, machine = log_of(heartbeats), Machine()
    for batch in cut(records, cuts):
        machine.take(batch)
    assert machine.progress == machine.published == applied_in_order(heartbeats)
    assert machine.ledger.missing == 0
    assert machine.ledger.next_offset == len(records)
    assert machine.ledger.dead_lettered == len(records) - len(heartbeats)


@given(crowds, cutting, cutting, st.integers(0, 200))
def test_what_was_applied_and_not_published_is_published_again_and_not_counted(
    heartbeats: list[HeartbeatRecord], cuts: list[int], other_cuts: list[int], again: int
) -> None:
    records, machine = log_of(heartbeats), Machine()
    for batch in cut(records, cuts):
        machine.take(batch)
    before, ledger = machine.progress, machine.ledger
    replayed = records[again % len(records) :]
    machine.states.clear()
    for batch in cut(replayed, other_cuts):
        decision = machine.take(batch)
        assert decision.writes == []
        assert decision.is_complete == (batch.next_offset == len(records))
    assert machine.ledger == ledger
    assert machine.progress == before
    touched = {record.key for record in replayed if record.value != b"poison"}
    assert {key[0].encode() for key in machine.published} == touched
    assert all(machine.published[key] == before[key] for key in machine.published)


@given(crowds, cutting, st.integers(0, 200))
def test_a_batch_half_applied_before_counts_the_other_half(
    heartbeats: list[HeartbeatRecord], cuts: list[int], applied: int
) -> None:
    records = log_of(heartbeats)
    half = applied % len(records)
    machine = Machine()
    if half:
        machine.take(RecordBatch(0, 0, records[:half]))
    for batch in cut(records, cuts):
        machine.take(batch)
    assert machine.progress == applied_in_order(heartbeats)
    assert machine.ledger.missing == 0
    assert machine.ledger.next_offset == len(records)


def test_a_duplicate_is_counted_and_not_published() -> None:
    machine = Machine()
    machine.take(batch_of(heartbeat()))
    decision = machine.take(batch_of(heartbeat(), start=1))
    assert (decision.writes, decision.states) == ([], [])
    assert decision.ledger == Ledger(0, 2, applied=1, duplicates=1)


def test_offsets_without_records_move_the_ledger_and_count_nothing() -> None:
    decision = Machine(Ledger.starting_at(5)).take(
        RecordBatch(0, 5, [record_of(9, heartbeat()), record_of(12, heartbeat(until_ms=20_000))])
    )
    assert decision.ledger == Ledger(first_offset=11, next_offset=13, applied=2)
    assert decision.ledger.missing == 0


def test_an_item_is_judged_by_its_policy_and_the_state_carries_the_override() -> None:
    shorter = Override(duration_ms=40_000, threshold=0.8)
    policies = Policies(POLICY)
    policies.hold(heartbeat().tenant_id, heartbeat(content=1).content_id, shorter)
    machine = Machine(rules=Rules(policies))
    machine.take(batch_of(*[heartbeat(content=n, until_ms=32_000) for n in (1, 2)]))
    states = {content: state for (_, content), state in machine.states.items()}
    judged, other = states[heartbeat(content=1).content_id], states[heartbeat(content=2).content_id]
    assert (judged.override, judged.summary.status, judged.summary.percentage) == (shorter, "completed", 100)
    assert judged.summary.duration_ms == 40_000
    assert (other.override, other.summary.status, other.summary.percentage) == (None, "in_progress", 5)


def test_a_threshold_that_is_raised_revokes_no_completion() -> None:
    tenant, content = heartbeat().tenant_id, heartbeat().content_id
    machine = Machine(rules=Rules(Policies(POLICY)))
    machine.rules.policies.hold(tenant, content, Override(threshold=0.8))
    machine.take(batch_of(heartbeat(until_ms=480_000)))
    completed_at = heartbeat(until_ms=480_000).occurred_at
    machine.rules.policies.hold(tenant, content, Override(threshold=1.0))
    machine.take(batch_of(heartbeat(until_ms=490_000), start=1))
    (state,) = machine.states.values()
    assert state.override == Override(threshold=1.0)
    assert (state.summary.status, state.summary.completed_at) == ("completed", completed_at)


def test_an_erased_person_changes_nothing_and_is_counted_once() -> None:
    beats = [heartbeat(user=1), heartbeat(user=2), heartbeat(user=1, content=2)]
    batch = RecordBatch(0, 0, log_of(beats))
    first, second = (person_key(each.tenant_id, each.user_id) for each in beats[:2])
    known = {first: KnownPerson({}, erased_at=5), second: KnownPerson({}, is_new=True)}
    decision = decide(decode(batch), known, Ledger.starting_at(0), RULES)
    assert [write.person for write in decision.writes] == [second]
    assert [key for key, _ in decision.states] == [f"{second}:{beats[1].content_id}".encode()]
    assert decision.ledger == Ledger(0, 3, applied=1, duplicates=2)
    assert decision.erased == 2
    again = decide(decode(batch), known, decision.ledger, RULES)
    assert (again.ledger, again.erased) == (decision.ledger, 0)


def scattered(count: int, first: int = 0) -> HeartbeatRecord:
    """A heartbeat that watched so many spans of 1 ms, far apart."""
    bounds = [(first + n) * 10_000 + side for n in range(count) for side in (0, 1)]
    return _replace(heartbeat(sequence=first), watched=Intervals(tuple(bounds)))


def test_a_heartbeat_over_quota_is_a_dead_letter_and_the_rest_goes_on() -> None:
    machine = Machine()
    beats = [scattered(MAX_SPANS), scattered(1, MAX_SPANS), heartbeat(content=2), heartbeat(until_ms=20_000)]
    batch = RecordBatch(0, 0, log_of(beats))
    decision = machine.take(batch)
    (refused,) = decision.refused
    assert (refused.record.offset, refused.record.value) == (1, encode(beats[1]))
    assert refused.refusal.reason == "quota"
    assert decision.ledger == Ledger(0, 4, applied=3, dead_lettered=1)
    assert decision.ledger.missing == 0
    assert {content for _, content in machine.states} == {beats[0].content_id, beats[2].content_id}


def test_a_refusal_published_again_counts_once() -> None:
    machine = Machine()
    batch = batch_of(scattered(MAX_SPANS), scattered(1, MAX_SPANS))
    first = machine.take(batch)
    again = machine.take(batch)
    assert again.ledger == first.ledger == Ledger(0, 2, applied=1, dead_lettered=1)
    assert [each.record for each in again.refused] == [each.record for each in first.refused]
    assert again.writes == []


def test_an_item_of_which_everything_is_refused_is_not_written() -> None:
    decision = Machine().take(batch_of(scattered(MAX_SPANS + 1)))
    assert (decision.writes, decision.states) == ([], [])
    assert decision.ledger == Ledger(0, 1, dead_lettered=1)


def test_a_heavy_item_yields_to_others_and_gives_the_same_progress() -> None:
    """Thousands of heartbeats of one item yield to the event loop again and again."""
    heavy = scattered(MAX_SPANS)
    beats = [heavy, *(_replace(heavy, watched=None, watch_ms=n, sequence=n) for n in range(1, 500))]
    batch = RecordBatch(0, 0, log_of(beats))
    known = {person_key(heavy.tenant_id, heavy.user_id): KnownPerson({})}
    steps = list(decide_in_steps(decode(batch), known, Ledger.starting_at(0), RULES))
    assert len(steps) >= len(beats) * MAX_SPANS / SPANS_APPLIED / WORK_PER_STEP / 2
    machine = Machine()
    machine.take(batch)
    assert machine.progress == applied_in_order(beats)


def test_a_heavy_item_is_completed_by_a_batch_as_by_one_heartbeat_after_another() -> None:
    heavy = scattered(HEAVY_SPANS + 1)
    heavier = [_replace(heavy, watch_ms=n, sequence=n) for n in range(CHECK_EVERY)]
    beats = [*heavier, *(heartbeat(until_ms=ms, session=2) for ms in range(60_000, 600_001, 60_000))]
    together, apart = Machine(), Machine()
    together.take(RecordBatch(0, 0, log_of(beats, poison_every=999)))
    for record in log_of(beats, poison_every=999):
        apart.take(RecordBatch(0, record.offset, [record]))
    ((key, one),), ((_, other),) = together.states.items(), apart.states.items()
    assert (one.summary.status, other.summary.status) == ("completed", "completed")
    assert together.ledger == apart.ledger
    # A batch records the time of its last heartbeat; single heartbeats, of the one that crossed 90 %.
    assert one.summary.completed_at == beats[-1].occurred_at
    assert other.summary.completed_at == heartbeat(until_ms=540_000).occurred_at
    assert _replace(together.progress[key], completions=()) == _replace(apart.progress[key], completions=())


def test_the_largest_state_is_far_below_the_brokers_limit() -> None:
    """All numbers at full length, all sessions touched; the broker takes 1 MB a record."""
    progress = largest()
    assert span_count(progress) == MAX_SPANS
    assert len(progress.sessions) == FEW_SESSIONS
    beats = [
        _replace(
            heartbeat(),
            session_id=SessionId(key),
            occurred_at=session.last_at,
            received_at=session.last_at,
            started_at=None,
            watched=None,
        )
        for key, session in progress.sessions.items()
    ]
    first = beats[0]
    batch = RecordBatch(0, 0, log_of(beats, poison_every=999))
    known = KnownPerson({first.content_id: encode_progress(progress)})
    policies = Policies(POLICY)
    override = Override(threshold=0.123, evidence="any", duration_ms=2**31 - 1)
    policies.hold(first.tenant_id, first.content_id, override)
    person = person_key(first.tenant_id, first.user_id)
    decision = decide(decode(batch), {person: known}, Ledger.starting_at(0), Rules(policies))
    values = [value for _, value in decision.states]
    older, state = map(decode_state, values)
    assert isinstance(state, State)
    assert isinstance(older, State)
    assert len(older.touched) + len(state.touched) == FEW_SESSIONS
    assert len(state.summary.watched.bounds) // 2 >= MAX_SPANS * 0.9
    assert max(map(len, values)) < LARGEST_STATE_BYTES


def test_a_state_names_the_sessions_that_the_batch_touched() -> None:
    visit = [_replace(heartbeat(until_ms=ms), session_id=None) for ms in (10_000, 20_000)]
    named = heartbeat(session=2, until_ms=40_000)
    machine = Machine()
    machine.take(batch_of(heartbeat(session=1)))
    machine.take(RecordBatch(0, 1, [record_of(1 + n, each) for n, each in enumerate([*visit, named])]))
    (state,) = machine.states.values()
    assert named.session_id in state.touched
    assert heartbeat(session=1).session_id not in state.touched
    assert [key for key in state.touched if key.startswith("~")] == [
        key for key in decode_progress(bytes(state.progress)).sessions if key.startswith("~")
    ]


def _replace(each: T, **changes: object) -> T:
    return replace(each, **changes)


def test_while_the_policy_of_an_item_is_not_known_heartbeats_count_and_its_completion_waits() -> None:
    """The next heartbeat for which the policy is known completes it."""
    whole = replace(heartbeat(), watched=Intervals.of([(0, 600_000)]), duration_ms=600_000, watch_ms=600_000)
    decoded, key = decode(batch_of(whole)), (whole.tenant_id, whole.content_id)
    person = person_key(whole.tenant_id, whole.user_id)
    steps = decide_in_steps(decoded, {person: KnownPerson({})}, Ledger.starting_at(0), RULES, {key})
    while True:
        try:
            next(steps)
        except StopIteration as done:
            decision = done.value
            break
    [(content, encoded)] = decision.writes[0].changed
    assert decision.ledger.applied == 1
    waiting = decode_progress(encoded)
    assert (content, waiting.completions) == (whole.content_id, ())
    assert waiting.sessions == apply(NOTHING, whole, POLICY).sessions
