from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.audit_trail.deduplication import (
    MOST_KINDS,
    MOST_OF_ONE_SOURCE,
    WINDOW_SECONDS,
    Deduplication,
)
from playhead.audit_trail.events import AuditEvent
from playhead.progress import TenantId, UserId

AT = datetime(2026, 11, 22, tzinfo=UTC)
TENANT = TenantId(str(UUID(int=1)))
ADMIN = UserId(str(UUID(int=2)))
FAILED = AuditEvent(
    at=AT,
    act="identify",
    target="GET /api/me",
    outcome="refused",
    origin="192.0.2.1",
    request_id="r",
    reason="no",
)
READ = AuditEvent(
    at=AT,
    act="read",
    target="GET /api/people/{userId}",
    outcome="done",
    origin="192.0.2.1",
    request_id="r",
    tenant=TENANT,
    actor=ADMIN,
    subject=UserId(str(UUID(int=3))),
)


def test_the_first_passes_and_the_others_of_its_minute_are_one_event() -> None:
    deduplication = Deduplication()

    assert deduplication.add(FAILED, 0.0) == FAILED
    assert [deduplication.add(FAILED, 1.0) for _ in range(1_000)] == [None] * 1_000
    assert deduplication.due(WINDOW_SECONDS - 1) == []
    (more,) = deduplication.due(WINDOW_SECONDS)
    assert (more.count, more.reason) == (1_000, "no")
    assert more.event_id != FAILED.event_id
    assert len(deduplication) == 0


def test_an_export_a_write_and_an_erasure_stand_for_themselves() -> None:
    for act in ("export", "directory", "erase"):
        deduplication, event = Deduplication(), replace(READ, act=act)
        assert [deduplication.add(event, 0.0) for _ in range(3)] == [event] * 3


def test_reads_of_each_person_are_told_apart_however_many() -> None:
    deduplication = Deduplication()
    reads = [replace(READ, subject=UserId(str(uuid4()))) for _ in range(MOST_KINDS + 5)]

    assert [deduplication.add(each, 0.0) for each in reads] == reads
    assert len(deduplication) == MOST_KINDS


def test_one_person_who_is_refused_everything_leaves_a_bounded_number() -> None:
    deduplication = Deduplication()
    refused = (replace(READ, outcome="refused", subject=UserId(str(uuid4()))) for _ in range(20_000))

    passed = [event for each in refused if (event := deduplication.add(each, 0.0)) is not None]

    assert len(passed) == MOST_OF_ONE_SOURCE + 1
    (rest,) = deduplication.due(WINDOW_SECONDS)
    assert (rest.subject, rest.actor, rest.tenant) == (None, ADMIN, TENANT)
    assert len(passed) + rest.count == 20_000


def test_failures_from_any_number_of_addresses_leave_a_bounded_number() -> None:
    deduplication = Deduplication()
    failures = 3 * MOST_KINDS

    passed = [
        event
        for number in range(failures)
        if (event := deduplication.add(replace(FAILED, origin=f"2001:db8::{number:x}"), 0.0)) is not None
    ]

    assert len(passed) == MOST_KINDS + 1
    assert len(deduplication) == MOST_KINDS + 1
    assert len(passed) + sum(each.count for each in deduplication.rest()) == failures


@given(
    st.lists(
        st.tuples(
            st.sampled_from([FAILED, READ, replace(READ, act="export"), replace(READ, outcome="refused")]),
            st.integers(0, 3),
            st.floats(0, 90),
        )
    )
)
def test_every_act_is_counted_once(steps: list[tuple[AuditEvent, int, float]]) -> None:
    deduplication, now, recorded = Deduplication(), 0.0, 0
    for event, origin, pause in steps:
        now += pause
        first = deduplication.add(replace(event, origin=str(origin)), now)
        recorded += first.count if first else 0
        if origin == 0:
            recorded += sum(each.count for each in deduplication.due(now))

    assert recorded + sum(each.count for each in deduplication.rest()) == len(steps)
    assert len(deduplication) == 0


def test_an_event_has_an_offset_and_stands_for_something() -> None:
    with pytest.raises(ValueError, match="offset"):
        replace(READ, at=datetime(2026, 11, 22))
    with pytest.raises(ValueError, match="one act"):
        replace(READ, count=0)
