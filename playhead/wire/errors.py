"""What can be wrong with bytes from outside.

WireError
├── MalformedRecordError   these bytes are not what the topic carries: dead-letter them
├── WrongKeyError          the key is not that of the record's owner: dead-letter it
└── UnknownVersionError    a newer writer's record: hold the partition until the reader is upgraded
"""

from __future__ import annotations


class WireError(ValueError):
    """Bytes that cannot be read; `reason` is short and stable enough to count by."""

    reason = "unreadable"


class MalformedRecordError(WireError):
    """The bytes are not what the topic carries."""

    reason = "malformed"


class WrongKeyError(WireError):
    """The key is not that of the record's owner: order, partition and compaction would be another's."""

    reason = "wrong_key"


class UnknownVersionError(WireError):
    """A schema version that this release does not know."""

    reason = "unknown_version"

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"schema version {version}; this release reads {known}")
        self.is_newer = version > known
        """Whether a newer release wrote it; else nothing ever did."""
