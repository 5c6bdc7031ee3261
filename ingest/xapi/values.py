"""Values in extensions, which clients write in several ways: seconds, segments, ids."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ingest.xapi.statements import StatementActor, StatementError
from playhead.identity.subjects import stable_id, subject_id
from playhead.progress.heartbeat import MAX_RATE
from playhead.progress.identifiers import ContentId, Instant, SessionId, TenantId, UserId
from playhead.progress.intervals import LIMIT, Intervals

MOST_SEGMENTS = 2_000
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_PERCENT = 100.0
_OVERSHOOT = 101.0
_LAST_PART = re.compile(r"[/:@=#+]")


def milliseconds(value: Any, field: str) -> int:
    """Seconds of media, a number or an ISO 8601 duration as Open edX sends it, in milliseconds.

    Raises:
        StatementError: it is neither, or out of range.
    """
    seconds = _seconds(value)
    if seconds is None:
        raise StatementError(field, "is neither a number of seconds nor an ISO 8601 duration")
    if not 0 <= seconds <= LIMIT / 1000:
        raise StatementError(field, f"lies outside 0 to {LIMIT // 1000} seconds")
    return round(seconds * 1000)


def segments(value: Any, field: str) -> Intervals:
    """Segments as the profile writes them, `0[.]12.5[,]30[.]45`.

    One that is still open, `30`, and one that ends before it starts count nothing.

    Raises:
        StatementError: it is not written so.
    """
    if not isinstance(value, str):
        raise StatementError(field, "is not a text such as 0[.]12.5[,]30[.]45")
    parts = value.split("[,]") if value.strip() else []
    if len(parts) > MOST_SEGMENTS:
        raise StatementError(field, f"has {len(parts)} segments, of which there may be {MOST_SEGMENTS}")
    spans = []
    for part in parts:
        start, separator, end = part.partition("[.]")
        from_ms = milliseconds(start.strip(), field)
        if separator and end.strip():
            until_ms = milliseconds(end.strip(), field)
            if from_ms < until_ms:
                spans.append((from_ms, until_ms))
    return Intervals.of(spans)


def percentage(value: Any, field: str) -> float:
    """Progress in per cent: a ratio from 0 to 1 by the profile; a larger number is taken to be per cent.

    Raises:
        StatementError: it is not a number, or out of range.
    """
    ratio = _number(value)
    if ratio is None or not 0 <= ratio <= _OVERSHOOT:
        raise StatementError(field, "is not a ratio from 0 to 1")
    return min(ratio * _PERCENT if ratio <= 1 else ratio, _PERCENT)


def speed(value: Any) -> float | None:
    """The rate in `1.5x`; None if it is not written so, since nothing depends on it alone."""
    rate = _number(value.removesuffix("x") if isinstance(value, str) else value)
    return rate if rate is not None and 0 < rate <= MAX_RATE else None


def instant(value: str, field: str) -> Instant:
    """The time of an ISO 8601 timestamp; one without a time zone is taken to be UTC.

    Raises:
        StatementError: it is no timestamp.
    """
    try:
        moment = datetime.fromisoformat(value)
        return Instant(round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise StatementError(field, "is not an ISO 8601 timestamp") from error


def person(tenant: TenantId, actor: StatementActor) -> UserId | None:
    """The person that an actor is; None of a group.

    An account whose name is a UUID is the person with this id, and an address is the subject of that name.
    Other accounts are distinguished by their home page, since systems number their people alike.
    """
    if actor.object_type == "Group":
        return None
    if actor.account is not None:
        name = actor.account.name
        return subject_id(tenant, name if _is_uuid(name) else f"{actor.account.home_page}|{name}")
    if actor.mbox is not None:
        return subject_id(tenant, actor.mbox.removeprefix("mailto:").lower())
    return subject_id(tenant, actor.openid or f"mbox_sha1sum:{(actor.mbox_sha1sum or '').lower()}")


def item(tenant: TenantId, iri: str) -> ContentId:
    """The item that an activity is: the UUID that ends its id, else one made of the whole id."""
    last = _LAST_PART.split(iri.rstrip("/"))[-1]
    return ContentId(stable_id(tenant, last if _is_uuid(last) else iri))


def session(tenant: TenantId, value: Any) -> SessionId | None:
    """The session that a player names; None if it names none."""
    return SessionId(stable_id(tenant, value)) if isinstance(value, str) and value else None


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _seconds(value: Any) -> float | None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        return _number(value)
    days, hours, minutes, seconds = (
        float(each or 0) for each in found.group("days", "hours", "minutes", "seconds")
    )
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
