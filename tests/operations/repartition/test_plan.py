"""Which numbers of partitions are allowed, and why only those."""

from __future__ import annotations

import pytest

from operations.repartition.plan import RepartitionError, RepartitionPlan, check, check_abort


def plan(*counts: int, target: int, hot: int | None = None, is_marked: bool = False) -> RepartitionPlan:
    names = ("heartbeats", "states", "dead_letters")
    return RepartitionPlan(dict(zip(names, counts, strict=True)), hot, is_marked, target)


def test_a_multiple_is_allowed_also_where_a_run_was_killed_in_the_middle() -> None:
    for allowed in (
        plan(12, 12, 12, target=24),
        plan(12, 24, 24, target=24),
        plan(24, 24, 24, target=24, hot=12),
    ):
        check(allowed)
        assert not allowed.is_done
    assert plan(24, 24, 24, target=24, hot=24).is_done
    assert not plan(24, 24, 24, target=24, hot=24, is_marked=True).is_done


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (plan(12, 12, 12, target=6), "Kafka takes none away"),
        (plan(12, 24, 24, target=12), "give --partitions 24"),
        (plan(12, 12, 12, target=18), "such as 24"),
        (plan(24, 24, 24, target=24, hot=16), "a multiple"),
    ],
)
def test_others_are_refused_with_the_way_out(refused: RepartitionPlan, why: str) -> None:
    with pytest.raises(RepartitionError, match=why):
        check(refused)


def test_a_run_is_given_up_only_before_it_added_partitions() -> None:
    check_abort(plan(12, 12, 12, target=0, hot=12, is_marked=True))
    for begun in (plan(12, 12, 24, target=0, hot=12), plan(24, 24, 24, target=0, hot=12)):
        with pytest.raises(RepartitionError, match="--partitions 24"):
            check_abort(begun)
