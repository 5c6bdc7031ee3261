"""Applies one heartbeat to progress, or refuses it, and records completion when the threshold is crossed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.absorb import absorb
from playhead.progress.compaction import MAX_SESSIONS, compact
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.identifiers import Instant, UserId
from playhead.progress.imports import MAX_IMPORTS
from playhead.progress.merging import merge_progress, record_merged
from playhead.progress.policy import Policy
from playhead.progress.progress import Progress
from playhead.progress.recording import record_completion

MAX_SPANS = 2_000
"""Spans of one person's progress with one item: watched and read, over all sessions and layers. Ordinary
items have fewer than 100. With `MAX_SESSIONS` it limits the work of a heartbeat and the size of a state."""
FEW_SESSIONS = 64
SPANS_PER_SESSION = 5
"""Spans that each session beyond `FEW_SESSIONS` may have besides `MAX_SPANS`."""
HEAVY_SPANS = 200
"""An item with more spans is worth deferring. Twice the number that ordinary items have at most."""


class Refusal(Struct, frozen=True, gc=False):
    """Why a heartbeat is refused as a whole; it becomes a dead letter."""

    reason: Literal["quota"]
    """For metrics."""
    detail: str
    """For a person to read: the limit that is exceeded."""


TOO_MANY_SPANS = Refusal("quota", f"the item would have more than {MAX_SPANS:,} spans")
TOO_MANY_IMPORTS = Refusal("quota", f"the item has {MAX_IMPORTS} imported rows, which is the most")
TOO_MANY_SESSIONS = Refusal(
    "quota", f"the item would have more than {MAX_SESSIONS:,} sessions that may still receive heartbeats"
)


def apply(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    """`progress` with what the heartbeat adds; `progress` itself if that is nothing, or is refused."""
    advanced = advance(progress, heartbeat, policy)
    return progress if isinstance(advanced, Refusal) else advanced


def advance(
    progress: Progress, heartbeat: Heartbeat, policy: Policy, *, defers: bool = False
) -> Progress | Refusal:
    """`progress` with what the heartbeat adds, or why the heartbeat is refused as a whole.

    A refusal depends on the heartbeats applied before: it is the one place where their order matters. In a
    batch for an item with many spans, `defers` leaves the question whether the item is completed to `settle`,
    which follows: the answer takes longer than everything else.
    """
    if heartbeat.occurred_at < progress.compacted.before and heartbeat.event != "import":
        return progress
    if len(progress.imports) >= MAX_IMPORTS and _is_one_more(progress, heartbeat):
        return TOO_MANY_IMPORTS
    advanced = absorb(progress, heartbeat)
    if advanced is progress:
        return progress
    if len(advanced.sessions) > len(progress.sessions):
        advanced = compact(advanced, heartbeat.received_at, policy)
        if session_count(advanced) > MAX_SESSIONS:
            return TOO_MANY_SESSIONS
    count = span_count(advanced)
    if count > MAX_SPANS and (refusal := overgrown(progress, count)) is not None:
        return refusal
    return advanced if defers else record_completion(advanced, heartbeat, policy)


def _is_one_more(progress: Progress, heartbeat: Heartbeat) -> bool:
    """Whether the heartbeat is an import that the progress does not have."""
    if heartbeat.event != "import":
        return False
    return all(each.id != heartbeat.heartbeat_id for each in progress.imports)


def settle(progress: Progress, latest: Heartbeat, policy: Policy) -> Progress:
    """`progress` after a batch that deferred; `latest` is the last heartbeat of the batch that changed it.

    The `completed_at` may be that of a later heartbeat of the batch than the one that crossed the threshold.
    """
    return record_completion(progress, latest, policy)


def advance_by_merge(
    progress: Progress, source: Progress, person: UserId, now: Instant, policy: Policy | None
) -> Progress:
    """`progress` with that of another person added; `progress` itself if that adds nothing.

    It is never refused for its size: what was watched would be lost. Nothing is compacted for its age, so
    that the next part of the same merge is not taken for a replay. Without a policy, the completion that
    follows is recorded with the next heartbeat.
    """
    merged = merge_progress(progress, replace(source, older=None), person)
    if merged is progress:
        return progress
    if len(merged.sessions) > MAX_SESSIONS:
        merged = compact(merged, now, policy or Policy())
    return merged if policy is None else record_merged(merged, policy)


def session_count(progress: Progress) -> int:
    """The number of sessions that may still receive heartbeats, the older ones included."""
    return len(progress.sessions) + (0 if progress.older is None else progress.older.count)


def span_count(progress: Progress) -> int:
    """The number of spans in the progress, over all sessions and layers; a quarter of an hour is one more."""
    if progress.older is not None:
        bounds = 2 * progress.older.spans
    else:
        bounds = len(progress.compacted.pages.bounds)
        for layer in progress.compacted.layers:
            bounds += len(layer.bounds)
    for session in progress.sessions.values():
        bounds += len(session.watched.bounds) + len(session.pages.bounds) + len(session.edges)
        for quarter in session.quarters:
            bounds += 2 + len(quarter.media_bounds) + len(quarter.page_bounds)
    return bounds // 2


def overgrown(before: Progress, count: int) -> Refusal | None:
    """The refusal of a heartbeat that leaves the item with more than `MAX_SPANS`; None if it may.

    An item that already exceeds the limit (an earlier release had none) may change as long as it does not
    grow.
    """
    most = MAX_SPANS + SPANS_PER_SESSION * max(0, session_count(before) - FEW_SESSIONS)
    return TOO_MANY_SPANS if count > most and count > span_count(before) else None
