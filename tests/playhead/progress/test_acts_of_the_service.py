"""Acts of the service: a changed rule completes what was watched, and a completion expires."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.progress import Policy, Progress, summarize
from playhead.progress.quarters import QUARTER_MS
from tests.playhead.progress.strategies import DAY_MS, SESSIONS, T0
from tests.playhead.progress.test_examples import POLICY, applied, beat, viewing

LOW = Policy(threshold=0.8)
CHANGED_MS = 10 * DAY_MS


def by_rule() -> Progress:
    """85 % were watched, and the threshold was lowered to 80 % later."""
    return applied(viewing(510), [beat(CHANGED_MS, event="rule")])


def test_a_lowered_threshold_completes_as_of_when_it_was_lowered() -> None:
    summary = summarize(by_rule(), LOW)
    assert (summary.status, summary.evidence, summary.completed_at) == ("completed", "rule", T0 + CHANGED_MS)
    assert [(each.at, each.evidence) for each in summary.completions] == [(T0 + CHANGED_MS, "rule")]
    assert (summary.last_at, summary.total_sessions) == (T0 + 510_000, 1), "a rule is no activity"


def test_raising_it_again_undoes_nothing() -> None:
    summary = summarize(by_rule(), POLICY)
    assert (summary.status, summary.percentage, summary.completed_at) == ("completed", 100, T0 + CHANGED_MS)
    assert (summary.evidence, summary.coverage) == ("rule", 850)


def test_a_late_heartbeat_does_not_move_it_before_the_change() -> None:
    late = viewing(600, at_ms=DAY_MS, session=SESSIONS[1])
    progress = applied(late, policy=LOW, start=by_rule())
    assert summarize(progress, LOW).completed_at == T0 + CHANGED_MS


def test_what_a_rule_completed_is_taken_again_as_any_other() -> None:
    progress = applied(viewing(510), [beat(CHANGED_MS, event="rule"), beat(CHANGED_MS + 1, event="attempt")])
    summary = summarize(progress, LOW)
    assert (summary.status, summary.percentage, summary.attempt) == ("in_progress", 0, 2)
    assert [each.evidence for each in summary.completions] == ["rule"]


def test_a_completion_that_expires_begins_an_attempt_and_stays() -> None:
    progress = applied(viewing(600), [beat(CHANGED_MS, event="expire"), beat(CHANGED_MS, event="expire")])
    summary = summarize(progress, POLICY)
    assert (summary.status, summary.attempt_at, summary.attempts) == (
        *("in_progress", T0 + CHANGED_MS),
        (T0 + CHANGED_MS,),
    )
    assert (len(summary.completions), len(progress.acts)) == (1, 1), "running twice is one act"


def test_what_was_watched_after_it_expired_completes_the_new_attempt_although_the_act_comes_late() -> None:
    again = viewing(600, at_ms=CHANGED_MS + DAY_MS, session=SESSIONS[1])
    expired = replace(beat(CHANGED_MS, event="expire"), received_at=again[-1].received_at)
    progress = applied(viewing(600), again, [expired])
    summary = summarize(progress, POLICY)
    assert (summary.status, summary.attempt, len(summary.completions)) == ("completed", 2, 2)
    assert summary.completed_at is not None
    in_order = summarize(applied(viewing(600), [expired], again), POLICY)
    assert 0 <= summary.completed_at - (in_order.completed_at or 0) < QUARTER_MS
    assert replace(summary, completed_at=None, completions=()) == replace(
        in_order, completed_at=None, completions=()
    )
