"""Watch time belongs to the day on which it was spent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.faults.pipeline import until
from tests.figures.life import APPLIED_S, Life, now, rfc3339

pytestmark = pytest.mark.services
DAY_S = 86_400


def midnight(days_ago: int) -> float:
    """The beginning of a day in UTC."""
    return (now() // DAY_S - days_ago) * DAY_S


def day_of(seconds: float) -> str:
    return rfc3339(seconds)[:10]


def days(life: Life, query: str = "timeZone=UTC") -> dict[str, float]:
    found = life.read(f"/api/progress/days?{query}")["days"]
    return {each["day"]: each["watchTimeSeconds"] for each in found}


def becomes(life: Life, wanted: dict[str, float], query: str = "timeZone=UTC") -> None:
    until(lambda: days(life, query) == wanted or None, APPLIED_S, f"{wanted}, not {days(life, query)}")


def of_the_organisation(life: Life) -> dict[str, float]:
    found = life.read("/api/org/days", admin=True)["items"]
    return {each["day"]: each["watchTimeSeconds"] for each in found if each["watchTimeSeconds"]}


def test_ten_minutes_from_a_second_before_midnight_are_one_second_and_599(life: Life) -> None:
    today = midnight(1)
    life.save("/batch", {"heartbeats": life.playing(0, 600, today - 1)})
    wanted = {day_of(today - 1): 1, day_of(today): 599}
    becomes(life, wanted)
    assert of_the_organisation(life) == wanted
    assert life.person()["watchTimeSeconds"] == 600
    becomes(life, {day_of(today): 600}, "timeZone=Asia/Kolkata")


def test_a_page_that_is_open_for_three_days_has_ten_hours_of_each(life: Life) -> None:
    life.catalogue()
    first, session, played = midnight(3) + 8 * 3_600, str(uuid4()), 0
    for day in range(3):
        beats: list[dict[str, Any]] = []
        for minute in range(10, 601, 10):
            played += 600
            beats.append(
                {
                    "contentId": life.item,
                    "sessionId": session,
                    "sequence": played,
                    "progressType": "video",
                    "event": "heartbeat",
                    "startedAt": rfc3339(first),
                    "occurredAt": rfc3339(first + day * DAY_S + minute * 60),
                    "metadata": {
                        "watchTimeSeconds": played,
                        "lastPositionSeconds": played,
                        "watchedSegments": [[0, played]],
                    },
                }
            )
        life.save("/batch", {"heartbeats": beats})
    wanted = {day_of(first + day * DAY_S): 36_000.0 for day in range(3)}
    becomes(life, wanted)
    assert of_the_organisation(life) == wanted


def test_a_quarter_of_an_hour_of_two_items_at_once_is_a_quarter_of_an_hour(life: Life) -> None:
    began = midnight(1) + 10 * 3_600
    items = []
    for _ in range(2):
        life.catalogue(durationSeconds=900)
        items.append(life.item)
        life.save("/batch", {"heartbeats": life.playing(0, 900, began)})
    until(lambda: len(life.read("/api/progress/history")["items"]) == 2 or None, APPLIED_S, "both sessions")
    shown = [life.read(f"/api/progress/{item}")["metadata"] for item in items]
    assert [each["watchTimeSeconds"] for each in shown] == [900, 900]
    assert days(life) == of_the_organisation(life) == {day_of(began): 900}
    assert life.person()["watchTimeSeconds"] == 900
    assert life.read("/api/progress")["summary"]["watchTimeSeconds"] == 900
