"""Bodies that players might send, for Hypothesis."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from playhead.progress.intervals import LIMIT

UUIDS = st.uuids().map(str) | st.uuids().map(lambda each: str(each).upper())
SECONDS = st.floats(0, LIMIT / 1000) | st.integers(0, LIMIT // 1000)
COUNTS = st.integers(0, LIMIT)
SEGMENTS = st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=30)
EVENTS = st.sampled_from(["play", "heartbeat", "pause", "seek", "ended", "close", "complete", "reopen"])
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=ZONES).map(lambda each: each.isoformat())


def _optional(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {name: values | st.none() for name, values in fields.items()}


METADATA = st.fixed_dictionaries(
    {},
    optional=_optional(
        watchTimeSeconds=SECONDS,
        contentTimeSeconds=SECONDS,
        hiddenSeconds=SECONDS,
        lastPositionSeconds=SECONDS,
        durationSeconds=SECONDS,
        watchedSegments=SEGMENTS,
        playbackRate=st.floats(0, 16),
        pagesViewed=st.lists(st.integers(1, LIMIT - 1), max_size=30),
        pageCount=COUNTS,
        lastPage=st.integers(1, LIMIT - 1),
        scrollPosition=st.floats(-1, 2),
        unheardOf=st.text(),
    ),
)
BODIES = st.fixed_dictionaries(
    {"contentId": UUIDS},
    optional=_optional(
        progressPercentage=st.floats(0, 101),
        progressType=st.sampled_from(["video", "document", "course"]),
        event=EVENTS,
        sessionId=UUIDS,
        sequence=COUNTS,
        heartbeatId=UUIDS,
        occurredAt=MOMENTS,
        startedAt=MOMENTS,
        metadata=METADATA,
        token=st.text(),
        unheardOf=st.integers(),
    ),
)
