from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.kafka.delivery_health import FORGET_SECONDS, REPLACE_AGAIN, DeliveryHealth

ONE, OTHER = ("topic", 1), ("topic", 2)


def test_a_record_that_times_out_between_two_answers_is_the_evidence() -> None:
    health = DeliveryHealth()
    health.timed_out(ONE, sent_at=0, now=3)
    assert health.asked(ONE, 4, answered=True) == "keep"
    health.timed_out(ONE, sent_at=5, now=8)
    assert health.asked(ONE, 9, answered=True) == "replace"
    assert health.stuck == {ONE: 3}


def test_a_record_sent_before_the_broker_answered_proves_nothing() -> None:
    health = DeliveryHealth()
    health.timed_out(ONE, sent_at=0, now=3)
    health.asked(ONE, 4, answered=True)
    health.timed_out(ONE, sent_at=3.5, now=6.5)
    assert health.asked(ONE, 7, answered=True) == "keep"


def test_a_broker_that_is_away_in_between_begins_the_evidence_again() -> None:
    health = DeliveryHealth()
    health.timed_out(ONE, sent_at=0, now=3)
    health.asked(ONE, 4, answered=True)
    health.timed_out(ONE, sent_at=5, now=8)
    assert health.asked(ONE, 9, answered=False) == "keep"
    assert health.asked(ONE, 10, answered=True) == "keep"


def test_an_acknowledgement_ends_all_doubt() -> None:
    health = DeliveryHealth()
    health.timed_out(ONE, sent_at=0, now=3)
    health.asked(ONE, 4, answered=True)
    health.acknowledged(ONE)
    assert health.failing == {}
    health.timed_out(ONE, sent_at=5, now=8)
    assert health.asked(ONE, 9, answered=True) == "keep"


def test_partitions_are_judged_apart() -> None:
    health = DeliveryHealth()
    for partition in (ONE, OTHER):
        health.timed_out(partition, sent_at=0, now=3)
    health.asked(ONE, 4, answered=True)
    health.timed_out(OTHER, sent_at=5, now=8)
    assert health.asked(OTHER, 9, answered=True) == "keep"


def test_what_a_new_producer_does_not_mend_is_tried_ever_more_rarely() -> None:
    health, now, replaced_at = DeliveryHealth(), 0.0, []
    while now < 3_000:
        health.timed_out(ONE, sent_at=now, now=now + 2)
        if health.asked(ONE, now + 3, answered=True) == "replace":
            health.replaced(now + 3)
            replaced_at.append(now + 3)
        now += 4
    pauses = [after - before for before, after in pairwise(replaced_at)]
    for failures, pause in enumerate(pauses, start=1):
        assert REPLACE_AGAIN.after(failures) <= pause < REPLACE_AGAIN.after(failures) + 12
    assert pauses[-1] == REPLACE_AGAIN.longest_seconds


def test_a_partition_to_which_nothing_is_sent_any_more_is_forgotten() -> None:
    health = DeliveryHealth()
    health.timed_out(ONE, sent_at=0, now=3)
    health.asked(ONE, 3 + FORGET_SECONDS, answered=True)
    assert health.failing == {ONE: 3}
    health.asked(ONE, 4 + FORGET_SECONDS, answered=True)
    assert health.failing == {}


@dataclass(frozen=True)
class Event:
    """What happens within a second: a record sent `age` seconds before is settled, or the broker is asked."""

    kind: str
    age: int = 0
    answered: bool = False


events = st.lists(
    st.one_of(
        st.builds(Event, st.just("timed_out"), st.integers(1, 5)),
        st.builds(Event, st.just("acknowledged")),
        st.builds(Event, st.just("asked"), answered=st.booleans()),
    ),
    max_size=40,
)


@given(events)
def test_law_only_an_outage_of_our_own_has_the_producer_replaced(history: list[Event]) -> None:
    """The broker answered, a later record timed out, the broker answered: without a miss in between."""
    health = DeliveryHealth()
    for now, event in enumerate(history):
        if event.kind == "timed_out":
            health.timed_out(ONE, now - event.age, now)
        elif event.kind == "acknowledged":
            health.acknowledged(ONE)
        elif health.asked(ONE, now, answered=event.answered) == "replace":
            assert _is_proven(history[: now + 1])
            health.replaced(now)
            return


@given(st.integers(0, 5), st.lists(st.booleans(), max_size=20))
def test_law_an_outage_of_our_own_has_the_producer_replaced_soon(age: int, before: list[bool]) -> None:
    """Whatever the broker did before: two more records that time out while it answers are enough."""
    health, now = DeliveryHealth(), 0.0
    health.timed_out(ONE, now - age, now)
    for answered in before:
        now += 1
        if health.asked(ONE, now, answered=answered) == "replace":
            pytest.fail("no record was sent after an answer")
    health.timed_out(ONE, now, now + 2)
    health.asked(ONE, now + 3, answered=True)
    health.timed_out(ONE, now + 4, now + 6)
    assert health.asked(ONE, now + 7, answered=True) == "replace"


def _is_proven(history: list[Event]) -> bool:
    """Look for the evidence in the history itself, of which the last event is an answer."""
    assert history[-1].answered
    end = len(history) - 1
    since = max((n for n, e in enumerate(history) if e.kind == "acknowledged" or _is_miss(e)), default=-1)
    answers = [n for n in range(since + 1, end) if history[n].kind == "asked"]
    return any(
        event.kind == "timed_out" and n - event.age >= first
        for first in answers
        for n, event in enumerate(history[:end])
        if n > first
    )


def _is_miss(event: Event) -> bool:
    return event.kind == "asked" and not event.answered
