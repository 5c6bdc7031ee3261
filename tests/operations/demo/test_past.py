"""The demo's history: repeatable, honest, and such that every page of the demo has something to show."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest

from ingest.bodies import HeartbeatBody
from operations.demo.audience import sitting
from operations.demo.audience.catalogue import DOCUMENT, DOCUMENT_PAGES, TITLES, catalogue, file_name
from operations.demo.audience.habits import FILM_SECONDS, Habits
from operations.demo.audience.message import by_a_fast_clock, messages
from operations.demo.audience.organisation import FAST_CLOCK, LEARNER, organisation
from operations.demo.audience.past import DAYS, learners_past, past
from operations.demo.audience.sitting import Sitting
from operations.demo.audience.viewer import Beat

FIRST = date(2026, 10, 26)
DAY_S = 86_400
NOW_S = DAYS * DAY_S + 15 * 3600
HABITS = Habits(away=frozenset({LEARNER}))


def sessions(beats: list[Beat]) -> dict[str, list[Beat]]:
    found = defaultdict(list)
    for beat in beats:
        found[beat.body["sessionId"]].append(beat)
    return found


@pytest.fixture(scope="module")
def others() -> list[Beat]:
    return list(past(HABITS, FIRST, NOW_S))


@pytest.fixture(scope="module")
def learners() -> list[Beat]:
    return list(learners_past(HABITS, NOW_S))


def test_the_history_is_the_same_each_time(others: list[Beat], learners: list[Beat]) -> None:
    assert list(past(HABITS, FIRST, NOW_S)) == others
    assert list(learners_past(HABITS, NOW_S)) == learners
    assert list(past(Habits(seed=2), FIRST, NOW_S)) != others


def test_no_heartbeat_is_in_the_future_or_older_than_ingest_accepts(
    others: list[Beat], learners: list[Beat]
) -> None:
    assert all(0 <= beat.occurred_s < NOW_S for beat in (*others, *learners))
    assert timedelta(days=DAYS, hours=24) < timedelta(days=30)


def test_every_working_day_is_busier_than_any_of_a_weekend(others: list[Beat]) -> None:
    begun = Counter(int(beats[0].occurred_s // DAY_S) for beats in sessions(others).values())
    whole = {day: begun[day] for day in range(DAYS)}
    weekends = {day for day in whole if (FIRST + timedelta(days=day)).weekday() >= 5}
    assert min(whole[day] for day in whole.keys() - weekends) > max(whole[day] for day in weekends) > 0


def test_no_session_plays_more_than_the_clock_allows(others: list[Beat]) -> None:
    for beats in sessions(others).values():
        for one, other in pairwise(beats):
            assert one.occurred_s < other.occurred_s
            assert one.body["sequence"] + 1 == other.body["sequence"]
        last, lasted = beats[-1].body, beats[-1].occurred_s - beats[0].occurred_s
        if last["progressType"] == "video":
            covered = sum(end - start for start, end in last["metadata"]["watchedSegments"])
            assert covered <= lasted * last["metadata"]["playbackRate"] + 0.01
            assert last["metadata"]["watchTimeSeconds"] <= lasted + 0.01


def test_ingest_decodes_every_heartbeat(others: list[Beat], learners: list[Beat]) -> None:
    for beat in (*others, *learners):
        msgspec.json.decode(msgspec.json.encode(beat.body), type=HeartbeatBody)


def test_people_differ_and_every_item_is_watched(others: list[Beat]) -> None:
    ended = Counter(beat.user for beat in others if beat.body["event"] == "ended")
    watched = {beat.user for beat in others}
    assert HABITS.user(LEARNER) not in watched
    assert len(watched) > 90
    counts = sorted(ended[user] for user in watched)
    assert counts[len(counts) // 10] * 3 < counts[-len(counts) // 10]
    items = {beat.body["contentId"] for beat in others}
    assert items == {row["contentId"] for row in catalogue(HABITS) if "parts" not in row}


def test_the_learner_has_something_to_continue_something_completed_and_something_overdue(
    learners: list[Beat],
) -> None:
    reached: dict[str, Beat] = {}
    for beat in learners:
        reached[beat.body["contentId"]] = beat
    latest = max(reached.values(), key=lambda beat: beat.occurred_s)
    assert latest.body["contentId"] == HABITS.item(0)[0]
    assert 5 < latest.body["metadata"]["lastPositionSeconds"] < 0.9 * FILM_SECONDS[0]
    assert NOW_S - latest.occurred_s < 2 * DAY_S
    assert reached[HABITS.item(1)[0]].body["event"] == "ended"

    now = datetime(2026, 11, 22, 15, tzinfo=UTC)
    overdue = {
        each["contentId"]
        for each in organisation(now, now - timedelta(minutes=5))["assignments"]
        if each["targetId"] == HABITS.user(LEARNER) and each["dueAt"] and each["dueAt"] < now.isoformat()
    }
    assert overdue
    assert not overdue & reached.keys()


def test_a_telephone_that_is_three_days_fast_says_so(others: list[Beat]) -> None:
    own = [beat for beat in others if beat.user == HABITS.user(FAST_CLOCK)]
    (message, *_) = messages(own, "tenant", 1_000_000, 50)
    fast = by_a_fast_clock(message, 3 * DAY_S)
    assert fast.clock_offset_seconds == 3 * DAY_S
    for one, other in zip(message.heartbeats, fast.heartbeats, strict=True):
        moved = datetime.fromisoformat(other["occurredAt"]) - datetime.fromisoformat(one["occurredAt"])
        assert moved == timedelta(days=3)


def test_a_document_is_read_page_by_page() -> None:
    whole = Sitting(number=DOCUMENT, began_s=100.0)
    beats = list(sitting.beats(HABITS, Random(1), LEARNER, whole))
    assert [beat.body["metadata"]["pagesViewed"][-1] for beat in beats] == list(range(1, DOCUMENT_PAGES + 1))
    assert {beat.body["progressType"] for beat in beats} == {"document"}
    assert beats[-1].body["metadata"]["scrollPosition"] == 1


def test_films_and_the_document_can_be_opened_and_every_item_has_a_picture() -> None:
    rows = catalogue(HABITS)
    playable = {number for number, row in enumerate(rows) if "mediaUrl" in row}
    assert playable == {*FILM_SECONDS, DOCUMENT}
    assert {rows[number]["durationSeconds"] for number in FILM_SECONDS} == set(FILM_SECONDS.values())
    assert all(row["thumbnailUrl"].startswith("/media/") for row in rows)
    assert len({file_name(number) for number in range(len(TITLES))}) == len(TITLES)
