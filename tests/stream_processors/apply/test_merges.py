"""A merge is a record of the log: applied in its place, counted once, and never refused for a quota."""

from __future__ import annotations

from msgspec import Raw
from msgspec.structs import replace

from playhead.policies import Policies
from playhead.progress import Policy, UserId
from playhead.progress.heartbeat import MergedItem
from playhead.wire.heartbeats import HeartbeatRecord
from playhead.wire.keys import person_key
from playhead.wire.progress import decode_progress
from stream_processors.apply.quota import Quota, Rules
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import Machine, batch_of

OTHER = UserId(heartbeat(user=2).user_id)
PERSON = person_key(heartbeat().tenant_id, heartbeat().user_id)
ITEM = heartbeat().content_id


def merge_of(source: HeartbeatRecord) -> HeartbeatRecord:
    """The merge that brings what this heartbeat alone made of another person's item."""
    machine = Machine()
    machine.take(batch_of(source))
    (progress,) = machine.people[person_key(source.tenant_id, source.user_id)].values()
    return replace(
        heartbeat(sequence=77),
        v=2,
        event="merge",
        session_id=None,
        content_id=source.content_id,
        watched=None,
        watch_ms=None,
        position_ms=None,
        merged=MergedItem(source.user_id, Raw(progress)),
    )


def test_a_merge_is_applied_once_however_often_the_log_has_it() -> None:
    merge = merge_of(heartbeat(user=2, session=2, until_ms=60_000))
    machine = Machine()
    decision = machine.take(batch_of(heartbeat(), merge, merge))
    progress = decode_progress(machine.people[PERSON][ITEM])
    assert len(progress.sessions) == 2
    assert progress.merged == (OTHER,)
    assert (machine.ledger.applied, machine.ledger.duplicates) == (2, 1)
    assert len(decision.states) == 1


def test_what_another_account_watched_counts_beyond_the_quota() -> None:
    machine = Machine(rules=Rules(Policies(Policy()), Quota(unknown=1, all=1)))
    merge = merge_of(heartbeat(user=2, content=2, session=2, until_ms=60_000))
    decision = machine.take(batch_of(heartbeat(), merge))
    assert decision.refused == []
    assert len(machine.people[PERSON]) == 2


def test_a_merge_without_progress_is_a_dead_letter() -> None:
    merge = merge_of(heartbeat(user=2, session=2, until_ms=60_000))
    broken = [
        replace(merge, merged=None),
        replace(merge, event="heartbeat"),
        replace(merge, merged=MergedItem(OTHER, Raw(b'{"sessions":2,"byId":5}'))),
    ]
    decision = Machine().take(batch_of(*broken))
    assert [each.error.reason for each in decision.undecodable] == ["malformed"] * 3
