"""Devices whose clocks are wrong."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.figures.life import Life, now

pytestmark = pytest.mark.services

MINUTE = 60
DAY = 86_400


@pytest.mark.parametrize("ahead", [10 * MINUTE, 3 * DAY])
def test_ten_minutes_offline_on_a_fast_phone_are_ten_minutes(life: Life, ahead: int) -> None:
    played = life.playing(0, 600, now() - 600 + ahead)
    answer = life.save("/batch", {"heartbeats": played})
    assert (answer["accepted"], {each["reason"] for each in answer["adjusted"]}) == (61, {"ahead"})
    progress = life.becomes(lambda each: each["status"] == "completed", "ten minutes played")
    assert progress["progressPercentage"] == 100
    assert progress["metadata"]["watchTimeSeconds"] == 600


def test_a_tablet_ten_minutes_slow_that_played_last_wins_the_position(life: Life) -> None:
    began = now() - 200
    life.save("/batch", {"heartbeats": life.playing(0, 100, began)})
    life.becomes(lambda each: each["resume"]["positionSeconds"] == 100, "the laptop's position")
    tablet = life.playing(100, 200, began + 100 - 10 * MINUTE)
    life.save("/batch", {"heartbeats": tablet, "clockOffsetSeconds": -10 * MINUTE})
    progress = life.becomes(lambda each: each["totalSessions"] == 2, "both sessions")
    assert (progress["resume"]["offer"], progress["resume"]["positionSeconds"]) == (True, 200)


def test_a_television_that_believes_it_is_1970_was_active_today(life: Life) -> None:
    began = now()
    answer = life.save("/batch", {"heartbeats": life.playing(0, 60, 300)})
    assert {each["reason"] for each in answer["adjusted"]} == {"behind"}
    progress = life.becomes(lambda each: each["status"] == "in_progress", "a minute played")
    assert began - 1 <= datetime.fromisoformat(progress["lastViewed"]).timestamp() <= now()
    assert progress["progressPercentage"] == 10
    (session,) = life.evidence()["sessions"]
    assert session["adjustedSeconds"] == max(each["seconds"] for each in answer["adjusted"])


def test_a_completion_of_2024_by_a_player_is_adjusted_and_says_so(life: Life) -> None:
    began = now()
    body = {"contentId": life.item, "event": "complete", "occurredAt": "2024-05-01T12:00:00Z"}
    (moved,) = life.save("", body)["adjusted"]
    assert (moved["field"], moved["reason"]) == ("occurredAt", "behind")
    progress = life.becomes(lambda each: each["status"] == "completed", "the mark")
    assert datetime.fromisoformat(progress["completedAt"]).timestamp() >= began - 1
    (mark,) = life.evidence()["marks"]
    assert mark["adjustedSeconds"] == moved["seconds"]


def test_a_request_sent_again_under_another_offset_counts_nothing_twice(life: Life) -> None:
    played = life.playing(0, 300, now() - 300)
    life.save("/batch", {"heartbeats": played, "clockOffsetSeconds": 0})
    first = life.becomes(lambda each: each["status"] == "in_progress", "half of it played")
    life.save("/batch", {"heartbeats": [*played, {"contentId": life.item}], "clockOffsetSeconds": 2})
    again = life.becomes(lambda each: each["lastViewed"] != first["lastViewed"], "the request again")
    for name in ("progressPercentage", "completionCount"):
        assert again[name] == first[name]
    for name in ("watchTimeSeconds", "contentTimeSeconds", "watchedSegments"):
        assert again["metadata"][name] == first["metadata"][name]
