"""What can be wrong with bytes from outside.

WireError
├── MalformedRecordError   these bytes are not what the topic carries: dead-letter them
└── UnknownVersionError    a newer writer's record: dead-letter it, upgrade, replay
"""

from __future__ import annotations


class WireError(ValueError):
    """Bytes that cannot be read; `reason` is short and stable enough to count by."""

    reason = "unreadable"


class MalformedRecordError(WireError):
    """The bytes are not what the topic carries."""

    reason = "malformed"


class UnknownVersionError(WireError):
    """A schema version that this release does not know."""

    reason = "unknown_version"
