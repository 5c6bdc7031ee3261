"""Advancing: one heartbeat applied to progress, and completion noted when it crosses the threshold."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.advance import Refusal, overgrown, span_count
from playhead.progress.compaction import fold
from playhead.progress.completion import accrue_since_reopening, completes, may_complete
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.policy import Policy
from playhead.progress.progress import Completion, Progress, absorb

HEAVY_SPANS = 200
"""An item of more is heavy: worth deferring. Twice what ordinary items have at most."""


def apply(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    """`progress` with what the heartbeat adds; `progress` itself where that is nothing, or is refused."""
    advanced = advance(progress, heartbeat, policy)
    return progress if isinstance(advanced, Refusal) else advanced


def advance(
    progress: Progress, heartbeat: Heartbeat, policy: Policy, *, defers: bool = False
) -> Progress | Refusal:
    """`progress` with what the heartbeat adds, or why the heartbeat is refused as a whole.

    A refusal depends on what was applied before: it is the one place where the order of heartbeats matters.
    In a batch for an item of many spans, `defers` leaves it to `settle`, which follows, whether the item is
    completed: to find that out takes longer than all else.
    """
    if heartbeat.occurred_at < progress.compacted.before:
        return progress
    advanced = absorb(progress, heartbeat)
    if advanced is progress:
        return progress
    if len(advanced.sessions) > len(progress.sessions):
        advanced = fold(advanced, heartbeat.received_at, policy)
    count = span_count(advanced)
    refusal = overgrown(progress, count)
    if refusal is not None:
        return refusal
    if defers and not advanced.is_marked:
        return advanced
    return _note_completion(advanced, heartbeat, policy)


def settle(progress: Progress, latest: Heartbeat, policy: Policy) -> Progress:
    """`progress` after a batch that deferred, of which `latest` is the last heartbeat that changed it.

    Its `completed_at` may be that of a later heartbeat of the batch than the one that crossed the threshold.
    """
    return _note_completion(progress, latest, policy)


def _note_completion(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    noted = progress.completed_at
    if noted is None:
        crossed = progress.is_marked or (
            may_complete(progress, policy)
            and completes(progress, accrue_since_reopening(progress, policy), policy)
        )
    else:
        crossed = heartbeat.event == "complete" and progress.reopened_at <= heartbeat.occurred_at < noted
    if not crossed:
        return progress
    return replace(progress, completion=Completion(heartbeat.occurred_at, progress.reopened_at))
