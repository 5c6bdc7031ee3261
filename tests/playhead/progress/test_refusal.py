"""One item has at most so many spans; what would exceed them is refused as a whole."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress import NOTHING, Heartbeat, Intervals, Policy, Progress, Refusal, advance, apply
from playhead.progress.advance import MAX_SPANS, span_count
from tests.playhead.progress.strategies import SESSIONS
from tests.playhead.progress.test_examples import beat

POLICY = Policy()
STEP_MS = 10_000


def scattered(first: int, count: int, session: int = 0, **more: object) -> Heartbeat:
    """A heartbeat that watched so many spans of 1 ms, far apart, from the span numbered `first` on."""
    bounds = [first * STEP_MS + n * STEP_MS + side for n in range(count) for side in (0, 1)]
    return replace(beat(0, SESSIONS[session], watched=Intervals(tuple(bounds))), **more)


def full() -> Progress:
    progress = NOTHING
    for session in range(2):
        progress = apply(progress, scattered(session, MAX_SPANS // 2, session), POLICY)
    assert span_count(progress) == MAX_SPANS
    return progress


def test_a_heartbeat_that_would_exceed_the_spans_of_an_item_is_refused_as_a_whole() -> None:
    progress = full()
    # Its percentage alone would be taken; together with the span it is not.
    more = scattered(MAX_SPANS, 1, 2, reported_percentage=50.0)
    refused = advance(progress, more, POLICY)
    assert isinstance(refused, Refusal)
    assert (refused.reason, "2,000 spans" in refused.detail) == ("quota", True)
    assert apply(progress, more, POLICY) is progress


def test_pages_count_like_spans_of_media() -> None:
    pages = Intervals(tuple(range(1, 101)))
    assert isinstance(advance(full(), beat(0, SESSIONS[2], pages_viewed=pages), POLICY), Refusal)
    within = apply(NOTHING, scattered(0, MAX_SPANS - 50), POLICY)
    assert span_count(apply(within, beat(0, SESSIONS[2], pages_viewed=pages), POLICY)) == MAX_SPANS


def test_a_full_item_still_takes_what_adds_no_span() -> None:
    progress = full()
    for heartbeat in (
        beat(60_000, SESSIONS[0], event="complete"),
        beat(60_000, SESSIONS[1], watch_ms=5_000),
        beat(60_000, SESSIONS[0], watched=Intervals((0, STEP_MS))),
    ):
        advanced = advance(progress, heartbeat, POLICY)
        assert isinstance(advanced, Progress)
        assert advanced is not progress


def test_an_item_that_an_earlier_release_let_grow_may_change_and_not_grow() -> None:
    session = replace(next(iter(full().sessions.values())), watched=scattered(0, 3 * MAX_SPANS).watched)
    overgrown = Progress(sessions={SESSIONS[0]: session})
    assert isinstance(advance(overgrown, beat(60_000, SESSIONS[0], watch_ms=5_000), POLICY), Progress)
    assert isinstance(advance(overgrown, scattered(3 * MAX_SPANS, 1), POLICY), Refusal)
