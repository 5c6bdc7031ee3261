from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bodies import Adjusted, decode_heartbeat_body, decode_save_body
from ingest.translate import UntranslatableError, adjustments, correction_of, manual_mark, translate
from playhead.identity import Principal
from playhead.progress.heartbeat import AHEAD_MS, OLDEST_MS
from playhead.progress.identifiers import Instant, TenantId, UserId
from playhead.progress.intervals import LIMIT, Intervals
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord, decode_heartbeat
from tests.ingest.bodies import BODIES

PRINCIPAL = Principal(
    TenantId("11111111-1111-4111-8111-111111111111"), UserId("22222222-2222-4222-8222-222222222222")
)
CONTENT = "0b8f8c1e-6f0a-4a57-9d43-6f1d2c3b4a59"
MADE = UUID("33333333-3333-4333-8333-333333333333")
NOW = Instant(1_795_000_000_123)


def translated(body: dict[str, Any], now: Instant = NOW) -> HeartbeatRecord:
    raw = json.dumps({"contentId": CONTENT} | body).encode()
    return translate(decode_heartbeat_body(raw), PRINCIPAL, now, lambda: MADE)


@given(BODIES, st.integers(OLDEST_MS, 2**42))
def test_any_accepted_body_is_a_heartbeat_that_the_log_can_carry(body: dict[str, Any], now: int) -> None:
    record = translated(body, Instant(now))
    assert decode_heartbeat(encode(record)) == record
    assert (record.tenant_id, record.user_id) == (PRINCIPAL.tenant_id, PRINCIPAL.user_id)
    assert record.content_id == body["contentId"].lower()
    assert record.heartbeat_id == (body.get("heartbeatId") or str(MADE)).lower()
    assert record.started_at is None or now - OLDEST_MS <= record.started_at <= record.occurred_at


@given(BODIES)
def test_translating_twice_gives_the_same(body: dict[str, Any]) -> None:
    assert translated(body) == translated(body)


def test_the_product_requirements_own_body() -> None:
    record = translated(
        {"progressPercentage": 75, "metadata": {"watchTimeSeconds": 450, "lastPositionSeconds": 450}}
    )
    assert record == HeartbeatRecord(
        v=1,
        heartbeat_id=record.heartbeat_id,
        tenant_id=PRINCIPAL.tenant_id,
        user_id=PRINCIPAL.user_id,
        content_id=record.content_id,
        occurred_at=NOW,
        received_at=NOW,
        reported_percentage=75.0,
        watch_ms=450_000,
        position_ms=450_000,
    )


def test_every_field_of_a_full_body() -> None:
    record = translated(
        {
            "contentId": CONTENT.upper(),
            "progressPercentage": 75.5,
            "progressType": "document",
            "event": "seek",
            "sessionId": "7D3B7A52-93C0-4F6C-8F0E-1F6A54A2A001",
            "sequence": 12,
            "heartbeatId": "7D3B7A52-93C0-4F6C-8F0E-1F6A54A2A00C",
            "occurredAt": "2026-11-18T13:06:39.123+02:00",
            "startedAt": "2026-11-18T11:06:00Z",
            "metadata": {
                "watchTimeSeconds": 1.0004,
                "contentTimeSeconds": 1.5006,
                "hiddenSeconds": 0.25,
                "lastPositionSeconds": 450.0006,
                "durationSeconds": 600,
                "watchedSegments": [[300, 450], [0, 120.5], [120.5, 130]],
                "playbackRate": 1.5,
                "pagesViewed": [3, 1, 2, 7],
                "pageCount": 10,
                "lastPage": 7,
                "scrollPosition": 0.4,
            },
        },
    )
    assert record.content_id == CONTENT
    assert record.session_id == "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a001"
    assert record.heartbeat_id == "7d3b7a52-93c0-4f6c-8f0e-1f6a54a2a00c"
    assert (record.event, record.kind, record.sequence) == ("seek", "document", 12)
    assert record.occurred_at == 1_795_000_000_000 - 1_000 + 123
    assert record.started_at == record.occurred_at - 39_123
    assert (record.watch_ms, record.position_ms, record.duration_ms) == (1_000, 450_001, 600_000)
    assert (record.content_ms, record.hidden_ms) == (1_501, 250)
    assert record.watched == Intervals((0, 130_000, 300_000, 450_000))
    assert record.pages_viewed == Intervals((1, 4, 7, 8))
    assert (record.playback_rate, record.page_count, record.scroll_position) == (1.5, 10, 0.4)
    assert record.page == 7


def corrected(body: dict[str, Any], now: Instant = NOW) -> tuple[HeartbeatRecord, list[Adjusted]]:
    raw = json.dumps({"contentId": CONTENT} | body).encode()
    heartbeat = decode_save_body(raw)
    by = correction_of(heartbeat, heartbeat.occurred_at, now)
    record = translate(heartbeat, PRINCIPAL, now, lambda: MADE, by)
    return record, adjustments(heartbeat, record, by)


