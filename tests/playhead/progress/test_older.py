"""Older sessions are kept apart, and no figure shows it, whatever the order, repetition or batching."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Intervals,
    Policy,
    Progress,
    SessionId,
    apply,
    summarize,
)
from playhead.progress.compaction import KEPT_SESSIONS, MAX_SESSIONS
from playhead.progress.older import OlderPart, grown, may_grow, needs_older, split, whole
from tests.playhead.progress.strategies import DAY_MS, T0
from tests.playhead.progress.test_examples import beat

MINUTE_MS = 60_000
NAMES = [SessionId(f"{n:08x}-0000-4000-8000-000000000000") for n in range(MAX_SESSIONS + 1)]


class Held:
    """An item as the stores hold it; heartbeats are applied as the stream processor does."""

    def __init__(self, policy: Policy, *, checks: bool = True) -> None:
        self.policy = policy
        self.record = NOTHING
        self.older: OlderPart | None = None
        self.read_apart = 0
        self.grown = 0
        self.checks = checks

    def take(self, batch: list[Heartbeat]) -> None:
        record, older, policy = self.record, self.older, self.policy
        reads = needs_older(record, batch, policy)
        self.read_apart += reads
        if reads and older is not None and self.may_grow(older, batch):
            self.grow(older, batch)
            return
        progress = self.applied(whole(record, older) if reads else record, batch)
        if progress.older is None:
            progress, self.older = split(progress, policy)
        self.record = progress

    def may_grow(self, older: OlderPart, batch: list[Heartbeat]) -> bool:
        return may_grow(self.record, older.sums, older.sessions, batch, self.policy)

    def grow(self, older: OlderPart, batch: list[Heartbeat]) -> None:
        """Take the batch without the older sessions: nothing shows it."""
        assert older.sums is not None
        growth = grown(self.applied(self.record, batch), older.sums, self.policy)
        assert growth is not None
        assert not older.sessions.keys() & growth.moved.keys()
        self.grown += 1
        after = OlderPart(sessions=older.sessions | growth.moved, compacted=older.compacted, sums=growth.sums)
        if self.checks:
            record, apart = split(self.applied(whole(self.record, older), batch), self.policy)
            assert apart_from_when(growth.record) == apart_from_when(record)
            assert after == apart
        self.record, self.older = growth.record, after

    def applied(self, progress: Progress, batch: list[Heartbeat]) -> Progress:
        for heartbeat in batch:
            progress = apply(progress, heartbeat, self.policy)
        return progress


def one_beat(number: int, *, at_ms: int | None = None, **members: object) -> Heartbeat:
    at = number * 10_000 if at_ms is None else at_ms
    return beat(
        at, NAMES[number], **({"watch_ms": 10_000, "started_at": Instant(T0 + at - 10_000)} | members)
    )


def life(random: Random, sessions: int, kind: str, *, days: int = 20) -> list[Heartbeat]:
    """Sessions of one item: apart, at the same time, out of order, with and without an id."""
    beats: list[Heartbeat] = []
    for number in range(sessions):
        began = random.randrange(days * DAY_MS) if random.random() < 0.7 else random.randrange(3) * 600_000
        name = NAMES[number] if random.random() < 0.8 else None
        start, rate = random.randrange(0, 500_000, 10_000), random.choice([1.0, 2.0])
        at = began
        for sequence in range(random.randrange(1, 5)):
            at += random.choice([10_000, 60_000, 16 * MINUTE_MS])
            played = min(at - began, 100_000)
            media: dict[str, object] = {"watched": Intervals((start, start + played)), "watch_ms": played}
            if kind == "document":
                media = {"pages_viewed": Intervals((1, 2 + random.randrange(3))), "scroll_position": 0.3}
            beats.append(
                beat(
                    at,
                    name,
                    started_at=Instant(T0 + began),
                    sequence=sequence,
                    kind=kind,
                    position_ms=start + played,
                    event=random.choice(["heartbeat", "heartbeat", "heartbeat", "ended"]),
                    duration_ms=random.choice([None, 600_000]),
                    playback_rate=rate,
                    reported_percentage=random.choice([None, None, 20.0]),
                    content_ms=random.choice([None, 2 * played]),
                    **media,
                )
            )
    beats += [
        beat(random.randrange(days * DAY_MS), event=random.choice(["complete", "attempt", "reopen"]))
        for _ in range(random.choice([0, 0, 1, 5]))
    ]
    return [replace(each, received_at=Instant(T0 + (days + 1) * DAY_MS)) for each in beats]


def batches(random: Random, beats: list[Heartbeat]) -> list[list[Heartbeat]]:
    left, found = list(beats), []
    while left:
        size = random.choice([1, 1, 2, 10, 100])
        found.append(left[:size])
        left = left[size:]
    return found


def apart_from_when(progress: Progress) -> Progress:
    return replace(progress, completions=())


policies = st.builds(
    Policy, evidence=st.sampled_from(["any", "watched"]), threshold=st.sampled_from([0.5, 0.9, 1.0])
)
seeds = st.integers(0, 2**32).map(Random)
kinds = st.sampled_from(["video", "document"])
counts = st.sampled_from([3, KEPT_SESSIONS + 1, 3 * KEPT_SESSIONS, 120])


@settings(max_examples=40, deadline=None)
@given(seeds, counts, kinds, policies)
def test_a_record_shows_what_all_sessions_do(random: Random, count: int, kind: str, policy: Policy) -> None:
    progress = NOTHING
    for heartbeat in life(random, count, kind):
        progress = apply(progress, heartbeat, policy)
    record, older = split(progress, policy)
    assert summarize(record, policy) == summarize(progress, policy)
    assert len(record.sessions) <= max(KEPT_SESSIONS, len(progress.sessions) if older is None else 0)
    assert whole(record, older) == progress


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(KEPT_SESSIONS + 1, 40), kinds, policies)
def test_sums_to_which_a_session_is_added_are_those_of_all_sessions(
    random: Random, count: int, kind: str, policy: Policy
) -> None:
    held = Held(policy)
    beats = sorted(life(random, count, kind, days=3), key=lambda each: each.occurred_at)
    for batch in batches(random, beats):
        held.take(batch)  # asserts it of every batch
    progress = held.applied(NOTHING, beats)
    assert whole(held.record, held.older).sessions == progress.sessions


@settings(max_examples=40, deadline=None)
@given(seeds, counts, kinds, policies)
def test_order_repetition_and_batches_make_no_difference(
    random: Random, count: int, kind: str, policy: Policy
) -> None:
    beats = life(random, count, kind)
    beats = [each for each in beats if not each.is_act or each.event == "complete"]
    again = [*beats, *random.choices(beats, k=len(beats) // 2)]
    random.shuffle(again)
    one, other = Held(policy), Held(policy)
    for batch in batches(random, sorted(beats, key=lambda each: each.occurred_at)):
        one.take(batch)
    for batch in batches(random, again):
        other.take(batch)
    assert apart_from_when(one.record) == apart_from_when(other.record)
    assert one.older == other.older
    for batch in batches(random, random.sample(beats, len(beats))):
        before = other.record, other.older
        other.take(batch)
        assert (other.record, other.older) == before


def test_sessions_that_can_no_longer_change_wait_a_day_and_no_figure_shows_it() -> None:
    """Compacting takes all sessions: an item that has a new one every hour is not compacted every hour."""
    policy, progress = Policy(), NOTHING
    held = Held(policy, checks=False)
    for hour in range(41 * 24):
        heartbeat = one_beat(hour % MAX_SESSIONS, at_ms=hour * 3_600_000, duration_ms=100_000)
        held.take([heartbeat])
        progress = apply(progress, heartbeat, policy)
        assert hour % 50 or summarize(held.record, policy) == summarize(progress, policy)
    assert held.older is not None
    assert len(whole(held.record, held.older).sessions) < 39 * 24 + 12
    assert held.read_apart - held.grown < 41 + KEPT_SESSIONS


def test_parts_of_different_times_are_joined_as_a_whole() -> None:
    """One store may have the record of before: what the older sessions say must not count twice."""
    policy = Policy()
    held = Held(policy)
    beats = [one_beat(number, at_ms=number * 3_600_000) for number in range(30)]
    for heartbeat in beats[:-2]:
        held.take([heartbeat])
    record, grown_before = held.record, held.grown
    held.take([beats[-2]])
    held.record = record
    held.take([beats[-2]])
    held.take([beats[-1]])
    assert held.grown == grown_before + 2
    progress = held.applied(NOTHING, beats)
    assert (held.record, held.older) == split(progress, policy)
