"""Sign-in links for the pages; the query API exchanges a link's code for its token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis import Redis
from redis.exceptions import RedisError

from playhead.identity import SignInCode

if TYPE_CHECKING:
    from playhead.settings import RedisSettings

_REDIS_SECONDS = 5.0


class LinkNotKeptError(Exception):
    """Redis stored no code, so there is no link."""

    def __init__(self) -> None:
        super().__init__("Redis, which keeps the codes of links, does not answer at PLAYHEAD_REDIS_URL")


def sign_in_link(settings: RedisSettings, origin: str, token: str, lifetime_seconds: int) -> str:
    """Return an address that signs in with the token, once, within its lifetime.

    Raises:
        LinkNotKeptError: Redis cannot be reached.
    """
    code = SignInCode.new()
    try:
        with Redis.from_url(settings.redis_url, socket_timeout=_REDIS_SECONDS) as client:
            client.set(code.key, token, ex=lifetime_seconds)
    except RedisError as error:
        raise LinkNotKeptError from error
    return code.link(origin)
