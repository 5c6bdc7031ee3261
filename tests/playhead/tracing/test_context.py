from __future__ import annotations

import pytest

from playhead.tracing.context import (
    REQUEST_ID,
    TRACEPARENT,
    begin_sending,
    parse_traceparent,
    record_fields,
    request_id_of,
)

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("03", True), ("02", False)])
def test_reads_the_flag_of_a_caller(flags: str, *, sampled: bool) -> None:
    found = parse_traceparent(f"00-{TRACE}-{SPAN}-{flags}".encode())
    assert found is not None
    assert (f"{found.trace_id:032x}", f"{found.span_id:016x}", found.is_sampled) == (TRACE, SPAN, sampled)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-0\xe9",
    ],
)
def test_what_is_no_traceparent_is_ignored(header: str) -> None:
    assert parse_traceparent(header.encode("latin-1")) is None


def test_a_later_version_may_have_more() -> None:
    assert parse_traceparent(f"01-{TRACE}-{SPAN}-01-more".encode()) is not None


@pytest.mark.parametrize("given", ["a", "A.b_c:d-9", "x" * 128])
def test_an_id_that_is_well_formed_is_kept(given: str) -> None:
    assert request_id_of([(b"host", b"here"), (b"x-request-id", given.encode())]) == given


@pytest.mark.parametrize("given", [b"", b"two words", b"x" * 129, b"a\n", "é".encode(), b'{"a": 1}'])
def test_another_is_replaced(given: bytes) -> None:
    made = {request_id_of([(b"x-request-id", given)]) for _ in range(100)}
    assert len(made) == 100
    assert given.decode() not in made


def test_records_of_a_request_that_is_not_sampled_have_no_headers() -> None:
    headers, sent = begin_sending("topic", 1)
    sent()
    assert headers == ()


def test_a_log_line_about_a_record_names_its_place_and_its_request() -> None:
    place = {"topic": "progress.states", "partition": 3, "offset": 17}
    assert record_fields("progress.states", 3, 17) == place
    headers = [(TRACEPARENT, f"00-{TRACE}-{SPAN}-01".encode()), (REQUEST_ID, b"a-1")]
    assert record_fields("progress.states", 3, 17, headers) == place | {
        "request_id": "a-1",
        "trace_id": TRACE,
    }
    assert record_fields("progress.states", 3, 17, [(TRACEPARENT, b"none"), ("other", None)]) == place
