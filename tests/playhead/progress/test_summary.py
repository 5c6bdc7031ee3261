"""What a summary says without being asked for a sum: it follows from the progress, in every shape of it."""

from __future__ import annotations

from hypothesis import given, settings

from playhead.progress import Heartbeat, Policy, Progress, summarize
from playhead.progress.attempts import attempts
from playhead.progress.figures.completion import accrue, page_count
from playhead.progress.figures.durations import item_span
from playhead.progress.figures.summary import last_position
from playhead.progress.session import Position
from tests.playhead.progress.strategies import policies
from tests.playhead.progress.test_laws import apply_all, some


@settings(deadline=None)
@given(some, policies)
def test_law_fields_that_nearly_always_have_their_defaults_follow_from_the_progress(
    these: list[Heartbeat], policy: Policy
) -> None:
    for count in range(len(these) + 1):
        agree(apply_all(these[:count], policy), policy)


def agree(progress: Progress, policy: Policy) -> None:
    """Derive again what `summarize` leaves at its defaults where it can."""
    summary, every = summarize(progress, policy), attempts(progress)
    current = every[-1]
    position = last_position(progress, current.since) or Position(current.since, 0, None, None)
    assert summary.kind == progress.kind
    assert summary.pages == accrue(progress, policy, current).pages
    assert summary.page_count == page_count(progress, policy)
    assert summary.start_ms == item_span(progress, policy).start_ms
    assert (summary.scroll_position, summary.page) == (position.scroll or 0.0, position.page or 0)
    assert (summary.attempt, summary.attempt_at) == (len(every), current.since or None)
    assert summary.attempts == tuple(each.since for each in every[1:])
    recorded = {each.attempt for each in progress.completions}
    recorded |= {each.since for each in every if each.mark or each.rule}
    assert len(summary.completions) >= len(recorded)
    assert (summary.completed_at is None) == (current.since not in recorded)
