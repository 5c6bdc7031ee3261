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
    Summary,
    UserId,
    summarize,
)
from playhead.progress.acts import ItemAttempt
from playhead.progress.attempts import attempts
from playhead.progress.figures.completion import Accrual, accrue, completes, page_count
from playhead.progress.figures.durations import item_span
from query_api.evidence.models import (
    CompletionEvidence,
    CompletionReason,
    Coverage,
    EvidenceDuration,
    EvidencePolicy,
    FoldedEvidence,
    ImportedEvidence,
    ItemEvidence,
    Layer,
    Mark,
    PolicySource,
    Reported,
)
from query_api.evidence.session import page_spans, percentage, session_evidence
from query_api.views import item_progress, seconds, segments, timestamp

_OF_SERVICE = ("expire", "rule")


def explain(user: UserId, content: ContentId, progress: Progress, layers: PolicyLayers) -> ItemEvidence:
    """Return the evidence under the policy of the item."""
    policy = layers.policy
    summary = summarize(progress, policy)
    newest = sorted(progress.sessions.items(), key=lambda item: (item[1].started_at, item[0]), reverse=True)
    every = attempts(progress)
    accrual = accrue(progress, policy, every[-1])
    return ItemEvidence(
        user_id=user,
        content_id=content,
        policy=_policy(layers),
        duration=_duration(progress, policy),
        sessions=[session_evidence(key, session, progress, policy, every[-1]) for key, session in newest],
        folded=_compacted(progress, every[-1]),
        coverage=_coverage(progress, accrual, every[-1]),
        reported=_reported(progress, policy),
        marks=_marks(user, progress, every),
        imports=_imports(progress, every[-1]),
        merged=list(progress.merged),
        completion=_completion(summary, policy, accrual, every[-1]),
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
        seconds=seconds(item_span(progress, policy).duration_ms),
        source="catalogue" if policy.duration_ms is not None else "players" if claimed else None,
        claimed_seconds=seconds(claimed),
        page_count=page_count(progress, policy),
    )


def _compacted(progress: Progress, attempt: ItemAttempt) -> FoldedEvidence | None:
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
        counts_towards_completion=compacted.attempt == attempt.since,
    )


def _coverage(progress: Progress, accrual: Accrual, attempt: ItemAttempt) -> Coverage:
    known = progress.compacted.covered_in(attempt.since)
    alone: Sequence[Intervals] = [known, *(each.credited for each in accrual.claims)]
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


def _marks(user: UserId, progress: Progress, every: Sequence[ItemAttempt]) -> list[Mark]:
    standing = every[-1].mark
    return [
        Mark(
            mark=act.kind,
            at=timestamp(act.at),
            by=None if act.kind in _OF_SERVICE else act.by or user,
            adjusted_seconds=act.adjusted_ms / 1000,
            stands=act in (standing, every[-1].rule)
            if act.kind in ("complete", "rule")
            else act is progress.acts[-1],
        )
        for act in reversed(progress.acts)
    ]


def _imports(progress: Progress, attempt: ItemAttempt) -> list[ImportedEvidence]:
    return [
        ImportedEvidence(
            import_id=each.id,
            at=timestamp(each.instant),
            is_dated=bool(each.at),
            imported_at=timestamp(each.imported_at),
            percentage=each.percentage,
            watch_time_seconds=seconds(each.watch_ms),
            completed=each.completed,
            counts_towards_completion=each.instant >= attempt.since,
        )
        for each in sorted(progress.imports, key=lambda each: (each.instant, each.id), reverse=True)
    ]


def _completion(
    summary: Summary, policy: Policy, accrual: Accrual, attempt: ItemAttempt
) -> CompletionEvidence:
    completed = summary.status == "completed"
    return CompletionEvidence(
        completed=completed,
        noted_at=timestamp(summary.completed_at),
        attained_percent=100.0 if attempt.mark is not None else accrual.attained / 10,
        needed_percent=round(policy.threshold * 100, 1),
        because=_because(summary, policy, accrual, attempt) if completed else None,
    )


def _because(summary: Summary, policy: Policy, accrual: Accrual, attempt: ItemAttempt) -> CompletionReason:
    if summary.evidence == "rule":
        return "rule"
    if accrual.enough:
        return "watched"
    if attempt.mark is not None:
        return "marked"
    if summary.evidence == "imported":
        return "imported"
    return "reported" if completes(accrual, policy) else "noted"
