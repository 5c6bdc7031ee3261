"""What a statement becomes in the log, and what that is as progress."""

from __future__ import annotations

from functools import reduce
from random import Random
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.xapi import vocabulary as xapi
from ingest.xapi.statements import MalformedStatementsError, StatementError, decode_statements
from ingest.xapi.translate import StatementSender, translate_statement
from playhead.progress import NOTHING, Instant, Intervals, Policy, Summary, apply, summarize
from playhead.wire.heartbeats import HeartbeatRecord
from tests.ingest.xapi.statements import ITEM, LEARNER, NOON, TENANT, moodle_completed, open_edx, statement

SERVER = StatementSender(TENANT, None)
RECEIVED = Instant(round(NOON.timestamp() * 1000) + 600_000)


def translated(*made: dict[str, Any], sender: StatementSender = SERVER) -> list[HeartbeatRecord | None]:
    decoded = decode_statements(msgspec.json.encode(made))
    return [translate_statement(each, sender, RECEIVED, uuid4()) for each, _ in decoded]


def record(made: dict[str, Any], sender: StatementSender = SERVER) -> HeartbeatRecord:
    [found] = translated(made, sender=sender)
    assert found is not None
    return found


def progress(made: list[dict[str, Any]]) -> Summary:
    policy = Policy()
    records = [each for each in translated(*made) if each is not None]
    return summarize(reduce(lambda so_far, each: apply(so_far, each, policy), records, NOTHING), policy)


def test_segments_are_what_was_watched() -> None:
    made = record(statement(xapi.PAUSED, time=45, played_segments="0[.]12.5[,]30[.]45[,]45"))
    assert made.watched == Intervals((0, 12_500, 30_000, 45_000))
    assert (made.event, made.position_ms, made.duration_ms) == ("pause", 45_000, 600_000)
    assert made.edge is None
    assert made.session_id == str(UUID("b0f5f2d7a1c64c6f9a0f4f3c2d1e0f9a"))


def test_without_segments_plays_are_paired_with_stops_and_seeks() -> None:
    summary = progress(open_edx())
    assert summary.watched == Intervals((0, 30_000, 70_000, 120_000))
    assert (summary.wall_ms, summary.position_ms, summary.duration_ms) == (80_000, 120_000, 600_000)
    assert summary.total_sessions == 1


@given(st.randoms(use_true_random=False))
def test_whatever_the_order_and_the_repetition_of_statements(random: Random) -> None:
    made = open_edx()
    again = random.sample([*made, *made], 2 * len(made))
    assert progress(again) == progress(made)


def test_without_a_session_id_sittings_are_half_an_hour_apart() -> None:
    made = [statement(xapi.PLAYED, time=0), statement(xapi.PAUSED, time=60, second=60)]
    made += [statement(xapi.PLAYED, time=60, second=-9_000), statement(xapi.PAUSED, time=90, second=-8_970)]
    for each in made:
        del each["context"]["extensions"][xapi.SESSION]
    assert progress(made).total_sessions == 2
    assert progress(made).watched == Intervals((0, 90_000))


def test_durations_of_iso_8601_are_seconds() -> None:
    made = statement(xapi.PLAYED, time="PT1M12.5S")
    made["context"]["extensions"][xapi.LENGTH] = "PT10M"
    assert (record(made).position_ms, record(made).duration_ms) == (72_500, 600_000)


def test_the_end_of_the_media_is_its_end() -> None:
    assert record(statement(xapi.TERMINATED, time=599)).event == "ended"
    assert record(statement(xapi.TERMINATED, time=590)).event == "close"


def test_the_completion_of_a_video_is_a_claim_and_moves_no_position() -> None:
    made = record(statement(xapi.COMPLETED, time=600, progress=0.95))
    assert (made.event, made.position_ms, made.reported_percentage) == ("heartbeat", None, 95)


