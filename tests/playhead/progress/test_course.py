"""A course's summary follows from its parts'."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import ContentId, Instant, Summary
from playhead.progress.figures.course import (
    Course,
    CoursePart,
    FormerRequirement,
    next_part,
    summarize_course,
)
from playhead.progress.figures.summary import CompletedAttempt

A, B, C, D = (ContentId(str(uuid.UUID(int=n))) for n in range(1, 5))
NOTHING = Summary()


def done(at: int, **fields: object) -> Summary:
    whole = Summary(
        status="completed",
        percentage=100,
        coverage=1000,
        completion_count=1,
        total_sessions=1,
        wall_ms=60_000,
        started_at=Instant(at - 60_000),
        last_at=Instant(at),
        completed_at=Instant(at),
    )
    return replace(whole, **fields)


def begun(percentage: int, at: int) -> Summary:
    return Summary(
        status="in_progress",
        percentage=percentage,
        started_at=Instant(at),
        last_at=Instant(at),
        total_sessions=1,
    )


AGAIN = Instant(500_000)
"""When an attempt begins."""


def course(*required: ContentId, optional: tuple[ContentId, ...] = ()) -> Course:
    parts = [CoursePart(content_id=each) for each in required]
    return Course(parts=(*parts, *(CoursePart(content_id=each, optional=True) for each in optional)))


def test_four_completed_parts_complete_a_course_at_the_latest_completion() -> None:
    parts = {A: done(400_000), B: done(900_000), C: done(500_000), D: done(600_000)}
    shown = summarize_course(course(A, B, C, D), NOTHING, parts)
    assert (shown.status, shown.percentage, shown.completed_at) == ("completed", 100, 900_000)
    assert (shown.kind, shown.total_sessions, shown.wall_ms, shown.completion_count) == (
        "course",
        4,
        240_000,
        1,
    )
    assert (shown.started_at, shown.last_at) == (340_000, 900_000)


def test_progress_is_the_weighted_mean_over_required_parts() -> None:
    weighted = Course(
        parts=(
            CoursePart(content_id=A, weight=3000),
            CoursePart(content_id=B),
            CoursePart(content_id=C, weight=9000, optional=True),
        )
    )
    shown = summarize_course(weighted, NOTHING, {A: begun(50, 1), C: done(100_000)})
    assert (shown.status, shown.percentage) == ("in_progress", 37)


def test_what_a_client_claims_of_a_course_with_parts_does_not_count() -> None:
    claimed = Summary(status="completed", percentage=100, evidence="reported", completed_at=Instant(5))
    assert summarize_course(course(A, B), claimed, {A: begun(40, 1)}).percentage == 20
    assert summarize_course(Course(), claimed, {}) == replace(claimed, kind="course")


def test_a_mark_by_hand_completes_a_course() -> None:
    mark = Summary(
        status="completed",
        percentage=100,
        evidence="manual",
        completed_at=Instant(5),
        last_at=Instant(5),
        completions=(CompletedAttempt(at=Instant(5), evidence="manual"),),
    )
    shown = summarize_course(course(A, B), mark, {A: begun(40, 1)})
    assert (shown.status, shown.percentage, shown.completed_at) == ("completed", 100, 5)
    assert (shown.evidence, shown.last_at) == ("manual", 5)


def test_a_part_added_later_undoes_no_completion() -> None:
    before = FormerRequirement(until=Instant(1_000_000), required=(A, B))
    grown = Course(parts=(*course(A, B, C).parts,), past=(before,))
    shown = summarize_course(grown, NOTHING, {A: done(400_000), B: done(900_000)})
    assert (shown.status, shown.percentage, shown.completed_at) == ("completed", 100, 900_000)
    late = summarize_course(grown, NOTHING, {A: done(400_000), B: done(1_100_000)})
    assert (late.status, late.percentage, late.completed_at) == ("in_progress", 66, None)


def test_a_part_taken_out_changes_no_date() -> None:
    shrunk = Course(
        parts=course(A).parts, past=(FormerRequirement(until=Instant(1_000_000), required=(A, B)),)
    )
    assert summarize_course(shrunk, NOTHING, {A: done(400_000), B: done(900_000)}).completed_at == 900_000
    assert summarize_course(shrunk, NOTHING, {A: done(400_000)}).completed_at == 400_000


def test_taking_a_part_again_undoes_no_completion_and_changes_no_date() -> None:
    first = CompletedAttempt(at=Instant(400_000), evidence="watched")
    again = replace(begun(10, 2_000_000), completions=(first,), completion_count=1, attempt=2)
    shown = summarize_course(course(A, B), NOTHING, {A: again, B: done(300_000)})
    assert (shown.status, shown.completed_at) == ("completed", 400_000)
    second = done(3_000_000, completions=(first, CompletedAttempt(at=Instant(3_000_000), evidence="watched")))
    shown = summarize_course(course(A, B), NOTHING, {A: second, B: done(300_000)})
    assert (shown.status, shown.completed_at) == ("completed", 400_000)


def test_a_new_attempt_of_the_course_waits_for_new_completions() -> None:
    own = Summary(attempt=2, attempt_at=AGAIN, attempts=(AGAIN,))
    first = CompletedAttempt(at=Instant(400_000), evidence="watched")
    opened = replace(begun(0, 500_000), completions=(first,), attempts=(AGAIN,))
    shown = summarize_course(course(A), own, {A: opened})
    assert (shown.status, shown.attempt, shown.attempt_at) == ("in_progress", 2, AGAIN)
    assert shown.completions == (first,), "the first time is kept"
    second = CompletedAttempt(at=Instant(600_000), evidence="watched")
    shown = summarize_course(course(A), own, {A: replace(opened, completions=(first, second))})
    assert (shown.status, shown.completed_at, shown.completion_count) == ("completed", 600_000, 2)
    assert shown.completions == (first, second)


def test_two_attempts_of_a_course_between_which_no_part_was_opened_are_one() -> None:
    own = Summary(attempt=3, attempts=(AGAIN, Instant(AGAIN + 1)))
    shown = summarize_course(course(A, B), own, {A: replace(begun(0, 400_000), attempts=(AGAIN,))})
    assert (shown.attempt, shown.attempts) == (2, (AGAIN,))


def test_what_only_a_part_began_again_is_no_attempt_of_the_course() -> None:
    again = replace(begun(10, 2_000_000), attempts=(AGAIN,))
    assert summarize_course(course(A, B), NOTHING, {A: again}).attempt == 1


def test_an_attempt_ends_the_mark_of_a_course_that_has_no_opened_part() -> None:
    marked = CompletedAttempt(at=Instant(5), evidence="manual")
    own = Summary(attempt=2, attempts=(AGAIN,), completions=(marked,))
    shown = summarize_course(course(A), own, {})
    assert (shown.attempt, shown.status, shown.completions) == (2, "not_started", (marked,))


def test_a_course_that_lost_its_parts_keeps_its_completion() -> None:
    empty = Course(past=(FormerRequirement(until=Instant(1_000_000), required=(A,)),))
    assert summarize_course(empty, NOTHING, {A: done(400_000)}).completed_at == 400_000
    assert summarize_course(empty, NOTHING, {A: begun(10, 1)}) == replace(NOTHING, kind="course")


def test_goes_on_with_the_part_in_progress_that_was_viewed_last() -> None:
    of = course(A, B, C, optional=(D,))
    assert next_part(of, {}) == A
    assert next_part(of, {A: done(400_000)}) == B
    assert next_part(of, {A: begun(50, 10), C: begun(10, 20)}) == C
    assert next_part(of, {D: begun(50, 10)}) == D


def test_an_optional_part_comes_after_the_required_ones() -> None:
    of = Course(parts=(CoursePart(content_id=D, optional=True), *course(A, B).parts))
    assert next_part(of, {}) == A
    assert next_part(of, {A: done(400_000), B: done(500_000)}) == D
    assert next_part(of, {A: done(400_000), B: done(500_000), D: done(600_000)}) is None


summaries = st.one_of(
    st.integers(0, 99).flatmap(lambda share: st.integers(1, 10**6).map(lambda at: begun(share, at))),
    st.integers(10**5, 10**6).map(done),
    st.just(NOTHING),
)
states = st.dictionaries(st.sampled_from([A, B, C, D]), summaries)
weights = st.lists(st.integers(1, 5000), min_size=3, max_size=3)


def _weighted(of: list[int]) -> Course:
    return Course(
        parts=tuple(
            CoursePart(content_id=content, weight=weight)
            for content, weight in zip((A, B, C), of, strict=True)
        )
    )


@given(weights, states, st.permutations([A, B, C, D]))
def test_law_the_order_of_the_parts_states_does_not_matter(
    of: list[int], parts: Mapping[ContentId, Summary], order: list[ContentId]
) -> None:
    shuffled = {content: parts[content] for content in order if content in parts}
    assert summarize_course(_weighted(of), NOTHING, shuffled) == summarize_course(
        _weighted(of), NOTHING, parts
    )


@given(weights, states)
def test_law_an_optional_part_leaves_progress_alone(
    of: list[int], parts: Mapping[ContentId, Summary]
) -> None:
    before = _weighted(of)
    after = Course(parts=(*before.parts, CoursePart(content_id=D, weight=4000, optional=True)))
    one, other = (summarize_course(each, NOTHING, parts) for each in (before, after))
    assert (one.percentage, one.completed_at) == (other.percentage, other.completed_at)


@given(weights, states)
def test_law_a_course_is_at_100_if_and_only_if_it_is_completed(
    of: list[int], parts: Mapping[ContentId, Summary]
) -> None:
    shown = summarize_course(_weighted(of), NOTHING, parts)
    all_done = all(parts.get(each, NOTHING).status == "completed" for each in (A, B, C))
    assert (shown.percentage == 100) == (shown.status == "completed") == all_done


@given(weights, states, st.integers(1, 2 * 10**6))
def test_law_a_part_added_later_undoes_no_completion(
    of: list[int], parts: Mapping[ContentId, Summary], until: int
) -> None:
    before = _weighted(of)
    shown = summarize_course(before, NOTHING, parts)
    former = FormerRequirement(until=Instant(until), required=(A, B, C))
    after = Course(parts=(*before.parts, CoursePart(content_id=D)), past=(former,))
    grown = summarize_course(after, NOTHING, {each: parts[each] for each in parts if each != D})
    was_completed = shown.completed_at is not None and shown.completed_at < until
    assert (grown.completed_at == shown.completed_at) if was_completed else grown.completed_at is None
