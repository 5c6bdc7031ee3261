"""Sign-in links for the pages; the query API exchanges a link's code for its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisClusterException, RedisError

from playhead.identity import SignInCode
from playhead.redis.connection import sync_client
from playhead.redis.refusals import explained

if TYPE_CHECKING:
    from playhead.settings import RedisSettings


class LinkNotKeptError(Exception):
    """Redis stored no code, so there is no link."""

    def __init__(self, reason: str | None) -> None:
        away = "Redis, which keeps the codes of links, does not answer at PLAYHEAD_REDIS_URL"
        super().__init__(away if reason is None else f"there is no link: {reason}")


def sign_in_link(settings: RedisSettings, origin: str, token: str, lifetime_seconds: int) -> str:
    """Return an address that signs in with the token, once, within its lifetime.

    Raises:
        LinkNotKeptError: Redis cannot be reached.
    """
    code = SignInCode.new()
    try:
        with sync_client(settings, "playhead-token") as client:
            client.set(settings.redis_keys.sign_in(code.digest), token, ex=lifetime_seconds)
    except (RedisError, RedisClusterException) as error:
        raise LinkNotKeptError(explained(error)) from error
    return code.link(origin)
