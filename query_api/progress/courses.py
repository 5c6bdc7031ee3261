"""Courses among a person's items: each derived from its parts, as they are now. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from playhead.progress import NOTHING, ContentId, Summary
from playhead.progress.figures.course import Course, next_part, summarize_course
from query_api.progress.listing import CourseState, Entry

_NOT_OPENED = Summary()


class TenantCourses:
    """The courses of one tenant, updated in place while in use."""

    __slots__ = ("_courses", "_of_item")

    def __init__(self) -> None:
        self._courses: dict[ContentId, Course] = {}
        self._of_item: defaultdict[ContentId, set[ContentId]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._courses)

    def hold(self, content: ContentId, course: Course) -> None:
        """Hold a course, in place of what was held of it."""
        self._courses[content] = course
        for item in course.items:
            self._of_item[item].add(content)

    def of(self, content: ContentId) -> Course | None:
        """A course; None where the item has no parts."""
        return self._courses.get(content)

    def begun(self, contents: Collection[ContentId]) -> Iterator[tuple[ContentId, Course]]:
        """The courses of which an item, or the course itself, is among these."""
        if not self._courses:
            return
        found = {course for each in contents for course in self._of_item.get(each, ())}
        found.update(each for each in contents if each in self._courses)
        for content in sorted(found):
            yield content, self._courses[content]


def with_courses(entries: Iterable[Entry], courses: TenantCourses) -> list[Entry]:
    """The entries, and those of all courses that they begin."""
    known = {entry.content: entry for entry in entries}
    derived = {content: course_entry(content, course, known) for content, course in courses.begun(known)}
    return list({**known, **derived}.values())


def course_entry(content: ContentId, course: Course, known: Mapping[ContentId, Entry]) -> Entry:
    """The entry of a course, by the entries of its items and its own; those never opened may be absent."""
    own = known.get(content)
    own_progress = NOTHING if own is None else own.progress
    own_summary = _NOT_OPENED if own is None else own.own_summary
    parts = {each: known[each] for each in course.items if each in known}
    summaries = {each: entry.summary for each, entry in parts.items()}
    state = CourseState(course, own_summary, parts, next_part(course, summaries))
    return Entry(content, own_progress, summarize_course(course, own_summary, summaries), state)


def parts_of(entries: Iterable[Entry]) -> frozenset[ContentId]:
    """The parts of the courses among these entries: a list with the course need not have them as well."""
    return frozenset(
        part.content_id for entry in entries if entry.course is not None for part in entry.course.course.parts
    )
