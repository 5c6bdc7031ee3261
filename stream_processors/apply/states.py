"""Derives the states that a batch publishes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Raw, Struct

from playhead.policies import ItemPolicy
from playhead.progress import Heartbeat, Progress, Summary, summarize
from playhead.progress.progress import is_visit
from playhead.wire.codec import encode
from playhead.wire.states import State
from stream_processors.apply.decode import OffsetHeartbeat
from stream_processors.apply.parts import ItemParts, StoredPart


class ItemToPublish(Struct, frozen=True, gc=False):
    """An item whose state is published."""

    parts: ItemParts
    heartbeats: list[OffsetHeartbeat]
    """Those of the batch."""
    policy: ItemPolicy


class StateOrigin(Struct, frozen=True, gc=False):
    """Where the states of a batch come from, as each of them says."""

    partition: int
    offset: int


def states(items: Sequence[ItemToPublish], origin: StateOrigin) -> Iterator[tuple[bytes, bytes]]:
    """Key and encoded `State` of each item.

    The older sessions come first, so that no store has a record whose older sessions it lacks.
    """
    summaries = [summarize(item.parts.record.progress, item.policy.policy) for item in items]
    found: list[State] = []
    for item, summary in zip(items, summaries, strict=True):
        parts = item.parts
        if parts.older is not None:
            found.append(_state(item, parts.older, Summary(), origin))
        found.append(_state(item, parts.record, summary, origin))
    return ((state.key.encode(), encode(state)) for state in found)


def _state(item: ItemToPublish, stored: StoredPart, summary: Summary, origin: StateOrigin) -> State:
    first = item.heartbeats[0][1]
    return State(
        v=2,
        tenant_id=first.tenant_id,
        user_id=first.user_id,
        content_id=first.content_id,
        source_partition=origin.partition,
        source_offset=origin.offset,
        touched=touched(stored.progress, item.heartbeats),
        override=item.policy.override,
        summary=summary,
        progress=Raw(stored.encoded),
        part="older" if stored is item.parts.older else None,
    )


def touched(progress: Progress, heartbeats: list[OffsetHeartbeat]) -> tuple[str, ...]:
    """Keys of the sessions that the heartbeats belong to, as far as they are not compacted yet."""
    if len(heartbeats) == 1 and heartbeats[0][1].event == "heartbeat":  # nearly always
        key = heartbeats[0][1].session_id
        if key is not None:
            return (key,) if key in progress.sessions else ()
    keys: dict[str, None] = {}
    for _, heartbeat in heartbeats:
        if heartbeat.merged is not None:
            keys.update(dict.fromkeys(progress.sessions))
        if heartbeat.is_act or heartbeat.event == "merge":
            continue
        if heartbeat.session_id is not None:
            keys[heartbeat.session_id] = None
        else:
            keys.update(dict.fromkeys(_visits_of(progress, heartbeat)))
    return tuple([key for key in keys if key in progress.sessions])


def _visits_of(progress: Progress, heartbeat: Heartbeat) -> Iterator[str]:
    return (
        key
        for key, session in progress.sessions.items()
        if is_visit(key) and session.started_at <= heartbeat.occurred_at <= session.last_at
    )
