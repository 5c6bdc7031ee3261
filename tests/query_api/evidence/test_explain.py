"""The evidence adds up to the figure, whatever was sent."""

from __future__ import annotations

from functools import reduce
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playhead.policies.organisation import PolicyLayers
from playhead.progress import (
    NOTHING,
    Heartbeat,
    Instant,
    Intervals,
    Override,
    Policy,
    Progress,
    SessionId,
    apply,
    summarize,
)
from playhead.progress.compaction import COMPACT_AFTER_MS
from query_api.evidence.explain import explain
from query_api.evidence.models import ItemEvidence
from query_api.views import item_progress
from tests.playhead.progress.strategies import CONTENT, USER, heartbeats, policies
from tests.playhead.progress.test_laws import without_attempts
from tests.query_api.world import NOON, fold, heartbeat, new_person

PERSON = new_person()
overrides = st.none() | st.builds(
    Override,
    threshold=st.none() | st.sampled_from([0.3, 1.0]),
    evidence=st.sampled_from([None, "any", "watched"]),
    duration_ms=st.sampled_from([None, 200_000, 900_000]),
)


def session(at: int, *spans: tuple[int, int], lasted: int, **fields: Any) -> Heartbeat:
    """A session reported in one heartbeat: spans and duration in seconds."""
    seen = Intervals.of((start * 1000, end * 1000) for start, end in spans)
    fields_sent: dict[str, Any] = {
        "session_id": SessionId(str(uuid4())),
        "started_at": Instant(NOON + at * 1000),
        "watched": seen,
        "watch_ms": seen.length,
        "duration_ms": 600_000,
        "playback_rate": 1.0,
    }
    return heartbeat(PERSON, CONTENT, NOON + (at + lasted) * 1000, **fields_sent | fields)


def explained(
    progress: Progress, override: Override | None = None, policy: Policy | None = None
) -> ItemEvidence:
    return explain(USER, CONTENT, progress, PolicyLayers(policy or Policy(), item=override))


@given(st.lists(heartbeats(days=60), max_size=8), policies, overrides)
def test_credited_and_not_credited_are_what_was_claimed(
    beats: list[Heartbeat], policy: Policy, override: Override | None
) -> None:
    progress = reduce(lambda before, beat: apply(before, beat, policy), beats, NOTHING)

    evidence = explained(progress, override, policy)

    for each in evidence.sessions:
        parts = [each.credited_seconds, *(part.seconds for part in each.not_credited)]
        assert round(sum(parts), 3) == round(each.claimed_seconds + each.last_gap_seconds, 3)
        assert each.credited_seconds <= each.budget.seconds
        assert each.wall_credited_seconds <= each.wall_claimed_seconds
        assert _set(each.credited_segments).length == round(each.credited_seconds * 1000)
        for part in each.not_credited:
            assert _set(part.segments).length == round(part.seconds * 1000)


@given(st.lists(heartbeats(days=60), max_size=8), policies, overrides)
def test_the_parts_make_the_figure(beats: list[Heartbeat], policy: Policy, override: Override | None) -> None:
    chosen = without_attempts(beats)  # the sessions of another attempt are no part of the figure
    progress = reduce(lambda before, beat: apply(before, beat, policy), chosen, NOTHING)

    evidence = explained(progress, override, policy)

    shown = evidence.summary
    assert shown == item_progress(summarize(progress, policy.under(override)))
    compacted = evidence.folded
    content = sum(each.credited_seconds for each in evidence.sessions) + (
        compacted.content_seconds if compacted else 0
    )
    assert round(content, 3) == shown.metadata.content_time_seconds
    wall = sum(each.wall_credited_seconds for each in evidence.sessions) + (
        compacted.wall_seconds if compacted else 0
    )
    # Sessions that were open at the same time have less together.
    assert round(wall, 3) >= shown.metadata.watch_time_seconds
    assert len(evidence.sessions) + (compacted.sessions if compacted else 0) == shown.total_sessions
    assert evidence.coverage.segments == shown.metadata.watched_segments
    assert (
        evidence.completion.completed
        == (shown.status == "completed")
        == (evidence.completion.because is not None)
    )
    assert evidence.completion.noted_at == shown.completed_at
    layer = compacted.layers[0].segments if compacted and compacted.layers else []
    alone = [span for each in evidence.sessions for span in each.credited_segments]
    together = _set([*layer, *alone]) | _set(evidence.coverage.together)
    assert together == _set(evidence.coverage.segments)


def _set(segments: list[tuple[float, float]]) -> Intervals:
    return Intervals.of((round(start * 1000), round(end * 1000)) for start, end in segments)


def test_a_session_that_claims_more_than_it_could_play() -> None:
    evidence = explained(fold(session(0, (0, 500), lasted=100)))

    (only,) = evidence.sessions
    assert only.claimed_segments == [(0, 500)]
    assert only.credited_segments == [(0, 120)]
    (refused,) = only.not_credited
    assert (refused.reason, refused.seconds, refused.segments) == ("exceedsBudget", 380, [(120, 500)])
    budget = only.budget
    assert (budget.seconds, budget.lasted_seconds, budget.rate, budget.grace_seconds) == (120, 100, 1, 20)
    assert (only.wall_claimed_seconds, only.wall_credited_seconds) == (500, 120)
    assert evidence.summary.progress_percentage == 20


