"""Exchanges the codes of sign-in links for tokens, each once."""

from __future__ import annotations

import asyncio

from redis.exceptions import RedisError

from playhead.identity import UnknownCodeError, UsedCodeError
from playhead.identity.sign_in import USED, SignInCode
from playhead.redis.nodes import RedisNodes
from playhead.wire.redis_keys import RedisKeys
from query_api.errors import BusyError

BUDGET_SECONDS = 2.0
"""For Redis: no other store has the codes, and a person waits."""
RETRY_SECONDS = 2


class SignIns:
    """The codes in Redis."""

    def __init__(self, nodes: RedisNodes, names: RedisKeys) -> None:
        self._nodes, self._names = nodes, names

    async def exchange(self, code: SignInCode) -> str:
        """The code's token; from then on the code is used.

        Raises:
            UnknownCodeError: The code was never issued, or has expired.
            UsedCodeError: It was exchanged before.
            BusyError: Redis did not respond, so it is not known whether the code is good.
        """
        key = self._names.sign_in(code.digest)
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                token = await self._nodes.call(
                    key, lambda client: client.set(key, USED, xx=True, get=True, keepttl=True)
                )
        except (RedisError, OSError, TimeoutError) as error:
            detail = "sign-in links cannot be checked just now; try the link again in a moment"
            raise BusyError("Sign-in unavailable", detail, retry_seconds=RETRY_SECONDS) from error
        if isinstance(token, bytes) and token:
            return token.decode()
        raise UnknownCodeError if token is None else UsedCodeError
