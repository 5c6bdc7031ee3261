"""The Redis keys of releases before hash tags of partitions.

On one Redis, the processor moves what it finds under them, and readers read both. A Redis Cluster never has
them. They may be dropped once no release that wrote them can be upgraded from: a person's hash expires after
`PLAYHEAD_REDIS_PERSON_TTL_DAYS`.
"""

from __future__ import annotations

FORMER_ERASED_TENANTS = "erased:tenants"
"""The hash of organisations that were erased, for all partitions."""


def former_progress_hash(person: str) -> str:
    """The former hash of a person's progress."""
    return f"progress:{{{person}}}"


def former_live_channel(person: str) -> str:
    """The former channel of a person's changes."""
    return f"live:{{{person}}}"


def former_applied_hash(partition: int) -> str:
    """The former hash of how far a partition was applied."""
    return f"applied:{partition}"
