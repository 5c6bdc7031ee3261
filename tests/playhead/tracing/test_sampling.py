from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from playhead.tracing.sampling import RequestSampler

SAMPLED = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOT_SAMPLED = SAMPLED[:-1] + b"0"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sampler(
    share: float, clock: Clock | None = None, *, per_second: float = 1, follows: bool = True
) -> RequestSampler:
    return RequestSampler(
        share,
        callers_per_second=per_second,
        follows_callers=follows,
        random=Random(7).random,
        now=clock or Clock(),
    )


@pytest.mark.parametrize("share", [0.5, 0.01, 0.001])
def test_samples_its_share(share: float) -> None:
    found, asked = sampler(share), 400_000
    sampled = sum(found.undecided() for _ in range(asked))
    deviation = (asked * share * (1 - share)) ** 0.5
    assert abs(sampled - asked * share) < 5 * deviation


def test_the_gaps_between_samples_are_those_of_a_die() -> None:
    """So no pattern of the requests, such as every tenth a batch, keeps a kind of them from being sampled."""
    found = sampler(0.25)
    sampled = [found.undecided() for _ in range(40_000)]
    neighbours = sum(one and other for one, other in pairwise(sampled))
    assert 0.9 < neighbours / (40_000 / 16) < 1.1


@pytest.mark.parametrize(("share", "expected"), [(1.0, True), (0.0, False)])
def test_all_or_nothing(share: float, *, expected: bool) -> None:
    found = sampler(share)
    assert {found.undecided() for _ in range(1_000)} == {expected}


def test_callers_are_followed_up_to_a_rate() -> None:
    clock = Clock()
    found = sampler(0.0, clock, per_second=2)
    assert sum(found.decide(SAMPLED) is not None for _ in range(100)) == 2
    clock.now = 0.5
    assert sum(found.decide(SAMPLED) is not None for _ in range(100)) == 1
    clock.now = 3_600
    assert sum(found.decide(SAMPLED) is not None for _ in range(100)) == 2


def test_callers_are_not_followed_at_a_rate_of_zero() -> None:
    found = sampler(0.0, per_second=0)
    assert {found.decide(SAMPLED) for _ in range(100)} == {None}


def test_beyond_the_rate_a_caller_has_the_share_of_all() -> None:
    found = sampler(1.0, per_second=0)
    assert found.decide(SAMPLED) == "root"


def test_a_caller_may_decide_against_a_trace() -> None:
    assert sampler(1.0).decide(NOT_SAMPLED) is None
    assert sampler(1.0, follows=False).decide(NOT_SAMPLED) == "root"
    assert sampler(1.0).decide(b"no traceparent") == "root"
