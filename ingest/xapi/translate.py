"""Translates a statement into the record of the log. Pure; the caller, the time and new ids are passed in.

What a player measured is in `played-segments`, where it sends them. Otherwise `played`, `paused`, `seeked`
and `terminated` become edges of the session, and the kernel pairs them (`playhead.progress.edges`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from ingest.clocks import moved
from ingest.xapi import values
from ingest.xapi import vocabulary as xapi
from ingest.xapi.statements import ContextActivities, Statement
from playhead.progress.heartbeat import HeartbeatEvent, ReportedEdge
from playhead.progress.identifiers import HeartbeatId, Instant, TenantId, UserId
from playhead.progress.intervals import Intervals
from playhead.wire.heartbeats import HeartbeatRecord

NEAR_END_MS = 1_500
"""A player that stops this close to the end reached it; the kernel closes a gap of this length."""

_EVENTS: Mapping[str, HeartbeatEvent] = {
    xapi.PLAYED: "play",
    xapi.PAUSED: "pause",
    xapi.SEEKED: "seek",
    xapi.TERMINATED: "close",
}
_STOPS = (xapi.PAUSED, xapi.TERMINATED)


class StatementSender(Struct, frozen=True):
    """For whom a request may report."""

    tenant_id: TenantId
    user_id: UserId | None
    """The person whose token sent it, whoever the actor is; None if the actor says who it is."""


class _Playing(Struct, frozen=True):
    """What a statement says of the media."""

    position_ms: int | None
    length_ms: int | None
    watched: Intervals | None
    edge: ReportedEdge | None
    claimed: float | None
    rate: float | None


def translate_statement(
    statement: Statement, sender: StatementSender, received_at: Instant, new_id: UUID
) -> HeartbeatRecord | None:
    """The record of a statement; None if it is not about playing or completing, or of no single person.

    `new_id` is the id of a statement that has none.

    Raises:
        StatementError: names the field at fault, of a statement at index 0.
    """
    activity, tenant = statement.object, sender.tenant_id
    stated = None if statement.timestamp is None else values.instant(statement.timestamp, "timestamp")
    user = sender.user_id or values.person(tenant, statement.actor)
    if user is None or activity.object_type != "Activity" or activity.id is None:
        return None
    is_playing = _is_playing(statement)
    if not is_playing and not _is_completion(statement):
        return None
    occurred_at = received_at if stated is None else moved(stated, received_at)
    record = HeartbeatRecord(
        v=1,
        heartbeat_id=HeartbeatId(str(statement.id or new_id)),
        tenant_id=tenant,
        user_id=user,
        content_id=values.item(tenant, activity.id),
        occurred_at=occurred_at,
        received_at=received_at,
        adjusted_ms=0 if stated is None else occurred_at - stated,
    )
    return _played(record, statement) if is_playing else _completed(record, statement)


def _is_playing(statement: Statement) -> bool:
    """Whether a player of media says so: by its verb, or by the profile, type or extensions it uses."""
    if statement.verb.id in (xapi.PLAYED, xapi.PAUSED, xapi.SEEKED):
        return True
    definition = statement.object.definition
    if definition is not None and definition.type in xapi.VIDEO_TYPES:
        return True
    activities = None if statement.context is None else statement.context.activities
    return xapi.PROFILE in _categories(activities) or not _MEASURES.isdisjoint(_of_result(statement))


_MEASURES = frozenset((xapi.TIME, xapi.SEGMENTS, xapi.PROGRESS))


def _categories(activities: ContextActivities | None) -> list[str | None]:
    category = None if activities is None else activities.category
    if category is None:
        return []
    return [each.id for each in (category if isinstance(category, list) else [category])]


def _is_completion(statement: Statement) -> bool:
    result = statement.result
    if statement.verb.id != xapi.COMPLETED:
        return False
    return result is None or not (result.completion is False or result.success is False)


def _completed(record: HeartbeatRecord, statement: Statement) -> HeartbeatRecord:
    """A system says that the person completed the activity: a mark, as one by hand."""
    definition = statement.object.definition
    is_course = definition is not None and definition.type == xapi.COURSE_TYPE
    return replace(record, event="complete", kind="course" if is_course else None)


def _played(record: HeartbeatRecord, statement: Statement) -> HeartbeatRecord:
    playing, verb = _playing(statement), statement.verb.id
    event = _EVENTS.get(verb, "heartbeat")
    position, length = playing.position_ms, playing.length_ms
    stops = verb in _STOPS or (verb == xapi.COMPLETED and playing.watched is not None)
    if stops and position is not None and length and position >= length - NEAR_END_MS:
        event = "ended"
    return replace(
        record,
        event=event,
        session_id=values.session(record.tenant_id, _of_context(statement).get(xapi.SESSION)),
        kind="video",
        position_ms=position,
        duration_ms=length,
        watched=playing.watched,
        edge=playing.edge,
        reported_percentage=playing.claimed,
        playback_rate=playing.rate,
    )


def _playing(statement: Statement) -> _Playing:
    result, verb = _of_result(statement), statement.verb.id
    watched = None
    if xapi.SEGMENTS in result:
        watched = values.segments(result[xapi.SEGMENTS], _field("result", xapi.SEGMENTS))
    time = _milliseconds(result, xapi.TIME)
    left, reached = _milliseconds(result, xapi.TIME_FROM), _milliseconds(result, xapi.TIME_TO)
    claimed = None
    if xapi.PROGRESS in result:
        claimed = values.percentage(result[xapi.PROGRESS], _field("result", xapi.PROGRESS))
    # Open edX states the length as the time of a completion, wherever the player is.
    position = None if verb == xapi.COMPLETED and watched is None else time
    edge = None if watched is not None else _edge(verb, time, left, reached)
    return _Playing(
        position_ms=reached if verb == xapi.SEEKED and reached is not None else position,
        length_ms=_length(statement),
        watched=watched,
        edge=edge,
        claimed=claimed,
        rate=values.speed(_of_context(statement).get(xapi.SPEED)),
    )


def _edge(verb: str, time: int | None, left: int | None, reached: int | None) -> ReportedEdge | None:
    if verb == xapi.SEEKED:
        return None if left is None or reached is None else ReportedEdge(left, reached)
    if time is None or verb not in (xapi.PLAYED, *_STOPS):
        return None
    return ReportedEdge(from_ms=time) if verb == xapi.PLAYED else ReportedEdge(until_ms=time)


def _length(statement: Statement) -> int | None:
    definition = statement.object.definition
    of_object = None if definition is None else definition.extensions
    places = {"context": _of_context(statement), "object.definition": of_object or {}}
    for place, extensions in places.items():
        if extensions.get(xapi.LENGTH) is not None:
            return values.milliseconds(extensions[xapi.LENGTH], _field(place, xapi.LENGTH)) or None
    return None


def _milliseconds(result: Mapping[str, Any], name: str) -> int | None:
    value = result.get(name)
    return None if value is None else values.milliseconds(value, _field("result", name))


def _of_result(statement: Statement) -> Mapping[str, Any]:
    return {} if statement.result is None else statement.result.extensions or {}


def _of_context(statement: Statement) -> Mapping[str, Any]:
    return {} if statement.context is None else statement.context.extensions or {}


def _field(place: str, name: str) -> str:
    return f'{place}.extensions["{name}"]'
