"""The evidence of one session: its claim, the credited part, and why the rest is not credited. Pure."""

from __future__ import annotations

from playhead.progress import Intervals, Policy, Progress, Session
from playhead.progress.acts import ItemAttempt
from playhead.progress.figures.completion import page_count
from playhead.progress.figures.credit import Claim, claim
from playhead.progress.figures.durations import item_span
from playhead.progress.figures.watch_time import wall_ms
from playhead.progress.progress import named
from query_api.evidence.models import Budget, NotCredited, NotCreditedReason, SessionEvidence
from query_api.views import seconds, segments, timestamp


def session_evidence(
    key: str, session: Session, progress: Progress, policy: Policy, attempt: ItemAttempt
) -> SessionEvidence:
    """Return the evidence of the session with this key in the progress."""
    found = claim(session, policy, item_span(progress, policy))
    return SessionEvidence(
        session_id=named(key),
        started_at=timestamp(session.started_at),
        last_at=timestamp(session.last_at),
        adjusted_seconds=seconds(session.adjusted_ms),
        claimed_segments=segments(session.watched),
        claimed_seconds=seconds(session.watched.length),
        last_gap_seconds=seconds((found.extent - session.watched).length),
        credited_segments=segments(found.credited),
        credited_seconds=seconds(found.credited.length),
        not_credited=_not_credited(session, found),
        budget=_budget(session, found, policy),
        wall_claimed_seconds=seconds(session.watch_ms),
        wall_credited_seconds=seconds(wall_ms(session, policy)),
        pages=page_spans(session.pages),
        pages_beyond_end=_beyond_end(session.pages, page_count(progress, policy)),
        reported_percentage=percentage(session.reported),
        counts_towards_completion=session.last_at >= attempt.since,
    )


def page_spans(pages: Intervals) -> list[tuple[int, int]]:
    """Return spans of pages with the last page included, as in "pages 3 to 5"."""
    return [(first, after - 1) for first, after in pages.spans]


def percentage(reported: float) -> float | None:
    """Return the claimed percentage; None if it is 0."""
    return reported or None


def _not_credited(session: Session, found: Claim) -> list[NotCredited]:
    parts: dict[NotCreditedReason, Intervals] = {
        "exceedsBudget": found.extent - found.credited,
        "beyondDuration": session.watched - found.extent,
    }
    return [
        NotCredited(reason=reason, seconds=seconds(part.length), segments=segments(part))
        for reason, part in parts.items()
        if part
    ]


def _budget(session: Session, found: Claim, policy: Policy) -> Budget:
    return Budget(
        seconds=seconds(found.budget_ms),
        lasted_seconds=seconds(session.last_at - session.started_at),
        rate=min(session.rate, policy.max_rate),
        grace_seconds=seconds(policy.grace_ms),
    )


def _beyond_end(pages: Intervals, page_count: int) -> int:
    return (pages - pages.clip(page_count + 1)).length if page_count else 0
