"""The IRIs that are understood, of the xAPI video profile 1.0.3 and of ADL's vocabulary."""

from __future__ import annotations

_VIDEO = "https://w3id.org/xapi/video"
_ADL = "http://adlnet.gov/expapi"

PROFILE = _VIDEO
"""The category of the statements of the profile."""
VIDEO_TYPES = frozenset((f"{_VIDEO}/activity-type/video", f"{_ADL}/activities/media"))
"""The types of activities that are played."""
COURSE_TYPE = f"{_ADL}/activities/course"

PLAYED = f"{_VIDEO}/verbs/played"
PAUSED = f"{_VIDEO}/verbs/paused"
SEEKED = f"{_VIDEO}/verbs/seeked"
INITIALIZED = f"{_ADL}/verbs/initialized"
TERMINATED = f"{_ADL}/verbs/terminated"
COMPLETED = f"{_ADL}/verbs/completed"

TIME = f"{_VIDEO}/extensions/time"
TIME_FROM = f"{_VIDEO}/extensions/time-from"
TIME_TO = f"{_VIDEO}/extensions/time-to"
PROGRESS = f"{_VIDEO}/extensions/progress"
SEGMENTS = f"{_VIDEO}/extensions/played-segments"
LENGTH = f"{_VIDEO}/extensions/length"
SPEED = f"{_VIDEO}/extensions/speed"
SESSION = f"{_VIDEO}/extensions/session-id"
