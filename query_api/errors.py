"""Errors of the stores.

ReaderError
├── NotHeldError        the store does not hold the person; the durable store does, if any
└── UnavailableError    the store is away or too slow: try again later
"""

from __future__ import annotations

from typing import Literal

Source = Literal["redis", "postgres"]


class ReaderError(Exception):
    """A store gives no answer."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class NotHeldError(ReaderError):
    """The store has no entry for the person, which does not mean that there is no progress."""


class UnavailableError(ReaderError):
    """The store is away, or too slow."""