def test_what_lies_beyond_the_catalogues_end_does_not_count() -> None:
    evidence = explained(fold(session(0, (100, 500), lasted=400)), Override(duration_ms=300_000))

    (only,) = evidence.sessions
    assert [(part.reason, part.segments) for part in only.not_credited] == [("beyondDuration", [(300, 500)])]
    assert evidence.duration.source == "catalogue"
    assert (evidence.duration.seconds, evidence.duration.claimed_seconds) == (300, 600)


def test_a_last_gap_that_was_closed_is_told_apart() -> None:
    (only,) = explained(fold(session(0, (0, 599), lasted=599, event="ended"))).sessions

    assert (only.claimed_seconds, only.last_gap_seconds, only.credited_seconds) == (599, 1, 600)
    assert only.not_credited == []


def test_what_one_session_shows_alone_is_credited_it_together_with_others() -> None:
    honest, forged = session(0, (0, 100), lasted=100), session(1_000, (0, 300), lasted=0)
    evidence = explained(fold(honest, forged))

    assert [each.credited_segments for each in evidence.sessions] == [[(0, 20)], [(0, 100)]]
    assert evidence.coverage.segments == [(0, 120)]
    assert evidence.coverage.together == [(100, 120)]


def test_a_claim_is_believed_where_the_policy_does() -> None:
    progress = fold(session(0, (0, 60), lasted=60, reported_percentage=95.0))

    believed, refused = explained(progress), explained(progress, Override(evidence="watched"))

    assert believed.reported is not None
    assert refused.reported is not None
    assert (believed.reported.percentage, believed.reported.believed) == (95, True)
    assert (refused.reported.percentage, refused.reported.believed) == (95, False)
    assert believed.completion.because == "reported"
    assert (refused.completion.because, refused.policy.evidence_from) == ("noted", "catalogue")
    assert (believed.coverage.percent, refused.coverage.percent) == (10, 10)
    assert (believed.summary.progress_percentage, refused.summary.progress_percentage) == (100, 100)


def test_an_import_is_shown_with_its_own_date() -> None:
    row = heartbeat(PERSON, CONTENT, NOON, event="import", reported_percentage=100.0, watch_ms=60_000)
    old = replace(row, occurred_at=Instant(NOON - 900 * 86_400_000))
    evidence = explained(fold(old), Override(evidence="watched"))

    (imported,) = evidence.imports
    assert (imported.percentage, imported.completed, imported.watch_time_seconds) == (100, True, 60)
    assert (imported.at, imported.is_dated) == (evidence.completion.noted_at, True)
    assert (evidence.completion.because, evidence.completion.attained_percent) == ("imported", 100)


def test_merged_accounts_are_named() -> None:
    progress = fold(session(0, (0, 60), lasted=60))
    other = new_person().user_id
    assert explained(progress).merged == []
    assert explained(replace(progress, merged=(other,))).merged == [other]


def test_marks_are_the_persons_own_and_the_latest_stands() -> None:
    watched = session(0, (0, 60), lasted=60)
    marked = fold(watched, heartbeat(PERSON, CONTENT, NOON + 100_000, event="complete"))
    undone = apply(marked, heartbeat(PERSON, CONTENT, NOON + 200_000, event="reopen"), Policy())

    assert explained(marked).completion.because == "marked"
    evidence = explained(undone)
    assert [(mark.mark, mark.by, mark.stands) for mark in evidence.marks] == [
        ("reopen", USER, True),
        ("complete", USER, False),
    ]
    assert not evidence.completion.completed
    assert [each.counts_towards_completion for each in evidence.sessions] == [True]


def test_a_completion_outlives_a_raised_threshold_and_says_so() -> None:
    progress = fold(session(0, (0, 550), lasted=550))

    evidence = explained(progress, Override(threshold=1.0))

    assert evidence.completion.because == "noted"
    assert (evidence.completion.attained_percent, evidence.completion.needed_percent) == (91.6, 100)
    assert evidence.policy.threshold_from == "catalogue"


def test_old_sessions_are_layers() -> None:
    progress = fold(session(0, (0, 100), lasted=100), session(1_000, (50, 150), lasted=100))
    late = session(COMPACT_AFTER_MS // 1000 + 5_000, (500, 510), lasted=10)

    evidence = explained(apply(progress, late, Policy()))

    assert evidence.folded is not None
    assert [(layer.times, layer.segments) for layer in evidence.folded.layers] == [
        (1, [(0, 150)]),
        (2, [(50, 100)]),
    ]
    assert evidence.folded.sessions == 2
    assert len(evidence.sessions) == 1


def test_pages_beyond_the_last_are_told() -> None:
    beat = session(0, lasted=60, pages_viewed=Intervals.of([(1, 4), (9, 13)]), page_count=10, kind="document")

    evidence = explained(fold(beat))

    (only,) = evidence.sessions
    assert only.pages == [(1, 3), (9, 12)]
    assert only.pages_beyond_end == 2
    assert evidence.coverage.pages == [(1, 3), (9, 10)]
    assert evidence.coverage.percent == 50


def test_nothing_is_evidence_of_nothing() -> None:
    evidence = explained(replace(NOTHING))

    assert evidence.sessions == evidence.marks == []
    assert (
        evidence.folded is evidence.reported is evidence.duration.seconds is evidence.duration.source is None
    )
    assert evidence.summary.status == "not_started"
