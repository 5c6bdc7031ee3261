"""Advancing: one heartbeat applied to progress, and completion noted when it crosses the threshold."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress.completion import accrue_anew, completes, may_complete
from playhead.progress.folding import fold
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.policy import Policy
from playhead.progress.progress import Completion, Progress, absorb


def apply(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    """`progress` with what the heartbeat tells; `progress` itself where it tells nothing new."""
    if heartbeat.occurred_at < progress.folded.before:
        return progress
    advanced = absorb(progress, heartbeat)
    if advanced is progress:
        return progress
    if len(advanced.sessions) > len(progress.sessions):
        advanced = fold(advanced, heartbeat.received_at, policy)
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