def test_the_completion_of_anything_else_is_a_mark() -> None:
    made = record(moodle_completed())
    assert (made.event, made.kind) == ("complete", None)
    failed = moodle_completed() | {"result": {"completion": True, "success": False}}
    assert translated(failed) == [None]


def test_people_are_told_apart_by_their_accounts() -> None:
    def person(**actor: Any) -> str:
        return record(statement(xapi.PLAYED, time=0, actor=actor)).user_id

    assert person(account={"homePage": "https://a.example", "name": LEARNER.upper()}) == LEARNER
    one = person(account={"homePage": "https://a.example", "name": "2"})
    assert one != person(account={"homePage": "https://b.example", "name": "2"})
    assert person(mbox="mailto:Ada@Example.com") == str(uuid5(UUID(TENANT), "ada@example.com"))
    group = {"objectType": "Group", "member": []}
    assert translated(statement(xapi.PLAYED, time=0, actor=group)) == [None]


def test_a_persons_own_token_says_who_they_are() -> None:
    made = statement(xapi.PLAYED, time=0, actor={"mbox": "mailto:someone@else.example"})
    assert record(made, StatementSender(TENANT, LEARNER)).user_id == LEARNER


def test_an_item_is_named_by_the_id_that_ends_its_address() -> None:
    assert record(statement(xapi.PLAYED, time=0)).content_id == str(ITEM)
    other = "https://videos.example/intro.mp4"
    assert record(statement(xapi.PLAYED, time=0, activity=other)).content_id == str(
        uuid5(UUID(TENANT), other)
    )


@pytest.mark.parametrize(
    "verb", ["http://adlnet.gov/expapi/verbs/answered", "http://id.tincanapi.com/verb/viewed"]
)
def test_other_statements_are_not_about_playing(verb: str) -> None:
    made = moodle_completed() | {"verb": {"id": verb}}
    sub = made | {"object": {"objectType": "StatementRef", "id": str(uuid4())}}
    assert translated(made, sub) == [None, None]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"actor": {}}, "actor"),
        ({"actor": {"mbox": "mailto:a@b.example", "openid": "https://a.example"}}, "actor"),
        ({"verb": {"id": "played"}}, "verb.id"),
        ({"id": "no uuid"}, "id"),
        ({"object": {"objectType": "Activity"}}, "object.id"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"result": {"extensions": {xapi.TIME: -1}}}, f'result.extensions["{xapi.TIME}"]'),
        ({"result": {"extensions": {xapi.TIME: "soon"}}}, f'result.extensions["{xapi.TIME}"]'),
        ({"result": {"extensions": {xapi.SEGMENTS: "0-5"}}}, f'result.extensions["{xapi.SEGMENTS}"]'),
        ({"result": {"extensions": {xapi.PROGRESS: 300}}}, f'result.extensions["{xapi.PROGRESS}"]'),
    ],
)
def test_the_field_at_fault_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(StatementError) as caught:
        translated(statement(xapi.PLAYED) | change)
    assert caught.value.field == f"[0].{field}"


def test_the_statement_at_fault_is_named() -> None:
    with pytest.raises(StatementError, match=r"^\[1\]\.actor: "):
        translated(statement(xapi.PLAYED, time=0), statement(xapi.PLAYED) | {"actor": {}})
    for body in (b"[", b'{"actor": ', b"[1", b"\xff"):
        with pytest.raises(MalformedStatementsError):
            decode_statements(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
)
def test_any_value_of_an_extension_is_translated_or_named(value: Any) -> None:
    for name in (xapi.TIME, xapi.SEGMENTS, xapi.PROGRESS, xapi.TIME_FROM):
        made = statement(xapi.PAUSED)
        made["result"]["extensions"] = {name: value}
        made["context"]["extensions"] = {xapi.LENGTH: value, xapi.SPEED: value, xapi.SESSION: value}
        try:
            translated(made)
        except StatementError as error:
            assert "extensions" in error.field  # noqa: PT017 - most values are fine
