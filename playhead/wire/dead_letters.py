"""The headers of `progress.dead_letters`; key and value are those of the source record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

REASONS = ("malformed", "unknown_version", "wrong_key", "refused_by_store", "quota", "quarantined")


LEFT_OUT = "value-left-out"
"""A further header if the value was too large for the topic: its size, and the refusal."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The source of a dead letter, and the reason for it."""

    topic: str
    partition: int
    offset: int
    reason: str
    """One of `REASONS`, for metrics."""
    detail: str
    """For a person to read."""

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers."""
        return [
            ("source-topic", self.topic.encode()),
            ("source-partition", str(self.partition).encode()),
            ("source-offset", str(self.offset).encode()),
            ("reason", self.reason.encode()),
            ("detail", self.detail.encode()[:1000]),
        ]

    @classmethod
    def of(cls, headers: list[tuple[str, bytes]]) -> Self:
        """The dead letter with these Kafka headers.

        Raises:
            KeyError: a header is missing.
        """
        found = {name: value.decode() for name, value in headers}
        return cls(
            found["source-topic"],
            int(found["source-partition"]),
            int(found["source-offset"]),
            found["reason"],
            found["detail"],
        )
