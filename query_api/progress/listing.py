"""A person's items as lists: sorted, cut into pages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from playhead.policies import TenantPolicies
from playhead.progress import NOTHING, ContentId, Instant, Progress, Summary, join, resume, summarize
from query_api.cursors import SortKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with everything known of it."""

    content: ContentId
    progress: Progress
    summary: Summary

    @property
    def is_new(self) -> bool:
        """Whether the person never opened it."""
        return self.progress == NOTHING

    @property
    def place(self) -> SortKey:
        """Latest first."""
        return SortKey(self.summary.last_at or 0, self.content)


def entries(items: Mapping[ContentId, Progress], policies: TenantPolicies) -> Iterator[Entry]:
    """Each item with its summary, derived as it is taken: that is the costly part of a long list."""
    return (
        Entry(content, progress, summarize(progress, policies.of(content).policy))
        for content, progress in items.items()
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a sorted list, and where it ended if there is more."""

    entries: Sequence[T]
    end: SortKey | None


def in_order(of: Iterable[Entry]) -> list[Entry]:
    """Latest first."""
    return sorted(of, key=_place, reverse=True)


def page(of: Iterable[Entry], after: SortKey | None, limit: int) -> Page[Entry]:
    """The first `limit` entries, latest first, after a place."""
    rest = (entry for entry in of if after is None or entry.place < after)
    return cut(in_order(rest), limit, _place)


def cut(sorted_entries: Sequence[T], limit: int, place: Callable[[T], SortKey]) -> Page[T]:
    """The first `limit` of entries that are in order and after the place asked for."""
    kept = sorted_entries[:limit]
    return Page(kept, place(kept[-1]) if len(sorted_entries) > limit else None)


def with_changes(
    of: Iterable[Entry], changes: Iterable[tuple[ContentId, Progress]], policies: TenantPolicies
) -> Iterator[Entry]:
    """The entries joined with changes that may be older or newer than they are."""
    known = {entry.content: entry for entry in of}
    changed: dict[ContentId, Progress] = {}
    for content, progress in changes:
        before = changed.get(content) or (known[content].progress if content in known else NOTHING)
        changed[content] = join(before, progress)
    return chain((known[content] for content in known.keys() - changed.keys()), entries(changed, policies))


def worth_continuing(entry: Entry) -> bool:
    """Whether to show the item in Continue Watching.

    "In progress" ends where "completed" begins, by the one threshold of the policy. A video is worth it
    where there is a position to resume; documents and courses keep their place by other means.
    """
    if entry.summary.status != "in_progress":
        return False
    return entry.summary.kind != "video" or resume(entry.summary).offer


def is_dismissed(entry: Entry, dismissed_at: Instant | None) -> bool:
    """Whether the item was dismissed and has not been played since."""
    return dismissed_at is not None and last_played_at(entry.progress) <= dismissed_at


def last_played_at(progress: Progress) -> Instant:
    """When the item was last played or read, 0 for never; a tab that is merely open does not count."""
    played = (session.last_at for session in progress.sessions.values() if session.has_played)
    return max(played, default=progress.compacted.last_at or Instant(0))


def _place(entry: Entry) -> SortKey:
    return entry.place
