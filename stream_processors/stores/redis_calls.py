"""The rules of every Redis call: a time limit, and which failures waiting resolves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from redis.exceptions import (
    AskError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from playhead.causes import cause_of
from playhead.metrics.calls import measured
from playhead.redis.refusals import NoPrimaryError, closed, explained, lacks_a_right
from playhead.redis.rights import rules
from playhead.settings import RedisSettings
from stream_processors import metrics
from stream_processors.errors import (
    EvictionPolicyError,
    MissingPermissionError,
    RedisRefusedError,
    RedisUnavailableError,
)

# Answers to a write while Redis loads, fails over, moves a slot, or has no disk or memory left.
_TRANSIENT_CODES = (
    "OOM",
    "READONLY",
    "MISCONF",
    "NOREPLICAS",
    "MASTERDOWN",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "BUSY",
    # A slot that is being moved: a script found that a key of its own has left, and changed nothing.
    "non local key",
)
_TRANSIENT_CLASSES = (OutOfMemoryError, ReadOnlyError, ClusterDownError, TryAgainError, AskError)


@asynccontextmanager
async def redis_call(settings: RedisSettings) -> AsyncIterator[None]:
    """Limit the time of one call, connecting included, and translate its failure.

    Raises:
        RedisUnavailableError: waiting resolves it.
        MissingPermissionError: granting the permission resolves it.
        RedisRefusedError: correcting the setting that it names, or the user, resolves it.
        RedisError: anything else.
    """
    try:
        with measured("redis"):
            async with asyncio.timeout(settings.redis_timeout_seconds):
                yield
    except TimeoutError as error:
        seconds = settings.redis_timeout_seconds
        raise RedisUnavailableError(f"Redis does not answer within {seconds:g} s") from error
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        if (said := explained(error)) is not None and not isinstance(error, NoPrimaryError):
            raise RedisRefusedError(said) from error
        reason = said or closed(settings, error) or cause_of(error)
        raise RedisUnavailableError(f"Redis does not answer: {reason}") from error
    except ResponseError as error:
        if lacks_a_right(error):
            needed = rules("processor", settings.redis_keys)
            raise MissingPermissionError(explained(error) or "", needed) from error
        if _is_transient(error):
            raise RedisUnavailableError(
                f"Redis refuses for now: {explained(error) or cause_of(error)}"
            ) from error
        raise


def _is_transient(error: ResponseError) -> bool:
    # redis-py has classes for some codes and strips the code then. A command that fails within a script is
    # named in the text of the script's error.
    return isinstance(error, _TRANSIENT_CLASSES) or any(code in str(error) for code in _TRANSIENT_CODES)


def note_memory(memory: Mapping[str, object], stats: Mapping[str, object]) -> None:
    """Show what `INFO memory` and `INFO stats` say of memory and evictions."""
    for gauge, found in (
        (metrics.REDIS_MEMORY, memory.get("used_memory")),
        (metrics.REDIS_MAX_MEMORY, memory.get("maxmemory")),
        (metrics.REDIS_EVICTED, stats.get("evicted_keys")),
    ):
        if isinstance(found, int | float):
            gauge.set(found)


def require_noeviction(memory: Mapping[str, object]) -> None:
    """Check the answer to `INFO memory`, which needs no permission to read the configuration.

    Raises:
        EvictionPolicyError: Redis evicts keys when its memory is full, or does not say what it does. A person
            who is missing in Redis could then not be taken for a new one.
    """
    policy = memory.get("maxmemory_policy")
    if policy != "noeviction":
        raise EvictionPolicyError("unknown" if policy is None else str(policy))
