"""Progress is written in version 2, and read in version 1 too; a reader of version 1 refuses version 2."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import Raw

from playhead.progress import Instant, Policy, Progress, summarize
from playhead.progress.acts import ItemAct
from playhead.progress.progress import Completion
from playhead.wire.errors import MalformedRecordError
from playhead.wire.progress import decode_progress, encode_progress
from tests.playhead.progress.strategies import SESSIONS, T0
from tests.playhead.progress.test_laws import apply_all, some

WATCHED = {
    "startedAt": T0,
    "lastAt": T0 + 600_000,
    "watched": {"bounds": [0, 600_000]},
    "watchMs": 600_000,
    "rate": 1.0,
    "position": [T0 + 600_000, 60, 600_000, None],
    "measured": True,
}


class _ProgressOfVersion1(msgspec.Struct):
    """What a release that knows version 1 only looks at first."""

    sessions: dict[str, Any] = {}


def version_1(**more: object) -> bytes:
    return msgspec.json.encode({"sessions": {SESSIONS[0]: WATCHED}, "durationMs": 600_000} | more)


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures the machine
@given(some)
def test_progress_survives(these: Any) -> None:
    progress = apply_all(these, Policy())
    encoded = encode_progress(progress)
    assert decode_progress(encoded) == decode_progress(Raw(encoded)) == progress


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures the machine
@given(some)
def test_a_reader_of_version_1_refuses_version_2(these: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.sessions"):
        msgspec.json.decode(encode_progress(apply_all(these, Policy())), type=_ProgressOfVersion1)


def test_version_1_shows_what_it_showed() -> None:
    progress = decode_progress(version_1(completion=[T0 + 540_000, 0]))
    summary = summarize(progress, Policy())
    assert (summary.percentage, summary.completed_at) == (100, T0 + 540_000)
    assert (summary.wall_ms, summary.total_sessions, summary.position_ms) == (600_000, 1, 600_000)
    assert decode_progress(encode_progress(progress)) == progress


def test_a_reopening_of_version_1_began_an_attempt() -> None:
    progress = decode_progress(version_1(completion=[T0 + 540_000, 0], reopenedAt=T0 + 700_000))
    summary = summarize(progress, Policy())
    assert (summary.status, summary.percentage, summary.attempt) == ("in_progress", 0, 2)
    assert [each.at for each in summary.completions] == [T0 + 540_000]


def test_a_mark_of_version_1_stands_unless_it_was_withdrawn() -> None:
    marked = decode_progress(version_1(markedAt=T0 + 1, completion=[T0 + 1, 0]))
    assert marked.acts == (ItemAct(Instant(T0 + 1), "complete"),)
    assert marked.completions == ()
    withdrawn = decode_progress(version_1(markedAt=T0 + 1, reopenedAt=T0 + 2))
    assert withdrawn.acts == (ItemAct(Instant(T0 + 2), "attempt"),)


def test_totals_of_version_1_are_of_the_first_attempt() -> None:
    folded = {"before": T0, "sessions": 3, "layers": [{"bounds": [0, 540_000]}], "wallMs": 540_000}
    progress = decode_progress(version_1(folded=folded, completion=[T0 - 5, 0]))
    assert progress.completions == (Completion(Instant(T0 - 5), Instant(0)),)
    summary = summarize(progress, Policy())
    assert (summary.total_sessions, summary.completion_count, summary.wall_ms) == (4, 2, 1_140_000)


@pytest.mark.parametrize("raw", [b"", b"null", b'{"sessions":3}', b'{"sessions":2,"byId":[]}'])
def test_other_bytes_are_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedRecordError):
        decode_progress(raw)


def test_nothing_is_the_shortest() -> None:
    assert encode_progress(Progress()) == b'{"sessions":2}'
    assert decode_progress(b"{}") == decode_progress(b'{"sessions":2}') == Progress()
