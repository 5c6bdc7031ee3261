"""A person's items as lists: sorted and cut into pages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from playhead.policies import TenantPolicies
from playhead.progress import NOTHING, ContentId, Instant, Progress, Summary, join, summarize
from playhead.progress.figures.course import Course
from playhead.progress.figures.resume import resume
from query_api.cursors import SortKey
from query_api.progress.dismissals import LeftOut

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CourseState:
    """What the summary of a course is derived from."""

    course: Course
    own: Summary
    """Of what was sent of the course itself."""
    parts: Mapping[ContentId, Entry]
    """Those of its items that the person opened, former parts included."""
    next: ContentId | None
    """The part to go on with; None where all are completed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with the person's progress and its summary."""

    content: ContentId
    progress: Progress
    """What was sent of the item itself."""
    summary: Summary
    course: CourseState | None = None
    """Of a course with parts, from which its summary is derived."""

    @property
    def is_new(self) -> bool:
        """Whether the person never opened it."""
        return self.progress == NOTHING and (self.course is None or not self.course.parts)

    @property
    def own_summary(self) -> Summary:
        """The summary of what was sent of the item itself."""
        return self.summary if self.course is None else self.course.own

    @property
    def played_at(self) -> Instant:
        """When it, or a part of it, was last played or read, 0 for never."""
        parts = () if self.course is None else self.course.parts.values()
        return max([last_played_at(self.progress), *(part.played_at for part in parts)])

    @property
    def sort_key(self) -> SortKey:
        """Latest first."""
        return SortKey(self.summary.last_at or 0, self.content)


def entries(items: Mapping[ContentId, Progress], policies: TenantPolicies) -> Iterator[Entry]:
    """Each item with its summary, derived lazily: it is the costly part of a long list."""
    return (
        Entry(content, progress, summarize(progress, policies.of(content).policy))
        for content, progress in items.items()
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a sorted list, and the sort key of its last entry if more follow."""

    entries: Sequence[T]
    end: SortKey | None


def in_order(of: Iterable[Entry]) -> list[Entry]:
    """The entries, latest first."""
    return sorted(of, key=lambda entry: entry.sort_key, reverse=True)


def page(of: Iterable[Entry], after: SortKey | None, limit: int) -> Page[Entry]:
    """The first `limit` of the entries that come after `after`, latest first."""
    rest = (entry for entry in of if after is None or entry.sort_key < after)
    return cut(in_order(rest), limit, lambda entry: entry.sort_key)


def cut(rest: Sequence[T], limit: int, sort_key: Callable[[T], SortKey]) -> Page[T]:
    """The first `limit` of the rest of a sorted list."""
    kept = rest[:limit]
    return Page(kept, sort_key(kept[-1]) if len(rest) > limit else None)


def with_changes(
    of: Iterable[Entry], changes: Iterable[tuple[ContentId, Progress]], policies: TenantPolicies
) -> Iterator[Entry]:
    """The entries joined with changes, which may be older or newer."""
    known = {entry.content: entry for entry in of}
    changed: dict[ContentId, Progress] = {}
    for content, progress in changes:
        before = changed.get(content) or (known[content].progress if content in known else NOTHING)
        changed[content] = join(before, progress)
    return chain((known[content] for content in known.keys() - changed.keys()), entries(changed, policies))


def worth_continuing(entry: Entry) -> bool:
    """Whether to show the item in Continue Watching.

    Items in progress are, by the policy's threshold; a video only where there is a position to resume.
    Documents and courses keep their place by other means: a course goes on with one of its parts.
    """
    if entry.summary.status != "in_progress":
        return False
    return entry.summary.kind != "video" or resume(entry.summary).offer


def is_left_out(entry: Entry, left_out: LeftOut) -> bool:
    """Whether the item is archived, or was dismissed and has not been played since."""
    dismissed_at = left_out.dismissed.get(entry.content)
    dismissed = dismissed_at is not None and entry.played_at <= dismissed_at
    return dismissed or entry.content in left_out.archived


def last_played_at(progress: Progress) -> Instant:
    """When the item was last played or read, 0 for never; an open tab alone does not count."""
    played = (session.last_at for session in progress.sessions.values() if session.has_played)
    return max(played, default=progress.compacted.last_at or Instant(0))
