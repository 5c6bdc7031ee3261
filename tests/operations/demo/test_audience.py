"""The audience is the same for the same seed, and behaves as its habits ask."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.demo.audience.habits import Habits
from operations.demo.audience.message import from_lines, messages, to_line
from operations.demo.audience.viewer import LATE_S, Beat, audience

QUIET = {
    "duplicates": 0.0,
    "reordering": 0.0,
    "offline": 0.0,
    "seeking": 0.0,
    "rewatching": 0.0,
    "devices": 0.0,
}


def first(count: int, **habits: float) -> list[Beat]:
    return list(islice(audience(Habits(**{"size": 20} | habits)), count))  # type: ignore[arg-type]


@settings(deadline=None)  # what is generated is pure; the machine is shared
@given(st.integers(0, 2**32))
def test_a_seed_gives_the_same_audience(seed: int) -> None:
    assert first(300, seed=seed) == first(300, seed=seed)
    assert first(300, seed=seed) != first(300, seed=seed + 1)


@settings(deadline=None)  # what is generated is pure; the machine is shared
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.3]), st.sampled_from([0.0, 0.3]))
def test_beats_come_in_the_order_of_sending(seed: int, reordering: float, offline: float) -> None:
    sent = first(500, seed=seed, reordering=reordering, offline=offline)
    assert all(one.due_s <= other.due_s for one, other in pairwise(sent))
    assert all(beat.due_s >= beat.occurred_s for beat in sent)


def test_a_quiet_audience_sends_everything_once_in_order_and_at_once() -> None:
    sent = first(2000, **QUIET)
    assert len({beat.body["heartbeatId"] for beat in sent}) == len(sent)
    sessions = defaultdict(list)
    for beat in sent:
        assert beat.due_s == beat.occurred_s
        sessions[beat.body["sessionId"]].append(beat.body["sequence"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in sessions.values())


def test_duplicates_come_later_and_are_identical() -> None:
    sent = first(2000, **QUIET | {"duplicates": 1.0})
    twice = defaultdict(list)
    for beat in sent:
        twice[beat.body["heartbeatId"]].append(beat)
    pairs = [beats for beats in twice.values() if len(beats) == 2]
    assert pairs
    assert all(one.body == other.body and other.due_s == one.due_s + LATE_S for one, other in pairs)


def test_no_device_plays_more_than_the_clock_allows() -> None:
    began: dict[str, float] = {}
    for beat in first(3000, **QUIET):
        began.setdefault(beat.body["sessionId"], beat.occurred_s)
        metadata = beat.body["metadata"]
        lasted = beat.occurred_s - began[beat.body["sessionId"]]
        assert metadata["watchTimeSeconds"] <= lasted + 0.001
        covered = sum(end - start for start, end in metadata["watchedSegments"])
        assert covered <= lasted * metadata["playbackRate"] + 0.001
        assert metadata["lastPositionSeconds"] <= metadata["durationSeconds"]


def test_offline_bursts_arrive_at_once_with_their_original_times() -> None:
    sent = first(3000, **QUIET | {"offline": 1.0})
    bursts = Counter((beat.user, beat.due_s) for beat in sent)
    assert max(bursts.values()) >= 5
    assert any(beat.due_s - beat.occurred_s > 60 for beat in sent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"items": 0},
        {"duplicates": 1.5},
        {"offline": -0.1},
        {"rest_s": -1},
        {"size": 1, "away": frozenset({0})},
    ],
)
def test_impossible_habits_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|share|rest"):
        Habits(**wrong)  # type: ignore[arg-type]


@settings(deadline=None)  # what is generated is pure; the machine is shared
@given(st.integers(1, 20))
def test_messages_carry_every_beat_and_survive_a_file(batch: int) -> None:
    sent = first(200)
    made = list(messages(sent, "tenant", 1_700_000_000, batch))
    assert list(from_lines(to_line(message) for message in made)) == made
    carried = [each["heartbeatId"] for message in made for each in message.heartbeats]
    assert sorted(carried) == sorted(beat.body["heartbeatId"] for beat in sent)
    assert all(len(message.heartbeats) <= batch for message in made)


def test_an_undecodable_line_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(from_lines([b"\n", b'{"user": 5}\n']))


def test_people_who_are_away_send_nothing_and_change_no_other() -> None:
    everyone, without = Habits(size=5, seed=3), Habits(size=5, seed=3, away=frozenset({0, 4}))
    absent = {everyone.user(0), everyone.user(4)}
    present = [beat for beat in islice(audience(everyone), 800) if beat.user not in absent]
    assert present
    assert list(islice(audience(without), len(present))) == present


def test_devices_that_rest_are_fewer_at_a_time() -> None:
    def busy(rest_s: float) -> int:
        beats = takewhile(lambda beat: beat.due_s < 7200, audience(Habits(size=20, rest_s=rest_s, offline=0)))
        return sum(1 for _ in beats)

    assert busy(0) > 4 * busy(1800) > 0
