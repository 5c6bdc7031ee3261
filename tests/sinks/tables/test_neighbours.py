"""Sessions that are written: those that were touched, and those whose watch time may change with theirs."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from playhead.progress import NOTHING, Heartbeat, Policy, Progress, apply, summarize
from playhead.wire.codec import encode
from playhead.wire.keys import state_key
from playhead.wire.progress import encode_progress
from playhead.wire.states import State
from sinks.states.decode import ConsumedRecord, StateEntry, decode
from sinks.tables.copy import session_lines
from tests.playhead.progress.strategies import CONTENT, TENANT, USER, heartbeats, policies
from tests.sinks.author import POLICY, Author, Item, identifier

HOUR = 3_600


def entry_of(progress: Progress, touched: set[str], policy: Policy) -> StateEntry:
    state = State(
        v=2,
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        source_partition=0,
        source_offset=1,
        touched=tuple(touched),
        summary=summarize(progress, policy),
        progress=Raw(encode_progress(progress)),
    )
    key = state_key(TENANT, USER, CONTENT).encode()
    decoded = decode(ConsumedRecord(0, 0, key, encode(state)))
    assert isinstance(decoded, StateEntry)
    return decoded


def lines_by_key(entry: StateEntry, policy: Policy, *, every: bool = False) -> dict[str, str]:
    lines = session_lines(entry, policy, every=every).splitlines()
    return {line.split("\t")[3]: line for line in lines}


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures the machine
@given(beats=st.lists(heartbeats(days=2), max_size=8), policy=policies)
def test_sessions_that_are_not_written_have_not_changed(beats: list[Heartbeat], policy: Policy) -> None:
    progress, stored = NOTHING, dict[str, str]()
    for beat in beats:
        before = progress
        progress = apply(progress, beat, policy)
        changed = {key for key, each in progress.sessions.items() if before.sessions.get(key) != each}
        stored |= lines_by_key(entry_of(progress, changed, policy), policy)
    every = lines_by_key(entry_of(progress, set(), policy), policy, every=True)
    assert {key: line for key, line in stored.items() if key in progress.sessions} == every


def test_an_earlier_session_of_the_same_day_is_not_written_again() -> None:
    author, item = Author(), Item.of()
    author.watch(item, 600)
    record = author.watch(item, 60, began_s=2 * HOUR, at_s=2 * HOUR + 60, session=2)
    decoded = decode(ConsumedRecord(0, 0, record.key, record.value))
    assert isinstance(decoded, StateEntry)
    assert list(lines_by_key(decoded, POLICY)) == [identifier("session", 2)]
