"""Explains a person's progress with an item, with the same kernel that derives the figure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from playhead.policies.organisation import PolicyLayers
from playhead.progress import (
    EMPTY,
    ContentId,
    Intervals,
    Override,
    Policy,
    Progress,
    Session,
    UserId,
    summarize,
)
from playhead.progress.compaction import effective_duration
from playhead.progress.completion import Accrual, accrue, accrue_since_reopening, completes
from query_api.evidence.models import (
    CompletionEvidence,
    CompletionReason,
    Coverage,
    EvidenceDuration,
    EvidencePolicy,
    FoldedEvidence,
    ItemEvidence,
    Layer,
    Mark,
    PolicySource,
    Reported,
)
from query_api.evidence.session import page_spans, percentage, session_evidence
from query_api.views import item_progress, seconds, segments, timestamp


def explain(user: UserId, content: ContentId, progress: Progress, layers: PolicyLayers) -> ItemEvidence:
    """Return the evidence under the policy of the item."""
    policy = layers.policy
    summary = summarize(progress, policy)
    newest = sorted(progress.sessions.items(), key=lambda item: (item[1].started_at, item[0]), reverse=True)
    accrual = accrue(progress, policy)
    return ItemEvidence(
        user_id=user,
        content_id=content,
        policy=_policy(layers),
        duration=_duration(progress, policy),
        sessions=[session_evidence(key, session, progress, policy) for key, session in newest],
        folded=_compacted(progress),
        coverage=_coverage(progress, accrual),
        reported=_reported(progress, policy),
        marks=_marks(user, progress),
        completion=_completion(progress, policy, completed=summary.status == "completed"),
        summary=item_progress(summary),
    )


def _policy(layers: PolicyLayers) -> EvidencePolicy:
    policy, item = layers.policy, layers.item or Override()
    organisation = layers.organisation or Override()
    return EvidencePolicy(
        threshold=policy.threshold,
        threshold_from=_source(item.threshold, organisation.threshold),
        evidence=policy.evidence,
        evidence_from=_source(item.evidence, organisation.evidence),
        max_rate=policy.max_rate,
        grace_seconds=seconds(policy.grace_ms),
    )


def _source(item: object, organisation: object) -> PolicySource:
    if item is not None:
        return "catalogue"
    return "installation" if organisation is None else "organisation"


def _duration(progress: Progress, policy: Policy) -> EvidenceDuration:
    claimed = progress.duration_ms or None
    return EvidenceDuration(
        seconds=seconds(effective_duration(progress, policy)),
        source="catalogue" if policy.duration_ms is not None else "players" if claimed else None,
        claimed_seconds=seconds(claimed),
        page_count=progress.page_count,
    )


def _compacted(progress: Progress) -> FoldedEvidence | None:
    compacted = progress.compacted
    if not compacted.sessions:
        return None
    return FoldedEvidence(
        sessions=compacted.sessions,
        started_at=timestamp(compacted.started_at),
        last_at=timestamp(compacted.last_at),
        layers=[
            Layer(times=times, seconds=seconds(layer.length), segments=segments(layer))
            for times, layer in enumerate(compacted.layers, start=1)
        ],
        content_seconds=seconds(compacted.content_ms),
        wall_seconds=seconds(compacted.wall_ms),
        pages=page_spans(compacted.pages),
        reported_percentage=percentage(compacted.reported),
        counts_towards_completion=not progress.reopened_at,
    )


def _coverage(progress: Progress, accrual: Accrual) -> Coverage:
    alone: Sequence[Intervals] = [*progress.compacted.layers[:1], *(each.credited for each in accrual.claims)]
    return Coverage(
        segments=segments(accrual.covered),
        seconds=seconds(accrual.covered.length),
        together=segments(accrual.covered - reduce(or_, alone, EMPTY)),
        pages=page_spans(accrual.pages),
        percent=accrual.permille / 10,
    )


def _reported(progress: Progress, policy: Policy) -> Reported | None:
    sessions: list[Session] = list(progress.sessions.values())
    largest = max([progress.compacted.reported, *(session.reported for session in sessions)])
    return Reported(percentage=largest, believed=policy.evidence == "any") if largest else None


def _marks(user: UserId, progress: Progress) -> list[Mark]:
    made = [
        (
            progress.marked_at,
            Mark(mark="complete", at=timestamp(progress.marked_at), by=user, stands=progress.is_marked),
        ),
        (
            progress.reopened_at,
            Mark(mark="reopen", at=timestamp(progress.reopened_at), by=user, stands=not progress.is_marked),
        ),
    ]
    return [mark for at, mark in sorted(made, key=lambda each: each[0], reverse=True) if at]


def _completion(progress: Progress, policy: Policy, *, completed: bool) -> CompletionEvidence:
    accrual = accrue_since_reopening(progress, policy)
    return CompletionEvidence(
        completed=completed,
        noted_at=timestamp(progress.completed_at),
        attained_percent=100.0 if progress.is_marked else accrual.attained / 10,
        needed_percent=round(policy.threshold * 100, 1),
        because=_because(progress, policy, accrual) if completed else None,
    )


def _because(progress: Progress, policy: Policy, accrual: Accrual) -> CompletionReason:
    if accrual.enough:
        return "watched"
    if progress.is_marked:
        return "marked"
    return "reported" if completes(progress, accrual, policy) else "noted"
