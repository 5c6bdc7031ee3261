"""Instants of the kernel (ms since the epoch) and Postgres' timestamps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playhead.progress import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def moment(instant: Instant | int) -> datetime:
    """The instant as a timestamp, exactly."""
    return _EPOCH + timedelta(milliseconds=instant)


def instant(moment: datetime) -> Instant:
    """The timestamp as an instant; what is finer than a millisecond is cut off."""
    return Instant((moment - _EPOCH) // _MILLISECOND)


def rfc3339(moment: datetime) -> str:
    """A timestamp in UTC as it is shown, to the millisecond."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
