"""What ingest accepts, every store accepts: no body that was answered 202 can become a dead letter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.bodies import decode_heartbeat_body
from ingest.translate import translate
from playhead.identity import Principal
from playhead.progress.advance import MAX_SPANS
from playhead.progress.identifiers import Instant, TenantId, UserId
from playhead.progress.intervals import LIMIT
from sinks.states.decode import ConsumedRecord, RejectedRecord
from tests.ingest.bodies import BODIES
from tests.services import Database
from tests.sinks.author import START, Record, identifier
from tests.sinks.running import Direct, findings
from tests.stream_processors.machine import Machine, batch_of

pytestmark = pytest.mark.services

CONTENTS = st.sampled_from([identifier("content", number) for number in range(3)])
TINY = st.sampled_from([5e-324, 1e-320, 1e-46, 1e-45, 1e-38, -5e-324, -0.0, 1 - 2**-53])
"""What a `real` cannot hold, can hold only in part, or rounds to something else."""
LARGEST: dict[str, Any] = {
    "progressPercentage": 101,
    "sequence": LIMIT,
    "metadata": {
        "watchTimeSeconds": LIMIT / 1000,
        "lastPositionSeconds": LIMIT / 1000,
        "durationSeconds": LIMIT / 1000,
        "watchedSegments": [[0, LIMIT / 1000]],
        "playbackRate": 16,
        "pagesViewed": [LIMIT - 1, 1],
        "pageCount": LIMIT,
        "scrollPosition": 2,
    },
}
SMALLEST: dict[str, Any] = {
    "progressPercentage": 5e-324,
    "metadata": {
        "watchTimeSeconds": 5e-324,
        "lastPositionSeconds": 5e-324,
        "durationSeconds": 5e-324,
        "watchedSegments": [[0, 5e-324], [LIMIT / 1000, LIMIT / 1000]],
        "playbackRate": 5e-324,
        "pagesViewed": [],
        "pageCount": 0,
        "scrollPosition": 1e-320,
    },
}
MANY: dict[str, Any] = {
    "progressType": "document",
    "metadata": {
        "watchedSegments": [[2 * each, 2 * each + 1] for each in range(MAX_SPANS // 4)],
        "pagesViewed": list(range(1, MAX_SPANS // 2, 2)),
        "pageCount": LIMIT,
        "scrollPosition": 1e-46,
    },
}


@st.composite
def said(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some bodies, mostly of the same few items."""
    bodies = draw(st.lists(BODIES, min_size=1, max_size=6))
    for body in bodies:
        body["contentId"] = draw(CONTENTS | st.just(body["contentId"]))
        if draw(st.booleans()):
            body["metadata"] = (body.get("metadata") or {}) | {"scrollPosition": draw(TINY)}
    return bodies


def in_sessions(count: int, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The body in so many sessions, whose sums are larger than any of them."""
    content = identifier("content", 1)
    return [
        body | {"contentId": content, "sessionId": identifier("session", number)} for number in range(count)
    ]


def test_what_ingest_accepts_every_store_accepts(fresh_database: Database) -> None:
    with Lenient(fresh_database) as sink:

        @example(in_sessions(70, LARGEST))
        @example(in_sessions(2, SMALLEST))
        @example(in_sessions(2, MANY))
        @given(said())
        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def hold(bodies: list[dict[str, Any]]) -> None:
            store.people += 1
            states = store(bodies)
            written = sink.write(*states)
            assert written.rejected == []
            assert written.stored == len(states)

        store = PipelineStore()
        hold()
    assert findings(fresh_database) == []


class Lenient(Direct):
    """Goes on past what is refused, so that one failing example does not spoil the next."""

    def publish(self, _: Sequence[RejectedRecord], erased: Sequence[ConsumedRecord]) -> None:
        assert erased == []


class PipelineStore:
    """Ingest and the processor, without Kafka: bodies of a new person each time become states."""

    def __init__(self) -> None:
        self.people = 0

    def __call__(self, bodies: list[dict[str, Any]]) -> list[Record]:
        user = UserId(identifier("user", self.people))
        principal = Principal(TenantId(identifier("tenant", self.people % 2)), user)
        records = [
            translate(
                decode_heartbeat_body(json.dumps(body).encode()),
                principal,
                Instant(START + offset),
                lambda offset=offset: uuid5(UUID(user), str(offset)),
            )
            for offset, body in enumerate(bodies)
        ]
        decision = Machine().take(batch_of(*records))
        assert (decision.undecodable, decision.refused) == ([], [])
        return [Record(key, value) for key, value in decision.states]
