"""Limits of one person, beyond which others are not concerned."""

from __future__ import annotations


class TooManyRequestsError(Exception):
    """A limit of one person is reached; waiting helps."""

    def __init__(self, limit: str, wait_seconds: float) -> None:
        super().__init__(f"too many {limit}: keep the heartbeats and wait {wait_seconds:.1f} s")
        self.limit = limit
        self.wait_seconds = wait_seconds
