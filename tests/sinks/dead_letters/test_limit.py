"""Bad records of a few people are set apart; only those of many look like a bad release."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sinks.dead_letters.limit import BadRelease, BatchAttempt, DeadLetterLimit
from sinks.errors import TooManyDeadLettersError
from sinks.states.decode import ConsumedRecord, RejectedRecord, StateOwner
from sinks.states.watch import Standstill

LIMITS = BadRelease(window=100, share=0.1, people=5, quarantine_seconds=600)


def person(number: int, tenant: int = 0) -> StateOwner:
    return StateOwner(f"tenant-{tenant}", f"user-{number}")


def rejected(one: StateOwner, content: int = 0) -> RejectedRecord:
    source = ConsumedRecord(0, content, f"{one.tenant}:{one.user}:{content}".encode(), b"{}")
    return RejectedRecord(source, "refused_by_store", "out of range")


def refuse(attempt: BatchAttempt, people: Iterable[StateOwner]) -> None:
    for each in people:
        attempt.refuse(rejected(each))


def crowd(count: int, tenants: int, first: int = 0) -> set[StateOwner]:
    return {person(number, number % tenants) for number in range(first, first + count)}


def test_one_person_is_set_apart_and_stops_nobody_however_many_records_are_refused() -> None:
    limit, bad = DeadLetterLimit(LIMITS), person(0)
    for now in range(50):
        attempt = limit.attempt({bad}, now)
        refuse(attempt, [bad] * 120)
        limit.note_stored(attempt, now)
    assert limit.quarantined(50) == {bad}


def test_it_is_over_some_time_after_the_last_refusal() -> None:
    limit, bad = DeadLetterLimit(LIMITS), person(0)
    attempt = limit.attempt({bad}, 0)
    refuse(attempt, [bad])
    limit.note_stored(attempt, 0)
    limit.note_stored(limit.attempt({bad}, 599), 599)
    assert limit.quarantined(599) == {bad}
    assert limit.quarantined(600) == frozenset()


def test_an_attempt_that_does_not_land_sets_nobody_apart() -> None:
    limit = DeadLetterLimit(LIMITS)
    refuse(limit.attempt({person(0)}, 0), [person(0)])
    assert limit.quarantined(0) == frozenset()


def test_many_people_of_several_tenants_are_a_bad_release() -> None:
    everybody = crowd(40, tenants=4)
    attempt = DeadLetterLimit(LIMITS).attempt(everybody, 0)
    refuse(attempt, [person(0), person(1, 1), person(2, 2), person(3, 3)])
    with pytest.raises(TooManyDeadLettersError, match="of 5 of the last 40 people, of 4 of 4 tenants"):
        refuse(attempt, [person(4)])


def test_many_people_of_one_tenant_stop_nobody_else() -> None:
    everybody = crowd(40, tenants=2)
    theirs = [each for each in everybody if each.tenant == "tenant-0"]
    refuse(DeadLetterLimit(LIMITS).attempt(everybody, 0), theirs)


def test_where_there_is_but_one_tenant_its_people_are_enough() -> None:
    everybody = crowd(40, tenants=1)
    with pytest.raises(TooManyDeadLettersError):
        refuse(DeadLetterLimit(LIMITS).attempt(everybody, 0), everybody)


def test_two_tenants_of_many_are_not_enough() -> None:
    everybody = crowd(100, tenants=25)
    theirs = [each for each in everybody if each.tenant in {"tenant-0", "tenant-1"}]
    refuse(
        DeadLetterLimit(LIMITS).attempt(everybody, 0),
        [*theirs, *(person(number, 1) for number in range(200, 220))],
    )


def test_refusals_add_up_over_batches_and_are_forgotten_with_time() -> None:
    def after(pause: float) -> BatchAttempt:
        limit = DeadLetterLimit(LIMITS)
        for batch in range(4):
            attempt = limit.attempt({person(batch, batch)}, batch * pause)
            refuse(attempt, [person(batch, batch)])
            limit.note_stored(attempt, batch * pause)
        return limit.attempt({person(4, 4)}, 4 * pause)

    refuse(after(pause=600), [person(4, 4)])
    with pytest.raises(TooManyDeadLettersError):
        refuse(after(pause=60), [person(4, 4)])


def test_who_came_long_ago_counts_no_longer() -> None:
    limit = DeadLetterLimit(LIMITS)
    bad = crowd(4, tenants=4)
    attempt = limit.attempt(bad, 0)
    refuse(attempt, bad)
    limit.note_stored(attempt, 0)
    for batch in range(1, 4):
        limit.note_stored(limit.attempt(crowd(50, tenants=4, first=100 * batch), 1), 1)
    refuse(limit.attempt(crowd(50, tenants=4, first=1_000), 2), [person(1_000), person(1_001, 1)])


def test_what_is_kept_does_not_grow_with_the_people() -> None:
    limit = DeadLetterLimit(LIMITS)
    for batch in range(50):
        limit.note_stored(limit.attempt(crowd(50, tenants=4, first=50 * batch), batch), batch)
    assert len(limit.attempt(set(), 50).people) == LIMITS.window


def test_a_record_whose_key_names_no_person_counts_as_one() -> None:
    no_person = {
        ConsumedRecord(0, offset, key, b"").person
        for offset, key in enumerate([b"k", b"k", b"", None, b"\xff:a:b"])
    }
    assert len(no_person) == 5
    assert ConsumedRecord(0, 7, b"tenant:user:content", b"").person == StateOwner("tenant", "user")


def test_a_standstill_is_a_lag_of_which_nothing_is_stored() -> None:
    standstill = Standstill(60, 0)
    standstill.note_lag(10, 59)
    assert standstill.reason(60) is None
    standstill.note_lag(10, 61)
    assert standstill.reason(61) == "10 records wait, and none was stored for 61 s"
    standstill.note_stored(62)
    assert standstill.reason(100) is None
    standstill.note_lag(0, 130)
    assert standstill.reason(140) is None
    assert standstill.reason(191) == "the sink has not looked for records for 61 s"
