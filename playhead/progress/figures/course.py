"""A course: its progress follows from the progress of its parts. Pure.

Parts that are required count, by weight; optional ones do not. What a client claims of the course itself does
not count either, but a mark by hand and an imported completion do. While no part is required, the course is
an item like any other.

A completion is that of the parts that were required at the time, so a course also knows which parts it
required before: a part that is added later undoes no completion, and one that is taken out changes no date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.figures.summary import CompletedAttempt, Evidence, Status, Summary
from playhead.progress.identifiers import NEVER, ContentId, Instant, UserId

UNIT_WEIGHT = 1000
"""The weight of a part that has none of its own; weights are in thousandths."""
_BEGUN_PERCENTAGE = 99
"""The most that is shown of a course that is not completed."""
FAR = Instant(2**62)
"""After everything that can happen."""
_WEAKEST_FIRST: tuple[Evidence, ...] = ("reported", "manual", "imported", "rule", "watched")
_OF_THE_COURSE = ("manual", "imported")
"""Evidence that completes a course whatever its parts say."""


class _Completion(NamedTuple):
    at: Instant | None
    """None for a moment after a change of a part's policy."""
    evidence: Evidence
    by: UserId | None = None


class _Attempt(NamedTuple):
    since: Instant
    until: Instant
    """The last one's lies after everything."""


