"""Whether Redis keeps what it is given: only then is a person whom it does not have new. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from stream_processors.errors import EvictionPolicyError

KEEPS_EVERYTHING = "noeviction"


def require_noeviction(memory: Mapping[str, object]) -> None:
    """Check the answer to `INFO memory`, which needs no right to read the configuration.

    Raises:
        EvictionPolicyError: Redis drops keys when its memory is full, or does not say what it does.
    """
    policy = memory.get("maxmemory_policy")
    if policy != KEEPS_EVERYTHING:
        raise EvictionPolicyError("unknown" if policy is None else str(policy))
