"""Whether an attempt at an item is completed, and how often the item was watched, given the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from msgspec import Struct

from playhead.progress.acts import ItemAttempt
from playhead.progress.attempts import imports_of, sessions_of
from playhead.progress.figures.credit import Claim, claim, coverage, credited_scroll, page_claim
from playhead.progress.figures.durations import ItemSpan, item_span
from playhead.progress.figures.viewings import viewings
from playhead.progress.intervals import EMPTY, Intervals, layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import Progress
from playhead.progress.session import LAST_GAP_MS, Session

MOST_TIMES = 256
"""The number of times up to which the viewings of a part are counted. Layers up to any depth are exact
without those below, so the order of compaction makes no difference."""


class Accrual(Struct, frozen=True, gc=False):
    """The evidence of an attempt."""

    span: ItemSpan
    claims: tuple[Claim, ...]
    """Of the sessions with media, in the order of the sessions."""
    covered: Intervals
    """The parts of a video, in ms of its file."""
    pages: Intervals
    permille: int
    """The share that was played or read, in whole thousandths: 1000 only if all of it was."""
    enough: bool
    """Whether the share reaches the threshold; computed exactly, not from thousandths."""
    reported: float
    """The percentage that clients claim; 0 if the policy does not accept claims."""
    imported: float = 0.0
    """The largest percentage that was imported, which is accepted under every policy."""

    @property
    def attained(self) -> int:
        """The largest share by any evidence, in whole thousandths."""
        if not (self.reported or self.imported):  # nearly always
            return self.permille
        return max(self.permille, int(self.reported * 10), int(self.imported * 10))


def accrue(progress: Progress, policy: Policy, attempt: ItemAttempt) -> Accrual:
    """The evidence of an attempt."""
    sessions: Iterable[Session] = progress.sessions.values()
    if attempt.since or attempt.until is not None:
        sessions = sessions_of(progress, attempt)
    compacted = progress.compacted
    is_compacted = compacted.attempt == attempt.since
    span = item_span(progress, policy)
    claims: list[Claim] = []
    readers: list[Session] = []
    reported = compacted.reported if is_compacted else 0.0
    for session in sessions:
        if session.watched.bounds:
            claims.append(claim(session, policy, span))
        if session.pages.bounds or session.scroll:
            readers.append(session)
        if session.reported > reported:  # `max` takes three times as long
            reported = session.reported
    known = compacted.covered_in(attempt.since)
    covered = coverage(claims, (known,) if known.bounds else ())
    permille, enough = share(covered.length, span.length_ms, policy)
    pages = compacted.pages if is_compacted else EMPTY
    scroll = compacted.scroll if is_compacted else 0.0
    if readers or pages.bounds or scroll:
        pages, read, enough_read = _read(progress, readers, pages, scroll, policy)
        permille, enough = max(permille, read), enough or enough_read
    if policy.evidence != "any":
        reported = 0.0
    elif progress.claimed is not None:
        reported = progress.claimed.percentage if progress.claimed.at >= attempt.since else 0.0
    imported = 0.0
    if progress.imports:
        imported = max((each.percentage for each in imports_of(progress, attempt)), default=0.0)
    return Accrual(span, tuple(claims), covered, pages, permille, enough, reported, imported)


def _read(
    progress: Progress, readers: list[Session], known: Intervals, scroll: float, policy: Policy
) -> tuple[Intervals, int, bool]:
    """The pages read, the share of the document in whole thousandths, and whether it is enough.

    What a client claims to be read is limited by the time it took where only evidence counts. A document of
    which the pages are not known is covered by how far it was scrolled.
    """
    count = page_count(progress, policy)
    if policy.evidence == "any":
        pages = union([known, *(session.pages for session in readers)]).clip(
            count + 1 if count else 2**31 - 1
        )
        scroll = max([scroll, *(session.scroll for session in readers)])
    else:
        pages = coverage([page_claim(session, count) for session in readers], (known,))
        scroll = max([scroll, *map(credited_scroll, readers)])
    if count:
        return pages, *share(pages.clip(count + 1).length, count, policy)
    if progress.kind != "document":
        return pages, 0, False
    return pages, *share(int(scroll * 1_000_000), 1_000_000, policy)


def page_count(progress: Progress, policy: Policy) -> int:
    """The pages of a document: the catalogue's, else the latest stated, else 0."""
    return policy.page_count or progress.page_count


def share(covered: int, whole: int, policy: Policy) -> tuple[int, bool]:
    """The share in whole thousandths, and whether it reaches the threshold."""
    if whole <= 0:
        return 0, False
    return min(1000, covered * 1000 // whole), policy.completes(covered, whole)


def is_claimed(percentage: float, policy: Policy) -> bool:
    """Whether a claimed percentage reaches the threshold: in hundredths, the precision of clients."""
    return policy.completes(int(percentage * 100), 100 * 100)


def completes(accrual: Accrual, policy: Policy) -> bool:
    """Whether what was watched or claimed completes the attempt; imports have dates of their own."""
    return accrual.enough or (accrual.reported > 0 and is_claimed(accrual.reported, policy))


def may_complete(progress: Progress, policy: Policy) -> bool:
    """Whether the item may be completed: an upper bound, which is cheap as it takes no unions."""
    compacted = progress.compacted
    if progress.kind != "video" or progress.page_count or policy.page_count or compacted.reported:
        return True
    most = max(compacted.covered.length, compacted.layers[0].length if compacted.layers else 0)
    for session in progress.sessions.values():
        if session.reported or session.pages.bounds:
            return True
        # An `ended` closes a gap, a second and a half at most; a session's grace lies within its extent.
        most += session.watched.length + LAST_GAP_MS
    return policy.completes(most, item_span(progress, policy).length_ms)


def times_completed(progress: Progress, policy: Policy, accrual: Accrual) -> int:
    """The largest k, up to `MOST_TIMES`, such that the threshold's share was covered by k viewings.

    Over all attempts; `accrual` is that of the current one.
    """
    duration = accrual.span.length_ms
    if not progress.acts and not accrual.enough:
        return 0
    known, below = progress.compacted.layers, progress.compacted.below
    most = sum(layer.length for layer in known)
    for session in progress.sessions.values():
        most += session.watched.length + LAST_GAP_MS
    if not below and not policy.completes(most // 2, duration) and not progress.acts:
        return 1
    counted = layers([*known, *viewed(progress, policy, accrual.span)], MOST_TIMES)
    times = sum(1 for _ in takewhile(lambda layer: policy.completes(layer.length, duration), counted))
    return min(below + times, MOST_TIMES) or int(policy.completes(accrual.covered.length, duration))


def viewed(progress: Progress, policy: Policy, span: ItemSpan) -> list[Intervals]:
    """The media that each viewing is credited."""
    sessions = {key: session for key, session in progress.sessions.items() if session.watched.bounds}
    return [
        union([claim(sessions[key], policy, span).credited for key in keys]) for keys in viewings(sessions)
    ]
