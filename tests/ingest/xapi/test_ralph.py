"""Ralph's models of the video profile write statements that are read here, and judge those written here."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from ralph.models.xapi.video.statements import (
    VideoCompleted,
    VideoInitialized,
    VideoPaused,
    VideoPlayed,
    VideoSeeked,
    VideoTerminated,
)

from ingest.lrs.resume import paused_statement
from ingest.xapi import vocabulary as xapi
from ingest.xapi.statements import decode_statements
from ingest.xapi.translate import StatementSender, translate_statement
from playhead.progress import NOTHING, Instant, Policy, apply
from playhead.wire.heartbeats import HeartbeatRecord
from tests.ingest.xapi.statements import LEARNER, NOON, TENANT, XBLOCK, statement

MODELS: dict[str, type[BaseModel]] = {
    xapi.INITIALIZED: VideoInitialized,
    xapi.PLAYED: VideoPlayed,
    xapi.PAUSED: VideoPaused,
    xapi.SEEKED: VideoSeeked,
    xapi.COMPLETED: VideoCompleted,
    xapi.TERMINATED: VideoTerminated,
}
RECEIVED = Instant(round(NOON.timestamp() * 1000) + 3_600_000)
seconds = st.floats(0, 600).map(lambda value: round(value, 3))
segment = st.tuples(seconds, seconds).map(lambda pair: f"{min(pair)}[.]{max(pair)}")


@st.composite
def profile_statements(draw: st.DrawFn) -> BaseModel:
    """A statement of the profile, as Ralph's model of its verb has it."""
    verb = draw(st.sampled_from(sorted(MODELS)))
    said: dict[str, Any] = {"time": draw(seconds)}
    if verb == xapi.SEEKED:
        said = {"time_from": draw(seconds), "time_to": draw(seconds)}
    if verb in (xapi.PAUSED, xapi.COMPLETED, xapi.TERMINATED):
        said |= {"progress": draw(st.floats(0, 1)), "played_segments": "[,]".join(draw(st.lists(segment)))}
    made = statement(verb, second=draw(st.integers(0, 3_000)), **said)
    made["actor"] = draw(
        st.sampled_from(
            [
                {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "ada"}},
                {"mbox": "mailto:ada@example.com"},
                {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
                {"openid": "https://ada.example/"},
            ]
        )
    )
    made["context"]["extensions"] = {
        xapi.SESSION: str(draw(st.uuids())),
        xapi.LENGTH: 600.0,
        f"{xapi.PROFILE}/extensions/completion-threshold": 0.9,
    }
    if verb == xapi.INITIALIZED:
        del made["result"]
    if verb == xapi.COMPLETED:
        made["result"] |= {"completion": True, "duration": "PT10M"}
    return MODELS[verb].model_validate(made)


def written(model: BaseModel) -> bytes:
    return model.model_dump_json(by_alias=True, exclude_none=True).encode()


def translated(raw: bytes) -> HeartbeatRecord:
    [(decoded, _)] = decode_statements(raw)
    record = translate_statement(decoded, StatementSender(TENANT, None), RECEIVED, uuid4())
    assert record is not None
    return record


@given(profile_statements())
def test_whatever_the_profile_allows_is_understood(model: BaseModel) -> None:
    record = translated(written(model))
    said = msgspec.json.decode(written(model))
    assert record.heartbeat_id == said["id"]
    assert record.duration_ms == 600_000
    verb, extensions = said["verb"]["id"], said.get("result", {}).get("extensions", {})
    if verb in (xapi.PLAYED, xapi.PAUSED, xapi.TERMINATED):
        assert record.position_ms == round(extensions[xapi.TIME] * 1000)
    if verb == xapi.SEEKED:
        assert record.edge is not None
        assert record.position_ms == record.edge.from_ms == round(extensions[xapi.TIME_TO] * 1000)
    if verb == xapi.PLAYED:
        assert record.edge is not None
    assert (record.watched is None) == (xapi.SEGMENTS not in extensions)


@pytest.mark.parametrize("verb", [xapi.PAUSED, xapi.TERMINATED])
def test_where_to_go_on_is_a_statement_of_the_profile(verb: str) -> None:
    policy = Policy()
    start = translated(msgspec.json.encode(statement(xapi.INITIALIZED, second=0)))
    stop = translated(
        msgspec.json.encode(statement(verb, second=60, time=45, played_segments="0[.]12.5[,]30[.]45"))
    )
    progress = apply(apply(NOTHING, start, policy), stop, policy)
    query = {"agent": '{"mbox": "mailto:ada@example.com"}'}
    found = paused_statement(progress, XBLOCK, query, TENANT, LEARNER)
    assert found is not None
    found["context"]["extensions"][xapi.SESSION] = str(UUID(int=1))  # Ralph wants one; no sitting is meant
    judged = VideoPaused.model_validate(found)
    again = translated(written(judged))
    assert (again.position_ms, again.watched) == (45_000, stop.watched)
