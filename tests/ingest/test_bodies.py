from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.batches import ValidBatchBody, decode_batch, translate_batch
from ingest.bodies import (
    BatchBody,
    BodyError,
    InvalidBodyError,
    MalformedBodyError,
    decode_batch_body,
    decode_heartbeat_body,
)
from playhead.progress.identifiers import Instant
from tests.ingest.bodies import BODIES
from tests.ingest.test_translate import PRINCIPAL

CONTENT = "0b8f8c1e-6f0a-4a57-9d43-6f1d2c3b4a59"


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({}, "contentId", "is required"),
        ({"contentId": None}, "contentId", "Expected `uuid`, got `null`"),
        ({"contentId": "x"}, "contentId", "Invalid UUID"),
        ({"contentId": 7}, "contentId", "Expected `uuid`, got `int`"),
        ({"progressPercentage": 102}, "progressPercentage", "<= 101"),
        ({"progressPercentage": -0.1}, "progressPercentage", ">= 0"),
        ({"progressPercentage": "75"}, "progressPercentage", "got `str`"),
        ({"progressPercentage": True}, "progressPercentage", "got `bool`"),
        ({"progressType": "audio"}, "progressType", "Invalid enum value"),
        ({"event": "explode"}, "event", "Invalid enum value"),
        ({"sessionId": "7"}, "sessionId", "Invalid UUID"),
        ({"heartbeatId": ""}, "heartbeatId", "Invalid UUID"),
        ({"sequence": -1}, "sequence", ">= 0"),
        ({"sequence": 1.5}, "sequence", "got `float`"),
        ({"sequence": 2**31}, "sequence", "<= 2147483647"),
        ({"sequence": 10**400}, "sequence", ""),
        ({"occurredAt": "yesterday"}, "occurredAt", "RFC3339"),
        ({"occurredAt": "2026-11-22T10:00:00"}, "occurredAt", "timezone"),
        ({"startedAt": 1_795_000_000}, "startedAt", "got `int`"),
        ({"metadata": []}, "metadata", "got `array`"),
        ({"metadata": {"watchTimeSeconds": -1}}, "metadata.watchTimeSeconds", ">= 0"),
        ({"metadata": {"contentTimeSeconds": -1}}, "metadata.contentTimeSeconds", ">= 0"),
        ({"metadata": {"contentTimeSeconds": "150"}}, "metadata.contentTimeSeconds", "got `str`"),
        ({"metadata": {"hiddenSeconds": -0.1}}, "metadata.hiddenSeconds", ">= 0"),
        ({"metadata": {"hiddenSeconds": 1e300}}, "metadata.hiddenSeconds", "<="),
        (
            {"metadata": {"lastPositionSeconds": 2_147_483.648}},
            "metadata.lastPositionSeconds",
            "<= 2147483.647",
        ),
        ({"metadata": {"durationSeconds": 1e300}}, "metadata.durationSeconds", "<="),
        ({"metadata": {"playbackRate": 17}}, "metadata.playbackRate", "<= 16"),
        ({"metadata": {"scrollPosition": 40}}, "metadata.scrollPosition", "<= 2"),
        ({"metadata": {"watchedSegments": {}}}, "metadata.watchedSegments", "got `object`"),
        ({"metadata": {"watchedSegments": [[0, 1], 7]}}, "metadata.watchedSegments[1]", "got `int`"),
        ({"metadata": {"watchedSegments": [[0, 1, 2]]}}, "metadata.watchedSegments[0]", "length 2"),
        (
            {"metadata": {"watchedSegments": [[0, 1], [1, "x"]]}},
            "metadata.watchedSegments[1][1]",
            "got `str`",
        ),
        ({"metadata": {"watchedSegments": [[-1, 1]]}}, "metadata.watchedSegments[0][0]", ">= 0"),
        ({"metadata": {"watchedSegments": [[0, 1]] * 2_001}}, "metadata.watchedSegments", "<= 2000"),
        ({"metadata": {"pagesViewed": [1, 0]}}, "metadata.pagesViewed[1]", ">= 1"),
        ({"metadata": {"pagesViewed": [2**31 - 1]}}, "metadata.pagesViewed[0]", "<= 2147483646"),
        ({"metadata": {"pageCount": -1}}, "metadata.pageCount", ">= 0"),
        ({"metadata": {"lastPage": 0}}, "metadata.lastPage", ">= 1"),
    ],
)
def test_a_bad_field_is_named(body: dict[str, Any], field: str, reason: str) -> None:
    whole = body if "contentId" in body or not body else {"contentId": CONTENT} | body
    with pytest.raises(InvalidBodyError) as refused:
        decode_heartbeat_body(json.dumps(whole).encode())
    assert refused.value.field == field
    assert reason in refused.value.reason


@pytest.mark.parametrize("raw", [b"[]", b"7", b"null", b'"text"', b"true"])
def test_what_is_no_object_at_all_has_no_field(raw: bytes) -> None:
    with pytest.raises(InvalidBodyError) as refused:
        decode_heartbeat_body(raw)
    assert refused.value.field is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'contentId': 1}",
        b"\xff\xfe",
        b'{"metadata": {"watchTimeSeconds": NaN}}',
        b'{"metadata": {"watchTimeSeconds": -Infinity}}',
        b'{"contentId": "%s"} trailing' % CONTENT.encode(),
        b'{"unheardOf": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
)
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedBodyError):
        decode_heartbeat_body(raw)


def test_a_batch_keeps_each_heartbeat_as_it_came() -> None:
    batch = decode_batch_body(b'{"heartbeats": [{"contentId": 7}, 5, {}], "token": "t"}')
    assert [bytes(each) for each in batch.heartbeats] == [b'{"contentId": 7}', b"5", b"{}"]


@given(st.lists(BODIES, max_size=2))
def test_a_batch_of_valid_heartbeats_is_what_each_of_them_is(bodies: list[dict[str, Any]]) -> None:
    raw = json.dumps({"heartbeats": bodies, "clockOffsetSeconds": 3}).encode()
    batch = decode_batch(raw)
    assert isinstance(batch, ValidBatchBody)
    assert batch.heartbeats == [decode_heartbeat_body(json.dumps(each).encode()) for each in bodies]
    assert batch.clock_offset_seconds == 3


@given(st.lists(BODIES, max_size=2), st.integers(0, 2))
def test_one_invalid_heartbeat_leaves_the_others_to_be_decoded_each(
    bodies: list[dict[str, Any]], index: int
) -> None:
    bodies.insert(index, {"contentId": "x"})
    batch = decode_batch(json.dumps({"heartbeats": bodies}).encode())
    assert isinstance(batch, BatchBody)
    translated = translate_batch(batch, PRINCIPAL, Instant(1_790_000_000_000))
    assert [(each.index, each.field) for each in translated.rejected][:1] == [
        (bodies.index({"contentId": "x"}), "contentId")
    ]


@pytest.mark.parametrize(
    ("raw", "field"), [(b"{}", "heartbeats"), (b'{"heartbeats": 7}', "heartbeats"), (b"[]", None)]
)
def test_a_batch_without_heartbeats_is_refused(raw: bytes, field: str | None) -> None:
    with pytest.raises(InvalidBodyError) as refused:
        decode_batch(raw)
    assert refused.value.field == field


@given(st.binary() | st.text().map(str.encode) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("metadata"), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_bytes_do_worse_than_be_refused(raw: bytes) -> None:
    for decode in (decode_heartbeat_body, decode_batch_body, decode_batch):
        with suppress(BodyError):
            decode(raw)
