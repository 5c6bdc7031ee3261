"""Why bytes from outside are refused.

WireError
├── MalformedRecordError   the bytes are no record of the topic: they become a dead letter
├── WrongKeyError          the key is not that of the record's owner: it becomes a dead letter
└── UnknownVersionError    a newer release wrote it: the partition waits until the reader is upgraded
"""

from __future__ import annotations


class WireError(ValueError):
    """Bytes that cannot be decoded; `reason` is short and stable, for metrics."""

    reason = "unreadable"


class MalformedRecordError(WireError):
    """The bytes are no record of the topic."""

    reason = "malformed"


class WrongKeyError(WireError):
    """The key is not that of the record's owner: order, partition and compaction would be another's."""

    reason = "wrong_key"


class UnknownVersionError(WireError):
    """This release does not know the schema version."""

    reason = "unknown_version"

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"schema version {version}; this release reads {known}")
        self.is_newer = version > known
        """Whether a newer release wrote it; otherwise no release did."""
