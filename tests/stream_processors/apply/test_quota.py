"""The quota of items: more are dead letters, however the log is cut into batches or replayed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.kafka.batches import RecordBatch
from playhead.policies import Policies
from playhead.progress import Policy
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from stream_processors.apply.quota import ItemCount, Quota, Rules, may_begin
from stream_processors.stores.erased_flag import set_erased_flag
from tests.hot import KEYS
from tests.stream_processors.harness import hold, stores_of, until
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import Machine, batch_of, cut, cutting, log_of, record_of
from tests.stream_processors.world import World

FEW = Quota(unknown=3, all=5)
PERSON = person_key(heartbeat().tenant_id, heartbeat().user_id)

contents = st.lists(st.integers(1, 9), min_size=1, max_size=60)


def beats_of(numbers: list[int]) -> list[HeartbeatRecord]:
    """One heartbeat for each item, each further into it than the one before."""
    return [heartbeat(content=n, until_ms=1_000 * (at + 1)) for at, n in enumerate(numbers)]


def first_of(numbers: list[int], limit: int) -> set[str]:
    return {heartbeat(content=n).content_id for n in list(dict.fromkeys(numbers))[:limit]}


@given(contents, cutting)
def test_the_first_items_are_kept_and_the_ledger_balances_however_the_log_is_cut(
    numbers: list[int], cuts: list[int]
) -> None:
    beats, machine = beats_of(numbers), Machine(rules=Rules(Policies(Policy()), FEW))
    records = log_of(beats, poison_every=1_000)
    refused = [each for batch in cut(records, cuts) for each in machine.take(batch).refused]
    kept = first_of(numbers, 3)
    assert set(machine.people[PERSON]) == kept
    beyond = [at for at, beat in enumerate(beats) if beat.content_id not in kept]
    assert sorted(each.record.offset for each in refused) == beyond
    assert machine.ledger.missing == 0
    assert machine.ledger.dead_lettered == len(refused)


@given(contents, cutting, cutting, st.integers(0, 100))
def test_a_replay_refuses_the_same_again_and_counts_nothing(
    numbers: list[int], cuts: list[int], other_cuts: list[int], again: int
) -> None:
    records, machine = (
        log_of(beats_of(numbers), poison_every=1_000),
        Machine(rules=Rules(Policies(Policy()), FEW)),
    )
    first = {each.record.offset for batch in cut(records, cuts) for each in machine.take(batch).refused}
    people, ledger = {who: dict(items) for who, items in machine.people.items()}, machine.ledger
    again %= len(records)
    second = {
        each.record.offset
        for batch in cut(records[again:], other_cuts)
        for each in machine.take(batch).refused
    }
    assert second == {offset for offset in first if offset >= again}
    assert (machine.people, machine.ledger) == (people, ledger)


def test_items_of_the_catalogue_do_not_count_among_the_unknown_but_among_all() -> None:
    policies = Policies(Policy())
    for n in (1, 2, 3, 4):
        policies.hold(heartbeat().tenant_id, heartbeat(content=n).content_id, None)
    machine = Machine(rules=Rules(policies, FEW))
    decision = machine.take(RecordBatch(0, 0, log_of(beats_of([1, 2, 3, 8, 9, 4]))))
    assert set(machine.people[PERSON]) == {heartbeat(content=n).content_id for n in (1, 2, 3, 8, 9)}
    (refused,) = decision.refused
    assert refused.refusal.detail == "the person has 5 items, of 5 that one person may have"
    assert decision.over_quota == {PERSON}


def test_an_item_that_becomes_known_makes_room_for_another() -> None:
    machine = Machine(rules=Rules(Policies(Policy()), FEW))
    machine.take(RecordBatch(0, 0, log_of(beats_of([1, 2, 3, 4]))))
    assert len(machine.people[PERSON]) == 3
    machine.rules.policies.hold(heartbeat().tenant_id, heartbeat(content=2).content_id, None)
    decision = machine.take(batch_of(heartbeat(content=4, until_ms=20_000), start=4))
    assert decision.refused == []
    assert heartbeat(content=4).content_id in machine.people[PERSON]


def test_items_that_were_not_counted_count_as_unknown() -> None:
    assert may_begin(ItemCount(2, None), FEW, is_known=False) is None
    assert may_begin(ItemCount(3, None), FEW, is_known=False) is not None
    assert may_begin(ItemCount(3, None), FEW, is_known=True) is None
    assert may_begin(ItemCount(4, unknown=2), FEW, is_known=False) is None
    assert may_begin(ItemCount(5, unknown=0), FEW, is_known=True) is not None


@pytest.mark.services
@pytest.mark.anyio
async def test_a_person_who_invents_items_gets_dead_letters_and_others_go_on(world: World) -> None:
    attack = [heartbeat(user=1, content=n) for n in range(1, 31)]
    other = [heartbeat(user=2, content=n) for n in range(1, 4)]
    beats = [*attack[:15], *other, *attack[15:]]
    records = [record_of(n, beat) for n, beat in enumerate(beats)]
    async with stores_of(world) as stores:
        few = replace(stores, quota=Quota(unknown=10, all=20))
        held = hold(few)
        await held.located(60)
        half = len(records) // 2
        await held.submit(RecordBatch(0, 0, records[:half]))
        await held.submit(RecordBatch(0, half, records[half:]))
        await until(lambda: held.acked == [half, len(records)], 60)
        await held.stop()
    partition = world.applied()[0]
    assert (partition["applied"], partition["duplicates"], partition["dead"]) == (13, 0, 20)
    dead_letters = [DeadLetter.of(m.headers() or []) for m in world.records(world.topics.dead_letters.name)]
    assert {each.reason for each in dead_letters} == {"quota"}
    assert {each.offset for each in dead_letters} == {*range(10, 15), *range(18, 33)}
    assert dead_letters[0].detail.startswith(
        "the person has 10 items that the catalogue does not have, of 10"
    )
    with world.redis() as redis:
        assert redis.hlen(KEYS.progress_hash(0, PERSON)) == 10 + 1
        [(noted, lapses)] = redis.zrange(KEYS.over_quota, 0, -1, withscores=True)
        assert noted.decode() == PERSON
        assert time.time() < lapses <= time.time() + 300
        with redis.pipeline(transaction=True) as together:
            set_erased_flag(together, KEYS.progress_hash(0, PERSON), 7, 60)  # as an erasure does
            together.zrem(KEYS.over_quota, PERSON)
            together.execute()
        assert redis.zcard(KEYS.over_quota) == 0
