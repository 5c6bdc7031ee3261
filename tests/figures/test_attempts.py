"""What is taken again: by expiry, by a new edition, with a course; and completions by a changed rule."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.faults.pipeline import until
from tests.figures.life import Body, Life, now, rfc3339

pytestmark = pytest.mark.services

DAY = 86_400
STORED_S = 60


def is_completed(progress: Body) -> bool:
    return bool(progress["status"] == "completed")


def is_again(progress: Body) -> bool:
    return bool(progress["attempt"] == 2)


def item(life: Life, **members: Any) -> Body:
    return {
        "contentId": life.item,
        "title": "Fire safety",
        "type": "video",
        "durationSeconds": 600,
    } | members


def test_a_completion_is_valid_for_so_many_days_and_then_begins_again(life: Life) -> None:
    required = {"contentId": life.item, "target": "person", "targetId": life.user, "validForDays": 10}
    life.put("assignments", required)
    life.save("/batch", {"heartbeats": life.playing(0, 600, now() - 20 * DAY)})
    again = life.becomes(is_again, "the attempt after the completion was valid")
    assert (again["status"], again["progressPercentage"]) == ("in_progress", 0)
    (first,) = again["completions"]
    assert first["evidence"] == "watched"
    assert again["attemptAt"][10:] == first["completedAt"][10:], "ten days later, to the millisecond"

    def expired() -> Body | None:
        marks = life.evidence()["marks"]
        return marks[0] if len(marks) == 1 else None

    act = until(expired, STORED_S, "the act in PostgreSQL, which stores it after Redis")
    assert (act["mark"], act["by"], act["at"]) == ("expire", None, again["attemptAt"])
    life.save("/batch", {"heartbeats": life.playing(0, 600, now() - DAY)})
    assert len(life.becomes(is_completed, "the second time")["completions"]) == 2


def test_a_new_edition_begins_an_attempt_for_everyone_or_keeps_progress(life: Life) -> None:
    life.save("/batch", {"heartbeats": life.playing(0, 600, now() - DAY)})
    life.becomes(is_completed, "the first edition")
    editions = f"/api/org/content/{life.item}/editions"

    def stored() -> bool:
        return bool(life.person()["completedItems"])

    until(stored, STORED_S, "the completion in PostgreSQL")
    assert life.post(editions, {"newAttempt": False})["people"] == 0
    begun = life.post(editions, {"newAttempt": True})
    again = life.becomes(is_again, "the second edition")
    assert (again["progressPercentage"], len(again["completions"])) == (0, 1)
    assert again["attemptAt"] == begun["begunAt"]
    edition, kept = life.read(editions, admin=True)["items"]
    assert (edition["people"], edition["asOf"] is None, kept["newAttempt"]) == (1, False, False)


def test_a_lowered_threshold_completes_when_it_is_lowered_and_raising_it_undoes_nothing(life: Life) -> None:
    life.save("/batch", {"heartbeats": life.playing(0, 510, now() - 2 * DAY)})
    life.becomes(lambda each: each["coveragePercentage"] == 85, "85 %")
    changed = now()
    life.put("content", item(life, completionThreshold=0.8))
    lowered = life.becomes(lambda each: bool(each["completions"]), "the lowered threshold")
    (completion,) = lowered["completions"]
    assert (completion["evidence"], lowered["evidence"]) == ("rule", "rule")
    assert lowered["completedAt"] == completion["completedAt"] >= _rfc(changed - 1)
    life.put("content", item(life, completionThreshold=0.95, durationSeconds=700))

    def raised() -> Body | None:
        evidence = life.evidence()  # the threshold is the catalogue's at once, the act is stored after Redis
        return evidence if evidence["policy"]["threshold"] == 0.95 and evidence["marks"] else None

    evidence = until(raised, STORED_S, "the raised threshold")
    assert (evidence["completion"]["because"], evidence["completion"]["completed"]) == ("rule", True)
    shown = life.read(f"/api/progress/{life.item}")
    assert (shown["completedAt"], shown["progressPercentage"]) == (lowered["completedAt"], 100)


def test_a_new_attempt_of_a_course_is_one_of_each_of_its_parts(life: Life) -> None:
    parts = [str(uuid4()), str(uuid4())]
    course = str(uuid4())
    for part in parts:
        life.item = part
        life.put("content", item(life))
        life.save("/batch", {"heartbeats": life.playing(0, 600, now() - DAY)})
    life.put("content", {"contentId": course, "title": "All of it", "type": "course"})
    rows = [
        {"courseId": course, "contentId": part, "position": place}
        for place, part in enumerate(parts, start=1)
    ]
    life.put("parts", *rows)
    life.item = course
    life.becomes(is_completed, "the course")

    def stored() -> bool:
        return len(life.read(f"/api/progress/history?contentId={course}")["items"]) == 2

    until(stored, STORED_S, "the sessions of the parts, in the history of the course")
    before = rfc3339(now() - DAY / 2)
    life.act("POST", "completion")
    life.becomes(lambda each: each["lastViewed"] > before, "the mark of the course")
    life.act("DELETE", "completion")
    for _ in range(2):
        life.act("POST", "attempts")
    again = life.becomes(is_again, "the course again")
    assert (again["status"], again["progressPercentage"], len(again["completions"])) == ("in_progress", 0, 1)
    found = [life.read(f"/api/progress/{part}") for part in parts]
    assert [(each["attempt"], each["progressPercentage"]) for each in found] == [(2, 0), (2, 0)]
    assert {each["attemptAt"] for each in found} == {again["attemptAt"]}, "one server time"


def _rfc(seconds: float) -> str:
    return rfc3339(seconds).replace("+00:00", "Z")
