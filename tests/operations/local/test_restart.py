from __future__ import annotations

from operations.local.restart import Life, Phase, RestartPolicy
from playhead.retry import Backoff

POLICY = RestartPolicy(Backoff(1, 10), stable_seconds=20, failing_deaths=3)


def test_first_start_is_no_restart() -> None:
    life = Life().started()
    assert (life.phase, life.restarts) == (Phase.STARTING, 0)


def test_death_is_followed_by_a_restart_after_the_delay() -> None:
    dead = Life().started().became_ready(100).died(105, POLICY, "ended by SIGKILL")
    assert (dead.phase, dead.retry_at, dead.last_words) == (Phase.WAITING, 106, "ended by SIGKILL")

    again = dead.started()
    assert (again.phase, again.restarts, again.retry_at) == (Phase.STARTING, 1, None)


def test_repeated_deaths_are_failing_and_still_restarted() -> None:
    life = Life()
    for death in range(1, 6):
        life = life.started().died(100 * death, POLICY, "exit code 1")
        assert life.retry_at == 100 * death + POLICY.backoff.after(death)
    assert (life.phase, life.deaths) == (Phase.FAILING, 5)


def test_stable_time_resets_the_deaths() -> None:
    life = Life()
    for _ in range(4):
        life = life.started().died(0, POLICY, "")
    recovered = life.started().became_ready(100)
    assert recovered.died(100 + 19.9, POLICY, "").deaths == 5
    assert recovered.died(100 + 20, POLICY, "").deaths == 1


def test_stopped_is_not_restarted() -> None:
    assert Life().started().became_ready(1).stopped().retry_at is None
