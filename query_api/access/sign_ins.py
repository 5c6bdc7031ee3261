"""Exchanges the codes of sign-in links for tokens, each once."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.exceptions import RedisError

from playhead.identity import UnknownCodeError, UsedCodeError
from playhead.identity.sign_in import USED, SignInCode

BUDGET_SECONDS = 2.0
"""For Redis, which a person waits for; there is no other store to ask."""


class SignInsUnavailableError(Exception):
    """Redis did not answer, so it is not known whether the code is good."""


class SignIns:
    """The codes that Redis holds."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def exchange(self, code: SignInCode) -> str:
        """The code's token; from then on the code is used.

        Raises:
            UnknownCodeError: the code was never given out, or its lifetime is over.
            UsedCodeError: it was exchanged before.
            SignInsUnavailableError: Redis did not answer.
        """
        try:
            async with asyncio.timeout(BUDGET_SECONDS):
                token = await self._client.set(code.key, USED, xx=True, get=True, keepttl=True)
        except (RedisError, OSError, TimeoutError) as error:
            raise SignInsUnavailableError from error
        if isinstance(token, bytes) and token:
            return token.decode()
        raise UnknownCodeError if token is None else UsedCodeError