class CoursePart(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A part that is not archived."""

    content_id: ContentId
    weight: int = UNIT_WEIGHT
    """In thousandths, above 0; of no effect for an optional part."""
    optional: bool = False


class FormerRequirement(Struct, frozen=True, kw_only=True, rename="camel"):
    """The parts that were required until a moment."""

    until: Instant
    required: tuple[ContentId, ...]


class Course(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, dict=True):
    """The parts of a course."""

    parts: tuple[CoursePart, ...] = ()
    """In order."""
    past: tuple[FormerRequirement, ...] = ()
    """The oldest first."""

    @cached_property
    def required(self) -> tuple[CoursePart, ...]:
        """The parts that count."""
        return tuple(part for part in self.parts if not part.optional)

    @cached_property
    def items(self) -> frozenset[ContentId]:
        """All items on which its progress depends, former parts included."""
        former = (content for each in self.past for content in each.required)
        return frozenset(part.content_id for part in self.parts).union(former)


def summarize_course(course: Course, own: Summary, parts: Mapping[ContentId, Summary]) -> Summary:
    """Derive the summary of a course.

    Args:
        course: Its parts.
        own: The summary of what was sent of the course itself: a mark by hand counts.
        parts: The summaries of `course.items`; those never opened may be absent.
    """
    every = _attempts(own, parts)
    found = [_completion_of(course, own, parts, attempt) for attempt in every]
    completion = found[-1]
    if not course.required:
        sent = replace(own, kind="course")
        return sent if completion is None or own.status == "completed" else _completed(sent, completion)
    present = [parts[part.content_id] for part in course.parts if part.content_id in parts]
    derived = Summary(
        status="in_progress" if any(each.status != "not_started" for each in present) else "not_started",
        percentage=min(
            _BEGUN_PERCENTAGE, _mean(course, {key: each.percentage for key, each in parts.items()})
        ),
        coverage=_mean(course, {key: each.coverage for key, each in parts.items()}),
        kind="course",
        evidence=_evidence(course, parts),
        content_ms=sum(each.content_ms for each in present),
        wall_ms=sum(each.wall_ms for each in present),
        total_sessions=sum(each.total_sessions for each in present),
        completion_count=max(_times(course, parts), sum(each is not None for each in found)),
        started_at=_earliest(own.started_at, *(each.started_at for each in present)),
        last_at=_latest(own.last_at, *(each.last_at for each in present)),
        attempt=len(every),
        attempt_at=every[-1].since or None,
        attempts=tuple(each.since for each in every[1:]),
        completions=tuple(
            CompletedAttempt(each.at, each.evidence, each.by)
            for each in found
            if each is not None and each.at is not None
        ),
    )
    return derived if completion is None else _completed(derived, completion)


def next_part(course: Course, parts: Mapping[ContentId, Summary]) -> ContentId | None:
    """The part to go on with: the one in progress that was viewed last, else the first that is not completed.

    Required parts come first: an optional part that was never opened is next only where all required ones are
    completed. None if all parts are completed, or there are none.
    """
    status = {part.content_id: _status(parts.get(part.content_id)) for part in course.parts}
    begun = [
        (parts[part.content_id].last_at or 0, -place, part.content_id)
        for place, part in enumerate(course.parts)
        if status[part.content_id] == "in_progress"
    ]
    if begun:
        return max(begun)[2]
    in_turn = sorted(course.parts, key=lambda part: part.optional)
    return next((part.content_id for part in in_turn if status[part.content_id] != "completed"), None)


def _completed(summary: Summary, completion: _Completion) -> Summary:
    evidence = completion.evidence
    dated = () if completion.at is None else (CompletedAttempt(at=completion.at, evidence=evidence),)
    return replace(
        summary,
        status="completed",
        percentage=100,
        attained=1000,
        evidence=evidence,
        completions=summary.completions or dated,
        completed_at=completion.at,
        completion_count=max(1, summary.completion_count),
    )


def _attempts(own: Summary, parts: Mapping[ContentId, Summary]) -> list[_Attempt]:
    """The attempts, the oldest first. One begins where a part's does, or ends a mark of the course itself.

    Acts of the course and of its parts carry one time: what only a part began again is no attempt of the
    course, and two acts between which nothing happened are one.
    """
    begun = {at for part in parts.values() for at in part.attempts}
    starts = [NEVER]
    for at in own.attempts:
        if at in begun or any(starts[-1] <= each.at < at for each in own.completions):
            starts.append(at)
    return [_Attempt(since, until) for since, until in zip(starts, [*starts[1:], FAR], strict=True)]


def _completion_of(
    course: Course, own: Summary, parts: Mapping[ContentId, Summary], attempt: _Attempt
) -> _Completion | None:
    """The completion of an attempt: by a mark of the course, or by its parts, whichever was earlier."""
    marks = [each for each in own.completions if each.evidence in _OF_THE_COURSE and _is_in(each.at, attempt)]
    mark = _Completion(marks[0].at, marks[0].evidence, marks[0].by) if marks else None
    by_parts = _by_parts(course, parts, attempt)
    if by_parts is None or mark is None:
        return by_parts or mark
    return by_parts if by_parts.at is not None and (mark.at or NEVER) > by_parts.at else mark


def _by_parts(course: Course, parts: Mapping[ContentId, Summary], attempt: _Attempt) -> _Completion | None:
    """When all parts that were required at the time were first completed; None if they never were."""
    for former in course.past:
        found = _all_completed(former.required, parts, attempt)
        if found is not None and found.at is not None and found.at < former.until:
            return found
    if not course.required:
        return None
    return _all_completed([part.content_id for part in course.required], parts, attempt)


def _all_completed(
    contents: Iterable[ContentId], parts: Mapping[ContentId, Summary], attempt: _Attempt
) -> _Completion | None:
    every: list[_Completion] = []
    for content in contents:
        found = _first_completion(parts.get(content), attempt)
        if found is None:
            return None
        every.append(found)
    return _Completion(_latest(*(each.at for each in every)), _weakest({each.evidence for each in every}))


def _first_completion(part: Summary | None, attempt: _Attempt) -> _Completion | None:
    """The first in the course's attempt: taking a part again changes nothing of the course."""
    if part is None:
        return None
    dated = [each for each in part.completions if _is_in(each.at, attempt)]
    if dated:
        return _Completion(dated[0].at, dated[0].evidence)
    if part.status != "completed" or attempt.until != FAR:
        return None
    if part.completed_at is not None and part.completed_at < attempt.since:
        return None
    return _Completion(part.completed_at, part.evidence)


def _is_in(at: Instant, attempt: _Attempt) -> bool:
    return attempt.since <= at < attempt.until


def _mean(course: Course, of: Mapping[ContentId, int]) -> int:
    """The weighted mean over required parts, rounded down."""
    weight = sum(part.weight for part in course.required)
    return sum(part.weight * of.get(part.content_id, 0) for part in course.required) // weight


def _times(course: Course, parts: Mapping[ContentId, Summary]) -> int:
    """How often every required part was completed."""
    return min(_count(parts.get(part.content_id)) for part in course.required)


def _count(part: Summary | None) -> int:
    return 0 if part is None else part.completion_count


def _status(part: Summary | None) -> Status:
    return "not_started" if part is None else part.status


def _evidence(course: Course, parts: Mapping[ContentId, Summary]) -> Evidence:
    """The weakest evidence among the required parts that were opened."""
    return _weakest({parts[part.content_id].evidence for part in course.required if part.content_id in parts})


def _weakest(found: Collection[Evidence]) -> Evidence:
    return next((each for each in _WEAKEST_FIRST if each in found), "watched")


def _earliest(*instants: Instant | None) -> Instant | None:
    return min((each for each in instants if each is not None), default=None)


def _latest(*instants: Instant | None) -> Instant | None:
    return max((each for each in instants if each is not None), default=None)
