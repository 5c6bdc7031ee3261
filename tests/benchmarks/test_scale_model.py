"""The model of docs/scale.md."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.scale_model import Costs, Machine, Site, Stored, limits, plan, saves_per_second

PARTS = ("ingest", "processor", "sink", "kafka", "redis", "postgres")
COSTS = Costs(
    us=dict.fromkeys(PARTS, 100.0),
    request_bytes=1_000,
    log_bytes=200,
    state_bytes=300,
    wal_bytes=400,
    redis=Stored(person=100, item=500),
    postgres=Stored(person=1_000, item=2_000),
)


def test_cores_are_shared_by_all_parts() -> None:
    assert saves_per_second(COSTS, 2) == pytest.approx(2 / 600e-6)


def test_a_site_of_one_million_players() -> None:
    needed = plan(COSTS, Site(1_000_000, known_people=20, items=20), Machine(filled=0.5))
    assert needed["heartbeats a second"] == 100_000
    assert needed["processors, a core each"] == 20
    assert needed["partitions"] == 24
    assert needed["Redis primaries"] == max(20, -(-20_000_000 * 10_100 // 2**35))
    assert needed["rows of progress"] == 400_000_000
    assert needed["PostgreSQL TB"] == pytest.approx(20e6 * 41_000 / 1e12)
    assert needed["cores, all"] == 6 * 20 + 2 * 20


def test_a_small_site_needs_one_of_each_and_three_brokers() -> None:
    needed = plan(COSTS, Site(1_000))
    ones = (
        "ingest processes, a core each",
        "processors, a core each",
        "Redis primaries",
        "PostgreSQL primaries",
    )
    assert [needed[each] for each in ones] == [1, 1, 1, 1]
    assert (needed["brokers"], needed["partitions"]) == (3, 12)


@pytest.mark.parametrize("players", [10_000, 1_000_000, 10_000_000])
def test_twice_the_players_need_at_most_twice_as_much_and_one(players: int) -> None:
    one, two = plan(COSTS, Site(players)), plan(COSTS, Site(2 * players))
    for what, needed in one.items():
        assert needed <= two[what] <= 2 * needed + 1e-6, what


def test_what_is_full_first_comes_first_and_is_what_the_plan_adds() -> None:
    found = limits(COSTS)
    assert found == sorted(found, key=lambda limit: limit.players)
    full = {limit.what: limit.players for limit in found}
    at = full["one processor"]
    assert plan(COSTS, Site(int(at * 0.99)))["processors, a core each"] == 1
    assert plan(COSTS, Site(int(at * 1.01) + 1))["processors, a core each"] == 2
    at = full["one Redis, its memory"]
    idle = replace(COSTS, us=dict.fromkeys(PARTS, 0.0001))
    assert plan(idle, Site(int(at * 0.99)))["Redis primaries"] == 1
    assert plan(idle, Site(int(at * 1.01)))["Redis primaries"] == 2
