"""Advancing: one heartbeat applied to progress, and completion noted when it crosses the threshold."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.completion import accrue_anew, completes, may_complete
from playhead.progress.folding import fold
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.policy import Policy
from playhead.progress.progress import Completion, Progress, absorb
from playhead.progress.refusal import Refusal, overgrown


def apply(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    """`progress` with what the heartbeat adds; `progress` itself where that is nothing, or is refused."""
    advanced = advance(progress, heartbeat, policy)
    return progress if isinstance(advanced, Refusal) else advanced


def advance(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress | Refusal:
    """`progress` with what the heartbeat adds, or why the heartbeat is refused as a whole.

    A refusal depends on what was applied before: it is the one place where the order of heartbeats matters.
    """
    if heartbeat.occurred_at < progress.folded.before:
        return progress
    advanced = absorb(progress, heartbeat)
    if advanced is progress:
        return progress
    if len(advanced.sessions) > len(progress.sessions):
        advanced = fold(advanced, heartbeat.received_at, policy)
    refusal = overgrown(progress, advanced)
    if refusal is not None:
        return refusal
    return _note_completion(advanced, heartbeat, policy)


def _note_completion(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    noted = progress.completed_at
    if noted is None:
        crossed = may_complete(progress, policy) and completes(
            progress, accrue_anew(progress, policy), policy
        )
    else:
        crossed = heartbeat.event == "complete" and progress.reopened_at <= heartbeat.occurred_at < noted
    if not crossed:
        return progress
    return replace(progress, completion=Completion(heartbeat.occurred_at, progress.reopened_at))
