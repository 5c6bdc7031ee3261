"""Marks, attempts, tabs, odd files and documents, as they reach the person and the administrator."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.faults.pipeline import until
from tests.figures.life import Body, Life, now, rfc3339

pytestmark = pytest.mark.services

STORED_S = 30
HOUR = 3_600


def is_completed(progress: Body) -> bool:
    return bool(progress["status"] == "completed")


def test_an_item_marked_by_hand_is_a_hundred_per_cent_and_active_now(life: Life) -> None:
    life.act("POST", "completion")
    progress = life.becomes(is_completed, "the mark")
    assert (progress["progressPercentage"], progress["evidence"]) == (100, "manual")
    assert progress["lastViewed"] == progress["completedAt"] is not None

    def stored() -> Body | None:
        person = life.person()
        return person if person["completedItems"] else None

    person = until(stored, STORED_S, "the mark in PostgreSQL")
    assert (person["progress"], person["items"]) == (100, 1)
    assert person["lastActive"] == progress["lastViewed"]


def test_a_claim_of_95_completes_and_covers_nothing(life: Life) -> None:
    life.save("", {"contentId": life.item, "progressPercentage": 95})
    progress = life.becomes(is_completed, "the claim")
    assert (progress["progressPercentage"], progress["coveragePercentage"]) == (100, 0)


def test_the_same_ten_minutes_in_two_tabs_at_once_are_ten_minutes(life: Life) -> None:
    began = now() - 600
    for _ in range(2):
        life.save("/batch", {"heartbeats": life.playing(0, 600, began)})
    progress = life.becomes(lambda each: each["totalSessions"] == 2, "both tabs")
    assert (progress["metadata"]["watchTimeSeconds"], progress["completionCount"]) == (600, 1)


def test_what_is_taken_again_starts_at_nothing(life: Life) -> None:
    life.save("/batch", {"heartbeats": life.playing(0, 600, now() - 2 * HOUR)})
    first = life.becomes(is_completed, "the first time")
    life.act("DELETE", "completion")
    again = life.becomes(lambda each: each["attempt"] == 2, "another attempt")
    assert (again["status"], again["progressPercentage"], again["metadata"]["watchedSegments"]) == (
        *("in_progress", 0),
        [],
    )
    life.save("", {"contentId": life.item, "progressPercentage": 10})  # a minute cannot have passed yet
    part = life.becomes(lambda each: each["progressPercentage"] > 0, "a minute of it")
    assert (part["progressPercentage"], part["completedAt"]) == (10, None)
    assert [each["completedAt"] for each in part["completions"]] == [first["completedAt"]]


def test_a_mark_taken_back_leaves_what_was_watched(life: Life) -> None:
    life.save("/batch", {"heartbeats": life.playing(0, 300, now() - 300)})
    life.becomes(lambda each: each["progressPercentage"] == 50, "half of it")
    life.act("POST", "completion")
    life.becomes(is_completed, "the mark")
    life.act("DELETE", "completion")
    progress = life.becomes(lambda each: not is_completed(each), "the mark taken back")
    assert (progress["progressPercentage"], progress["attempt"], progress["completions"]) == (50, 1, [])


def test_half_that_arrives_late_moves_no_completion_before_the_other_half(life: Life) -> None:
    yesterday, before = now() - 24 * HOUR, now() - 72 * HOUR
    life.save("/batch", {"heartbeats": life.playing(300, 600, yesterday), "clockOffsetSeconds": 0})
    life.becomes(lambda each: each["progressPercentage"] == 50, "half B")
    life.save("/batch", {"heartbeats": life.playing(0, 300, before), "clockOffsetSeconds": 0})
    progress = life.becomes(is_completed, "half A")
    assert rfc3339(yesterday)[:10] <= progress["completedAt"][:10] <= rfc3339(yesterday + 300)[:10]


def test_a_file_of_53_seconds_completes_an_item_of_60(life: Life) -> None:
    life.catalogue(durationSeconds=60)
    session, began = str(uuid4()), now() - 53
    watched = [(at, "heartbeat" if at < 53 else "ended") for at in (0, 10, 20, 30, 40, 50, 53)]
    heartbeats = [file_of_53(life, session, began, at, event) for at, event in watched]
    life.save("/batch", {"heartbeats": heartbeats})
    progress = life.becomes(is_completed, "all of the file")
    assert (progress["progressPercentage"], progress["metadata"]["durationSeconds"]) == (100, 53)
    assert not progress["resume"]["offer"]


def file_of_53(life: Life, session: str, began: float, at: int, event: str) -> Body:
    metadata: dict[str, Any] = {"durationSeconds": 53, "lastPositionSeconds": at, "watchTimeSeconds": at}
    return {
        "contentId": life.item,
        "sessionId": session,
        "sequence": at,
        "event": event,
        "occurredAt": rfc3339(began + at),
        "metadata": metadata | {"watchedSegments": [[0, at]]},
    }


def test_an_offer_is_made_25_minutes_before_the_end_of_ten_hours(life: Life) -> None:
    life.catalogue(durationSeconds=10 * HOUR)
    at = 10 * HOUR - 25 * 60
    played = {"watchTimeSeconds": 60, "lastPositionSeconds": at, "watchedSegments": [[at - 60, at]]}
    life.save("", {"contentId": life.item, "startedAt": rfc3339(now() - 60), "metadata": played})
    progress = life.becomes(lambda each: each["status"] == "in_progress", "a minute of it")
    assert (progress["resume"]["offer"], progress["resume"]["positionSeconds"]) == (True, at)


def test_a_clip_looped_ten_times_is_150_seconds_of_content(life: Life) -> None:
    life.catalogue(durationSeconds=15)
    played = {"watchTimeSeconds": 150, "contentTimeSeconds": 150, "watchedSegments": [[0, 15]]}
    body = {"contentId": life.item, "sessionId": str(uuid4()), "startedAt": rfc3339(now() - 150)}
    life.save("", body | {"metadata": played | {"playbackRate": 1}})
    progress = life.becomes(is_completed, "the loop")
    assert progress["metadata"]["contentTimeSeconds"] == 150


def test_the_edition_of_one_page_is_read(life: Life) -> None:
    life.catalogue(type="document")
    for count in (2, 1):
        read = {"pagesViewed": [1], "pageCount": count}
        life.save("", {"contentId": life.item, "progressType": "document", "metadata": read})
    progress = life.becomes(is_completed, "the edition of one page")
    assert progress["progressPercentage"] == 100


def test_a_hundred_pages_in_a_second_are_not_credited(life: Life) -> None:
    life.catalogue(type="document", evidence="watched")
    read = {"pagesViewed": list(range(1, 101)), "pageCount": 100}
    life.save("", {"contentId": life.item, "progressType": "document", "metadata": read})
    progress = life.becomes(lambda each: each["status"] == "in_progress", "the pages")
    assert progress["progressPercentage"] < 10


def test_a_document_continues_on_its_page(life: Life) -> None:
    life.catalogue(type="document")
    read = {"pagesViewed": [1, 2, 37], "pageCount": 100, "lastPage": 37, "watchTimeSeconds": 60}
    body = {"contentId": life.item, "progressType": "document", "startedAt": rfc3339(now() - 60)}
    life.save("", body | {"metadata": read})
    progress = life.becomes(lambda each: each["status"] == "in_progress", "the pages")
    assert (progress["resume"]["offer"], progress["resume"]["page"]) == (True, 37)
