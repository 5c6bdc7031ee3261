"""What to change where Redis refuses a connection or a command: the setting, by its name."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from redis.exceptions import AuthenticationError, NoPermissionError, ReadOnlyError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError

if TYPE_CHECKING:
    from playhead.settings import RedisSettings

LOGIN = "PLAYHEAD_REDIS_USER and PLAYHEAD_REDIS_PASSWORD, or those in PLAYHEAD_REDIS_URL"
_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_PERSON = re.compile(rf"{_ID}:{_ID}")
_IN_SCRIPT = "ACL failure in script"
_OF_A_USER = ("NOPERM", "The user executing the script")


class NoPrimaryError(RedisConnectionError):
    """The Sentinels name no primary; the message says why, and contains no secret."""


def explained(error: BaseException) -> str | None:
    """What to change if Redis refuses this login, its rights or its address; None for every other error.

    The text of Redis and of TLS is included where it names a command, a key or a certificate.
    """
    if isinstance(error, NoPrimaryError):
        return str(error)
    if isinstance(error, AuthenticationError):
        return f"Redis refuses the login ({LOGIN})"
    if lacks_a_right(error):
        return f"the user of Redis lacks a right ({LOGIN}): {_without_people(str(error))}"
    if is_read_only(error):
        return "Redis is a replica, which refuses writes: PLAYHEAD_REDIS_URL names the primary"
    if (refused := _tls_error(error)) is not None:
        return (
            "no encrypted connection to Redis (PLAYHEAD_REDIS_SSL_CA, PLAYHEAD_REDIS_SSL_CERTIFICATE): "
            f"{getattr(refused, 'verify_message', None) or refused.reason or type(refused).__name__}"
        )
    return None


def closed(settings: RedisSettings, error: BaseException) -> str | None:
    """Why the server may have closed an encrypted connection: asyncio does not pass on what TLS says then."""
    is_closed = any(isinstance(each, ConnectionResetError | BrokenPipeError) for each in _causes(error))
    if not (settings.redis_is_encrypted and is_closed):
        return None
    if settings.redis_ssl_certificate is None:
        return "the server closes the connection: it may ask for a PLAYHEAD_REDIS_SSL_CERTIFICATE"
    own = x509.load_pem_x509_certificate(settings.redis_ssl_certificate.read_bytes())
    if own.not_valid_after_utc > datetime.now(UTC):
        return None
    return f"PLAYHEAD_REDIS_SSL_CERTIFICATE expired on {own.not_valid_after_utc:%Y-%m-%d}"


def lacks_a_right(error: BaseException) -> bool:
    """Whether Redis refuses a command, a key or a channel to this user, by itself or within a script."""
    if isinstance(error, NoPermissionError):
        return True
    return isinstance(error, ResponseError) and (
        _IN_SCRIPT in str(error) or str(error).startswith(_OF_A_USER)
    )


def is_read_only(error: BaseException) -> bool:
    """Whether the server is a replica; a script's error begins with that of its command."""
    return isinstance(error, ReadOnlyError) or (
        isinstance(error, ResponseError) and str(error).startswith("READONLY")
    )


def _without_people(text: str) -> str:
    """The text without the ids of a person, which Redis 7.2 and later quote as a part of the key."""
    return _PERSON.sub("…", text)


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    return next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
