"""The thousandths of a summary decide completion under any other threshold."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Intervals,
    Policy,
    Progress,
    Session,
    apply,
    summarize,
)
from tests.playhead.progress.strategies import heartbeats, intervals

THOUSANDTHS = st.integers(1, 1000)


@st.composite
def unnoted(draw: st.DrawFn) -> Progress:
    """An item of any length, watched and read in any parts; its completion is not recorded."""
    duration = draw(st.integers(1, 2_000) | st.integers(1, 2**31 - 1))
    progress = NOTHING
    for heartbeat in draw(st.lists(heartbeats(duration_ms=duration), max_size=6)):
        progress = apply(progress, draw(exact(heartbeat, duration)), Policy())
    return replace(progress, completions=())


def exact(heartbeat: Heartbeat, duration: int) -> st.SearchStrategy[Heartbeat]:
    """To the millisecond, where the others go in steps of ten seconds."""
    return intervals(duration).map(lambda watched: replace(heartbeat, watched=watched))


def covering(covered: int, duration: int) -> Progress:
    """One session that played so much, in its own time."""
    session = Session(
        started_at=Instant(0), last_at=Instant(duration), watched=Intervals((0, covered)), rate=1.0
    )
    return Progress(sessions={"one": session}, duration_ms=duration)


@given(unnoted(), THOUSANDTHS, st.sampled_from(["any", "watched"]))
@example(covering(251, 501), 501, "any")  # four millionths short of it
@example(covering(540_000, 600_000), 900, "watched")
def test_completed_under_any_threshold_that_is_no_higher_than_attained(
    progress: Progress, thousandths: int, evidence: str
) -> None:
    policy = Policy(threshold=thousandths / 1000, evidence=evidence)  # type: ignore[arg-type]
    summary = summarize(progress, policy)
    assert (summary.status == "completed") == (summary.attained >= thousandths)


@given(unnoted(), THOUSANDTHS, THOUSANDTHS)
def test_what_was_attained_does_not_depend_on_the_threshold(progress: Progress, one: int, other: int) -> None:
    summaries = [summarize(progress, Policy(threshold=each / 1000)) for each in (one, other)]
    assert len({(each.attained, each.coverage) for each in summaries}) == 1


@given(unnoted())
def test_coverage_in_whole_per_cent_is_what_is_shown(progress: Progress) -> None:
    summary = summarize(progress, Policy(evidence="watched"))
    assert summary.percentage == (100 if summary.status == "completed" else summary.coverage // 10)
    shares = [(summary.watched.length, summary.duration_ms or 0), (summary.pages.length, summary.page_count)]
    assert summary.coverage == max(min(1000, part * 1000 // whole) if whole else 0 for part, whole in shares)
