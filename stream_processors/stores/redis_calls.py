"""What Redis answers when something is wrong: whether trying again is right. Used around each call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from playhead.causes import cause_of
from stream_processors.errors import MissingPermissionError, RedisUnavailableError

TIMEOUT_SECONDS = 5.0
"""For one answer, connecting included. A run of 5,000 people takes Redis some 30 ms."""

# Answers to writing that Redis gives while it loads, fails over, has no disk or no memory left.
_LATER = ("OOM", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY")
_LATER_CLASSES = (OutOfMemoryError, ReadOnlyError, ClusterDownError, TryAgainError)


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Limit the time of one call, and translate its failure.

    Raises:
        HotStoreAwayError: trying again is right.
        MissingPermissionError: it is right once the Redis user may do more.
        RedisError: anything else.
    """
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            yield
    except TimeoutError as error:
        raise RedisUnavailableError(f"Redis does not answer within {TIMEOUT_SECONDS:g} s") from error
    except AuthenticationError:
        raise
    except NoPermissionError as error:
        raise MissingPermissionError from error
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        raise RedisUnavailableError(f"Redis does not answer: {cause_of(error)}") from error
    except ResponseError as error:
        if _is_for_now(error):
            raise RedisUnavailableError(f"Redis refuses for now: {cause_of(error)}") from error
        raise


def _is_for_now(error: ResponseError) -> bool:
    # redis-py gives some of these a class of their own and strips the code; what a command met within a
    # script is told in the script's error text.
    return isinstance(error, _LATER_CLASSES) or any(code in str(error) for code in _LATER)
