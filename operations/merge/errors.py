"""Why people are not merged."""

from __future__ import annotations


class MergeError(Exception):
    """The merge is refused, or cannot go on; the message names the way out."""


class MergeRefusedError(MergeError):
    """These two people cannot be merged."""


class PipelineBehindError(MergeError):
    """The services have not stored everything in time."""