def stated(offset_ms: int) -> str:
    moment = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(milliseconds=offset_ms)
    return moment.isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("offset_ms", "kept_ms"),
    [(0, 0), (-1, -1), (5_000, 5_000), (5_001, 5_000), (10**9, 5_000), (-OLDEST_MS - 1, -OLDEST_MS)],
)
def test_each_time_is_kept_within_the_window(offset_ms: int, kept_ms: int) -> None:
    assert translated({"occurredAt": stated(offset_ms)}).occurred_at == NOW + kept_ms
    assert translated({"startedAt": stated(offset_ms)}).started_at == NOW + min(kept_ms, 0)


def test_the_start_of_a_session_moves_along() -> None:
    record, adjusted = corrected(
        {"startedAt": stated(-700_000), "occurredAt": stated(-600_000), "clockOffsetSeconds": -600}
    )
    assert (record.started_at, record.occurred_at, record.adjusted_ms) == (NOW - 100_000, NOW, 600_000)
    assert adjusted == [Adjusted("occurredAt", 600.0, "clockOffset")]


def test_an_ordinary_heartbeat_is_not_adjusted() -> None:
    record, adjusted = corrected(
        {"startedAt": stated(-10_000), "occurredAt": stated(-1), "sentAt": stated(-600_000)}
    )
    assert (record.started_at, record.occurred_at, record.adjusted_ms) == (NOW - 10_000, NOW - 1, 0)
    assert adjusted == []
    assert corrected({"clockOffsetSeconds": -600, "sentAt": stated(0)})[1] == []


def test_a_start_that_moved_otherwise_is_listed_by_itself() -> None:
    record, adjusted = corrected({"startedAt": stated(-OLDEST_MS - 1_000), "occurredAt": stated(0)})
    assert record.started_at == NOW - OLDEST_MS
    assert adjusted == [Adjusted("startedAt", 1.0, "tooOld")]
    record, adjusted = corrected({"startedAt": stated(1_000), "occurredAt": stated(-1_000)})
    assert record.started_at == record.occurred_at == NOW - 1_000
    assert adjusted == [Adjusted("startedAt", -2.0, "afterOccurredAt")]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"])
def test_the_ends_of_time_are_clamped(moment: str) -> None:
    record = translated({"occurredAt": moment, "startedAt": moment})
    assert record.occurred_at in (NOW - OLDEST_MS, NOW + AHEAD_MS)


def test_an_empty_measurement_is_kept_apart_from_none() -> None:
    empty = translated({"metadata": {"watchedSegments": [], "pagesViewed": [], "watchTimeSeconds": 0}})
    assert (empty.watched, empty.pages_viewed, empty.watch_ms) == (Intervals(), Intervals(), 0)
    none = translated({"metadata": {"watchedSegments": None, "pagesViewed": None, "watchTimeSeconds": None}})
    assert (none.watched, none.pages_viewed, none.watch_ms) == (None, None, None)


def test_hidden_time_is_a_part_of_the_time_watched() -> None:
    assert translated({"metadata": {"watchTimeSeconds": 10, "hiddenSeconds": 60}}).hidden_ms == 10_000
    assert translated({"metadata": {"hiddenSeconds": 60}}).hidden_ms == 60_000
    assert translated({"metadata": {"watchTimeSeconds": 10}}).hidden_ms is None


def test_the_longest_media_there_is() -> None:
    record = translated({"metadata": {"watchedSegments": [[0, LIMIT / 1000]]}})
    assert record.watched == Intervals((0, LIMIT))


def test_overshooting_is_cut_off() -> None:
    over = translated({"progressPercentage": 100.4, "metadata": {"scrollPosition": 1.02}})
    assert (over.reported_percentage, over.scroll_position) == (100.0, 1.0)
    assert translated({"metadata": {"scrollPosition": -0.1}}).scroll_position == 0.0


@pytest.mark.parametrize(("sent", "kept"), [(1e-320, 0.0), (5e-324, 0.0), (1e-6, 1e-6), (1 / 3, 0.333333)])
def test_a_scroll_position_is_rounded_to_what_is_stored(sent: float, kept: float) -> None:
    assert translated({"metadata": {"scrollPosition": sent}}).scroll_position == kept


def test_a_backward_segment_is_named() -> None:
    with pytest.raises(UntranslatableError) as refused:
        translated({"metadata": {"watchedSegments": [[0, 1], [2, 2], [5, 4.5]]}})
    assert refused.value.field == "metadata.watchedSegments[2]"
    assert refused.value.reason == "starts at 5 and ends before, at 4.5"


def test_a_mark_is_a_heartbeat_that_measures_nothing() -> None:
    record = manual_mark(UUID(CONTENT), "complete", PRINCIPAL, NOW, MADE)
    assert record.is_act
    assert (record.heartbeat_id, record.occurred_at, record.watched) == (str(MADE), NOW, None)
